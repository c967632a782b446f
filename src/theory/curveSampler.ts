import { at, invariant } from '../check.js'
import { normalCdf, normalQuantile } from '../special.js'
import { type BinormalPair, bothAbove } from './binormalPair.js'
import type { SampleSizes } from './bounds.js'
import { normalPools, type ScorePools } from './scorePools.js'
import { binomialQuantile, item } from './tabulated.js'

/** Of the scores near the thresholds, FPRs and recalls are read off this many stretches. */
const stretches = 256
/** At so many FPRs about the target the recalls of a data set are kept. */
export const gridSize = 129
/** Samples near which scores are drawn one by one; of more, the deviations from their laws are scaled down. */
const mostTolerated = 400
const mostFlagged = 20_000
const mostAnomalies = 1000

/** FPRs that matter: the grid's, and the scores that data sets are read between. */
export interface Window {
  readonly low: number
  readonly high: number
  readonly top: number
  readonly floor: number
  /** P(score > floor). */
  readonly above: number
}

export function windowOf({ fpr }: BinormalPair, { nNormal }: SampleSizes): Window {
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
export interface Curves {
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
export const uniformsPerSet = 9
/** The root of x⁷ = x + 1, whose powers are the steps of Kronecker's sequence in 6 dimensions (Roberts 2018). */
const kronecker = 1.1127756842787055
const evenSteps = Array.from({ length: dimensions }, (_, j) => kronecker ** -(j + 1))

const cells = ['neither', 'baseline', 'candidate', 'both'] as const
type CellCounts = Readonly<Record<(typeof cells)[number], number>>

/** Samples of one kind: [detector][stretch] how many score in it, 0 above all, the last one below. */
class Histogram {
  readonly counts: readonly [Int32Array, Int32Array]
  readonly #stretch: Readonly<Record<(typeof cells)[number], readonly [Uint16Array, Uint16Array]>>

  constructor(pools: ScorePools, { top, floor }: Window) {
    const perStretch = stretches / (top - floor)
    const place = (score: number) => Math.min(stretches + 1, Math.max(0, Math.ceil((top - score) * perStretch)))
    const placed = (cell: (typeof cells)[number]): readonly [Uint16Array, Uint16Array] => {
      const [x, y] = pools[cell]
      return [Uint16Array.from(x, place), Uint16Array.from(y, place)]
    }
    this.#stretch = {
      neither: placed('neither'),
      baseline: placed('baseline'),
      candidate: placed('candidate'),
      both: placed('both'),
    }
    this.counts = [new Int32Array(stretches + 2), new Int32Array(stretches + 2)]
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
        countOne(first, x, i)
        countOne(second, y, i)
        i = i + 1 === x.length ? 0 : i + 1
      }
    }
  }
}

/** {@link item} of counts. */
function countAt(counts: Int32Array, i: number): number {
  const count = counts[i]
  invariant(count !== undefined, 'a count is missing')
  return count
}

function countOne(counts: Int32Array, stretch: Uint16Array, i: number): void {
  const place = stretch[i]
  invariant(place !== undefined, 'a sample of a pool is missing')
  counts[place] = countAt(counts, place) + 1
}

/** Draws data sets with Gaussian scores, as far as their ROC curves near the target go. */
export class CurveSampler {
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
    const even = evenSteps.map((step) => (0.5 + (s + 1) * step) % 1)
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
      above += countAt(normals, Math.min(e, stretches))
      flagged += countAt(anomalies, Math.min(e, stretches))
      // Between two normals the curve is a straight line: a threshold is drawn anywhere in its gap.
      if (e <= stretches && countAt(normals, e) === 0 && this.#scale.normal === 1) continue
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
