import type { TopLevelSpec } from 'vega-lite'
import { at } from '../../check.js'
import type { RelativeBiasCurve } from '../../stats/bias/relativeBiasCurve.js'
import { countAboveSorted } from '../../stats/ranks/sortedScores.js'
import { dashedLine, layerOf, signedLabels } from '../charts/marks.js'
import { colours } from '../theme.js'
import type { DetectorPoints } from './operatingPoints.js'

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
 * ROC curves of baseline and candidate near the target, the target, and where each of them works. Line and dots are
 * named `target`, `dot_baseline` and `dot_candidate`, so that the page's script finds them.
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
  const line = ({ name, points }: RocLine) =>
    layerOf(
      { type: 'line', interpolate: 'step-after', strokeWidth: 1.75 },
      { x, y, stroke },
      points.map((point) => ({ ...point, detector: name })),
    )
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
      line(baseline),
      line(candidate),
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

/**
 * The ROC curve of ascending samples from 0 to `fprEnd`: at FPR k/n the recall at s₍ₙ₋ₖ₎, the largest that at most k false
 * alarms allow; constant from each point to the next. With more than 300 steps some are left out.
 */
export function roc({ normal, anomalous }: DetectorPoints['sorted'], fprEnd: number) {
  const n = normal.length
  const last = Math.min(n - 1, Math.floor(fprEnd * n))
  const nSteps = Math.min(last, maxSteps)
  const points = Array.from({ length: nSteps + 1 }, (_, i) => {
    const k = nSteps === 0 ? 0 : Math.floor((i * last) / nSteps)
    return { fpr: k / n, tpr: countAboveSorted(anomalous, at(normal, n - 1 - k)) / anomalous.length }
  })
  return [...points, { fpr: fprEnd, tpr: at(points, nSteps).tpr }]
}

/** The axis of {@link biasCurveChart}: from 0 to the largest target of the curve. */
export function curveEnd({ points }: RelativeBiasCurve): number {
  return points.reduce((end, { fpr }) => Math.max(end, fpr), 0)
}

/** ξ over target false-positive rates with its pointwise and its simultaneous band; the line at the target is named `target`. */
export function biasCurveChart(curve: RelativeBiasCurve, fpr: number): TopLevelSpec {
  const end = curveEnd(curve)
  const values = [...curve.points]
    .sort((a, b) => a.fpr - b.fpr)
    .map(({ fpr, xi, interval: [low, high], simultaneous: [bandLow, bandHigh] }) => {
      return { fpr, xi, low, high, bandLow, bandHigh }
    })
  const x = fprX('target false-positive rate', end)
  const axis = { title: 'ξ', titleAngle: 0, tickCount: 5, labelExpr: signedLabels, domain: false, ticks: false }
  const y = { type: 'quantitative', scale: { zero: true, nice: true }, axis } as const
  const band = (low: string, high: string, fillOpacity: number) =>
    layerOf(
      { type: 'area', fill: colours.candidate, fillOpacity },
      { x, y: { field: low, ...y }, y2: { field: high } },
      values,
    )
  return {
    title: { text: 'ξ over the target' },
    width: rocWidth,
    height: rocHeight,
    layer: [
      band('bandLow', 'bandHigh', 0.16),
      band('low', 'high', 0.26),
      layerOf({ type: 'rule', stroke: colours.muted }, { y: { datum: 0, ...y } }, [{}]),
      dashedLine(x, Math.min(fpr, end), 'target'),
      layerOf({ type: 'line', stroke: colours.ink, strokeWidth: 1.75 }, { x, y: { field: 'xi', ...y } }, values),
    ],
  }
}
