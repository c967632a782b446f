import { at } from '../../check.js'
import type { RunTraining } from '../../study/core/types.js'

/** A point of a loss curve. */
export interface LossPoint {
  /** Epochs done, pretraining included. */
  readonly epoch: number
  readonly loss: number
}

/** One line of the chart: a run's pretraining or its training. */
export interface LossCurve {
  readonly run: number
  readonly points: readonly LossPoint[]
}

/** The loss curves of one detector, ready to draw. */
export interface LossCurves {
  /** `log` when all losses are positive. */
  readonly scale: 'log' | 'linear'
  readonly curves: readonly LossCurve[]
}

/** More points than a chart has pixels are not seen. */
const mostIntervals = 150

/**
 * The runs' losses, pretraining first and training after it. A curve of more than 300 epochs is thinned to the lowest and the
 * highest loss of each of 150 intervals, so that no spike is lost.
 *
 * @param offset epochs of pretraining, after which training starts
 */
export function lossCurves(runs: readonly RunTraining[], offset: number): LossCurves {
  const curves = runs.flatMap(({ run, losses, pretrainLosses }) =>
    [
      { run, points: thinned(pretrainLosses, 0) },
      { run, points: thinned(losses, offset) },
    ].filter(({ points }) => points.length > 0),
  )
  const positive = curves.every(({ points }) => points.every(({ loss }) => loss > 0))
  return { scale: positive ? 'log' : 'linear', curves }
}

function thinned(losses: Float64Array, offset: number): LossPoint[] {
  const point = (i: number): LossPoint => ({ epoch: offset + i + 1, loss: at(losses, i) })
  const n = losses.length
  if (n <= 2 * mostIntervals) return Array.from(losses, (_, i) => point(i))
  const cut = (interval: number) => Math.floor((interval * n) / mostIntervals)
  return Array.from({ length: mostIntervals }, (_, interval) => {
    const part = losses.subarray(cut(interval), cut(interval + 1))
    const extremes = [part.indexOf(Math.min(...part)), part.indexOf(Math.max(...part))]
    return [...new Set(extremes)].sort((a, b) => a - b).map((i) => point(cut(interval) + i))
  }).flat()
}
