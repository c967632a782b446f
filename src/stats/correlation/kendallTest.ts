import { integer, numbers, type OptionChecks, requireOptions } from '../../check.js'
import { ScoringBiasError } from '../../errors.js'
import { requireSameLength } from '../bootstrap/bootstrapInput.js'
import { concordanceWith, denseRanks, rankCorrelation } from './concordance.js'
import { type PermutationTest, permutationTest } from './permutationTest.js'

/** Philox stream of the permutations drawn; used for nothing else. */
const stream = 0x54415542

/** What {@link kendallTest} answers. */
export interface KendallTest extends PermutationTest {
  /** τ-b in [−1, 1]. */
  readonly tau: number
}

/** Options of {@link kendallTest}. */
export interface KendallOptions {
  /** Of the permutations drawn where there are many, an integer in [0, 2⁵³). Default 0. */
  readonly seed?: number | undefined
}

export const kendallChecks: OptionChecks<KendallOptions> = { seed: integer(0) }

/**
 * Kendall's τ-b: (C − D)/√((N − T_x)(N − T_y)) with C of the N pairs concordant, D discordant, T_x and T_y tied in x and in
 * y (Kendall, Biometrika 33, 1945).
 *
 * A rank correlation, so that any scale of x or y that keeps the order gives the same. NaN where x or y is constant.
 * O(n²). Errors: `WRONG_TYPE`, `EMPTY_SAMPLE`, `LENGTH_MISMATCH`, `NOT_A_NUMBER`.
 */
export function kendallTau(x: ArrayLike<number>, y: ArrayLike<number>): number {
  requireNumbers('x', x)
  requireNumbers('y', y)
  requireSameLength('y', y, 'x', x)
  return rankCorrelation(x, y, x.length)
}

/**
 * {@link kendallTau} with its two-sided permutation p-value, ties and all: exact for up to nine values of each, see
 * `permutationTest`.
 *
 * Where x or y is constant τ is NaN and the p-value 1. Synchronous: under 0.1 s for nine values, 10,000·n·log n steps
 * beyond. Errors: `EMPTY_SAMPLE`, `LENGTH_MISMATCH`, `NOT_A_NUMBER`, `OUT_OF_RANGE`.
 *
 * @example
 * kendallTest([0, 1, 2, 3, 4], [9, 7, 8, 5, 1]) // { tau: -0.8, pValue: 0.0833…, exact: true }
 */
export function kendallTest(x: ArrayLike<number>, y: ArrayLike<number>, options: KendallOptions = {}): KendallTest {
  const { seed = 0 } = requireOptions('kendallTest', options, kendallChecks)
  const tau = kendallTau(x, y)
  const n = x.length
  const [ranksX, ranksY] = [denseRanks(x), denseRanks(y)]
  const concordance = concordanceWith(ranksX, n)
  const statistic = (order: Uint32Array) => concordance(ranksY, order)
  return { tau, ...permutationTest(n, statistic, { seed, stream, steps: (n * (n - 1)) / 2 }) }
}

/** Errors: `WRONG_TYPE`, `EMPTY_SAMPLE`, `NOT_A_NUMBER` with the index. */
export function requireNumbers(name: string, values: ArrayLike<number>): void {
  numbers(name, values)
  if (values.length === 0) throw new ScoringBiasError('EMPTY_SAMPLE', `${name} is empty`)
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i])) throw new ScoringBiasError('NOT_A_NUMBER', `${name}[${i}] is NaN`)
  }
}
