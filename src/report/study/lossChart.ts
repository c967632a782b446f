import type { TopLevelSpec } from 'vega-lite'
import { at } from '../../check.js'
import type { RunTraining, StudyResult } from '../../study/core/types.js'
import { dots, layerOf, logTicks, plainLabels } from '../charts/marks.js'
import { colours, type Role } from '../theme.js'
import { detectorHeading } from './densityChart.js'

const panelWidth = 340
const panelHeight = 200

/**
 * The loss of every run of a detector by epoch: pretraining, then training, with the learning rate's drops; dashed, that of held-out normal
 * samples, where there are any. Runs that do not
 * count are grey, with a cross where a loss was no longer finite.
 */
export function lossChart(result: StudyResult, role: Role): TopLevelSpec {
  const { epochs, settings, training, detectors } = result
  const runs = training[role]
  // Neither a detector without pretraining nor one whose every run diverged in it has losses of it.
  const pretrains = runs.some(({ pretrainLosses }) => pretrainLosses.length > 0)
  const pretrainEpochs = pretrains ? result.pretrainEpochs : 0
  const { scale, curves, validation } = lossCurves(runs, pretrainEpochs)
  const x = epochX(pretrainEpochs, epochs)
  const y = lossY({ scale, curves: [...curves, ...validation] })
  const counts = new Set(training.converged)
  // Vega warns of layers without data.
  const drawn = <const M extends object, const E extends object>(mark: M, encoding: E, values: object[]) =>
    values.length === 0 ? [] : [layerOf(mark, encoding, values)]
  const lines = (own: Curves, stroke: string, dash: { strokeDash?: number[] } = {}) =>
    drawn(
      { type: 'line', stroke, ...dash, strokeWidth: 1, strokeOpacity: own.length > 20 ? 0.4 : 0.8 },
      { x, y, detail: { field: 'line' } },
      own.flatMap(({ points }, line) => points.map((point) => ({ ...point, line }))),
    )
  const drops = settings.milestones
    .filter((epoch) => epoch < epochs)
    .map((epoch) => ({ epoch: pretrainEpochs + epoch }))
  const start = { epoch: pretrainEpochs, text: 'training' }
  const cross = { type: 'point', shape: 'cross', angle: 45, filled: true, size: 60, opacity: 1 } as const
  const counted = curves.filter(({ run }) => counts.has(run))
  const leftOut = curves.filter(({ run }) => !counts.has(run))
  return {
    title: { text: detectorHeading(detectors[role], role), offset: 22 },
    width: panelWidth,
    height: panelHeight,
    layer: [
      ...drawn({ type: 'rule', stroke: colours.muted, strokeDash: dots }, { x }, drops),
      ...lines(leftOut, colours.normal),
      ...lines(counted, colours[role]),
      ...lines(validation, colours.ink, { strokeDash: [4, 3] }),
      ...drawn({ ...cross, fill: colours.ink }, { x, y }, brokenEnds(runs, curves)),
      ...drawn({ type: 'rule', stroke: colours.ink }, { x }, pretrains ? [start] : []),
      ...drawn({ type: 'text', align: 'left', fill: colours.muted }, { x, y: { value: -8 }, text: { field: 'text' } }, [
        ...(pretrains ? [{ epoch: 0, text: 'pretraining' }] : []),
        start,
      ]),
    ],
  }
}

/** The last points of the runs whose next loss was no longer finite. */
function brokenEnds(runs: readonly RunTraining[], curves: Curves) {
  return runs.flatMap(({ run, divergence }) => {
    const last = curves.findLast((curve) => curve.run === run)?.points.at(-1)
    return divergence?.kind === 'not-finite' && 'phase' in divergence && last !== undefined ? [last] : []
  })
}

function lossY({ scale, curves }: Pick<LossCurves, 'scale' | 'curves'>) {
  const losses = curves.flatMap(({ points }) => points.map(({ loss }) => loss))
  const [low, high] = [
    losses.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
    losses.reduce((a, b) => Math.max(a, b), 0),
  ]
  return {
    field: 'loss',
    type: 'quantitative',
    scale: scale === 'log' ? { type: scale, nice: false } : { type: scale, zero: false },
    axis: {
      ...(scale === 'log' ? { title: 'mean loss (logarithmic)', ...logTicks(low, high) } : { title: 'mean loss' }),
      tickCount: 5,
      labelExpr: plainLabels,
      domain: false,
      ticks: false,
    },
  } as const
}

/** Epochs with ticks that count those of pretraining and of training each from 0. */
function epochX(pretrainEpochs: number, epochs: number) {
  const every = niceStep((pretrainEpochs + epochs) / 6)
  const ticks = (n: number) => Array.from({ length: Math.floor(n / every) + 1 }, (_, i) => i * every)
  // The end of pretraining is where training starts: one label, the latter's.
  const before = ticks(pretrainEpochs).filter((epoch) => epoch + every / 2 < pretrainEpochs)
  const domain = [0, pretrainEpochs + epochs]
  const axis = {
    values: [...before, ...ticks(epochs).map((epoch) => pretrainEpochs + epoch)],
    labelExpr: `format(datum.value < ${pretrainEpochs} ? datum.value : datum.value - ${pretrainEpochs}, ',')`,
    title: 'epoch',
    grid: false,
  }
  return { field: 'epoch', type: 'quantitative', scale: { domain, nice: false }, axis } as const
}

/** The smallest of 1, 2, 5, 10, 20, 50, … that is not below `least`. */
function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, least)))
  const step = [1, 2, 5].find((digit) => digit * power >= least)
  return (step ?? 10) * power
}

type LossCurves = ReturnType<typeof lossCurves>
type Curves = LossCurves['curves']

/** More points than a chart has pixels are not seen. */
const mostIntervals = 150

/**
 * The runs' losses, pretraining first and training after `offset` epochs of it. A curve of more than 300 epochs is thinned to
 * the lowest and the highest loss of each of 150 intervals, so that no spike is lost.
 */
export function lossCurves(runs: readonly RunTraining[], offset: number) {
  const curves = runs.flatMap(({ run, losses, pretrainLosses }) =>
    [thinned(pretrainLosses, 0), thinned(losses, offset)].flatMap((points) =>
      points.length > 0 ? [{ run, points }] : [],
    ),
  )
  const validation = runs.flatMap(({ run, validation }) => {
    const points =
      validation === undefined
        ? []
        : thinned(
            Float64Array.from(validation.losses, (loss) => loss ?? Number.NaN),
            offset,
          )
    const finite = points.filter(({ loss }) => Number.isFinite(loss))
    return finite.length > 0 ? [{ run, points: finite }] : []
  })
  const positive = [...curves, ...validation].every(({ points }) => points.every(({ loss }) => loss > 0))
  return { scale: positive ? 'log' : 'linear', curves, validation } as const
}

/** Points at which so many epochs were done, pretraining included. */
function thinned(losses: Float64Array, offset: number) {
  const point = (i: number) => ({ epoch: offset + i + 1, loss: at(losses, i) })
  const n = losses.length
  if (n <= 2 * mostIntervals) return Array.from(losses, (_, i) => point(i))
  const cut = (interval: number) => Math.floor((interval * n) / mostIntervals)
  return Array.from({ length: mostIntervals }, (_, interval) => {
    const part = losses.subarray(cut(interval), cut(interval + 1))
    const extremes = [part.indexOf(Math.min(...part)), part.indexOf(Math.max(...part))]
    return [...new Set(extremes)].sort((a, b) => a - b).map((i) => point(cut(interval) + i))
  }).flat()
}
