import type { Bound } from './bound.js'

export interface CorrectedAssumptions {
  /**
   * L = ℓₐ·ℓ₀⁻ of the baseline and of the candidate, each at least 0: a bound on the slope of every chord of its ROC curve
   * from the target, |TPR(f) − TPR(fpr)| ≤ L·|f − fpr|. Invariant under monotone transformations of the scores.
   */
  readonly slopes: readonly [baseline: number, candidate: number]
  /**
   * How ε is divided between the recalls and the thresholds: a half each, or so that n is least, which never needs more.
   * Default `optimal`.
   */
  readonly split?: ErrorSplit | undefined
}

export const errorSplits = ['even', 'optimal'] as const
export type ErrorSplit = (typeof errorSplits)[number]

/**
 * Theorem 3 with its proof repaired: four Dvoretzky–Kiefer–Wolfowitz events (Massart 1990), each with probability δ/4,
 * αn anomalies for F̂_a and (1−α)n normals for F̂₀. With an even split of ε
 *
 *     n ≥ 8·ln(8/δ)/ε²·max(1/α, max(L, L′)²/(1−α)),
 *
 * with the best one (docs/theory.md)
 *
 *     n ≥ ln(8/δ)/(2ε²)·(2/√α + (L + L′)/√(1−α))².
 *
 * Assumes continuous F₀ and F₀′.
 */
export function corrected(alpha: number, { slopes, split = 'optimal' }: CorrectedAssumptions): Bound {
  const [baseline, candidate] = slopes
  const constant =
    split === 'even'
      ? 16 * Math.max(1 / alpha, Math.max(baseline, candidate) ** 2 / (1 - alpha))
      : (2 / Math.sqrt(alpha) + (baseline + candidate) / Math.sqrt(1 - alpha)) ** 2
  const product = (delta: number): number => 0.5 * constant * Math.log(8 / delta)
  return {
    epsilon: (n, delta) => Math.sqrt(product(delta) / n),
    n: (epsilon, delta) => product(delta) / epsilon ** 2,
  }
}
