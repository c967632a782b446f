import { between, type Check, type OptionChecks, requireFinite } from '../check.js'
import { ScoringBiasError } from '../errors.js'
import type { MixedRate } from '../stats/bias/mix.js'

/** How a detector is used: how rare anomalies are, and how many samples a day brings. */
export interface AlertsOptions {
  /** The share of anomalies where the detectors are to be used, in (0, 1): for the precision there. Default: none is said. */
  readonly prevalence?: number | undefined
  /** Samples a day there, above 0; needs `prevalence`. */
  readonly perDay?: number | undefined
}

const positive: Check = (name, value) => {
  const number = requireFinite(name, value)
  if (number <= 0) throw new ScoringBiasError('OUT_OF_RANGE', `${name} must be above 0, got ${number}`)
}

export const alertsChecks: OptionChecks<AlertsOptions> = { prevalence: between(0, 1), perDay: positive }

/** What a detector's alerts are where anomalies have a stated prevalence. */
export interface DetectorAlerts {
  readonly name: string
  readonly recall: MixedRate
  /** The share of alerts that are anomalies. */
  readonly precision: MixedRate
  /** Expected alerts a day, where it is said how many samples a day there are. */
  readonly alertsPerDay?: MixedRate | undefined
}

/** Alerts of all detectors, the baseline first. */
export interface Alerts {
  readonly prevalence: number
  readonly perDay?: number | undefined
  readonly detectors: readonly DetectorAlerts[]
}

/**
 * Precision πR/(πR + (1 − π)f) and alerts a day N(πR + (1 − π)f) of a detector with recall R at a false-positive rate f, the
 * target, where a share π of N samples a day are anomalies. Both increase with R, so their limits are those of R: intervals
 * take f for given. Recall is that on all anomalies as the samples mix them, or on the mix that is stated.
 */
export function detectorAlerts(
  { name, recall }: Pick<DetectorAlerts, 'name' | 'recall'>,
  { prevalence, perDay, fpr }: AlertsOptions & { readonly prevalence: number; readonly fpr: number },
): DetectorAlerts {
  const flagged = (tpr: number) => prevalence * tpr + (1 - prevalence) * fpr
  const mapped = (map: (tpr: number) => number): MixedRate => ({
    rate: map(recall.rate),
    interval: [map(recall.interval[0]), map(recall.interval[1])],
  })
  const precision = mapped((tpr) => (prevalence * tpr) / flagged(tpr))
  const answer = { name, recall: mapped((tpr) => tpr), precision }
  return perDay === undefined ? answer : { ...answer, alertsPerDay: mapped((tpr) => perDay * flagged(tpr)) }
}
