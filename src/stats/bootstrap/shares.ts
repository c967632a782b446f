import { nextBelow } from '../ranks/thresholdAtTpr.js'
import type { SortedReplicates } from './sortedReplicates.js'

/**
 * A law as intervals and p-values read it: draws, or a closed form.
 *
 * Shares are probabilities raised by what the law cannot tell from nothing, its `resolution`: of B draws
 * (#{t* ≤ x} + 1)/(B + 1), of a closed form P(t* ≤ x) + ε with ε no less than its error. Intervals, p-values and
 * families all read shares, so they agree to the last bit whatever the error is, and no p-value is 0.
 */
export interface Shares {
  /** The least share, > 0. */
  readonly resolution: number
  /** The share at or below x, at most 1; what equals x but for rounding is x. */
  atMost(x: number): number
  /** The share at or above x. */
  atLeast(x: number): number
  /** P(t* < x) + P(t* = x)/2 and the same of the other side, each in (0, 1), which sum to 1. */
  middle(x: number): readonly [below: number, above: number]
  /**
   * inf{x: the share at or below x counts}, where with a share all larger ones count: −Infinity where `resolution` does,
   * else a value of the law.
   */
  lowest(counts: Condition): number
  /** sup{x: the share at or above x counts}: Infinity where `resolution` does. */
  highest(counts: Condition): number
}

/** Which shares count: with one all larger ones. */
export interface Condition {
  (share: number): boolean
  /** The least number that counts, at most 1, where that is known. */
  readonly least?: number
}

/** That twice a share exceeds p: the p-value of two sides. One condition for all laws. */
export function deeperThan(p: number): Condition {
  // Doubling is exact.
  return Object.assign((share: number) => Math.min(1, 2 * share) > p, { least: p < 1 ? -nextBelow(-p / 2) : 1 })
}

/** The shares of draws. */
export function sharesOf(sorted: SortedReplicates): Shares {
  const b = sorted.length
  const share = (count: number) => Math.min(1, (count + 1) / (b + 1))
  const ranksLeftOut = (counts: (share: number) => boolean) =>
    lastRank(b, (rank) => !counts(Math.min(1, rank / (b + 1))))
  return {
    resolution: 1 / (b + 1),
    atMost: (x) => share(sorted.atMost(x)),
    atLeast: (x) => share(sorted.atLeast(x)),
    middle(x) {
      const below = (sorted.atMost(x) + 1 + (b - sorted.atLeast(x))) / 2
      return [below / (b + 1), (b + 1 - below) / (b + 1)]
    },
    lowest(counts) {
      const rank = ranksLeftOut(counts)
      return rank === 0 ? Number.NEGATIVE_INFINITY : sorted.ranked(rank)
    },
    highest(counts) {
      const rank = ranksLeftOut(counts)
      return rank === 0 ? Number.POSITIVE_INFINITY : sorted.ranked(b + 1 - rank)
    },
  }
}

/** The last of the ranks 1, …, b that satisfies a condition which all before it do; 0 if none does. */
function lastRank(b: number, condition: (rank: number) => boolean): number {
  let [low, high] = [0, b]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (condition(middle)) low = middle
    else high = middle - 1
  }
  return low
}

/** The shares of 2·centre − t*. */
export function reflected(shares: Shares, centre: number): Shares {
  const mirror = (x: number) => {
    const value = 2 * centre - x
    return Math.abs(value) < 1e-12 ? 0 : value
  }
  return {
    resolution: shares.resolution,
    atMost: (x) => shares.atLeast(2 * centre - x),
    atLeast: (x) => shares.atMost(2 * centre - x),
    middle(x) {
      const [below, above] = shares.middle(2 * centre - x)
      return [above, below]
    },
    lowest: (counts) => mirror(shares.highest(counts)),
    highest: (counts) => mirror(shares.lowest(counts)),
  }
}
