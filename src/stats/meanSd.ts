import { at } from '../check.js'
import { ScoringBiasError } from '../errors.js'

/** Mean and sample standard deviation (divisor n − 1). */
export interface MeanSd {
  readonly mean: number
  readonly sd: number
}

/**
 * Mean and sample standard deviation (divisor n − 1).
 * One value has standard deviation 0: there is nothing to estimate it from. So have equal ones, whose mean is each of them, whatever the rounding of
 * their sum. Two passes, float64; values of any finite size. Errors: `EMPTY_SAMPLE`.
 */
export function meanSd(values: ArrayLike<number>): MeanSd {
  const n = values.length
  if (n === 0) throw new ScoringBiasError('EMPTY_SAMPLE', 'values must not be empty')
  const first = at(values, 0)
  let sum = 0
  let differs = false
  for (let i = 0; i < n; i++) {
    const value = at(values, i)
    sum += value
    differs ||= value !== first
  }
  if (!differs) return { mean: first, sd: 0 }
  const mean = sum / n
  let squares = 0
  for (let i = 0; i < n; i++) squares += (at(values, i) - mean) ** 2
  return { mean, sd: Math.sqrt(squares / (n - 1)) }
}
