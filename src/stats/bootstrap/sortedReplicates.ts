import { types } from 'node:util'
import { at } from '../../check.js'
import { ScoringBiasError } from '../../errors.js'
import { addon } from '../../native.js'
import { copyScores } from '../ranks/scores.js'

/** Bootstrap replicates t*₁, …, t*_B as intervals and p-values read them: sorted once. */
export interface SortedReplicates {
  /** B */
  readonly length: number
  /** The value at position p·(B + 1) of the sorted replicates (`weibull`), the nearest of them outside 1 … B. */
  quantile(p: number): number
  /** (#{t* ≤ x} + 1)/(B + 1) */
  atMost(x: number): number
  /** (#{t* ≥ x} + 1)/(B + 1) */
  atLeast(x: number): number
}

/**
 * Sorts a copy of the replicates, on the calling thread: 0.1 ms for 10,000, where the built-in sort takes 0.8 and a trip
 * to a worker thread and back costs as much as the sort. Reading a quantile is O(1) and a count O(log B).
 *
 * A position within 1e-9 of a whole rank is that rank, or the rounding of a level would mix a little of the next
 * replicate into a bound that is 0. Counts take replicates closer to x than 1e-12 of the largest to equal it:
 * differences of fractions are only rounded alike when the fractions are.
 *
 * Errors: `EMPTY_SAMPLE`, `NOT_A_NUMBER` with the index (infinities too), `WRONG_TYPE`, `DETACHED`, `OUT_OF_MEMORY`.
 */
export function sortReplicates(name: string, replicates: Float64Array): SortedReplicates {
  requireFloat64(name, replicates)
  const sorted = copyScores(name, replicates)
  requireFinite(name, replicates)
  addon.sortSync(sorted)
  const b = sorted.length
  const ranked = (rank: number) => at(sorted, Math.min(b, Math.max(1, rank)) - 1)
  const [least, most] = [ranked(1), ranked(b)]
  const rounding = (x: number) => 1e-12 * Math.max(Math.abs(least), Math.abs(most), Math.abs(x))
  return {
    length: b,
    quantile(p) {
      const position = p * (b + 1)
      const nearest = Math.round(position)
      if (Math.abs(position - nearest) < 1e-9) return ranked(nearest)
      const rank = Math.floor(position)
      return ranked(rank) + (position - rank) * (ranked(rank + 1) - ranked(rank))
    },
    atMost: (x) => (countWhile(sorted, (t) => t <= x + rounding(x)) + 1) / (b + 1),
    atLeast: (x) => (b - countWhile(sorted, (t) => t < x - rounding(x)) + 1) / (b + 1),
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
function countWhile(sorted: ArrayLike<number>, condition: (value: number) => boolean): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (condition(at(sorted, middle))) low = middle + 1
    else high = middle
  }
  return low
}
