import { exp, log1p } from '../elementary.js'
import { normalQuantile } from '../special.js'

/** Sequential search up to this mean. */
const searched = 40

/**
 * The quantile at u of Bin(n, p): by sequential search where the mean of the rarer outcome is small, else by the expansion
 * of Cornish and Fisher to its skewness.
 */
export function binomialQuantile(u: number, n: number, p: number): number {
  if (!(n > 0 && p > 0)) return 0
  if (p >= 1) return n
  if (p > 0.5) return n - binomialQuantile(1 - u, n, 1 - p)
  const mean = n * p
  if (mean > searched) {
    const z = normalQuantile(u)
    const quantile = mean + Math.sqrt(mean * (1 - p)) * z + ((1 - 2 * p) * (z * z - 1)) / 6
    return Math.min(n, Math.max(0, Math.round(quantile)))
  }
  let left = u
  let probability = exp(n * log1p(-p))
  let k = 0
  while (left > probability && k < Math.min(n, 8 * searched)) {
    left -= probability
    k++
    probability *= (((n - k + 1) / k) * p) / (1 - p)
  }
  return k
}
