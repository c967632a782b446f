import { fprDeviation } from './achievedFpr.js'
import type { Bound, SampleSizes } from './bound.js'
import { goldenMinimum } from './solve.js'

export interface SharpAssumptions {
  /** Target false-positive rate, in (0, 1). */
  readonly fpr: number
  /**
   * A bound on the slope of every chord of the ROC curve from the target, of the baseline and of the candidate, each at
   * least 0.
   */
  readonly slopes: readonly [baseline: number, candidate: number]
  /**
   * The sample variance (divisor n₁ − 1) of the differences of indicators 1{s′ > τ̂′} − 1{s > τ̂} over the anomalies,
   * in [0, 2], or the one that is expected where n is sought. With it the empirical Bernstein inequality takes the place of
   * Hoeffding's.
   */
  readonly variance?: number | undefined
}

/**
 * Theorem 3 with the exact law of the thresholds and one event for the anomalies:
 *
 *     ε = t(n₁, δ₁) + (L + L′)·η(n₀, (δ − δ₁)/2).
 *
 * η is the deviation of the true FPR of a threshold from the target, which the Beta law bounds exactly: P(|FPR(τ̂) − fpr|
 * > η) = (δ − δ₁)/2 for any continuous F₀. t bounds the mean of the paired differences of indicators given both thresholds, on
 * which the anomalies do not depend: √(2·ln(2/δ₁)/n₁) by Hoeffding's inequality (1963), or, with the sample variance v,
 * √(2v·ln(4/δ₁)/n₁) + 14·ln(4/δ₁)/(3(n₁ − 1)) by Maurer and Pontil's (2009, Theorem 4). Hoeffding's δ₁ is the one that
 * makes ε least, which depends on no data; Bernstein's is δ/3, because v does depend on them.
 */
export function sharp(sizes: (n: number) => SampleSizes, { fpr, slopes, variance }: SharpAssumptions): Bound {
  const steepness = slopes[0] + slopes[1]
  return {
    epsilon(n, delta) {
      const { nNormal, nAnomalous } = sizes(n)
      const total = (share: number): number => {
        const thresholds = steepness === 0 ? 0 : steepness * fprDeviation(fpr, nNormal, ((1 - share) * delta) / 2)
        return thresholds + meanDeviation(nAnomalous, share * delta, variance)
      }
      return variance === undefined ? total(goldenMinimum(total, 0, 1)) : total(1 / 3)
    },
  }
}

/** How far the mean of n paired differences in {−1, 0, 1} is from its expectation, with probability 1 − delta at most. */
function meanDeviation(n: number, delta: number, variance: number | undefined): number {
  if (variance === undefined) return Math.sqrt((2 * Math.log(2 / delta)) / n)
  if (n < 2) return Number.POSITIVE_INFINITY
  const log = Math.log(4 / delta)
  return Math.sqrt((2 * variance * log) / n) + (14 * log) / (3 * (n - 1))
}
