import { at } from '../../check.js'
import { addon, type BootstrapArguments, type ScoreArray } from '../../native.js'
import { countAboveSorted, countFromSorted } from '../ranks/sortedScores.js'
import { type Bin, type BinnedNodes, binned, momentsOf, type Nodes } from './thresholdBins.js'
import { type ThresholdPairs, type ThresholdPlaces, thresholdPairs } from './thresholdPairs.js'

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
  readonly pairs: ThresholdPairs
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
  const reached = pairs.places.map(({ above }) => 2 + above.reduce((most, rank) => Math.max(most, rank), 0))
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
  const part = Math.min(1, Math.max(0, (most - above) / (countFromSorted(sorted, threshold) - above)))
  return (score) => (score > threshold ? 1 : score === threshold ? part : 0)
}

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
  const sorted = scores.map(ascending)
  const shares = sorted.map((own, d) => {
    const flagged = flaggedAt(at<ScoreArray>(highest, d), own, at<ThresholdPlaces>(pairs.places, d))
    return flagged.map((count) => count / n)
  }) as [Float64Array, Float64Array]
  const ranks = scores.map((own, d) => ranksOf(own, at<ScoreArray>(sorted, d))) as [Ranks, Ranks]
  const common = commonShares(ranks)
  const [first, second] = shares
  const xi = second.map((y, i) => y - at(first, i))
  const deciding = second.map((y, i) => {
    const x = at(first, i)
    return Math.max(Math.abs(y - x), x + y - 2 * common(x, y))
  })
  const nodes: Nodes = { weights: pairs.weights, xi, deciding }
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
  const { bins } = binned({
    weights: centres.map(() => 1 / centres.length),
    xi: centres,
    deciding: centres.map((xi) => Math.max(deciding, Math.abs(xi))),
  })
  const mean = (weights: readonly number[], of: (bin: Bin) => number) =>
    bins.reduce((sum, bin, i) => sum + at(weights, i) * of(bin), 0)
  return {
    bins,
    chance: (weights) => Math.max(0, mean(weights, (bin) => bin.deciding) - mean(weights, ({ xi }) => xi) ** 2),
  }
}

/** How many anomalies are flagged by each threshold in its gap; a part of one counts. Both ascending. */
function flaggedAt(normal: ScoreArray, anomalous: ScoreArray, { above, within }: ThresholdPlaces): Float64Array {
  // [rank]: above the normal score of that rank.
  const counts = new Float64Array(2 + above.reduce((most, rank) => Math.max(most, rank), 0)).fill(Number.NaN)
  const upTo = (rank: number): number => {
    if (Number.isNaN(at(counts, rank))) counts[rank] = countUpTo(rank, normal, anomalous)
    return at(counts, rank)
  }
  return within.map((part, i) => {
    const [from, to] = [upTo(at(above, i)), upTo(at(above, i) + 1)]
    return from + part * (to - from)
  })
}

function countUpTo(rank: number, normal: ScoreArray, anomalous: ScoreArray): number {
  if (rank === 0) return 0
  return rank > normal.length ? anomalous.length : countAboveSorted(anomalous, at(normal, normal.length - rank))
}

/**
 * The places of each sample in descending order: from `first` on, and before `end`. Tied samples share theirs, each being at
 * all of them alike: what comes of it does not depend on the order of the rows.
 */
interface Ranks {
  readonly first: Uint32Array
  readonly end: Uint32Array
}

function ranksOf(scores: ScoreArray, sorted: ScoreArray): Ranks {
  return {
    first: Uint32Array.from(scores, (score) => countAboveSorted(sorted, score)),
    end: Uint32Array.from(scores, (score) => countFromSorted(sorted, score)),
  }
}

/** Places on either axis at which common samples are counted, of more samples than these. */
const mostPlaces = 64

/** The share of samples that is among the first share x of one order and y of the other. */
function commonShares([first, second]: readonly [Ranks, Ranks]): (x: number, y: number) => number {
  const n = first.first.length
  const nPlaces = Math.min(n, mostPlaces)
  const width = nPlaces + 1
  const table = new Float64Array(width * width)
  const cells = cellsOf(n, nPlaces)
  for (const [i, count] of equalSamples(first, second)) {
    const columns = cells(second, i)
    for (const row of cells(first, i)) {
      for (const column of columns) {
        const place = (row.cell + 1) * width + column.cell + 1
        table[place] = at(table, place) + (count * row.part * column.part) / n
      }
    }
  }
  for (let place = width + 1; place < table.length; place++) {
    if (place % width === 0) continue
    table[place] = at(table, place) + at(table, place - 1) + at(table, place - width) - at(table, place - width - 1)
  }
  return (x, y) => {
    const a = Math.min(nPlaces - 1, Math.floor(x * nPlaces))
    const b = Math.min(nPlaces - 1, Math.floor(y * nPlaces))
    const [s, t] = [x * nPlaces - a, y * nPlaces - b]
    const row = (start: number) => (1 - t) * at(table, start) + t * at(table, start + 1)
    return (1 - s) * row(a * width + b) + s * row((a + 1) * width + b)
  }
}

/** The first of all samples with the same places in both orders, and how many they are. */
function equalSamples(first: Ranks, second: Ranks): Map<number, number> {
  const n = first.first.length
  const seen = new Map<number, number>()
  const counts = new Map<number, number>()
  for (let i = 0; i < n; i++) {
    const key = at(first.first, i) * n + at(second.first, i)
    const known = seen.get(key) ?? i
    if (known === i) seen.set(key, i)
    counts.set(known, (counts.get(known) ?? 0) + 1)
  }
  return counts
}

/** The cells of an axis that the places of a sample are in, and the part of it in each. */
function cellsOf(n: number, nCells: number) {
  return ({ first, end }: Ranks, i: number): { readonly cell: number; readonly part: number }[] => {
    const [from, to] = [(at(first, i) * nCells) / n, (at(end, i) * nCells) / n]
    const start = Math.floor(from)
    return Array.from({ length: Math.ceil(to) - start }, (_, k) => {
      const cell = start + k
      return { cell, part: (Math.min(to, cell + 1) - Math.max(from, cell)) / (to - from) }
    })
  }
}

/** What the weights of bins make of those of their nodes. */
function nodeWeights({ weights: own }: Nodes, { bins, binOf }: BinnedNodes, weights: readonly number[]): Float64Array {
  const factors = bins.map(({ weight }, i) => at(weights, i) / weight)
  return own.map((weight, i) => weight * at(factors, at(binOf, i)))
}

/** The variance of the share of weight at which the candidate flags a sample less that at which the baseline does. */
function chanceOf(shares: readonly Float64Array[], ranks: readonly Ranks[], weights: Float64Array): number {
  const [baseline, candidate] = shares.map((own, d) => {
    const { first, end } = at<Ranks>(ranks, d)
    const n = first.length
    const flagging = weightsThatFlag(own, weights, n)
    // [i]: of the first i places together.
    const upTo = new Float64Array(n + 1)
    for (let i = 0; i < n; i++) upTo[i + 1] = at(upTo, i) + at(flagging, i)
    return Float64Array.from(first, (from, i) => (at(upTo, at(end, i)) - at(upTo, from)) / (at(end, i) - from))
  }) as [Float64Array, Float64Array]
  const n = candidate.length
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
