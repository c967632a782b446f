import { biasDefaults } from '../biasDefaults.js'
import { at } from '../check.js'
import { uniform } from '../random/uniform.js'
import { normalCdf, normalQuantile } from '../special.js'
import { emptySide, nativeDefinition } from '../stats/ranks/thresholdRule.js'
import type { KnownRates } from './biasVariance.js'
import { type BinormalPair, binormalPair, bothAbove, exchanged, slopeOf } from './binormalPair.js'
import type { SampleSizes } from './bounds.js'
import { familyValues } from './familyValue.js'
import { anomalyPools, normalPools, type ScorePools } from './scorePools.js'
import { binomialQuantile, item, quickCdf } from './tabulated.js'

export interface AnswerOptions {
  /** Of the simultaneous intervals. */
  readonly level: number
  /** Intervals that hold at once. */
  readonly classes: number
  readonly dataSets: number
  /** Data sets whose interval is read as well, the first ones; at most dataSets. */
  readonly measured: number
}

/** What `relativeBias` is expected to say of one class. */
export interface ExpectedAnswer {
  /** The probability that its simultaneous interval lies on the side of 0 where ξ is. */
  readonly power: number
  /** Mean of half the interval's length; NaN where none was measured. */
  readonly halfWidth: number
}

/** Of the scores near the thresholds, FPRs and recalls are read off this many stretches. */
const stretches = 256
/** At so many FPRs about the target the recalls of a data set are kept. */
const gridSize = 129
/** Draws of the confidence distribution of a data set. */
const draws = 512
/** Samples near which scores are drawn one by one; of more, the deviations from their laws are scaled down. */
const mostTolerated = 400
const mostFlagged = 20_000
const mostAnomalies = 1000

/**
 * What the intervals of `relativeBias` by the method `confidence` give for expected rates and numbers of samples, by
 * simulation of data sets with Gaussian scores and of the method itself: every data set has its own ROC curves near the
 * target, and its p-value is the mean over draws of both thresholds of the sign test of the anomalies that these leave
 * to one detector alone (docs/theory.md).
 *
 * The counts of samples by who flags them go evenly through their laws (Kronecker's sequence), the rest is drawn with
 * Philox: equal arguments give equal answers. The standard error of the power is about 0.3/√dataSets. Cost: 30 µs a data set.
 */
export class AnswerLaw {
  readonly #pair: BinormalPair
  readonly #anomalies: ScorePools

  constructor(rates: KnownRates) {
    const rising = rates.tprCandidate >= rates.tprBaseline
    this.#pair = binormalPair(rising ? rates : exchanged(rates))
    this.#anomalies = anomalyPools(this.#pair)
  }

