import { ScoringBiasError } from '../errors.js'
import type { Direction, MeanSd } from './types.js'

/**
 * Mean and sample standard deviation (divisor n − 1) over runs.
 * One value has standard deviation 0: there is nothing to estimate it from.
 * Two passes, float64; values of any finite size. Errors: `EMPTY_SAMPLE`.
 */
export function meanSd(values: ArrayLike<number>): MeanSd {
  const n = values.length
  if (n === 0) throw new ScoringBiasError('EMPTY_SAMPLE', 'values must not be empty')
  let sum = 0
  for (let i = 0; i < n; i++) sum += values[i] ?? Number.NaN
  const mean = sum / n
  let squares = 0
  for (let i = 0; i < n; i++) squares += ((values[i] ?? Number.NaN) - mean) ** 2
  return { mean, sd: n === 1 ? 0 : Math.sqrt(squares / (n - 1)) }
}

/** `up` when the whole interval lies above 0, `down` when it lies below, else `none`. */
export function direction(interval: readonly [number, number]): Direction {
  if (interval[0] > 0) return 'up'
  return interval[1] < 0 ? 'down' : 'none'
}
