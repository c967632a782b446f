import { types } from 'node:util'
import { at } from '../../check.js'
import { ScoringBiasError } from '../../errors.js'
import { addon } from '../../native.js'
import { copyScores } from '../ranks/scores.js'

/** Bootstrap replicates t*₁, …, t*_B as intervals and p-values read them: sorted once. */
export interface SortedReplicates {
  /** B */
  readonly length: number
  /** The value of a rank, 1 to B, in ascending order, the nearest outside; what is 0 but for rounding is 0. */
  ranked(rank: number): number
  /** The value at position p·(B + 1), between two ranks by interpolation, the nearest of them outside 1 … B. */
  quantile(p: number): number
  /** #{t* ≤ x} */
  atMost(x: number): number
  /** #{t* ≥ x} */
  atLeast(x: number): number
}

/**
 * Sorts a copy of the replicates, on the calling thread: 0.1 ms for 10,000, where the built-in sort takes 0.8 and a trip
 * to a worker thread and back costs as much as the sort. Reading a rank is O(1) and a count O(log B).
 *
 * Counts take replicates closer to x than 1e-12 of the largest to equal it: differences of fractions are only rounded
 * alike when the fractions are.
 *
 * Errors: `EMPTY_SAMPLE`, `NOT_A_NUMBER` with the index (infinities too), `WRONG_TYPE`, `DETACHED`, `OUT_OF_MEMORY`.
 */
export function sortReplicates(name: string, replicates: Float64Array): SortedReplicates {
  requireFloat64(name, replicates)
  const sorted = copyScores(name, replicates)
  requireFinite(name, replicates)
  addon.sortSync(sorted)
  const b = sorted.length
  const scale = Math.max(Math.abs(at(sorted, 0)), Math.abs(at(sorted, b - 1)))
  const rounding = (x: number) => 1e-12 * Math.max(scale, Math.abs(x))
  const ranked = (rank: number) => {
    const value = at(sorted, Math.min(b, Math.max(1, rank)) - 1)
    return Math.abs(value) <= rounding(0) ? 0 : value
  }
  return {
    length: b,
    ranked,
    quantile(p) {
      const position = p * (b + 1)
      const rank = Math.floor(position)
      return ranked(rank) + (position - rank) * (ranked(rank + 1) - ranked(rank))
    },
    atMost: (x) => countWhile(sorted, (t) => t <= x + rounding(x)),
    atLeast: (x) => b - countWhile(sorted, (t) => t < x - rounding(x)),
  }
}

/** Errors: `WRONG_TYPE`. */
export function requireFloat64(name: string, values: unknown): void {
  if (!types.isFloat64Array(values)) throw new ScoringBiasError('WRONG_TYPE', `${name} must be a Float64Array`)
}

/** Errors: `NOT_A_NUMBER` with the index of the first value that is not finite. */
export function requireFinite(name: string, values: Float64Array): void {
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) continue
    throw new ScoringBiasError('NOT_A_NUMBER', `${name}[${i}] is ${values[i]}, not finite`)
  }
}

/** How many of the first values satisfy a condition that no later one does. */
export function countWhile(sorted: ArrayLike<number>, condition: (value: number) => boolean): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (condition(at(sorted, middle))) low = middle + 1
    else high = middle
  }
  return low
}
