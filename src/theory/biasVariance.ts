import { type OptionChecks, record, required, requireOptions, within } from '../check.js'
import { ScoringBiasError } from '../errors.js'
import { normalDensity, normalQuantile } from '../special.js'
import type { SampleSizes } from './bounds.js'
import { type Detectors, probability, rate, slope } from './options.js'
import type { RocSlope } from './rocSlope.js'

/** How two detectors that score the same samples are expected to behave at a target FPR. Guesses, or `pilotRates`. */
export interface ExpectedRates {
  /** Target false-positive rate, in (0, 1). */
  readonly fpr: number
  /** In [0, 1]. */
  readonly tprBaseline: number
  readonly tprCandidate: number
  /**
   * Slopes of the ROC curves at the target, at least 0. Default: those of binormal curves with equal variances through
   * (fpr, tpr).
   */
  readonly slopeBaseline?: number | undefined
  readonly slopeCandidate?: number | undefined
  /**
   * Correlation in [−1, 1] between the two detectors' flags over the anomalies, and over the normals; cut to what the rates
   * allow. Default 0: flags are independent given the class, which overstates the variance if detectors agree.
   */
  readonly anomalousCorrelation?: number | undefined
  readonly normalCorrelation?: number | undefined
  /** Where they come from, as `pilotRates` returns it. Plans print it; nothing is computed from it. */
  readonly pilot?: Pilot | undefined
}

/** The rates of {@link ExpectedRates}, nothing left to defaults. */
export type KnownRates = { readonly [Name in Exclude<keyof ExpectedRates, 'pilot'>]-?: number }

/** Scores that rates were estimated from. */
export interface Pilot {
  readonly nNormal: number
  readonly nAnomalous: number
  /** The slopes with their intervals. */
  readonly slopes: Detectors<RocSlope>
}

const correlation = within(-1, 1)
export const rateChecks: OptionChecks<ExpectedRates> = {
  fpr: required(probability),
  tprBaseline: required(rate),
  tprCandidate: required(rate),
  slopeBaseline: slope,
  slopeCandidate: slope,
  anomalousCorrelation: correlation,
  normalCorrelation: correlation,
  pilot: record,
}

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
  const both = jointRate(t, t1, anomalousCorrelation)
  const alarms = jointRate(fpr, fpr, normalCorrelation)
  const discordance = t + t1 - 2 * both
  const variance = fpr * (1 - fpr)
  const crossed = 2 * slopeBaseline * slopeCandidate * (alarms - fpr ** 2)
  const perNormal = Math.max(0, variance * (slopeBaseline ** 2 + slopeCandidate ** 2) - crossed)
  if (!Number.isFinite(perNormal)) {
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      `the ROC curves are too steep at fpr = ${fpr} to compute with: their slopes are ${slopeBaseline} and ${slopeCandidate}. Use an fpr further ` +
        'from 0, or give smaller slopes as slopeBaseline and slopeCandidate',
    )
  }
  return {
    perAnomaly: Math.max(0, discordance - (t1 - t) ** 2),
    perNormal,
    discordance,
    slopeBaseline,
    slopeCandidate,
  }
}

/**
 * The slope of the binormal ROC curve with equal variances through (fpr, tpr): with Gaussian scores whose means lie μ
 * apart, TPR = Φ(μ + Φ⁻¹(FPR)) and the slope is φ(Φ⁻¹(tpr))/φ(Φ⁻¹(fpr)). The guess where nothing else is known.
 */
export function binormalSlope(fpr: number, tpr: number): number {
  return normalDensity(normalQuantile(tpr)) / normalDensity(normalQuantile(fpr))
}

/** The standard error of ξ̂ from so many samples. */
export function standardErrorOf({ perAnomaly, perNormal }: BiasVariance, { nNormal, nAnomalous }: SampleSizes): number {
  return Math.sqrt(perAnomaly / nAnomalous + perNormal / nNormal)
}

/**
 * The correlation that {@link jointRate} computes with, where it is another than the one given: the rates do not allow that one.
 * Undefined where it is the same.
 */
export function cutCorrelation(a: number, b: number, correlation: number): number | undefined {
  const scale = Math.sqrt(a * (1 - a) * b * (1 - b))
  // An indicator that does not vary has no correlation.
  const cut = scale === 0 ? 0 : (jointRate(a, b, correlation) - a * b) / scale
  return Math.abs(cut - correlation) > 1e-9 ? cut : undefined
}

/** P(both) for two indicators of given rates and correlation, within the limits of Fréchet. */
export function jointRate(a: number, b: number, correlation: number): number {
  const both = a * b + correlation * Math.sqrt(a * (1 - a) * b * (1 - b))
  return Math.min(Math.max(both, 0, a + b - 1), a, b)
}
