import { at } from '../check.js'
import { pow } from '../elementary.js'
import { normalQuantile } from '../special.js'
import { binomialQuantile } from './binomialQuantile.js'
import { type BinormalPair, bothAbove } from './binormalPair.js'
import type { SampleSizes } from './bounds.js'
import type { ScorePools } from './scorePools.js'

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

/** Samples by who flags them. */
type CellCounts = Readonly<Record<keyof ScorePools, number>>

function inOrder({ neither, baseline, candidate, both }: CellCounts): readonly number[] {
  return [neither, baseline, candidate, both]
}

/** Counted in 6 dimensions evenly, and beside them by chance: two counts and where in the pools a data set begins. */
const dimensions = 6
export const uniformsPerSet = 9
/** The root of x⁷ = x + 1, whose powers are the steps of Kronecker's sequence in 6 dimensions (Roberts 2018). */
const kronecker = 1.1127756842787055
const evenSteps = Array.from({ length: dimensions }, (_, j) => 1 / pow(kronecker, j + 1))

/** Of data sets, one after another: what native/kernels/plan/planned_answers.h reads. */
export interface DrawnSets {
  /** [data set, 8]: normals that neither detector flags, the baseline, the candidate, both; anomalies alike. */
  readonly counts: Int32Array
  /** [data set, 4]: fractions of the anomalies that each detector flags, that exactly one does; the correlation of alarms. */
  readonly readings: Float64Array
}

/** Draws data sets with Gaussian scores: how many samples of each kind each detector flags. */
export class CurveSampler {
  readonly #pair: BinormalPair
  readonly drawn: SampleSizes
  /** What deviations of the drawn samples are multiplied by. */
  readonly scale: { readonly normal: number; readonly anomalous: number }
  /** Of a normal that neither flags, that its scores reach the window. */
  readonly #near: number

  constructor(pair: BinormalPair, { nNormal, nAnomalous }: SampleSizes, { floor, above }: Window) {
    const { fpr, bothNormal, normalCorrelation } = pair
    this.#pair = pair
    this.drawn = {
      nNormal: Math.min(nNormal, Math.ceil(mostTolerated / (fpr * (1 - fpr))), Math.ceil(mostFlagged / fpr)),
      nAnomalous: Math.min(nAnomalous, mostAnomalies),
    }
    this.scale = {
      normal: Math.sqrt(this.drawn.nNormal / nNormal),
      anomalous: Math.sqrt(this.drawn.nAnomalous / nAnomalous),
    }
    const union = 2 * fpr - bothNormal
    const region = 2 * above - bothAbove(floor, floor, normalCorrelation)
    this.#near = Math.min(1, Math.max(0, (region - union) / (1 - union)))
  }

  /** The first n data sets; by chance goes, beside what is counted evenly, the last of each one's uniforms. */
  draw(n: number, uniforms: Float64Array): DrawnSets {
    const [counts, readings] = [new Int32Array(8 * n), new Float64Array(4 * n)]
    for (let s = 0; s < n; s++) {
      const even = evenSteps.map((step) => (0.5 + (s + 1) * step) % 1)
      const normal = this.#normalCounts(even, at(uniforms, (s + 1) * uniformsPerSet - 1))
      const anomalous = this.#anomalousCounts(even)
      counts.set([...inOrder(normal), ...inOrder(anomalous)], 8 * s)
      readings.set(this.#readingsOf(normal, anomalous), 4 * s)
    }
    return { counts, readings }
  }

  #readingsOf(normal: CellCounts, anomalous: CellCounts): readonly number[] {
    const { fpr, bothNormal, bothAnomalous, detectors } = this.#pair
    const [first, second] = detectors
    const share = (k: number, expected: number) => scaled(expected, k / this.drawn.nAnomalous, this.scale.anomalous)
    const alarms = [normal.baseline + normal.both, normal.candidate + normal.both] as const
    const overlap = normal.both === 0 ? 0 : (fpr * normal.both) / Math.sqrt(alarms[0] * alarms[1])
    const both = scaled(bothNormal, overlap, this.scale.normal)
    return [
      share(anomalous.baseline + anomalous.both, first.tpr),
      share(anomalous.candidate + anomalous.both, second.tpr),
      share(anomalous.baseline + anomalous.candidate, first.tpr + second.tpr - 2 * bothAnomalous),
      Math.min(0.999, Math.max(-0.999, (both - fpr ** 2) / (fpr * (1 - fpr)))),
    ]
  }

  #normalCounts(even: readonly number[], chance: number): CellCounts {
    const { fpr, bothNormal } = this.#pair
    const n = this.drawn.nNormal
    const alarms = binomialQuantile(at(even, 0), n, fpr)
    const both = binomialQuantile(at(even, 1), alarms, bothNormal / fpr)
    const candidate = binomialQuantile(at(even, 2), n - alarms, (fpr - bothNormal) / (1 - fpr))
    const neither = binomialQuantile(chance, n - alarms - candidate, this.#near)
    return { neither, baseline: alarms - both, candidate, both }
  }

  #anomalousCounts(even: readonly number[]): CellCounts {
    const { detectors, bothAnomalous } = this.#pair
    const [first, second] = detectors
    const n = this.drawn.nAnomalous
    const discordance = first.tpr + second.tpr - 2 * bothAnomalous
    const deciding = binomialQuantile(at(even, 3), n, discordance)
    const candidate = binomialQuantile(at(even, 4), deciding, (second.tpr - bothAnomalous) / discordance)
    const both = binomialQuantile(at(even, 5), n - deciding, bothAnomalous / (1 - discordance))
    return { neither: n - deciding - both, baseline: deciding - candidate, candidate, both }
  }
}

/** What was observed, its deviation from what is expected scaled. */
function scaled(expected: number, observed: number, scale: number): number {
  return expected + (observed - expected) * scale
}
