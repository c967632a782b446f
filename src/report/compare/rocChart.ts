import type { TopLevelSpec } from 'vega-lite'
import { at } from '../../check.js'
import type { ScoreArray } from '../../native.js'
import type { RelativeBiasCurve } from '../../stats/bias/relativeBiasCurve.js'
import { countAboveSorted } from '../../stats/ranks/sortedScores.js'
import { dashedLine, layerOf, logTicks, signedLabels } from '../charts/marks.js'
import { colours } from '../theme.js'
import type { CurveAxis } from './curveTargets.js'

export const rocWidth = 360
export const rocHeight = 260

type RocPoints = ReturnType<typeof roc>

/** One detector's part of the chart. */
export interface RocLine {
  readonly name: string
  readonly points: RocPoints
  /** Where it works: its false alarms and its recall at its threshold. */
  readonly at: RocPoints[number]
}

/**
 * ROC curves of baseline and candidate near the target, the target, and where each of them works. Marks are named
 * `target`, `roc_baseline`, `dot_baseline` and so on, so that the page's script finds them.
 */
export function rocChart(
  baseline: RocLine,
  candidate: RocLine,
  { fpr, fprEnd }: { fpr: number; fprEnd: number },
): TopLevelSpec {
  const x = fprX('false-positive rate', fprEnd)
  const domain = [0, 1]
  const axis = { title: 'recall (TPR)', tickCount: 5, domain: false, ticks: false } as const
  const y = { field: 'tpr', type: 'quantitative', scale: { domain }, axis } as const
  const scale = { domain: [baseline.name, candidate.name], range: [colours.baseline, colours.candidate] }
  const stroke = { field: 'detector', sort: null, scale, legend: null } as const
  const line = (name: string, { name: detector, points }: RocLine) => ({
    name,
    ...layerOf(
      { type: 'line', interpolate: 'step-after', strokeWidth: 1.75 },
      { x, y, stroke },
      points.map((point) => ({ ...point, detector })),
    ),
  })
  const look = { type: 'point', filled: true, opacity: 1, stroke: colours.page, strokeWidth: 1.5 } as const
  // The one below is the larger, so that both are seen where they coincide.
  const dot = (name: string, { at }: RocLine, fill: string, size: number) => ({
    name,
    ...layerOf({ ...look, size, fill }, { x, y }, [at]),
  })
  return {
    title: { text: 'ROC near the target' },
    width: rocWidth,
    height: rocHeight,
    layer: [
      dashedLine(x, fpr, 'target'),
      line('roc_baseline', baseline),
      line('roc_candidate', candidate),
      dot('dot_baseline', baseline, colours.baseline, 170),
      dot('dot_candidate', candidate, colours.candidate, 60),
    ],
  }
}

function fprX(title: string, end: number) {
  const axis = { title, tickCount: 5, format: '~%', grid: false }
  const domain = [0, end]
  return { field: 'fpr', type: 'quantitative', scale: { domain, nice: false }, axis } as const
}

/** Steps to draw at most. */
const maxSteps = 300

/** Ascending scores of a detector on normal samples and on the anomalous ones of a set. */
interface SortedScores {
  readonly normal: ScoreArray
  readonly anomalous: ScoreArray
}

/**
 * The ROC curve of ascending samples from 0 to `fprEnd`: at FPR k/n the recall at s₍ₙ₋ₖ₎, the largest that at most k false
 * alarms allow; constant from each point to the next. With more than 300 steps some are left out.
 */
export function roc({ normal, anomalous }: SortedScores, fprEnd: number) {
  const n = normal.length
  const last = Math.min(n - 1, Math.floor(fprEnd * n))
  const nSteps = Math.min(last, maxSteps)
  const points = Array.from({ length: nSteps + 1 }, (_, i) => {
    const k = nSteps === 0 ? 0 : Math.floor((i * last) / nSteps)
    return { fpr: k / n, tpr: countAboveSorted(anomalous, at(normal, n - 1 - k)) / anomalous.length }
  })
  return [...points, { fpr: fprEnd, tpr: at(points, nSteps).tpr }]
}

