import { between, callback, integer, type OptionChecks, oneOf } from '../../check.js'
import { type JobOptions, jobChecks } from '../../job.js'
import type { OnProgress } from '../../progress.js'
import { type IntervalMethod, intervalMethods } from '../bootstrap/bootstrapInterval.js'
import { type ThresholdRule, thresholdRules } from '../ranks/thresholdRule.js'
import { type BiasEngine, biasEngines } from './biasEngine.js'

/** How ξ is asked for, by whatever function; defaults are those of {@link biasDefaults}. */
export interface BiasOptions extends JobOptions {
  /** Target false-positive rate in (0, 1). Default 0.05. */
  readonly fpr?: number | undefined
  /** How thresholds are read off normal scores. Default `inverse-cdf`; see {@link threshold}. */
  readonly thresholdRule?: ThresholdRule | undefined
  /** Of the rule `certified`: δ in (0, 1). Default 0.05. */
  readonly delta?: number | undefined
  /** Confidence level in (0, 1), of all intervals. Default 0.95. */
  readonly level?: number | undefined
  /** Default `confidence`; docs/intervals.md says what each is, and how often it holds. */
  readonly intervalMethod?: IntervalMethod | undefined
  /**
   * Number of draws, or of bootstrap replicates, 2 to 2³¹ − 1. Default 10,000, or as many as the simultaneous intervals of a
   * larger family need, (2F + 1)/(1 − level) for F classes × candidates × targets, if that is 20,000 at most. The engine
   * `exact` has none.
   */
  readonly resamples?: number | undefined
  /** Integer in [0, 2⁵³); decides every bit of what is drawn. Default 0. */
  readonly seed?: number | undefined
  /** Default `auto`; see {@link BiasEngine}. */
  readonly engine?: BiasEngine | undefined
  readonly onProgress?: OnProgress | undefined
}

export const biasChecks: OptionChecks<BiasOptions> = {
  ...jobChecks,
  fpr: between(0, 1),
  thresholdRule: oneOf('threshold rule', thresholdRules),
  delta: between(0, 1),
  level: between(0, 1),
  intervalMethod: oneOf('interval method', intervalMethods),
  resamples: integer(2, 2 ** 31 - 1),
  seed: integer(0),
  engine: oneOf('engine', biasEngines),
  onProgress: callback,
}
