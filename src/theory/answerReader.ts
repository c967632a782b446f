import { biasDefaults } from '../biasDefaults.js'
import { normalCdf, normalQuantile } from '../special.js'
import { type BinormalPair, slopeOf } from './binormalPair.js'
import type { SampleSizes } from './bounds.js'
import { type Curves, gridSize, type Window } from './curveSampler.js'
import { familyValues } from './familyValue.js'
import { item, quickCdf } from './tabulated.js'

/** Draws of the confidence distribution of a data set. */
const draws = 512

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
export class AnswerReader {
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

  constructor(
    pair: BinormalPair,
    sizes: SampleSizes,
    window: Window,
    { level, classes }: { readonly level: number; readonly classes: number },
  ) {
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
