import { at, type OptionChecks, requireOptions } from '../check.js'
import { type JobOptions, jobChecks } from '../job.js'
import type { ScoreArray } from '../native.js'
import type { ScorePair } from '../stats/bias/types.js'
import { lowerRate, type RateInterval, upperRate } from '../stats/binomialInterval.js'
import { countAboveSorted, sortedScores } from '../stats/ranks/sortedScores.js'
import { toleratedAlarms } from '../stats/ranks/thresholdRule.js'
import { certifiedEvents } from './bounds.js'
import { type Detectors, probability, requireDetectors, theoryDefaults } from './options.js'
import { achievedFpr, quantileBracket } from './orderStatistics.js'

export interface CertifiedBiasOptions extends JobOptions {
  /** Target false-positive rate, in (0, 1). Default 0.05. */
  readonly fpr?: number | undefined
  /** The probability with which each of the two statements may be wrong, in (0, 1). Default 0.05. */
  readonly delta?: number | undefined
}

const checks: OptionChecks<CertifiedBiasOptions> = { ...jobChecks, fpr: probability, delta: probability }

/** What is certain about one detector. */
export interface DetectorCertificate {
  /** τ̂ = s₍ₙ₋ₘ₎, as Algorithm 1 sets it. */
  readonly threshold: number
  /** The true FPR at τ̂. Its lower limit takes a continuous law of normal scores; the upper one holds for any. */
  readonly trueFpr: RateInterval
  /** The true TPR at τ̂. */
  readonly trueTpr: RateInterval
  /** Normal scores, or ∓∞, between which the threshold with exactly the target FPR lies. */
  readonly thresholdAtTarget: readonly [low: number, high: number]
  /** The true TPR at that threshold. */
  readonly tprAtTarget: RateInterval
}

/** Two statements, each of which holds as a whole with probability 1 − delta. */
export interface CertifiedBias extends Detectors<DetectorCertificate> {
  readonly fpr: number
  readonly delta: number
  /** Of the true ξ at the target. Holds together with both `thresholdAtTarget` and `tprAtTarget`. */
  readonly xi: RateInterval
  /** Of TPR(s′, τ̂′) − TPR(s, τ̂) at the thresholds as they are. Holds together with both `trueFpr` and `trueTpr`. */
  readonly xiAsSet: RateInterval
}

/**
 * A certificate of ξ that assumes nothing of the laws of the scores: the `exact` version of Theorem 3, read off data.
 *
 * At the target: order statistics of the normal scores bracket the true threshold, whose recall lies between those at the
 * two, which Clopper and Pearson (1934) bound from the anomalous scores; ξ lies between the differences of the bounds. Eight
 * events, each with probability δ/8 at most. At the thresholds as set: the true FPR of s₍ₙ₋ₘ₎ is Beta(m + 1, n − m), its
 * recall is bounded by Clopper and Pearson; four two-sided events with probability δ/4 at most. Derivation: docs/theory.md.
 *
 * Pairing is not used: detectors may have scored different samples. Samples too few for a bracket give infinite
 * thresholds and a limit of 0 or 1, never an error. Cost: a sort of each array.
 *
 * Errors: `EMPTY_SAMPLE`, `NOT_A_NUMBER` with array and index, `OUT_OF_RANGE`, `WRONG_TYPE`, `UNKNOWN_NAME`,
 * `DETACHED`, `OUT_OF_MEMORY`, `ABORTED`.
 *
 * @example
 * const { xi } = await theory.certifiedBias({ baseline, candidate }, { fpr: 0.05, delta: 0.05 })
 */
export async function certifiedBias(
  detectors: Detectors<ScorePair>,
  options: CertifiedBiasOptions = {},
): Promise<CertifiedBias> {
  const given = requireOptions('certifiedBias', options, checks)
  const { fpr = theoryDefaults.fpr, delta = theoryDefaults.delta } = given
  requireDetectors(detectors)
  const certify = async (name: keyof typeof detectors): Promise<DetectorCertificate> => {
    const normal = await sortedScores(`${name}.normal`, detectors[name].normal, given)
    const anomalous = await sortedScores(`${name}.anomalous`, detectors[name].anomalous, given)
    return certificate(normal, anomalous, fpr, delta)
  }
  const [baseline, candidate] = await Promise.all([certify('baseline'), certify('candidate')])
  return {
    fpr,
    delta,
    xi: difference(candidate.tprAtTarget, baseline.tprAtTarget),
    xiAsSet: difference(candidate.trueTpr, baseline.trueTpr),
    baseline,
    candidate,
  }
}

function certificate(normal: ScoreArray, anomalous: ScoreArray, fpr: number, delta: number): DetectorCertificate {
  const [n0, n1] = [normal.length, anomalous.length]
  const tolerated = toleratedAlarms(fpr, n0)
  const threshold = at(normal, n0 - 1 - tolerated)
  const asSet = countAboveSorted(anomalous, threshold)
  const tail = delta / certifiedEvents
  const { fewest, most } = quantileBracket(fpr, n0, tail)
  const low = most >= n0 ? Number.NEGATIVE_INFINITY : at(normal, n0 - 1 - most)
  const high = fewest < 0 ? Number.POSITIVE_INFINITY : at(normal, n0 - 1 - fewest)
  return {
    threshold,
    trueFpr: achievedFpr(tolerated, n0, delta / 4),
    trueTpr: [lowerRate(asSet, n1, delta / 8), upperRate(asSet, n1, delta / 8)],
    thresholdAtTarget: [low, high],
    tprAtTarget: [
      lowerRate(fewest < 0 ? 0 : countAboveSorted(anomalous, high), n1, tail),
      upperRate(most >= n0 ? n1 : countAboveSorted(anomalous, low), n1, tail),
    ],
  }
}

/** Where a − b lies. */
function difference(a: RateInterval, b: RateInterval): RateInterval {
  return [a[0] - b[1], a[1] - b[0]]
}
