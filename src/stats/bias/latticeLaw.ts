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
  const upwards = new RisingSearch({ first, last, near: mean, step }, atMost)
  const downwards = new RisingSearch({ first: -last, last: -first, near: -mean, step }, (k) => atLeast(-k))
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
    lowest: (counts) => (counts(lawError) ? Number.NEGATIVE_INFINITY : value(upwards.find(counts))),
    highest: (counts) => (counts(lawError) ? Number.POSITIVE_INFINITY : value(-downwards.find(counts))),
  }
}

/** Whole numbers, and about where among them an answer is expected, within some steps. */
interface Search {
  readonly first: number
  readonly last: number
  readonly near: number
  readonly step: number
}

/** Searches in a rising function of whole numbers, each of which begins with what those before it saw. */
class RisingSearch {
  readonly #search: Search
  readonly #value: (k: number) => number
  /** Where it was looked, ascending, and what was seen. */
  readonly #places: number[] = []
  readonly #values: number[] = []

  constructor(search: Search, value: (k: number) => number) {
    this.#search = search
    this.#value = value
  }

  /** The first of the numbers whose value counts, as all larger ones do; the last if none does. */
  find(counts: (value: number) => boolean): number {
    const { first, last, near, step } = this.#search
    let i = this.#firstThat(counts)
    let low = i === 0 ? first : at(this.#places, i - 1) + 1
    let high = i === this.#places.length ? last : at(this.#places, i)
    for (let stride = step; low < high; ) {
      let k = Math.floor((low + high) / 2)
      if (this.#places.length === 0) k = Math.min(last - 1, Math.max(first, near))
      else if (low === first || high === last) {
        // From where it was looked, or is expected, in strides that double.
        k = low === first ? Math.max(low, high - stride) : Math.min(high - 1, low - 1 + stride)
        stride *= 2
      }
      const seen = this.#value(k)
      this.#places.splice(i, 0, k)
      this.#values.splice(i, 0, seen)
      if (counts(seen)) high = k
      else {
        low = k + 1
        i++
      }
    }
    return low
  }

  /** Among what was seen. */
  #firstThat(counts: (value: number) => boolean): number {
    let [low, high] = [0, this.#values.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (counts(at(this.#values, middle))) high = middle
      else low = middle + 1
    }
    return low
  }
}

/** @param law [2n + 1]: of n·ξ* + n */
export function pairedLattice(law: Float64Array): Lattice {
  const n = (law.length - 1) / 2
  const [below, above] = [cumulated(law), cumulatedFromEnd(law)]
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
  const sums = new Float64Array(law.length)
  let [sum, most, i] = [0, 0, 0]
  for (const probability of law) {
    sum += probability
    most = Math.max(most, sum)
    sums[i++] = most
  }
  return sums
}

/** The same from the last value down. */
function cumulatedFromEnd(law: Float64Array): Float64Array {
  return cumulated(law.slice().reverse()).reverse()
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
  // j/n and k/n′ are multiples of what both steps have in common.
  const [one, other] = inLowestTerms(from.n, to.n)
  const below = differenceAtMost({ span: from, weight: other }, { span: to, weight: one })
  const above = differenceAtMost({ span: to, weight: one }, { span: from, weight: other })
  return {
    steps: from.n * other,
    first: to.first * one - from.last * other,
    last: to.last * one - from.first * other,
    atMost: below,
    atLeast: (k) => above(-k),
  }
}

function inLowestTerms(a: number, b: number): [number, number] {
  let [divisor, rest] = [a, b]
  while (rest > 0) [divisor, rest] = [rest, divisor % rest]
  return [a / divisor, b / divisor]
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

/** A count, and how many steps of the lattice one more is. */
interface Weighed {
  readonly span: Span
  readonly weight: number
}

/** P(its weight·k − its weight·j ≤ numerator), j and k independent. */
function differenceAtMost(j: Weighed, k: Weighed): (numerator: number) => number {
  const sums = new Map<number, number>()
  const { probabilities, first } = j.span
  const { atMost } = k.span
  // From one j to the next the bound of k rises by so much, and a rest.
  const rise = Math.floor(j.weight / k.weight)
  const more = j.weight % k.weight
  return (numerator) => {
    const known = sums.get(numerator)
    if (known !== undefined) return known
    const start = numerator + first * j.weight
    let place = Math.floor(start / k.weight)
    let rest = start - place * k.weight
    place -= k.span.first
    let sum = 0
    for (const probability of probabilities) {
      if (place >= 0) sum += probability * at(atMost, Math.min(place, atMost.length - 1))
      place += rise
      rest += more
      if (rest >= k.weight) {
        rest -= k.weight
        place++
      }
    }
    sums.set(numerator, sum)
    return sum
  }
}
