import { at } from '../../check.js'
import { addon, type BootstrapArguments, type ScoreArray } from '../../native.js'
import { countAboveSorted } from '../ranks/sortedScores.js'
import { type Bin, type BinnedNodes, binned, momentsOf, type Node } from './thresholdBins.js'
import { type ThresholdPair, type ThresholdPlace, thresholdPairs } from './thresholdPairs.js'

/** What the samples of a class give at the thresholds that may be the true ones. */
export interface AtThresholds {
  readonly bins: readonly Bin[]
  /** The variance, over the samples of the class, of what one gives to Σ ω·ξ; ω weighs the bins, and sums to 1. */
  chance(weights: readonly number[]): number
}

type Input = Pick<BootstrapArguments['input'], 'normal' | 'anomalous' | 'below'>

/** One target of two detectors that scored the same samples. */
export interface Target {
  readonly input: Input
  /** The number of the target. */
  readonly f: number
  /** The true false-positive rate that each threshold stands for. */
  readonly rates: readonly [number, number]
}

/** All classes of a target have the same. */
interface Thresholds {
  readonly pairs: readonly ThresholdPair[]
  /** The highest normal scores of each detector, as far as thresholds reach, ascending. */
  readonly highest: readonly ScoreArray[]
}

const known = new WeakMap<Input, Map<number, Thresholds>>()

function thresholdsOf(target: Target): Thresholds {
  const ofInput = known.get(target.input) ?? new Map<number, Thresholds>()
  known.set(target.input, ofInput)
  const found = ofInput.get(target.f) ?? findThresholds(target)
  ofInput.set(target.f, found)
  return found
}

function findThresholds({ input: { normal, below = 0 }, rates }: Target): Thresholds {
  const n = at<ScoreArray>(normal, 0).length + below
  const sorted = rates.map((_, d) => ascending(at<ScoreArray>(normal, d)))
  const [first, second] = rates.map((rate, d) => flaggedAmong(at<ScoreArray>(sorted, d), rate * n)) as [Flag, Flag]
  const [own, others] = normal as readonly [ScoreArray, ScoreArray]
  let common = 0
  for (let i = 0; i < own.length; i++) common += first(at(own, i)) * second(at(others, i))
  // As the confidence distribution has it: drawn towards independence where few samples are above.
  const trust = rates.map((q) => Math.sqrt((n * q * (1 - q)) / (n * q * (1 - q) + 1)))
  const independent = rates[0] * rates[1]
  const both = independent + at(trust, 0) * at(trust, 1) * (common / n - independent)
  const pairs = thresholdPairs({ n, rates, both })
  const reached = rates.map(
    (_, d) => 2 + pairs.reduce((most, { places }) => Math.max(most, at<ThresholdPlace>(places, d).above), 0),
  )
  return { pairs, highest: sorted.map((scores, d) => scores.slice(-at(reached, d))) }
}

function ascending(scores: ScoreArray): ScoreArray {
  const sorted = scores.slice()
  addon.sortSync(sorted)
  return sorted
}

/** How much of a sample of that score is flagged. */
type Flag = (score: number) => number

/** Flags so many of the highest scores. Tied samples are flagged in equal parts. */
function flaggedAmong(sorted: ScoreArray, most: number): Flag {
  const threshold = at(sorted, Math.max(0, sorted.length - 1 - Math.floor(most)))
  const above = countAboveSorted(sorted, threshold)
  const part = Math.min(1, Math.max(0, (most - above) / (countFrom(sorted, threshold) - above)))
  return (score) => (score > threshold ? 1 : score === threshold ? part : 0)
}

/** How many of the sorted scores are no lower. */
function countFrom(sorted: ScoreArray, score: number): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (at(sorted, middle) >= score) high = middle
    else low = middle + 1
  }
  return sorted.length - low
}

/** Samples of a class, evenly chosen where it has more, by which the agreement of the detectors is known. */
const mostSamples = 4096

/**
 * ξ of a class at every pair of thresholds of {@link thresholdPairs}, without the rounding to whole samples that the gaps of n
 * of them have.
 *
 * Time: sorts of the class and, once for all classes, of the normals; 2 ms for the pairs.
 *
 * @param set the place of the class among those of the input
 */
export function classAtThresholds(target: Target, set: number): AtThresholds {
  const { pairs, highest } = thresholdsOf(target)
  const scores = target.rates.map((_, d) => at<ScoreArray>(at(target.input.anomalous, d), set))
  const n = at<ScoreArray>(scores, 0).length
  const shares = scores.map((own, d) => {
    const flagged = flaggedAt(at<ScoreArray>(highest, d), ascending(own))
    return Float64Array.from(pairs, ({ places }) => flagged(at<ThresholdPlace>(places, d)) / n)
  })
  const ranks = scores.map((own) => ranksOf(everyFew(own)))
  const common = commonShares(ranks)
  const nodes = pairs.map(({ weight }, i): Node => {
    const [x, y] = shares.map((own) => at(own, i)) as [number, number]
    const xi = y - x
    return { weight, xi, deciding: Math.max(Math.abs(xi), x + y - 2 * common(x, y)) }
  })
  const all = binned(nodes)
  return { bins: all.bins, chance: (weights) => chanceOf(shares, ranks, nodeWeights(nodes, all, weights)) }
}

