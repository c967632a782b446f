import { at, entryOf } from '../../check.js'

/** Values as whole numbers from 0 in the same order, equal ones equal; −0 ties with +0. */
export function denseRanks(values: ArrayLike<number>): Int32Array {
  const distinct = [...new Set(Array.from(values))].sort((a, b) => a - b)
  const ranks = new Map(distinct.map((value, i) => [value, i]))
  return Int32Array.from(values, (value) => entryOf(ranks, value))
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

/** Kendall's τ-b from a concordance; NaN where all pairs of x, or all of y, are ties. */
export function tauB(sum: number, x: Int32Array, y: Int32Array, width: number): number {
  return sum / Math.sqrt(untied(x, width) * untied(y, width))
}

/** τ-b of values over pairs within stretches of `width`, see {@link tauB}. */
export function rankCorrelation(x: ArrayLike<number>, y: ArrayLike<number>, width: number): number {
  const [ranksX, ranksY] = [denseRanks(x), denseRanks(y)]
  return tauB(concordance(ranksX, ranksY, identity(x.length), width), ranksX, ranksY, width)
}

function untied(ranks: Int32Array, width: number): number {
  let pairs = 0
  for (let start = 0; start < ranks.length; start += width) {
    for (let a = start + 1; a < start + width; a++) {
      for (let b = start; b < a; b++) pairs += Number(ranks[a] !== ranks[b])
    }
  }
  return pairs
}
