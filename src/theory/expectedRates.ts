import { type OptionChecks, record, required, within } from '../check.js'
import { probability, rate, slope } from './options.js'
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
  readonly slopes: { readonly baseline: RocSlope; readonly candidate: RocSlope }
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
