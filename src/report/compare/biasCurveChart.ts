import type { TopLevelSpec } from 'vega-lite'
import type { RelativeBiasCurve } from '../../stats/bias/relativeBiasCurve.js'
import { dashedLine, layerOf, signedLabels } from '../charts/marks.js'
import { colours } from '../theme.js'
import { rocHeight, rocWidth } from './rocChart.js'

/** The axis of {@link biasCurveChart}: from 0 to the largest target of the curve. */
export function curveEnd({ points }: RelativeBiasCurve): number {
  return points.reduce((end, { fpr }) => Math.max(end, fpr), 0)
}

/** ξ over target false-positive rates with its pointwise and its simultaneous band; the line at the target is named `target`. */
export function biasCurveChart(curve: RelativeBiasCurve, fpr: number): TopLevelSpec {
  const end = curveEnd(curve)
  const values = [...curve.points]
    .sort((a, b) => a.fpr - b.fpr)
    .map(({ fpr, xi, interval, simultaneous }) => ({
      fpr,
      xi,
      low: interval[0],
      high: interval[1],
      bandLow: simultaneous[0],
      bandHigh: simultaneous[1],
    }))
  const domain = [0, end]
  const x = {
    field: 'fpr',
    type: 'quantitative',
    scale: { domain, nice: false },
    axis: { title: 'target false-positive rate', tickCount: 5, format: '~%', grid: false },
  } as const
  const y = {
    type: 'quantitative',
    scale: { zero: true, nice: true },
    axis: {
      title: 'ξ',
      titleAngle: 0,
      tickCount: 5,
      labelExpr: signedLabels,
      domain: false,
      ticks: false,
    },
  } as const
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
