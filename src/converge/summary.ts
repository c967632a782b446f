import { at } from '../check.js'
import { log } from '../elementary.js'
import type { ScorePair } from '../stats/bias/types.js'
import { countsAt } from '../stats/bias/warnings.js'
import { type MeanSd, meanSd } from '../stats/meanSd.js'
import { quantiles } from '../stats/ranks/quantiles.js'
import { thresholds } from '../stats/ranks/threshold.js'
import { biasVariance, standardErrorOf } from '../theory/biasVariance.js'
import { pilotRates } from '../theory/pilotRates.js'
import { sampleComplexity } from '../theory/sampleComplexity.js'
import { steepestChords } from '../theory/theoremPlans.js'
import type { CheckedScores } from './convergeOptions.js'
import { convergeWarnings } from './convergeWarnings.js'
import { alarmsAbove } from './normalLaw.js'
import { type CellRuns, type ConvergeSource, planCells, sampleRuns, samplesOfRuns } from './sampleRuns.js'
import type {
  ConvergenceCell,
  ConvergenceRate,
  ConvergenceTruth,
  Distribution,
  ObservedBound,
  RateFit,
  ScoreConvergence,
} from './types.js'

/** ξ and the rates at the target on the law that runs are drawn from, read by the rule asked for. Errors: those of `pilotRates`. */
async function truthOf({ population, normals }: ConvergeSource, options: CheckedScores): Promise<ConvergenceTruth> {
  const { fpr, thresholdRule, signal } = options
  const { pilot, ...estimated } = await pilotRates(population, { fpr, signal })
  const recall = async ({ normal, anomalous }: ScorePair) => {
    const { threshold } = at(await thresholds(normal, { fprs: [fpr], thresholdRule, signal }), 0)
    return countsAt(anomalous, threshold).above / anomalous.length
  }
  const [tprBaseline, tprCandidate] = [await recall(population.baseline), await recall(population.candidate)]
  const rates = { ...estimated, tprBaseline, tprCandidate }
  const { nNormal, nAnomalous } = pilot
  return {
    xi: tprCandidate - tprBaseline,
    standardError: normals === undefined ? standardErrorOf(biasVariance(rates), { nNormal, nAnomalous }) : 0,
    nNormal,
    nAnomalous,
    rates,
  }
}

/** What a cell's runs say, beside what was to be expected and what Theorem 3 allows. */
export async function summariseCell(
  { n, alpha, nAnomalous, xi, fpr }: CellRuns,
  truth: ConvergenceTruth,
  options: CheckedScores,
): Promise<ConvergenceCell> {
  const { delta, test } = options
  const errors = xi.map((value) => Math.abs(value - truth.xi))
  const quantile = at(await quantiles(errors, 1 - delta, { definition: 'linear' }), 0)
  const { perAnomaly, perNormal } = biasVariance(truth.rates)
  const expectedFpr = fprLaw(n, options)
  return {
    n,
    alpha,
    nAnomalous,
    xi: await distribution(xi),
    fprBaseline: await distribution(fpr.baseline),
    fprCandidate: await distribution(fpr.candidate),
    error: { rms: Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / errors.length), quantile },
    expected: {
      xiSd: Math.sqrt((test === 'fresh' ? perAnomaly / nAnomalous : 0) + perNormal / n),
      ...(expectedFpr && { trueFpr: expectedFpr }),
    },
    bounds: boundsOf(n, nAnomalous, truth, delta).map(({ version, epsilon }) => ({
      version,
      epsilon,
      exceeded: errors.reduce((count, error) => count + (error > epsilon ? 1 : 0), 0) / errors.length,
    })),
  }
}

/** The fits at one fraction of anomalies, from its cells. */
function rateOf(alpha: number, cells: readonly CellRuns[]): ConvergenceRate {
  const own = cells.filter((cell) => cell.alpha === alpha)
  const sizes = own.map(({ n }) => n)
  const fit = (runs: (cell: CellRuns) => Float64Array) => convergenceRate(sizes, own.map(runs))
  const xi = fit((cell) => cell.xi)
  const [fprBaseline, fprCandidate] = [fit(({ fpr }) => fpr.baseline), fit(({ fpr }) => fpr.candidate)]
  return { alpha, ...(xi && { xi }), ...(fprBaseline && { fprBaseline }), ...(fprCandidate && { fprCandidate }) }
}

/**
 * Mean and standard deviation of the true FPR at a threshold with c of n scores above it: Beta(c + 1, n − c), whatever the
 * continuous law of the scores.
 */
function fprLaw(n: number, options: CheckedScores): { mean: number; sd: number } | undefined {
  if (options.thresholdRule === 'linear') return undefined
  const above = alarmsAbove(n, options)
  const [a, b] = [above + 1, n - above]
  return { mean: a / (a + b), sd: Math.sqrt((a * b) / (a + b + 1)) / (a + b) }
}

