import { betaCdf, betaQuantile, betaQuantileUpper, betaSurvival } from '../special.js'
import type { RateInterval } from '../stats/binomialInterval.js'
import { toleratedAlarms } from '../stats/ranks/thresholdRule.js'
import { fallsToZero, turningPoint } from './solve.js'

// The FPR that a threshold τ̂ = s₍ₙ₋ₘ₎ really has, 1 − F₀(τ̂), is the (m + 1)-th smallest of n uniform variates whatever
// the continuous F₀: Beta(m + 1, n − m).

/** The equal-tailed interval that holds the true FPR of τ̂ with probability 1 − delta, for m tolerated alarms among n. */
export function achievedFpr(m: number, n: number, delta: number): RateInterval {
  return [betaQuantile(delta / 2, m + 1, n - m), betaQuantileUpper(delta / 2, m + 1, n - m)]
}

/** The least η with P(|FPR(τ̂) − fpr| > η) ≤ delta, for a threshold from n normal scores with target `fpr`. */
export function fprDeviation(fpr: number, n: number, delta: number): number {
  const m = toleratedAlarms(fpr, n)
  const [a, b] = [m + 1, n - m]
  const outside = (eta: number): number =>
    (fpr > eta ? betaCdf(fpr - eta, a, b) : 0) + (fpr + eta < 1 ? betaSurvival(fpr + eta, a, b) : 0)
  // Neither tail may have more than delta, and both together do with half of it each.
  const farther = (tail: number): number =>
    Math.max(fpr - betaQuantile(tail, a, b), betaQuantileUpper(tail, a, b) - fpr)
  return fallsToZero((eta) => outside(eta) - delta, farther(delta), farther(delta / 2))
}

/**
 * The closest order statistics that bracket the true threshold τ = F₀⁻¹(1 − fpr) of n normal scores, each side with
 * probability 1 − delta whatever F₀, steps included (the classical interval for a quantile: Thompson, Annals of
 * Mathematical Statistics 7, 1936). With A ~ Bin(n, fpr) normals above τ, s₍ₙ₋ₐ₎ < τ has probability P(A ≤ a) at most,
 * and s₍ₙ₋ₐ₎ > τ has P(A > a) at most.
 *
 * @returns how many normal scores lie above the higher threshold, −1 when n is too small and the threshold is +∞, and
 * above the lower one, n when n is too small and the threshold is −∞
 */
export function quantileBracket(fpr: number, n: number, delta: number): { fewest: number; most: number } {
  // The largest a with P(A ≤ a) ≤ delta, and the smallest with P(A > a) ≤ delta.
  const fewest = turningPoint(-1, n, (a) => betaSurvival(fpr, a + 1, n - a) > delta) - 1
  return { fewest, most: turningPoint(-1, n, (a) => betaCdf(fpr, a + 1, n - a) <= delta) }
}
