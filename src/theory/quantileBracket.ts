import { betaCdf, betaSurvival } from '../special.js'

/** Numbers of normal scores above two thresholds that bracket the true one. */
export interface QuantileBracket {
  /** Above the higher threshold s₍ₙ₋ₐ₎; −1 when n is too small, and the threshold is +∞. */
  readonly fewest: number
  /** Above the lower threshold; n when n is too small, and the threshold is −∞. */
  readonly most: number
}

/**
 * The closest order statistics that bracket the true threshold τ = F₀⁻¹(1 − fpr) of n normal scores, each side with
 * probability 1 − delta whatever F₀, steps included (the classical interval for a quantile: Thompson, Annals of
 * Mathematical Statistics 7, 1936). With A ~ Bin(n, fpr) normals above τ, s₍ₙ₋ₐ₎ < τ has probability P(A ≤ a) at most,
 * and s₍ₙ₋ₐ₎ > τ has P(A > a) at most.
 */
export function quantileBracket(fpr: number, n: number, delta: number): QuantileBracket {
  // The largest a with P(A ≤ a) ≤ delta, and the smallest with P(A > a) ≤ delta.
  const fewest = lastToHold(-1, n - 1, (a) => betaSurvival(fpr, a + 1, n - a) <= delta)
  const most = lastToHold(-1, n - 1, (a) => betaCdf(fpr, a + 1, n - a) > delta) + 1
  return { fewest, most }
}

/** The last integer in (low, high] up to which `holds`, which stays false once it is; `low` when there is none. */
function lastToHold(low: number, high: number, holds: (a: number) => boolean): number {
  let [yes, no] = [low, high + 1]
  while (no - yes > 1) {
    const middle = Math.floor((yes + no) / 2)
    if (holds(middle)) yes = middle
    else no = middle
  }
  return yes
}
