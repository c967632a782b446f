import { requireBetween, requireInteger } from '../check.js'
import { betaQuantile, betaQuantileUpper } from '../special.js'

/** Confidence limits of a probability, 0 ≤ low ≤ high ≤ 1. */
export type RateInterval = readonly [low: number, high: number]

/**
 * The exact confidence interval of a rate of which `successes` of `n` were seen: Clopper and Pearson, "The use of
 * confidence or fiducial limits illustrated in the case of the binomial" (Biometrika 26, 1934).
 *
 * With δ = 1 − level, the limits are the p at which P(Bin(n, p) ≥ successes) = δ/2 and P(Bin(n, p) ≤ successes) = δ/2:
 * quantiles of Beta(successes, n − successes + 1) and Beta(successes + 1, n − successes); 0 where there was no success,
 * 1 where there was nothing else. It holds the true rate with probability `level` at least, whatever the rate and n.
 *
 * @param successes an integer from 0 to n
 * @param n at least 1
 *
 * Synchronous; about 10 µs. Errors: `WRONG_TYPE`, `OUT_OF_RANGE`.
 *
 * @example
 * binomialInterval(3, 20) // [0.0321, 0.3789]
 */
export function binomialInterval(successes: number, n: number, level = 0.95): RateInterval {
  requireInteger('n', n, 1)
  requireInteger('successes', successes, 0, n)
  const delta = 1 - requireBetween('level', level, 0, 1)
  return [lowerRate(successes, n, delta / 2), upperRate(successes, n, delta / 2)]
}

/** The rate that P(Bin(n, p) ≥ successes) = delta; the true one lies below it with probability `delta` at most. */
export function lowerRate(successes: number, n: number, delta: number): number {
  return successes === 0 ? 0 : betaQuantile(delta, successes, n - successes + 1)
}

/** The rate that P(Bin(n, p) ≤ successes) = delta; the true one lies above it with probability `delta` at most. */
export function upperRate(successes: number, n: number, delta: number): number {
  return successes === n ? 1 : betaQuantileUpper(delta, successes + 1, n - successes)
}
