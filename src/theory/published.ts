import type { Bound } from './bound.js'

export interface PublishedAssumptions {
  /**
   * ℓₐ/ℓ₀⁻ of the baseline and of the candidate: the Lipschitz constant of F_a over that of F₀⁻¹, each at least 0. It
   * depends on the unit of the scores; in units where normal scores are uniform it is the steepest slope of the ROC curve.
   */
  readonly ratios: readonly [baseline: number, candidate: number]
}

/**
 * Theorem 3 of Ye, Chen and Zheng (IJCAI 2021) as printed:
 *
 *     n ≥ 8/ε²·( ln(2/(1 − √(1−δ)))·((2−α)/α)² + ln(2/δ)/(1−α)·((ℓₐ/ℓ₀⁻)² + (ℓₐ′/ℓ₀′⁻)²) ).
 *
 * Not a guarantee: docs/theory.md says what its proof lacks and shows laws for which it fails.
 */
export function published(alpha: number, { ratios }: PublishedAssumptions): Bound {
  const [baseline, candidate] = ratios
  /** n·ε². */
  const product = (delta: number): number => {
    // 1 − √(1−δ) without its cancellation.
    const half = delta / (1 + Math.sqrt(1 - delta))
    const anomalous = Math.log(2 / half) * ((2 - alpha) / alpha) ** 2
    return 8 * (anomalous + (Math.log(2 / delta) / (1 - alpha)) * (baseline ** 2 + candidate ** 2))
  }
  return {
    epsilon: (n, delta) => Math.sqrt(product(delta) / n),
    n: (epsilon, delta) => product(delta) / epsilon ** 2,
  }
}
