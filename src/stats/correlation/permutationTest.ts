import { at } from '../../check.js'
import { permutation } from '../../random/permutation.js'
import { identity } from './concordance.js'

/** Permutations drawn where there are too many for all of them. */
const draws = 9_999

/** Steps that going through all permutations may take: those of Mantel's test with 64 cells of eight things, under a second. */
const mostSteps = 40_320 * 2_016

export interface PermutationTestOptions {
  /** Of the permutations drawn, an integer in [0, 2⁵³). */
  readonly seed: number
  /** Philox stream of the draws. */
  readonly stream: number
  /** What one evaluation of the statistic costs, in comparisons of two numbers. */
  readonly steps: number
}

export interface PermutationTest {
  /** Share of the permutations whose statistic is at least as far from 0 as that of the data. */
  readonly pValue: number
  /** Whether all permutations were gone through; else 9,999 were drawn. */
  readonly exact: boolean
}

/**
 * A two-sided permutation test of a statistic of n things that are exchangeable where nothing is going on.
 *
 * All n! permutations where that takes at most 8!·2,016 comparisons, and the p-value is exact. Beyond, 9,999 drawn with
 * Philox, and the p-value is (1 + hits)/10,000, which holds its level too (Phipson and Smyth, Statistical Applications in
 * Genetics and Molecular Biology 9, 2010). Synchronous.
 *
 * @param statistic of the things in a given order, compared exactly: let it be a whole number
 */
export function permutationTest(
  n: number,
  statistic: (order: Uint32Array) => number,
  { seed, stream, steps }: PermutationTestOptions,
): PermutationTest {
  const observed = Math.abs(statistic(identity(n)))
  const reaches = (order: Uint32Array): number => Number(Math.abs(statistic(order)) >= observed)
  let hits = 0
  const permutations = factorial(n)
  if (permutations * steps <= mostSteps) {
    forEachPermutation(n, (order) => {
      hits += reaches(order)
    })
    return { pValue: hits / permutations, exact: true }
  }
  const order = new Uint32Array(n)
  for (let replicate = 0; replicate < draws; replicate++)
    hits += reaches(permutation(order, { seed, stream, replicate }))
  return { pValue: (1 + hits) / (1 + draws), exact: false }
}

function factorial(n: number): number {
  let product = 1
  for (let i = 2; i <= n && product < Number.POSITIVE_INFINITY; i++) product *= i
  return product
}

/** Visits all permutations of 0, …, n − 1 in one array, each a swap away from the one before (Heap, Computer Journal 6, 1963). */
function forEachPermutation(n: number, visit: (order: Uint32Array) => void): void {
  const order = identity(n)
  const turns = new Uint32Array(n)
  visit(order)
  for (let i = 1; i < n; ) {
    const turn = at(turns, i)
    if (turn < i) {
      const other = i % 2 === 0 ? 0 : turn
      const swapped = at(order, other)
      order[other] = at(order, i)
      order[i] = swapped
      turns[i] = turn + 1
      visit(order)
      i = 1
    } else {
      turns[i] = 0
      i++
    }
  }
}
