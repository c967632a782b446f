import { at } from '../../check.js'
import type { BiasLaw } from './biasLaw.js'

/**
 * The error of a distribution function in closed form, at most (docs/exact-law.md). Shares are raised by it, so that
 * rounding decides nothing: no p-value is below twice this.
 */
export const lawError = 1e-9

/** A law on the multiples of 1/steps. */
export interface Lattice {
  readonly steps: number
  /** No value lies below first/steps or above last/steps. */
  readonly first: number
  readonly last: number
  /** The probability of values of at most k/steps, within its error; k whole. */
  atMost(k: number): number
  atLeast(k: number): number
}

/** The law of a lattice with moments that are known better than by summing it. Values are compared as integers. */
export function latticeLaw(lattice: Lattice, moments: Pick<BiasLaw, 'mean' | 'standardError'>): BiasLaw {
  const { steps, first, last } = lattice
  // Far above the rounding of a difference of fractions, far below a step.
  const rounding = 0.001
  const share = (probability: number) => Math.min(1, Math.max(0, probability) + lawError)
  const atMost = (k: number) => share(k >= last ? 1 : lattice.atMost(k))
  const atLeast = (k: number) => share(k <= first ? 1 : lattice.atLeast(k))
  const inside = (probability: number) => Math.min(1 - lawError, Math.max(lawError, probability))
  const value = (k: number) => k / steps + 0
  const mean = Math.round(moments.mean * steps)
  const step = Math.max(1, Math.round(moments.standardError * steps))
  return {
    ...moments,
    resolution: lawError,
    atMost: (x) => atMost(Math.floor(x * steps + rounding)),
    atLeast: (x) => atLeast(Math.ceil(x * steps - rounding)),
    middle(x) {
      const k = Math.round(x * steps)
      return [
        inside((lattice.atMost(k - 1) + lattice.atMost(k)) / 2),
        inside((lattice.atLeast(k + 1) + lattice.atLeast(k)) / 2),
      ]
    },
    lowest(counts) {
      if (counts(lawError)) return Number.NEGATIVE_INFINITY
      return value(firstWith({ first, last, near: mean, step }, (k) => counts(atMost(k))))
    },
    highest(counts) {
      if (counts(lawError)) return Number.POSITIVE_INFINITY
      return value(-firstWith({ first: -last, last: -first, near: -mean, step }, (k) => counts(atLeast(-k))))
    },
  }
}

/** Whole numbers, and about where among them an answer is expected, within some steps. */
interface Search {
  readonly first: number
  readonly last: number
  readonly near: number
  readonly step: number
}

/** The first of some integers that satisfies a condition which all after it do; the last if none does. */
function firstWith({ first, last, near, step }: Search, condition: (k: number) => boolean): number {
  let [low, high] = [first, last]
  const start = Math.min(last, Math.max(first, near))
  const outwards = condition(start) ? -1 : 1
  // Strides from where it is expected, doubled, then halves.
  for (let [k, stride] = [start, step]; low < high && k >= low && k < high; k += outwards * stride, stride *= 2) {
    if (condition(k)) high = k
    else low = k + 1
  }
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (condition(middle)) high = middle
    else low = middle + 1
  }
  return low
}

/** @param law [2n + 1]: of n·ξ* + n */
export function pairedLattice(law: Float64Array): Lattice {
  const n = (law.length - 1) / 2
  const [below, above] = [cumulated(law), cumulated(law.slice().reverse()).reverse()]
  const inside = (k: number) => k >= -n && k <= n
  return {
    steps: n,
    first: -n,
    last: n,
    atMost: (k) => (inside(k) ? at(below, n + k) : Number(k > n)),
    atLeast: (k) => (inside(k) ? at(above, n + k) : Number(k < -n)),
  }
}

/** Sums, which rounding errors of single probabilities do not turn. */
function cumulated(law: Float64Array): Float64Array {
  let [sum, most] = [0, 0]
  return law.map((probability) => {
    sum += probability
    most = Math.max(most, sum)
    return most
  })
}

/** Largest number of steps at which a multiple of a step is still told from its neighbours as a number. */
export const mostSteps = 2 ** 40

/**
 * The law of a difference of two recalls of samples of their own: k/n′ − j/n.
 *
 * @param baseline [n + 1]: of j
 * @param candidate [n′ + 1]: of k
 */
export function independentLattice(baseline: Float64Array, candidate: Float64Array): Lattice {
  const [from, to] = [spanOf(baseline), spanOf(candidate)]
  const below = differenceAtMost(from, to)
  const above = differenceAtMost(to, from)
  return {
    steps: from.n * to.n,
    first: to.first * from.n - from.last * to.n,
    last: to.last * from.n - from.first * to.n,
    atMost: below,
    atLeast: (k) => above(-k),
  }
}

/** A law between its outermost counts that matter, with its sums from below. */
interface Span {
  readonly n: number
  readonly first: number
  readonly last: number
  readonly probabilities: Float64Array
  readonly atMost: Float64Array
}

/** Of a count; all that are left out together are far below {@link lawError}. */
const negligible = 1e-18

function spanOf(law: Float64Array): Span {
  const first = law.findIndex((p) => p > negligible)
  const last = law.findLastIndex((p) => p > negligible)
  const probabilities = law.slice(first, last + 1)
  return { n: law.length - 1, first, last, probabilities, atMost: cumulated(probabilities) }
}

/** P(k/n′ − j/n ≤ numerator/(n n′)), j and k independent. */
function differenceAtMost(from: Span, to: Span): (numerator: number) => number {
  const sums = new Map<number, number>()
  return (numerator) => {
    const known = sums.get(numerator)
    if (known !== undefined) return known
    let sum = 0
    for (let i = 0; i < from.probabilities.length; i++) {
      const bound = Math.floor((numerator + (from.first + i) * to.n) / from.n)
      if (bound >= to.first) {
        sum += at(from.probabilities, i) * at(to.atMost, Math.min(bound, to.last) - to.first)
      }
    }
    sums.set(numerator, sum)
    return sum
  }
}
