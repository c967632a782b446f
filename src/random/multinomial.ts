import { types } from 'node:util'
import { anything, integer, type OptionChecks, required, requireOptions, requireWithin } from '../check.js'
import { ScoringBiasError } from '../errors.js'
import { addon } from '../native.js'
import { countsToFill, type RandomStream, streamChecks, streamOf } from './stream.js'

export interface MultinomialOptions extends RandomStream {
  /** Number of draws in each variate, an integer in [0, 2³¹). */
  readonly n: number
  /** `[K]`: what the probabilities of the K cells are proportional to; finite, at least 0, not all 0. */
  readonly weights: readonly number[] | Float64Array
}

const checks: OptionChecks<MultinomialOptions> = {
  ...streamChecks,
  n: required(integer(0, 2 ** 31 - 1)),
  weights: anything,
}

/**
 * Multinomial variates: how n draws fall into K cells.
 *
 * Cell by cell a binomial of what is left, with the cell's weight over the sum from it on. Synchronous; at most one
 * {@link binomial} variate for each cell.
 *
 * @param out how many to draw, or the array to fill, of a length that K divides
 * @returns [size, K], one row of K counts with sum n for each variate
 *
 * Errors: `EMPTY_SAMPLE` (no cell), `LENGTH_MISMATCH`, `WRONG_TYPE`, `UNKNOWN_NAME`, `OUT_OF_RANGE`, `OUT_OF_MEMORY`,
 * `DETACHED`.
 *
 * @example
 * random.multinomial(2, { n: 100, weights: [0.9, 0.05, 0.05], seed: 1 }) // Uint32Array [2 × 3]
 */
export function multinomial(out: number | Uint32Array, options: MultinomialOptions): Uint32Array {
  const { n, weights: given, ...stream } = requireOptions('multinomial', options, checks)
  const weights = copyWeights(given)
  const counts = countsToFill(out, weights.length)
  if (counts.length % weights.length !== 0) {
    throw new ScoringBiasError(
      'LENGTH_MISMATCH',
      `out has length ${counts.length}, which is no multiple of the ${weights.length} weights`,
    )
  }
  addon.multinomial(...streamOf(stream), counts, n, weights)
  return counts
}

function copyWeights(weights: unknown): Float64Array {
  if (!Array.isArray(weights) && !types.isFloat64Array(weights)) {
    throw new ScoringBiasError('WRONG_TYPE', 'weights must be an array of numbers or a Float64Array')
  }
  if (weights.length === 0) throw new ScoringBiasError('EMPTY_SAMPLE', 'weights is empty: at least one cell is needed')
  let sum = 0
  const copy = Float64Array.from(weights, (value: unknown, i) => {
    const weight = requireWithin(`weights[${i}]`, value, 0, Number.POSITIVE_INFINITY)
    sum += weight
    return weight
  })
  if (!(sum > 0 && sum < Number.POSITIVE_INFINITY)) {
    throw new ScoringBiasError('OUT_OF_RANGE', `the sum of weights must be positive and finite, got ${sum}`)
  }
  return copy
}