/** ξ on one set of anomalies over targets, with its intervals where it has any. */
export interface XiLine {
  /** ξ at each target of the axis. */
  readonly xis: readonly number[]
  /** At the targets of the report: ends of its own interval and of the simultaneous one. */
  readonly marked: readonly XiMark[]
}

export interface XiMark {
  readonly fpr: number
  readonly interval: readonly [number, number]
  readonly simultaneous: readonly [number, number]
}

/** Axes that the drawings of all candidates and sets share. */
export interface XiAxes {
  readonly x: CurveAxis
  readonly y: readonly [number, number]
}

/**
 * ξ over target false-positive rates, with bands where a curve has been computed and with intervals at the targets of the report.
 * Marks are named `target`, `xi_line`, `xi_own` and `xi_joint`, the bands `xi_band` and `xi_bands`, for the page's script.
 */
export function xiOverTargets(
  { xis, marked }: XiLine,
  { x: axis, y: domain }: XiAxes,
  { curve, fpr }: { readonly curve: RelativeBiasCurve | undefined; readonly fpr: number },
): TopLevelSpec {
  const x = xiX(axis)
  const ends = [...domain]
  const title = { title: 'ξ', titleAngle: 0, tickCount: 5, labelExpr: signedLabels, domain: false, ticks: false }
  const y = { type: 'quantitative', scale: { domain: ends, nice: false }, axis: title } as const
  const points = [...(curve?.points ?? [])]
    .sort((a, b) => a.fpr - b.fpr)
    .map(({ fpr, interval: [low, high], simultaneous: [bandLow, bandHigh] }) => ({ fpr, low, high, bandLow, bandHigh }))
  const band = (name: string, low: string, high: string, fillOpacity: number) => {
    const places = { x, y: { field: low, ...y }, y2: { field: high } }
    return { name, ...layerOf({ type: 'area', fill: colours.candidate, fillOpacity }, places, points) }
  }
  const spans = (name: string, strokeWidth: number, ends: (one: XiMark) => readonly [number, number]) => ({
    name,
    ...layerOf(
      { type: 'line', stroke: colours.ink, strokeWidth },
      { x, y: { field: 'xi', ...y }, detail: { field: 'fpr' } },
      marked.flatMap((one) => ends(one).map((xi) => ({ fpr: one.fpr, xi }))),
    ),
  })
  const line = axis.fprs.map((target, i) => ({ fpr: target, xi: at(xis, i) }))
  return {
    title: { text: 'ξ over the target' },
    width: rocWidth,
    height: rocHeight,
    layer: [
      ...(points.length === 0
        ? []
        : [band('xi_bands', 'bandLow', 'bandHigh', 0.16), band('xi_band', 'low', 'high', 0.26)]),
      layerOf({ type: 'rule', stroke: colours.muted }, { y: { datum: 0, ...y } }, [{}]),
      dashedLine(x, fpr, 'target'),
      {
        name: 'xi_line',
        ...layerOf({ type: 'line', stroke: colours.ink, strokeWidth: 1.75 }, { x, y: { field: 'xi', ...y } }, line),
      },
      spans('xi_joint', 1, ({ simultaneous }) => simultaneous),
      spans('xi_own', 3, ({ interval }) => interval),
    ],
  }
}

function xiX({ scale, low, high }: CurveAxis) {
  const domain = [low, high]
  const log = scale === 'log'
  const axis = { title: `target false-positive rate${log ? ' (logarithmic)' : ''}`, tickCount: 5, grid: false }
  const format = log
    ? { labelExpr: `${percentLabels} + '%'`, labelOverlap: true, ...logTicks(low, high) }
    : { format: '~%' }
  return {
    field: 'fpr',
    type: 'quantitative',
    scale: { type: scale, domain, nice: false },
    axis: { ...axis, ...format },
  } as const
}

const percentLabels = "format(100 * datum.value, '.10~r')"
