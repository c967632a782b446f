import type { TopLevelSpec } from 'vega-lite'
import { detectorTitle } from '../../detectors/detectors.js'
import type { RunTraining, StudyResult } from '../../study/core/types.js'
import { dots, layerOf } from '../charts/marks.js'
import type { Panel } from '../charts/panel.js'
import { colours, type Role } from '../theme.js'
import { type LossCurve, type LossCurves, lossCurves } from './lossCurves.js'

const panelWidth = 340
const panelHeight = 200

/**
 * The loss of every run of both detectors by epoch, a panel for each: pretraining, then training, with the learning rate's
 * drops. Runs that do not count are grey, with a cross where a loss was no longer finite.
 */
export function lossChart(result: StudyResult): TopLevelSpec {
  return { spacing: 30, hconcat: [panel(result, 'baseline'), panel(result, 'candidate')] }
}

function panel(result: StudyResult, role: Role): Panel {
  const { epochs, settings, training, detectors } = result
  const runs = training[role]
  // Neither a detector without pretraining nor one whose every run diverged in it has losses of it.
  const pretrains = runs.some(({ pretrainLosses }) => pretrainLosses.length > 0)
  const pretrainEpochs = pretrains ? result.pretrainEpochs : 0
  const { scale, curves } = lossCurves(runs, pretrainEpochs)
  const x = epochX(pretrainEpochs, epochs)
  const y = lossY({ scale, curves })
  const counts = new Set(training.converged)
  // Vega warns of layers without data.
  const drawn = <const M extends object, const E extends object>(mark: M, encoding: E, values: object[]) =>
    values.length === 0 ? [] : [layerOf(mark, encoding, values)]
  const lines = (own: readonly LossCurve[], stroke: string) =>
    drawn(
      { type: 'line', stroke, strokeWidth: 1, strokeOpacity: own.length > 20 ? 0.4 : 0.8 },
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
    title: { text: `${detectorTitle(detectors[role])} (${role})`, offset: 22 },
    width: panelWidth,
    height: panelHeight,
    layer: [
      ...drawn({ type: 'rule', stroke: colours.muted, strokeDash: dots }, { x }, drops),
      ...lines(leftOut, colours.normal),
      ...lines(counted, colours[role]),
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
function brokenEnds(runs: readonly RunTraining[], curves: readonly LossCurve[]) {
  return runs.flatMap(({ run, divergence }) => {
    const last = curves.findLast((curve) => curve.run === run)?.points.at(-1)
    return divergence?.kind === 'not-finite' && 'phase' in divergence && last !== undefined ? [last] : []
  })
}

function epochX(pretrainEpochs: number, epochs: number) {
  const domain = [0, pretrainEpochs + epochs]
  return {
    field: 'epoch',
    type: 'quantitative',
    scale: { domain, nice: false },
    axis: { ...epochAxis(pretrainEpochs, epochs), title: 'epoch', grid: false },
  } as const
}

function lossY({ scale, curves }: LossCurves) {
  const losses = curves.flatMap(({ points }) => points.map(({ loss }) => loss))
  return {
    field: 'loss',
    type: 'quantitative',
    scale: scale === 'log' ? { type: scale, nice: false } : { type: scale, zero: false },
    axis: {
      ...(scale === 'log' ? { title: 'mean loss (logarithmic)', ...logTicks(losses) } : { title: 'mean loss' }),
      tickCount: 5,
      format: '~g',
      domain: false,
      ticks: false,
    },
  } as const
}

/** Ticks that count the epochs of pretraining and of training each from 0. */
function epochAxis(pretrainEpochs: number, epochs: number) {
  const every = niceStep((pretrainEpochs + epochs) / 6)
  const ticks = (n: number) => Array.from({ length: Math.floor(n / every) + 1 }, (_, i) => i * every)
  // The end of pretraining is where training starts: one label, the latter's.
  const before = ticks(pretrainEpochs).filter((epoch) => epoch + every / 2 < pretrainEpochs)
  return {
    values: [...before, ...ticks(epochs).map((epoch) => pretrainEpochs + epoch)],
    labelExpr: `format(datum.value < ${pretrainEpochs} ? datum.value : datum.value - ${pretrainEpochs}, ',')`,
  }
}

/** The roundest numbers of which at least three lie between the smallest and the largest loss; Vega's own choice if none do. */
function logTicks(losses: readonly number[]): { readonly values?: number[] } {
  const low = losses.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
  const high = losses.reduce((a, b) => Math.max(a, b), 0)
  const first = Math.floor(Math.log10(low))
  const powers = Array.from({ length: Math.max(0, Math.ceil(Math.log10(high)) - first + 1) }, (_, i) => first + i)
  const choices = [[1], [1, 2, 5], [1, 1.5, 2, 3, 4, 5, 6, 8]].map((digits) =>
    powers.flatMap((power) => digits.map((digit) => digit * 10 ** power)).filter((tick) => tick >= low && tick <= high),
  )
  const values = choices.find((ticks) => ticks.length >= 3)
  return values === undefined ? {} : { values }
}

/** The smallest of 1, 2, 5, 10, 20, 50, … that is not below `least`. */
function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, least)))
  const step = [1, 2, 5].find((digit) => digit * power >= least)
  return (step ?? 10) * power
}
