import { at, entryOf } from '../../check.js'
import { countAboveSorted } from '../ranks/sortedScores.js'

/** Values as whole numbers from 0 in the same order, equal ones equal; −0 ties with +0. */
export function denseRanks(values: ArrayLike<number>): Int32Array {
  const distinct = [...new Set(Array.from(values))].sort((a, b) => a - b)
  const ranks = new Map(distinct.map((value, i) => [value, i]))
  return Int32Array.from(values, (value) => entryOf(ranks, value))
}

/** The same in less time and with gaps: the number of values up to each. */
function sparseRanks(values: Float64Array): Int32Array {
  const sorted = values.slice().sort()
  return Int32Array.from(values, (value) => sorted.length - countAboveSorted(sorted, value))
}

/** The order that changes nothing. */
export function identity(n: number): Uint32Array {
  return Uint32Array.from({ length: n }, (_, i) => i)
}

/**
 * Concordant minus discordant pairs of x[a] and y[order[a]]: those that both rise or both fall, less those of which one
 * rises and one falls. Pairs are taken within stretches of `width` elements each. It has the sign of τ-b.
 *
 * @param x ranks, so that products have the sign of the differences
 */
export function concordance(x: Int32Array, y: ArrayLike<number>, order: Uint32Array, width: number): number {
  let sum = 0
  for (let start = 0; start < x.length; start += width) {
    for (let a = start + 1; a < start + width; a++) {
      const xa = at(x, a)
      const ya = at(y, at(order, a))
      for (let b = start; b < a; b++) {
        const product = (xa - at(x, b)) * (ya - at(y, at(order, b)))
        if (product > 0) sum++
        else if (product < 0) sum--
      }
    }
  }
  return sum
}

/** Up to so many elements looking at every pair is faster. */
const pairwise = 48

/**
 * {@link concordance} of one x with any y. Of wide stretches O(n log width), as Knight counts (Journal of the American Statistical
 * Association 61, 1966), and what are not ranks is ranked.
 */
export function concordanceWith(
  x: Int32Array,
  width: number,
): (y: Int32Array | Float64Array, order: Uint32Array) => number {
  if (width <= pairwise) return (y, order) => concordance(x, y, order, width)
  const byX = identity(x.length).sort((a, b) => Math.floor(a / width) - Math.floor(b / width) || at(x, a) - at(x, b))
  return (y, order) => {
    const ranks = y instanceof Int32Array ? y : sparseRanks(y)
    const seen = new RankCounts(ranks.reduce((most, rank) => Math.max(most, rank), 0) + 1)
    const rankOf = (i: number) => at(ranks, at(order, at(byX, i)))
    let sum = 0
    for (let start = 0; start < x.length; start += width) {
      seen.clear()
      for (let from = start, to = start; from < start + width; from = to) {
        // Elements of one x are no pairs.
        while (to < start + width && x[at(byX, to)] === x[at(byX, from)]) to++
        for (let i = from; i < to; i++) sum += seen.below(rankOf(i)) - (from - start - seen.below(rankOf(i) + 1))
        for (let i = from; i < to; i++) seen.add(rankOf(i))
      }
    }
    return sum
  }
}

/** How many of each rank there are, in a Fenwick tree (Software: Practice and Experience 24, 1994). */
class RankCounts {
  readonly #tree: Int32Array

  constructor(nRanks: number) {
    this.#tree = new Int32Array(nRanks + 1)
  }

  clear(): void {
    this.#tree.fill(0)
  }

  add(rank: number): void {
    for (let k = rank + 1; k < this.#tree.length; k += k & -k) this.#tree[k] = at(this.#tree, k) + 1
  }

  /** How many are less than `rank`. */
  below(rank: number): number {
    let sum = 0
    for (let k = rank; k > 0; k -= k & -k) sum += at(this.#tree, k)
    return sum
  }
}

/** Kendall's τ-b from a concordance; NaN where all pairs of x, or all of y, are ties. */
export function tauB(sum: number, x: Int32Array, y: Int32Array, width: number): number {
  return sum / Math.sqrt(untied(x, width) * untied(y, width))
}

/** τ-b of values over pairs within stretches of `width`, see {@link tauB}. */
export function rankCorrelation(x: ArrayLike<number>, y: ArrayLike<number>, width: number): number {
  const [ranksX, ranksY] = [denseRanks(x), denseRanks(y)]
  return tauB(concordanceWith(ranksX, width)(ranksY, identity(x.length)), ranksX, ranksY, width)
}

function untied(ranks: Int32Array, width: number): number {
  let pairs = 0
  for (let start = 0; start < ranks.length; start += width) {
    const counts = new Map<number, number>()
    for (const rank of ranks.subarray(start, start + width)) {
      // Pairs with those before it, but for its equals.
      const equal = counts.get(rank) ?? 0
      pairs -= equal
      counts.set(rank, equal + 1)
    }
    pairs += (width * (width - 1)) / 2
  }
  return pairs
}