/** The same with another variance of the thresholds' part. */
export function withVariance(own: AtThresholds, variance: number): AtThresholds {
  const { mean, variance: found } = momentsOf(own.bins)
  const ratio = found > 0 ? variance / found : 1
  const bins = own.bins.map((bin) => {
    const xi = Math.min(1, Math.max(-1, mean + Math.sqrt(ratio) * (bin.xi - mean)))
    return { ...bin, xi, deciding: Math.max(Math.abs(xi), bin.deciding), variance: ratio * bin.variance }
  })
  return { ...own, bins }
}

/** What draws of ξ at thresholds give, of samples of which each decides as much: `deciding` on average. */
export function atCentres(centres: Float64Array, deciding: number): AtThresholds {
  const nodes = Array.from(
    centres,
    (xi): Node => ({ weight: 1 / centres.length, xi, deciding: Math.max(deciding, Math.abs(xi)) }),
  )
  const { bins } = binned(nodes)
  const mean = (weights: readonly number[], of: (bin: Bin) => number) =>
    bins.reduce((sum, bin, i) => sum + at(weights, i) * of(bin), 0)
  return {
    bins,
    chance: (weights) => Math.max(0, mean(weights, (bin) => bin.deciding) - mean(weights, ({ xi }) => xi) ** 2),
  }
}

/** How many anomalies are flagged by a threshold in its gap; a part of one counts. Both ascending. */
function flaggedAt(normal: ScoreArray, anomalous: ScoreArray): (place: ThresholdPlace) => number {
  const counts = new Map<number, number>()
  const upTo = (rank: number): number => {
    if (rank === 0) return 0
    if (rank > normal.length) return anomalous.length
    const count = counts.get(rank) ?? countAboveSorted(anomalous, at(normal, normal.length - rank))
    counts.set(rank, count)
    return count
  }
  return ({ above, within }) => upTo(above) + within * (upTo(above + 1) - upTo(above))
}

function everyFew(scores: ScoreArray): Float64Array {
  const step = Math.ceil(scores.length / mostSamples)
  return Float64Array.from({ length: Math.ceil(scores.length / step) }, (_, i) => at(scores, i * step))
}

/** The place of each sample in descending order. */
function ranksOf(scores: Float64Array): Uint32Array {
  const compare = (a: number, b: number) =>
    at(scores, b) > at(scores, a) ? 1 : at(scores, b) < at(scores, a) ? -1 : a - b
  const order = Uint32Array.from(scores, (_, i) => i).sort(compare)
  const ranks = new Uint32Array(scores.length)
  order.forEach((i, rank) => {
    ranks[i] = rank
  })
  return ranks
}

/** Places on either axis at which common samples are counted, of more samples than these. */
const mostPlaces = 64

/** The share of samples that is among the first share x of one order and y of the other. */
function commonShares(ranks: readonly Uint32Array[]): (x: number, y: number) => number {
  const [first, second] = ranks as [Uint32Array, Uint32Array]
  const n = first.length
  const nPlaces = Math.min(n, mostPlaces)
  const width = nPlaces + 1
  const table = new Float64Array(width * width)
  const cell = (rank: number) => Math.floor((rank * nPlaces) / n) + 1
  first.forEach((rank, i) => {
    const place = cell(rank) * width + cell(at(second, i))
    table[place] = at(table, place) + 1 / n
  })
  for (let place = width + 1; place < table.length; place++) {
    if (place % width === 0) continue
    table[place] = at(table, place) + at(table, place - 1) + at(table, place - width) - at(table, place - width - 1)
  }
  return (x, y) => {
    const [a, b] = [x, y].map((share) => Math.min(nPlaces - 1, Math.floor(share * nPlaces))) as [number, number]
    const [s, t] = [x * nPlaces - a, y * nPlaces - b]
    const row = (start: number) => (1 - t) * at(table, start) + t * at(table, start + 1)
    return (1 - s) * row(a * width + b) + s * row((a + 1) * width + b)
  }
}

/** What the weights of bins make of those of their nodes. */
function nodeWeights(nodes: readonly Node[], { bins, binOf }: BinnedNodes, weights: readonly number[]): Float64Array {
  const factors = bins.map(({ weight }, i) => at(weights, i) / weight)
  return Float64Array.from(nodes, ({ weight }, i) => weight * at(factors, at(binOf, i)))
}

/** The variance of the share of weight at which the candidate flags a sample less that at which the baseline does. */
function chanceOf(shares: readonly Float64Array[], ranks: readonly Uint32Array[], weights: Float64Array): number {
  const n = at<Uint32Array>(ranks, 0).length
  const [baseline, candidate] = shares.map((own, d) => {
    const flagged = weightsThatFlag(own, weights, n)
    return Float64Array.from(at<Uint32Array>(ranks, d), (rank) => at(flagged, rank))
  }) as [Float64Array, Float64Array]
  const differences = candidate.map((own, i) => own - at(baseline, i))
  const mean = differences.reduce((sum, one) => sum + one, 0) / n
  return differences.reduce((sum, one) => sum + (one - mean) ** 2, 0) / n
}

/** Of each rank the weight of the thresholds that flag it. A threshold flags a part of the last one that it reaches. */
function weightsThatFlag(shares: Float64Array, weights: Float64Array, n: number): Float64Array {
  // [i]: of thresholds that flag i samples.
  const flagging = new Float64Array(n + 2)
  shares.forEach((share, i) => {
    const reached = Math.min(n, share * n)
    const whole = Math.floor(reached)
    const part = (reached - whole) * at(weights, i)
    flagging[whole] = at(flagging, whole) + at(weights, i) - part
    flagging[whole + 1] = at(flagging, whole + 1) + part
  })
  for (let i = n; i >= 0; i--) flagging[i] = at(flagging, i) + at(flagging, i + 1)
  return flagging.subarray(1)
}
