import { at } from '../check.js'
import { ScoringBiasError } from '../errors.js'

/** Mean and sample standard deviation (divisor n − 1). */
export interface MeanSd {
  readonly mean: number
  readonly sd: number
}

/**
 * Mean and sample standard deviation (divisor n − 1).
 * One value has standard deviation 0: there is nothing to estimate it from.
 * Two passes, float64; values of any finite size. Errors: `EMPTY_SAMPLE`.
 */
export function meanSd(values: ArrayLike<number>): MeanSd {
  const n = values.length
  if (n === 0) throw new ScoringBiasError('EMPTY_SAMPLE', 'values must not be empty')
  let sum = 0
  for (let i = 0; i < n; i++) sum += at(values, i)
  const mean = sum / n
  let squares = 0
  for (let i = 0; i < n; i++) squares += (at(values, i) - mean) ** 2
  return { mean, sd: n === 1 ? 0 : Math.sqrt(squares / (n - 1)) }
}
