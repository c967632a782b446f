import { requireFinite, requireOptions } from '../check.js'
import { binormalSlope } from './binormalSlope.js'
import type { SampleSizes } from './bound.js'
import { type ExpectedRates, rateChecks } from './expectedRates.js'

/** The variance of ξ̂ is perAnomaly/n₁ + perNormal/n₀. */
export interface BiasVariance {
  /** The variance of one anomaly's difference of indicators: discordance − ξ². */
  readonly perAnomaly: number
  /** What the thresholds add: fpr(1 − fpr)(L² + L′² − 2ρLL′). */
  readonly perNormal: number
  /** The fraction of anomalies that exactly one detector is expected to flag. */
  readonly discordance: number
  /** As given, or as the binormal curves have them. */
  readonly slopeBaseline: number
  readonly slopeCandidate: number
}

/**
 * The first-order variance of ξ̂ with paired samples and thresholds from the data,
 *
 *     Var ξ̂ = (d − ξ²)/n₁ + fpr(1 − fpr)(L² + L′² − 2ρ₀LL′)/n₀,   d = t + t′ − 2·P(both flag an anomaly),
 *
 * with the recalls t and t′, P(both) = tt′ + ρₐ√(t(1−t)t′(1−t′)), and the correlations ρₐ and ρ₀ of the flags. The first term is
 * that of McNemar's comparison; the second is the noise of the thresholds, passed on by the slopes L and L′ of the ROC
 * curves (Hsieh and Turnbull, Annals of Statistics 24, 1996, for one curve; Linnet, Statistics in Medicine 6, 1987).
 *
 * Synchronous. Errors: `WRONG_TYPE`, `UNKNOWN_NAME`, `OUT_OF_RANGE`.
 *
 * @example
 * theory.biasVariance({ fpr: 0.05, tprBaseline: 0.4, tprCandidate: 0.6 }) // { perAnomaly: 0.48, perNormal: 1.33, … }
 */
export function biasVariance(expected: ExpectedRates): BiasVariance {
  return varianceOf(requireOptions('biasVariance', expected, rateChecks))
}

/** {@link biasVariance} of rates that are checked already. */
export function varianceOf(expected: ExpectedRates): BiasVariance {
  const { fpr, tprBaseline: t, tprCandidate: t1, anomalousCorrelation = 0, normalCorrelation = 0 } = expected
  const { slopeBaseline = binormalSlope(fpr, t), slopeCandidate = binormalSlope(fpr, t1) } = expected
  requireFinite('slopeBaseline', slopeBaseline)
  requireFinite('slopeCandidate', slopeCandidate)
  const both = jointRate(t, t1, anomalousCorrelation)
  const alarms = jointRate(fpr, fpr, normalCorrelation)
  const discordance = t + t1 - 2 * both
  const variance = fpr * (1 - fpr)
  const crossed = 2 * slopeBaseline * slopeCandidate * (alarms - fpr ** 2)
  return {
    perAnomaly: Math.max(0, discordance - (t1 - t) ** 2),
    perNormal: Math.max(0, variance * (slopeBaseline ** 2 + slopeCandidate ** 2) - crossed),
    discordance,
    slopeBaseline,
    slopeCandidate,
  }
}

/** The standard error of ξ̂ from so many samples. */
export function standardErrorOf({ perAnomaly, perNormal }: BiasVariance, { nNormal, nAnomalous }: SampleSizes): number {
  return Math.sqrt(perAnomaly / nAnomalous + perNormal / nNormal)
}

/** P(both) for two indicators of given rates and correlation, within the limits of Fréchet. */
function jointRate(a: number, b: number, correlation: number): number {
  const both = a * b + correlation * Math.sqrt(a * (1 - a) * b * (1 - b))
  return Math.min(Math.max(both, 0, a + b - 1), a, b)
}
