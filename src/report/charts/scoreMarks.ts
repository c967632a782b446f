import { at } from '../../check.js'
import type { SampleCurves } from '../scores/detectorScores.js'
import type { Axis } from '../scores/scoreAxis.js'
import { layerOf, plainLabels } from './marks.js'

/** The horizontal axis of a chart of scores: between the ends of `axis`, or over all that is drawn. */
export function scoreX(scores: Float64Array, { scale, ...ends }: Pick<Axis, 'scale'> | Axis) {
  const domain = 'low' in ends ? { domain: [ends.low, ends.high] } : {}
  return {
    field: 'score',
    type: 'quantitative',
    scale: { type: scale, ...domain, nice: false, ...(scale === 'linear' ? { zero: false } : {}) },
    axis: scale === 'log' ? logAxis(scores) : { title: 'score', grid: false, tickCount: 5, labelExpr: plainLabels },
  } as const
}

/** Ticks at powers of ten, every second or third one if there are many; Vega's own choice if the scores span too few. */
function logAxis(scores: Float64Array) {
  const low = Math.ceil(Math.log10(at(scores, 0)))
  const high = Math.floor(Math.log10(at(scores, scores.length - 1)))
  const axis = { title: 'score (logarithmic)', grid: false, tickCount: 5, labelExpr: plainLabels }
  if (high - low < 1) return axis
  const every = Math.ceil((high - low + 1) / 6)
  return {
    ...axis,
    values: Array.from({ length: Math.floor((high - low) / every) + 1 }, (_, i) => 10 ** (low + i * every)),
  }
}

/** Where on an axis a threshold is drawn: one beyond an end at the end. */
export function withinAxis({ low, high }: Axis, threshold: number): number {
  return Math.min(high, Math.max(low, threshold))
}

/** The highest density, 1, stands a little below the frame. */
export const densityTop = 1.05

/** The density of a sample as an area with its outline, on the axis `x`. */
export function densityArea<X extends object>(x: X, { scores, density }: SampleCurves, fill: string, stroke: string) {
  const domain = [0, densityTop]
  return layerOf(
    { type: 'area', fill, fillOpacity: 0.6, stroke, strokeWidth: 1.5 },
    { x, y: { field: 'y', type: 'quantitative', scale: { domain }, axis: null } },
    Array.from(scores, (score, i) => ({ score, y: at(density, i) })),
  )
}
