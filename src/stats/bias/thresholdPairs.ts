import { at } from '../../check.js'
import { betaQuantile, normalDensity } from '../../special.js'

/** Where pairs of true thresholds may lie, baseline first, and how probable each is; one number of each list a pair. */
export interface ThresholdPairs {
  readonly weights: Float64Array
  readonly places: readonly [ThresholdPlaces, ThresholdPlaces]
}

/** In the gap below the `above`-th largest normal score; of the anomalies there the share `within` is flagged. */
export interface ThresholdPlaces {
  readonly above: Int32Array
  readonly within: Float64Array
}

/** What the law of both numbers of normals above their thresholds takes. */
export interface CountsLaw {
  readonly n: number
  /** The true false-positive rate of each detector. */
  readonly rates: readonly [number, number]
  /** Probability that a normal sample is above both thresholds. */
  readonly both: number
}

/** Pairs of numbers, about, that are told apart. */
const mostNumbers = 60
/** Pairs of thresholds at least: where numbers are few, several places in each gap. */
const fewestPairs = 1000
/** Numbers less probable than this beside the likeliest one are left out, as are pairs. */
const leastWeight = 1e-8

/**
 * The thresholds' law that the confidence distribution has (docs/intervals.md), on a fixed grid: A normals lie above the first
 * true threshold, A ~ Bin(n, q), and A′ above the second, Bin(A, c/q) + Bin(n − A, (q′ − c)/(1 − q)). Numbers are put together
 * where there are many, and places in the gaps follow a sequence that fills the square evenly, each by Beta(2, 2).
 */
export function thresholdPairs({ n, rates: [first, second], both }: CountsLaw): ThresholdPairs {
  const among = Math.min(1, both / first)
  const beside = Math.max(0, (second - both) / (1 - first))
  const cells = blocks(binomial(n, first)).flatMap((a) =>
    blocks(sum(binomial(a.number, among), binomial(n - a.number, beside)))
      .map((b) => ({ a: a.number, b: b.number, weight: a.weight * b.weight }))
      .filter(({ weight }) => weight > leastWeight),
  )
  const places = Math.max(1, Math.ceil(fewestPairs / cells.length))
  const all = cells.reduce((total, { weight }) => total + weight, 0)
  const found = cells.flatMap((cell) => Array.from({ length: places }, () => cell))
  const within = (step: number) => Float64Array.from(found, (_, i) => betaQuantile((0.5 + (i + 1) * step) % 1, 2, 2))
  return {
    weights: Float64Array.from(found, ({ weight }) => weight / (all * places)),
    places: [
      { above: Int32Array.from(found, ({ a }) => a), within: within(steps[0]) },
      { above: Int32Array.from(found, ({ b }) => b), within: within(steps[1]) },
    ],
  }
}

/** Of the additive sequence that fills a square most evenly: powers of 1/1.3247…, the root of x³ = x + 1. */
const steps = [0.7548776662466927, 0.5698402909980532] as const

/** Probabilities of the numbers from `first` on. */
interface Numbers {
  readonly first: number
  readonly weights: readonly number[]
}

/** From the likeliest number outwards, as far as numbers count. */
function binomial(n: number, p: number): Numbers {
  if (p <= 0 || p >= 1 || n === 0) return { first: p >= 1 ? n : 0, weights: [1] }
  const odds = p / (1 - p)
  const mode = Math.min(n, Math.floor((n + 1) * p))
  const below: number[] = []
  const above: number[] = [1]
  for (let [k, weight] = [mode, 1]; k > 0 && weight > leastWeight; k--) {
    weight *= k / ((n - k + 1) * odds)
    below.push(weight)
  }
  for (let [k, weight] = [mode, 1]; k < n && weight > leastWeight; k++) {
    weight *= ((n - k) * odds) / (k + 1)
    above.push(weight)
  }
  const weights = [...below.reverse(), ...above]
  const all = weights.reduce((total, weight) => total + weight, 0)
  return { first: mode - below.length, weights: weights.map((weight) => weight / all) }
}

/** Standard deviations beyond which numbers are as good as normal. */
const wide = 20

/** The law of the sum of two numbers. */
function sum(a: Numbers, b: Numbers): Numbers {
  const [one, other] = [momentsOf(a), momentsOf(b)]
  if (one.variance + other.variance > wide ** 2)
    return normalNumbers(one.mean + other.mean, one.variance + other.variance)
  const weights: number[] = new Array(a.weights.length + b.weights.length - 1).fill(0)
  for (const [i, own] of a.weights.entries()) {
    for (const [j, more] of b.weights.entries()) weights[i + j] = at(weights, i + j) + own * more
  }
  return { first: a.first + b.first, weights }
}

function momentsOf({ first, weights }: Numbers) {
  const mean = weights.reduce((total, weight, i) => total + weight * i, 0)
  return { mean: first + mean, variance: weights.reduce((total, weight, i) => total + weight * (i - mean) ** 2, 0) }
}

function normalNumbers(mean: number, variance: number): Numbers {
  const sd = Math.sqrt(variance)
  const first = Math.max(0, Math.floor(mean - 6 * sd))
  const weights = Array.from({ length: Math.ceil(mean + 6 * sd) - first }, (_, i) =>
    normalDensity((first + i - mean) / sd),
  )
  const all = weights.reduce((total, weight) => total + weight, 0)
  return { first, weights: weights.map((weight) => weight / all) }
}

interface Block {
  readonly number: number
  readonly weight: number
}

/** The numbers put together, neighbours by neighbours, each block at its middle; those that do not count are left out. */
function blocks({ first, weights }: Numbers): Block[] {
  const begin = weights.findIndex((weight) => weight > leastWeight)
  const end = weights.findLastIndex((weight) => weight > leastWeight) + 1
  const size = 2 * Math.ceil(((end - begin) / mostNumbers - 1) / 2) + 1
  const found: Block[] = []
  for (let from = begin; from < end; from += size) {
    const weight = weights.slice(from, from + size).reduce((total, one) => total + one, 0)
    found.push({ number: first + from + (size - 1) / 2, weight })
  }
  return found
}