/** ε of both versions for n₀ = n normals and n₁ anomalies; the ROC curves are taken to be concave. */
function boundsOf(
  n: number,
  nAnomalous: number,
  { rates }: ConvergenceTruth,
  delta: number,
): Pick<ObservedBound, 'version' | 'epsilon'>[] {
  const total = n + nAnomalous
  const common = { alpha: nAnomalous / total, n: total, delta }
  const steepest = steepestChords(rates)
  const { fpr } = rates
  return [
    { version: 'published', epsilon: sampleComplexity({ ...common, version: 'published', ratios: steepest }).epsilon },
    { version: 'sharp', epsilon: sampleComplexity({ ...common, version: 'sharp', fpr, slopes: steepest }).epsilon },
  ]
}

/** Differences of shares that are equal but for their rounding, as 0.8 − 0.5 and 0.7 − 0.4, vary by less. */
const rounding = 1e-12

/** Mean and standard deviation over runs; no rounding is taken for a spread. */
function spread(values: Float64Array): MeanSd {
  const { mean, sd } = meanSd(values)
  return { mean, sd: sd <= rounding ? 0 : sd }
}

/**
 * The slope of log sd on log n by least squares, with its standard error.
 *
 * The sd s of R runs has Var(log s) ≈ (κ − (R − 3)/(R − 1))/(4R), κ the kurtosis m₄/m₂² (3 for a normal law): the delta
 * method on the variance of s² (Cramér, Mathematical Methods of Statistics, 1946, 27.4). The sizes are independent of each other.
 *
 * @param runs what each run gave, for each size at least two runs
 * @returns nothing for fewer than two sizes, or where all runs of a size gave the same
 */
export function convergenceRate(sizes: readonly number[], runs: readonly Float64Array[]): RateFit | undefined {
  const points = sizes.map((n, i) => {
    const values = at(runs, i)
    const { sd } = spread(values)
    return { x: log(n), y: log(sd), variance: logSdVariance(values) }
  })
  if (points.length < 2 || points.some(({ y }) => !Number.isFinite(y))) return undefined
  const centre = points.reduce((sum, { x }) => sum + x, 0) / points.length
  const squares = points.reduce((sum, { x }) => sum + (x - centre) ** 2, 0)
  const slope = points.reduce((sum, { x, y }) => sum + (x - centre) * y, 0) / squares
  const variance = points.reduce((sum, { x, variance }) => sum + ((x - centre) / squares) ** 2 * variance, 0)
  return { slope, standardError: Math.sqrt(variance) }
}

function logSdVariance(values: Float64Array): number {
  const n = values.length
  const { mean } = meanSd(values)
  let [second, fourth] = [0, 0]
  for (const value of values) {
    const square = (value - mean) ** 2
    second += square / n
    fourth += square ** 2 / n
  }
  return Math.max(0, fourth / second ** 2 - (n - 3) / (n - 1)) / (4 * n)
}

/** Summarises values, at least one. */
export async function distribution(values: Float64Array): Promise<Distribution> {
  const read = await quantiles(values, [0, 0.025, 0.25, 0.5, 0.75, 0.975, 1], { definition: 'linear' })
  const [lower, upper] = [at(read, 2), at(read, 4)]
  const reach = 1.5 * (upper - lower)
  const whiskers: [number, number] = [lower, upper]
  for (const value of values) {
    if (value >= lower - reach && value < whiskers[0]) whiskers[0] = value
    if (value <= upper + reach && value > whiskers[1]) whiskers[1] = value
  }
  return {
    ...spread(values),
    min: at(read, 0),
    max: at(read, 6),
    quantiles: [at(read, 1), lower, at(read, 3), upper, at(read, 5)],
    whiskers,
  }
}

/** Draws all runs from a source and says what they converge to, and how fast. */
export async function studySource(source: ConvergeSource, options: CheckedScores): Promise<ScoreConvergence> {
  const { sizes, alphas, runs, fpr, thresholdRule, test, nTest, delta, seed, onProgress } = options
  const began = performance.now()
  const truth = await truthOf(source, options)
  const plans = planCells(options)
  const total = samplesOfRuns(options, plans)
  let done = 0
  const progress = (nSamples: number): void => {
    done += nSamples
    onProgress?.({ phase: 'drawing samples', done, total })
  }
  progress(0)
  const drawn = await sampleRuns(source, plans, options, progress)
  const samplingSeconds = (performance.now() - began) / 1000
  const cells: ConvergenceCell[] = []
  for (const cell of drawn) cells.push(await summariseCell(cell, truth, options))
  return {
    ...{ sizes, alphas, runs, fpr, thresholdRule, test },
    ...(test === 'fixed' && { nTest }),
    ...{ delta, seed, truth, cells },
    rates: alphas.map((alpha) => rateOf(alpha, drawn)),
    nScored: total,
    samplingSeconds,
    warnings: convergeWarnings(source, cells, options),
  }
}
