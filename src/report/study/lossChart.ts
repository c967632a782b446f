import type { TopLevelSpec } from 'vega-lite'
import { at } from '../../check.js'
import type { RunTraining, StudyResult } from '../../study/types.js'
import type { Layer, Panel } from '../charts/panel.js'
import { colours } from '../theme.js'
import { detectorTitle } from '../words.js'
import { type LossCurve, type LossCurves, lossCurves } from './lossCurves.js'

const panelWidth = 340
const panelHeight = 200

type LayerWithData = Layer & { readonly data: { readonly values: object[] } }

interface Look {
  readonly title: string
  readonly colour: string
  /** Epochs of pretraining, 0 for a detector without it. */
  readonly pretrainEpochs: number
}

/**
 * The loss of every run of both detectors by epoch, a panel for each: pretraining, then training, with the learning rate's
 * drops. Runs that do not count are grey, with a cross where a loss was no longer finite.
 */
export function lossChart(result: StudyResult): TopLevelSpec {
  const { detectors, training } = result
  const look = (title: string, colour: string, runs: readonly RunTraining[]): Look => {
    // A detector whose every run diverged in pretraining has losses of neither phase.
    const pretrains = runs.some(({ pretrainLosses }) => pretrainLosses.length > 0)
    return { title, colour, pretrainEpochs: pretrains ? result.pretrainEpochs : 0 }
  }
  return {
    spacing: 30,
    hconcat: [
      panel(
        result,
        training.baseline,
        look(`${detectorTitle(detectors.baseline)} (baseline)`, colours.baseline, training.baseline),
      ),
      panel(
        result,
        training.candidate,
        look(`${detectorTitle(detectors.candidate)} (candidate)`, colours.candidate, training.candidate),
      ),
    ],
  }
}

function panel(
  { epochs, settings, training }: StudyResult,
  runs: readonly RunTraining[],
  { title, colour, pretrainEpochs }: Look,
): Panel {
  const { scale, curves } = lossCurves(runs, pretrainEpochs)
  const x = epochX(pretrainEpochs, epochs)
  const y = lossY({ scale, curves })
  const counted = new Set(training.converged)
  const lines = (own: readonly LossCurve[], stroke: string): LayerWithData => ({
    data: { values: own.flatMap(({ points }, line) => points.map((point) => ({ ...point, line }))) },
    mark: { type: 'line', stroke, strokeWidth: 1, strokeOpacity: own.length > 20 ? 0.4 : 0.8 },
    encoding: { x, y, detail: { field: 'line' } },
  })
  const upright = (
    starts: readonly number[],
    mark: { readonly stroke: string; readonly strokeDash?: number[] },
  ): LayerWithData => ({
    data: { values: starts.map((epoch) => ({ epoch })) },
    mark: { type: 'rule', ...mark },
    encoding: { x },
  })
  const drops = settings.milestones.filter((epoch) => epoch < epochs).map((epoch) => pretrainEpochs + epoch)
  const pretrains = pretrainEpochs > 0
  const phases = [
    ...(pretrains ? [{ epoch: 0, text: 'pretraining' }] : []),
    { epoch: pretrainEpochs, text: 'training' },
  ]
  const layers: LayerWithData[] = [
    upright(drops, { stroke: colours.muted, strokeDash: [2, 3] }),
    lines(
      curves.filter(({ run }) => !counted.has(run)),
      colours.normal,
    ),
    lines(
      curves.filter(({ run }) => counted.has(run)),
      colour,
    ),
    {
      data: { values: brokenEnds(runs, curves) },
      mark: { type: 'point', shape: 'cross', angle: 45, filled: true, size: 60, fill: colours.ink, opacity: 1 },
      encoding: { x, y },
    },
    upright(pretrains ? [pretrainEpochs] : [], { stroke: colours.ink }),
    {
      data: { values: phases },
      mark: { type: 'text', align: 'left', fill: colours.muted },
      encoding: { x, y: { value: -8 }, text: { field: 'text' } },
    },
  ]
  return {
    title: { text: title, offset: 22 },
    width: panelWidth,
    height: panelHeight,
    // Vega warns of layers without data.
    layer: layers.filter(({ data }) => data.values.length > 0),
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
  const steps = [1, 2, 5, 10].map((digit) => digit * power)
  return at(
    steps.filter((step) => step >= least),
    0,
  )
}