  expect(sizes: SampleSizes, options: AnswerOptions): ExpectedAnswer {
    const window = windowOf(this.#pair, sizes)
    const sampler = new CurveSampler(this.#pair, this.#anomalies, sizes, window)
    const reader = new AnswerReader(this.#pair, sizes, window, options)
    const decides = emptySide(this.#pair.fpr, sizes.nNormal, nativeDefinition(undefined, undefined)) === undefined
    let [arrows, lengths] = [0, 0]
    const { dataSets, measured } = options
    const uniforms = uniform(dataSets * uniformsPerSet, { seed: 0, stream: 0x504c_4e40 })
    for (let s = 0; s < dataSets; s++) {
      const curves = sampler.draw(s, uniforms.subarray(s * uniformsPerSet, (s + 1) * uniformsPerSet))
      const { above, length } = reader.read(curves, s < measured)
      if (above && decides) arrows++
      lengths += length
    }
    return { power: arrows / dataSets, halfWidth: lengths / measured / 2 }
  }
}

/** FPRs that matter: the grid's, and the scores that data sets are read between. */
interface Window {
  readonly low: number
  readonly high: number
  readonly top: number
  readonly floor: number
  /** P(score > floor). */
  readonly above: number
}

function windowOf({ fpr }: BinormalPair, { nNormal }: SampleSizes): Window {
  const sd = Math.sqrt((fpr * (1 - fpr)) / nNormal)
  const above = Math.min(1 - 1e-6, fpr + 8 * sd + 4 / nNormal)
  return {
    low: Math.max(0, fpr - 5 * sd),
    high: Math.min(1, fpr + 5.5 * sd + 1 / nNormal),
    top: -normalQuantile(Math.max(0.02 / nNormal, fpr - 9 * sd)),
    floor: -normalQuantile(above),
    above,
  }
}

/** A data set, as far as the method looks at it. */
interface Curves {
  /** [detector][grid]: the empirical recall at an empirical FPR. */
  readonly recalls: readonly [Float64Array, Float64Array]
  /** Fractions of the anomalies that each detector flags at its true threshold, and that exactly one does. */
  readonly flagged: readonly [number, number]
  readonly deciding: number
  /** The correlation of the flags over its normals. */
  readonly correlation: number
}

/** Counted in 6 dimensions evenly, and beside them by chance: two counts and where in the pools a data set begins. */
const dimensions = 6
const uniformsPerSet = 9
/** The root of x⁷ = x + 1, whose powers are the steps of Kronecker's sequence in 6 dimensions (Roberts 2018). */
const kronecker = 1.1127756842787055

const cells = ['neither', 'baseline', 'candidate', 'both'] as const
type CellCounts = Readonly<Record<(typeof cells)[number], number>>

/** Samples of one kind: [detector][stretch] how many score in it, 0 above all, the last one below. */
class Histogram {
  readonly counts: readonly [Float64Array, Float64Array]
  readonly #stretch: Readonly<Record<(typeof cells)[number], readonly [Float64Array, Float64Array]>>

  constructor(pools: ScorePools, { top, floor }: Window) {
    const perStretch = stretches / (top - floor)
    const place = (score: number) => Math.min(stretches + 1, Math.max(0, Math.ceil((top - score) * perStretch)))
    const placed = (cell: (typeof cells)[number]): readonly [Float64Array, Float64Array] => {
      const [x, y] = pools[cell]
      return [x.map(place), y.map(place)]
    }
    this.#stretch = {
      neither: placed('neither'),
      baseline: placed('baseline'),
      candidate: placed('candidate'),
      both: placed('both'),
    }
    this.counts = [new Float64Array(stretches + 2), new Float64Array(stretches + 2)]
  }

  /** Puts so many of each cell's samples in, from a place of its pool on. */
  fill(counts: CellCounts, from: Float64Array): void {
    const [first, second] = this.counts
    first.fill(0)
    second.fill(0)
    for (const [c, cell] of cells.entries()) {
      const [x, y] = this.#stretch[cell]
      if (x.length === 0) continue
      let i = Math.floor(at(from, c) * x.length)
      for (let left = counts[cell]; left > 0; left--) {
        const [a, b] = [item(x, i), item(y, i)]
        first[a] = item(first, a) + 1
        second[b] = item(second, b) + 1
        i = i + 1 === x.length ? 0 : i + 1
      }
    }
  }
}

/** Draws data sets. */
class CurveSampler {
  readonly #pair: BinormalPair
  readonly #window: Window
  readonly #drawn: SampleSizes
  /** What deviations of the drawn samples are multiplied by. */
  readonly #scale: { readonly normal: number; readonly anomalous: number }
  readonly #normals: Histogram
  readonly #anomalies: Histogram
  /** Of a normal that neither flags, that its scores reach the window. */
  readonly #near: number
  /** [stretch] true FPR and [detector][stretch] true recalls at the lower end of each. */
  readonly #fprs: Float64Array
  readonly #tprs: readonly Float64Array[]
  readonly #grids = [new Float64Array(gridSize), new Float64Array(gridSize)] as const

  constructor(pair: BinormalPair, anomalies: ScorePools, { nNormal, nAnomalous }: SampleSizes, window: Window) {
    const { fpr, detectors, bothNormal, normalCorrelation } = pair
    this.#pair = pair
    this.#window = window
    this.#drawn = {
      nNormal: Math.min(nNormal, Math.ceil(mostTolerated / (fpr * (1 - fpr))), Math.ceil(mostFlagged / fpr)),
      nAnomalous: Math.min(nAnomalous, mostAnomalies),
    }
    this.#scale = {
      normal: Math.sqrt(this.#drawn.nNormal / nNormal),
      anomalous: Math.sqrt(this.#drawn.nAnomalous / nAnomalous),
    }
    const { top, floor, above } = window
    const union = 2 * fpr - bothNormal
    const region = 2 * above - bothAbove(floor, floor, normalCorrelation)
    this.#near = Math.min(1, Math.max(0, (region - union) / (1 - union)))
    this.#normals = new Histogram(normalPools(pair, floor, above), window)
    this.#anomalies = new Histogram(anomalies, window)
    const scores = Float64Array.from({ length: stretches + 1 }, (_, e) => top - ((top - floor) * e) / stretches)
    this.#fprs = scores.map((score) => normalCdf(-score))
    this.#tprs = detectors.map(({ intercept, spread }) => scores.map((x) => normalCdf(intercept - spread * x)))
  }

  draw(s: number, by: Float64Array): Curves {
    const even = Array.from({ length: dimensions }, (_, j) => (0.5 + (s + 1) * kronecker ** -(j + 1)) % 1)
    const normal = this.#normalCounts(even, at(by, 8))
    const anomalous = this.#anomalousCounts(even)
    this.#normals.fill(normal, by)
    this.#anomalies.fill(anomalous, by.subarray(4))
    const { fpr, bothNormal, bothAnomalous, detectors } = this.#pair
    const n = this.#drawn.nAnomalous
    const share = (k: number, expected: number) => scaled(expected, k / n, this.#scale.anomalous)
    const [first, second] = detectors
    const alarms = [normal.baseline + normal.both, normal.candidate + normal.both] as const
    const overlap = normal.both === 0 ? 0 : (fpr * normal.both) / Math.sqrt(alarms[0] * alarms[1])
    const both = scaled(bothNormal, overlap, this.#scale.normal)
    return {
      recalls: [this.#curve(0), this.#curve(1)],
      flagged: [
        share(anomalous.baseline + anomalous.both, first.tpr),
        share(anomalous.candidate + anomalous.both, second.tpr),
      ],
      deciding: share(anomalous.baseline + anomalous.candidate, first.tpr + second.tpr - 2 * bothAnomalous),
      correlation: Math.min(0.999, Math.max(-0.999, (both - fpr ** 2) / (fpr * (1 - fpr)))),
    }
  }

  #normalCounts(even: readonly number[], chance: number): CellCounts {
    const { fpr, bothNormal } = this.#pair
    const n = this.#drawn.nNormal
    const alarms = binomialQuantile(at(even, 0), n, fpr)
    const both = binomialQuantile(at(even, 1), alarms, bothNormal / fpr)
    const candidate = binomialQuantile(at(even, 2), n - alarms, (fpr - bothNormal) / (1 - fpr))
    const neither = binomialQuantile(chance, n - alarms - candidate, this.#near)
    return { neither, baseline: alarms - both, candidate, both }
  }

  #anomalousCounts(even: readonly number[]): CellCounts {
    const { detectors, bothAnomalous } = this.#pair
    const [first, second] = detectors
    const n = this.#drawn.nAnomalous
    const discordance = first.tpr + second.tpr - 2 * bothAnomalous
    const deciding = binomialQuantile(at(even, 3), n, discordance)
    const candidate = binomialQuantile(at(even, 4), deciding, (second.tpr - bothAnomalous) / discordance)
    const both = binomialQuantile(at(even, 5), n - deciding, bothAnomalous / (1 - discordance))
    return { neither: n - deciding - both, baseline: deciding - candidate, candidate, both }
  }

  /** Recalls at the FPRs of the grid, between the ends of stretches by straight lines. */
  #curve(detector: 0 | 1): Float64Array {
    const { low, high } = this.#window
    const { nNormal, nAnomalous } = this.#drawn
    const [normals, anomalies] = [this.#normals.counts[detector], this.#anomalies.counts[detector]]
    const tprs = at(this.#tprs, detector)
    const grid = this.#grids[detector]
    const width = (high - low) / (gridSize - 1)
    let [g, above, flagged, beforeFpr, beforeTpr] = [0, 0, 0, 0, 0]
    for (let e = 0; e <= stretches + 1 && g < gridSize; e++) {
      above += item(normals, Math.min(e, stretches))
      flagged += item(anomalies, Math.min(e, stretches))
      // Between two normals the curve is a straight line: a threshold is drawn anywhere in its gap.
      if (e <= stretches && item(normals, e) === 0 && this.#scale.normal === 1) continue
      // Past the window everything is flagged at last.
      const past = e > stretches
      const fpr = past ? 1 : scaled(item(this.#fprs, e), above / nNormal, this.#scale.normal)
      const tpr = past ? 1 : scaled(item(tprs, e), flagged / nAnomalous, this.#scale.anomalous)
      while (g < gridSize && low + g * width <= fpr) {
        const part = fpr > beforeFpr ? (low + g * width - beforeFpr) / (fpr - beforeFpr) : 1
        grid[g++] = beforeTpr + part * (tpr - beforeTpr)
      }
      beforeFpr = fpr
      beforeTpr = tpr
    }
    return grid
  }
}

/** What was observed, its deviation from what is expected scaled. */
function scaled(expected: number, observed: number, scale: number): number {
  return expected + (observed - expected) * scale
}

/** Standard normal pairs of mean 0 and variance 1, uncorrelated: the draws of both thresholds. */
const drawnPairs = evenPairs(draws)

function evenPairs(n: number): readonly [Float64Array, Float64Array] {
  const column = (step: number) =>
    Float64Array.from({ length: n }, (_, b) => normalQuantile((0.5 + (b + 1) * step) % 1))
  const standard = (values: Float64Array): Float64Array => {
    const mean = values.reduce((sum, x) => sum + x, 0) / n
    const sd = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / n)
    return values.map((x) => (x - mean) / sd)
  }
  const first = standard(column(0.7548776662466927))
  const second = standard(column(0.5698402909980532))
  const slope = first.reduce((sum, x, b) => sum + x * item(second, b), 0) / n
  return [first, standard(second.map((y, b) => y - slope * item(first, b)))]
}

/** Reads what the method says of a data set. */
class AnswerReader {
  readonly #pair: BinormalPair
  readonly #window: Window
  readonly #sizes: SampleSizes
  readonly #valueAt: (shared: number) => number
  /** What an anomaly that a detector flags by another threshold adds to the deciding ones, by who else flags it. */
  readonly #turns: readonly [number, number]
  /** The part of the thresholds' variance that is not shared by classes: the anomalies of each lie unevenly between two draws. */
  readonly #ownThresholds: number
  readonly #differences = new Float64Array(draws)
  readonly #deciding = new Float64Array(draws)

  constructor(pair: BinormalPair, sizes: SampleSizes, window: Window, { level, classes }: AnswerOptions) {
    this.#pair = pair
    this.#window = window
    this.#sizes = sizes
    this.#valueAt = familyValues(level, classes)
    const [first, second] = pair.detectors
    const turn = (own: number, other: number) => 1 - pair.bothAnomalous / own - (other - pair.bothAnomalous) / (1 - own)
    this.#turns = [turn(first.tpr, second.tpr), turn(second.tpr, first.tpr)]
    // Between two draws lie n·L·|Δf| anomalies of each detector, as many as a Poisson variable, with E|Δf| = 2σ/√π.
    const apart = Math.sqrt((pair.fpr * (1 - pair.fpr)) / sizes.nNormal / Math.PI)
    this.#ownThresholds =
      (apart * (slopeOf(first, pair.threshold) + slopeOf(second, pair.threshold))) / sizes.nAnomalous
  }

  read(curves: Curves, measure: boolean): { readonly above: boolean; readonly length: number } {
    const n = this.#sizes.nAnomalous
    this.#drawThresholds(curves)
    const [differences, deciding] = [this.#differences, this.#deciding]
    let [mean, squares, below] = [0, 0, 0]
    for (let b = 0; b < draws; b++) {
      const difference = item(differences, b)
      mean += difference / draws
      squares += difference ** 2 / draws
      below += quickCdf((-n * difference) / Math.sqrt(item(deciding, b))) / draws
    }
    const thresholds = Math.max(0, squares - mean ** 2)
    const sampling = Math.max(0.5 / n, curves.deciding - mean ** 2) / n
    const common = Math.max(0, thresholds - this.#ownThresholds) / (thresholds + sampling)
    const shared = normalCdf(-this.#valueAt(common))
    // A p-value of B draws counts one more than there are: a default number of them, or as many as the tail needs.
    const tail = shared - Math.min(1 / (biasDefaults.resamples + 1), shared / 50)
    const reach = -normalQuantile(tail) * Math.sqrt(thresholds + sampling)
    const end = (sign: 1 | -1) => Math.min(1, this.#quantile(tail, sign, { mean: sign * mean, reach }))
    return { above: below <= tail, length: measure ? end(1) + end(-1) : 0 }
  }

  /** ξ̂ at draws of both thresholds, and the anomalies that these leave to one detector alone. */
  #drawThresholds({ recalls, flagged, deciding, correlation }: Curves): void {
    const { fpr } = this.#pair
    const { nNormal, nAnomalous } = this.#sizes
    // Beta(2, 2) places the threshold in its gap.
    const sd = Math.sqrt(nNormal * fpr * (1 - fpr) + 0.05)
    const [first, second] = drawnPairs
    const other = Math.sqrt(1 - correlation ** 2)
    const drawn = (z: number) => fpr + (0.5 + sd * z + ((1 - 2 * fpr) * (z * z - 1)) / 6) / nNormal
    for (let b = 0; b < draws; b++) {
      const z = item(first, b)
      const baseline = this.#recall(recalls[0], drawn(z))
      const candidate = this.#recall(recalls[1], drawn(correlation * z + other * item(second, b)))
      const gained = (baseline - flagged[0]) * this.#turns[0] + (candidate - flagged[1]) * this.#turns[1]
      this.#differences[b] = candidate - baseline
      this.#deciding[b] = Math.max(1, nAnomalous * Math.max(deciding + gained, Math.abs(candidate - baseline)))
    }
  }

  #recall(grid: Float64Array, fpr: number): number {
    const { low, high } = this.#window
    const place = Math.min(1, Math.max(0, (fpr - low) / (high - low))) * (gridSize - 1)
    const i = Math.min(gridSize - 2, Math.floor(place))
    return item(grid, i) + (place - i) * (item(grid, i + 1) - item(grid, i))
  }

  /** The x that sign·ξ* exceeds with a probability, to 1 % of the reach that a normal law would have: each draw's part is nearly normal. */
  #quantile(tail: number, sign: 1 | -1, { mean, reach }: { readonly mean: number; readonly reach: number }): number {
    const n = this.#sizes.nAnomalous
    let [low, high] = [mean, mean + 2.5 * reach]
    for (let step = 0; step < 8; step++) {
      const x = (low + high) / 2
      let beyond = 0
      for (let b = 0; b < draws; b++) {
        const difference = item(this.#differences, b)
        // The Dirichlet law with one sample more, for either side as probably.
        const spread = Math.max(1e-12, (item(this.#deciding, b) + 1) / (n + 1) - difference ** 2) / (n + 2)
        const variance = spread + 1 / (n + 1) ** 2
        beyond += quickCdf((sign * difference - x) / Math.sqrt(variance)) / draws
      }
      if (beyond > tail) low = x
      else high = x
    }
    return (low + high) / 2
  }
}
