import { at } from '../check.js'
import { quantiles } from '../stats/ranks/quantiles.js'
import { toleratedAlarms } from '../stats/ranks/thresholdRule.js'
import { biasVariance, standardErrorOf } from '../theory/biasVariance.js'
import { pilotRates } from '../theory/pilotRates.js'
import { sampleComplexity } from '../theory/sampleComplexity.js'
import { steepestChords } from '../theory/theoremPlans.js'
import { convergenceRate } from './convergenceRate.js'
import type { CheckedScores } from './convergeOptions.js'
import { distribution } from './distribution.js'
import type { CellRuns } from './sampleRuns.js'
import type { ConvergeSource } from './source.js'
import type { ConvergenceCell, ConvergenceRate, ConvergenceTruth, ObservedBound, RateFit } from './types.js'

/** ξ and the rates at the target on the law that runs are drawn from. Errors: those of `pilotRates`. */
export async function truthOf(
  { population, populationIsLaw }: ConvergeSource,
  { fpr, signal }: CheckedScores,
): Promise<ConvergenceTruth> {
  const { pilot, ...rates } = await pilotRates(population, { fpr, signal })
  const { nNormal, nAnomalous } = pilot
  return {
    xi: rates.tprCandidate - rates.tprBaseline,
    standardError: populationIsLaw ? 0 : standardErrorOf(biasVariance(rates), { nNormal, nAnomalous }),
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
export function rateOf(alpha: number, cells: readonly CellRuns[]): ConvergenceRate {
  const own = cells.filter((cell) => cell.alpha === alpha)
  const fit = (runs: (cell: CellRuns) => Float64Array): RateFit | undefined =>
    convergenceRate(
      own.map(({ n }) => n),
      own.map(runs),
    )
  const [xi, fprBaseline, fprCandidate] = [
    fit((cell) => cell.xi),
    fit((cell) => cell.fpr.baseline),
    fit((cell) => cell.fpr.candidate),
  ]
  return { alpha, ...(xi && { xi }), ...(fprBaseline && { fprBaseline }), ...(fprCandidate && { fprCandidate }) }
}

/**
 * Mean and standard deviation of the true FPR at a threshold with c of n scores above it: Beta(c + 1, n − c), whatever the
 * continuous law of the scores.
 */
function fprLaw(n: number, { fpr, thresholdRule: threshold }: CheckedScores): { mean: number; sd: number } | undefined {
  if (threshold === 'linear') return undefined
  const above = threshold === 'inverse-cdf' ? toleratedAlarms(fpr, n) : n - 1 - toleratedAlarms(1 - fpr, n)
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
