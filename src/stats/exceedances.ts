import { requireInteger } from '../check.js'

/** How a threshold that was read off one sample splits that sample and another one. */
export interface Exceedances {
  /** Scores of the sample that set the threshold: above it, equal to it, and in all. */
  readonly above: number
  readonly equal: number
  readonly n: number
  /** The same of the other sample. */
  readonly otherAbove: number
  readonly otherEqual: number
  readonly nOther: number
}

/**
 * The two-sided p-value of whether two samples have one law, from how many scores of the second exceed a threshold that is
 * an order statistic of the first.
 *
 * With j of n scores above the threshold, its true rate is Beta(j + 1, n − j) for any continuous law, and so the number of
 * N further scores of that law above it is beta-binomial(N; j + 1, n − j): the exceedances of Gumbel and von Schelling (Annals
 * of Mathematical Statistics 21, 1950). The p-value is twice the smaller tail, at most 1, so it is at most x with probability x
 * at most.
 *
 * Where scores tie with the threshold it is an upper bound of what breaking the ties at random would give: of the order
 * statistics that tie the one that most favours one law is taken for each tail, and the other sample's ties count
 * likewise. The same bound serves a threshold between two scores (`equal` is 0).
 *
 * Time: about 40 standard deviations of the count. Errors: `WRONG_TYPE`, `OUT_OF_RANGE`.
 */
export function exceedancePValue({ above, equal, n, otherAbove, otherEqual, nOther }: Exceedances): number {
  requireInteger('n', n, 1)
  requireInteger('above', above, 0, n - equal)
  requireInteger('otherAbove', otherAbove, 0, nOther - otherEqual)
  const most = Math.max(above, above + equal - 1)
  const least = equal === 0 ? above - 1 : above
  // A threshold above all scores, or below, is no order statistic on that side, and bounds nothing there.
  const many = most >= n ? 1 : betaBinomialTails(otherAbove, nOther, { a: most + 1, b: n - most }).atLeast
  const few = least < 0 ? 1 : betaBinomialTails(otherAbove + otherEqual, nOther, { a: least + 1, b: n - least }).atMost
  return Math.min(1, 2 * Math.min(many, few))
}

/**
 * P(K ≥ k) and P(K ≤ k) for K beta-binomial(n; a, b), k from 0 to n, a and b at least 1. Probabilities are summed from the mode
 * outwards by their ratios, so that small tails are exact to about 1e-10 of themselves; those below 1e-300 are 5e-324.
 */
export function betaBinomialTails(
  k: number,
  n: number,
  { a, b }: { readonly a: number; readonly b: number },
): { readonly atLeast: number; readonly atMost: number } {
  const mode = a + b > 2 ? Math.min(n, Math.max(0, Math.floor(((n + 1) * (a - 1)) / (a + b - 2)))) : 0
  /** P(i + 1)/P(i) */
  const ratio = (i: number): number => ((n - i) / (i + 1)) * ((a + i) / (b + n - i - 1))
  const sums = { below: 0, here: 0, above: 0 }
  const add = (i: number, weight: number): void => {
    sums[i < k ? 'below' : i > k ? 'above' : 'here'] += weight
  }
  for (let [i, weight] = [mode, 1]; i <= n && weight > 1e-300; i++) {
    add(i, weight)
    weight *= ratio(i)
  }
  for (let i = mode - 1, weight = mode === 0 ? 0 : 1 / ratio(mode - 1); i >= 0 && weight > 1e-300; i--) {
    add(i, weight)
    if (i > 0) weight /= ratio(i - 1)
  }
  const total = sums.below + sums.here + sums.above
  const share = (weight: number): number => Math.min(1, Math.max(Number.MIN_VALUE, weight / total))
  return { atLeast: share(sums.above + sums.here), atMost: share(sums.below + sums.here) }
}
