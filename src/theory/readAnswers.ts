import { biasDefaults } from '../biasDefaults.js'
import { at } from '../check.js'
import { addon } from '../native.js'
import { normalQuantile } from '../special.js'
import { type BinormalPair, slopeOf } from './binormalPair.js'
import type { SampleSizes } from './bounds.js'
import { type CurveSampler, uniformsPerSet, type Window } from './curveSampler.js'
import { type Family, familyValues } from './familyValue.js'
import { normalPools, type ScorePools } from './scorePools.js'

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
  const slope = first.reduce((sum, x, b) => sum + x * at(second, b), 0) / n
  return [first, standard(second.map((y, b) => y - slope * at(first, b)))]
}

/** What data sets are read by. */
export interface Readers extends Family {
  readonly pair: BinormalPair
  readonly anomalies: ScorePools
  readonly sizes: SampleSizes
  readonly window: Window
  /** What an interval, or a limit on one side, is to lie above: 0, or −margin of a gate. */
  readonly bound: number
}

/** Of data sets that a sampler draws with these uniforms: whether an interval lies above the bound, and how long it is. */
export function readAnswers(
  { pair, anomalies, sizes, window, bound, ...family }: Readers,
  sampler: CurveSampler,
  uniforms: Float64Array,
  outputs: { readonly above: Uint8Array; readonly lengths: Float64Array },
): void {
  const { drawn, scale } = sampler
  const { floor, above } = window
  const model = {
    ...window,
    ...sizes,
    fpr: pair.fpr,
    drawnNormal: drawn.nNormal,
    drawnAnomalous: drawn.nAnomalous,
    normalScale: scale.normal,
    anomalousScale: scale.anomalous,
    intercepts: pair.detectors.map(({ intercept }) => intercept),
    spreads: pair.detectors.map(({ spread }) => spread),
    turns: turnsOf(pair),
    ownThresholds: ownThresholds(pair, sizes),
    resamples: biasDefaults.resamples,
    bound,
    sides: family.sides ?? 2,
    few: areFew(pair, sizes) ? 1 : 0,
  }
  const sets = sampler.draw(uniforms.length / uniformsPerSet, uniforms)
  const starts = { starts: uniforms, startStride: uniformsPerSet }
  const pools = { normals: normalPools(pair, floor, above), anomalies }
  const laws = { draws: drawnPairs, familyValues: familyValues(family) }
  addon.plannedAnswers({ ...pools, ...sets, ...starts, ...laws, model }, outputs)
}

/** Squared skewness, or kurtosis, past which the law of ξ given the thresholds is not taken for normal. */
const mostBent = 0.03

/** Whether so few anomalies are expected to decide that the law of ξ given the thresholds is not nearly normal. */
function areFew({ detectors, bothAnomalous }: BinormalPair, { nAnomalous }: SampleSizes): boolean {
  const [first, second] = detectors
  const [down, up] = [first.tpr - bothAnomalous, second.tpr - bothAnomalous]
  const mean = up - down
  const differences = [
    { share: up, x: 1 - mean },
    { share: down, x: -1 - mean },
    { share: 1 - up - down, x: -mean },
  ]
  const meanOf = (of: (x: number) => number) => differences.reduce((sum, { share, x }) => sum + share * of(x), 0)
  const variance = meanOf((x) => x * x)
  const skewness = meanOf((x) => x * x * x) ** 2 / (variance * variance * variance) / nAnomalous
  const kurtosis = Math.abs(meanOf((x) => x * x * x * x) / variance ** 2 - 3) / nAnomalous
  // Of detectors that never differ both are NaN.
  return !(Math.max(skewness, kurtosis) <= mostBent)
}

/** What an anomaly that a detector flags by another threshold adds to the deciding ones, by who else flags it. */
function turnsOf({ detectors, bothAnomalous }: BinormalPair): readonly [number, number] {
  const [first, second] = detectors
  const turn = (own: number, other: number) => 1 - bothAnomalous / own - (other - bothAnomalous) / (1 - own)
  return [turn(first.tpr, second.tpr), turn(second.tpr, first.tpr)]
}

/** The part of the thresholds' variance that is not shared by classes: the anomalies of each lie unevenly between two draws. */
function ownThresholds({ fpr, threshold, detectors }: BinormalPair, { nNormal, nAnomalous }: SampleSizes): number {
  const [first, second] = detectors
  // Between two draws lie n·L·|Δf| anomalies of each detector, as many as a Poisson variable, with E|Δf| = 2σ/√π.
  const apart = Math.sqrt((fpr * (1 - fpr)) / nNormal / Math.PI)
  return (apart * (slopeOf(first, threshold) + slopeOf(second, threshold))) / nAnomalous
}
