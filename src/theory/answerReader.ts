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

/** The recall at a place of the grid, between its points by a straight line. */
function recallAt(grid: Float64Array, place: number): number {
  const i = Math.min(gridSize - 2, Math.floor(place))
  return item(grid, i) + (place - i) * (item(grid, i + 1) - item(grid, i))
}

/** Reads what the method says of a data set. */
export class AnswerReader {
  readonly #sizes: SampleSizes
  readonly #valueAt: (shared: number) => number
  /** What an anomaly that a detector flags by another threshold adds to the deciding ones, by who else flags it. */
  readonly #turns: readonly [number, number]
  /** The part of the thresholds' variance that is not shared by classes: the anomalies of each lie unevenly between two draws. */
  readonly #ownThresholds: number
  readonly #differences = new Float64Array(draws)
  readonly #deciding = new Float64Array(draws)
  readonly #spreads = new Float64Array(draws)
  /** Of thresholds, and where on the grid the baseline's are drawn. */
  readonly #law: Readonly<Record<'fpr' | 'nNormal' | 'sd' | 'skew' | 'low' | 'high', number>>
  readonly #places: Float64Array

  constructor(
    pair: BinormalPair,
    sizes: SampleSizes,
    window: Window,
    { level, classes }: { readonly level: number; readonly classes: number },
  ) {
    const { fpr } = pair
    const { nNormal } = sizes
    this.#sizes = sizes
    // Beta(2, 2) places the threshold in its gap.
    this.#law = { ...window, fpr, nNormal, sd: Math.sqrt(nNormal * fpr * (1 - fpr) + 0.05), skew: 1 - 2 * fpr }
    this.#places = drawnPairs[0].map((z) => this.#placeOf(z))
    this.#valueAt = familyValues(level, classes)
    const [first, second] = pair.detectors
    const turn = (own: number, other: number) => 1 - pair.bothAnomalous / own - (other - pair.bothAnomalous) / (1 - own)
    this.#turns = [turn(first.tpr, second.tpr), turn(second.tpr, first.tpr)]
    // Between two draws lie n·L·|Δf| anomalies of each detector, as many as a Poisson variable, with E|Δf| = 2σ/√π.
    const apart = Math.sqrt((fpr * (1 - fpr)) / nNormal / Math.PI)
    this.#ownThresholds =
      (apart * (slopeOf(first, pair.threshold) + slopeOf(second, pair.threshold))) / sizes.nAnomalous
  }

  /** What the method says of a data set; asked for before the next one is read. */
  read(curves: Curves): { above(): boolean; length(): number } {
    const n = this.#sizes.nAnomalous
    this.#drawThresholds(curves)
    const [differences, deciding] = [this.#differences, this.#deciding]
    let [mean, squares] = [0, 0]
    for (let b = 0; b < draws; b++) {
      const difference = item(differences, b)
      mean += difference / draws
      squares += difference ** 2 / draws
    }
    const thresholds = Math.max(0, squares - mean ** 2)
    const sampling = Math.max(0.5 / n, curves.deciding - mean ** 2) / n
    const common = Math.max(0, thresholds - this.#ownThresholds) / (thresholds + sampling)
    const shared = normalCdf(-this.#valueAt(common))
    // A p-value of B draws counts one more than there are: a default number of them, or as many as the tail needs.
    const tail = shared - Math.min(1 / (biasDefaults.resamples + 1), shared / 50)
    return {
      above: () => {
        let below = 0
        for (let b = 0; b < draws && below <= tail; b++) {
          below += quickCdf((-n * item(differences, b)) / Math.sqrt(item(deciding, b))) / draws
        }
        return below <= tail
      },
      length: () => {
        const reach = -normalQuantile(tail) * Math.sqrt(thresholds + sampling)
        const end = (sign: 1 | -1) => Math.min(1, this.#quantile(tail, sign, { mean: sign * mean, reach }))
        return end(1) + end(-1)
      },
    }
  }

  /** ξ̂ at draws of both thresholds, and the anomalies that these leave to one detector alone. */
  #drawThresholds({ recalls, flagged, deciding, correlation }: Curves): void {
    const n = this.#sizes.nAnomalous
    const [differences, decidings, places] = [this.#differences, this.#deciding, this.#places]
    const [baselines, candidates] = recalls
    const [baselineFlagged, candidateFlagged] = flagged
    const [baselineTurn, candidateTurn] = this.#turns
    const [first, second] = drawnPairs
    const other = Math.sqrt(1 - correlation ** 2)
    for (let b = 0; b < draws; b++) {
      const baseline = recallAt(baselines, item(places, b))
      const candidate = recallAt(candidates, this.#placeOf(correlation * item(first, b) + other * item(second, b)))
      const gained = (baseline - baselineFlagged) * baselineTurn + (candidate - candidateFlagged) * candidateTurn
      differences[b] = candidate - baseline
      decidings[b] = Math.max(1, n * Math.max(deciding + gained, Math.abs(candidate - baseline)))
    }
  }

  /** Where on the grid the FPR of a threshold lies that is drawn z standard deviations from the target. */
  #placeOf(z: number): number {
    const { skew, sd, nNormal, fpr, low, high } = this.#law
    const drawn = fpr + (0.5 + sd * z + (skew * (z * z - 1)) / 6) / nNormal
    return Math.min(1, Math.max(0, (drawn - low) / (high - low))) * (gridSize - 1)
  }

  /** The x that sign·ξ* exceeds with a probability, to 1 % of the reach that a normal law would have: each draw's part is nearly normal. */
  #quantile(tail: number, sign: 1 | -1, { mean, reach }: { readonly mean: number; readonly reach: number }): number {
    const n = this.#sizes.nAnomalous
    for (let b = 0; b < draws; b++) {
      const difference = item(this.#differences, b)
      // The Dirichlet law with one sample more, for either side as probably.
      const spread = Math.max(1e-12, (item(this.#deciding, b) + 1) / (n + 1) - difference ** 2) / (n + 2)
      this.#spreads[b] = Math.sqrt(spread + 1 / (n + 1) ** 2)
    }
    let [low, high] = [mean, mean + 2.5 * reach]
    for (let step = 0; step < 8; step++) {
      const x = (low + high) / 2
      let beyond = 0
      for (let b = 0; b < draws && beyond <= tail; b++) {
        beyond += quickCdf((sign * item(this.#differences, b) - x) / item(this.#spreads, b)) / draws
      }
      if (beyond > tail) low = x
      else high = x
    }
    return (low + high) / 2
  }
}
