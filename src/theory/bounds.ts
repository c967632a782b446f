import { log } from '../elementary.js'
import { lowerRate, type RateInterval, upperRate } from '../stats/binomialInterval.js'
import { fprDeviation, quantileBracket } from './orderStatistics.js'
import { goldenMinimum } from './solve.js'

/** How many samples of each class. */
export interface SampleSizes {
  readonly nNormal: number
  readonly nAnomalous: number
}

/**
 * A guarantee |ξ̂ − ξ| ≤ ε with probability 1 − δ, as a function of n = n₀ + n₁ samples of which a fraction α are
 * anomalies. `epsilon` falls as n or δ grows.
 */
export interface Bound {
  epsilon(n: number, delta: number): number
  /** The least real n, where there is a formula for it. */
  readonly n?: (epsilon: number, delta: number) => number
}

/** What the version `published` of Theorem 3 assumes of the laws. */
export interface PublishedAssumptions {
  /**
   * ℓₐ/ℓ₀⁻ of the baseline and of the candidate: the Lipschitz constant of F_a over that of F₀⁻¹, each at least 0. It
   * depends on the unit of the scores; in units where normal scores are uniform it is the steepest slope of the ROC curve.
   */
  readonly ratios: readonly [baseline: number, candidate: number]
}

/** What the version `corrected` assumes of the laws, and how it divides ε. */
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
  readonly split?: (typeof errorSplits)[number] | undefined
}

export const errorSplits = ['even', 'optimal'] as const

/** What the version `sharp` assumes of the laws, and takes of the samples. */
export interface SharpAssumptions extends Pick<CorrectedAssumptions, 'slopes'> {
  /** Target false-positive rate, in (0, 1). */
  readonly fpr: number
  /**
   * The sample variance (divisor n₁ − 1) of the differences of indicators 1{s′ > τ̂′} − 1{s > τ̂} over the anomalies,
   * in [0, 2], or the one that is expected where n is sought. With it the empirical Bernstein inequality takes the place of
   * Hoeffding's.
   */
  readonly variance?: number | undefined
}

/**
 * What the samples are expected to show. A guess: it predicts ε before there are data, and the guarantee of the
 * certificate read off the data (`certifiedBias`) does not depend on it.
 */
export interface ExactExpectations {
  /** Target false-positive rate, in (0, 1). */
  readonly fpr: number
  /** TPR of the baseline and of the candidate, in [0, 1]. */
  readonly tprs: readonly [baseline: number, candidate: number]
  /** Slope of the ROC curve at the target, of the baseline and of the candidate, each at least 0. */
  readonly slopes: readonly [baseline: number, candidate: number]
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
  return ofProduct((delta) => {
    // 1 − √(1−δ) without its cancellation.
    const half = delta / (1 + Math.sqrt(1 - delta))
    const anomalous = log(2 / half) * ((2 - alpha) / alpha) ** 2
    return 8 * (anomalous + (log(2 / delta) / (1 - alpha)) * (baseline ** 2 + candidate ** 2))
  })
}

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
  return ofProduct((delta) => 0.5 * constant * log(8 / delta))
}

/** The bound of which δ determines n·ε². */
function ofProduct(product: (delta: number) => number): Bound {
  return {
    epsilon: (n, delta) => Math.sqrt(product(delta) / n),
    n: (epsilon, delta) => product(delta) / epsilon ** 2,
  }
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
  if (variance === undefined) return Math.sqrt((2 * log(2 / delta)) / n)
  if (n < 2) return Number.POSITIVE_INFINITY
  const logarithm = log(4 / delta)
  return Math.sqrt((2 * variance * logarithm) / n) + (14 * logarithm) / (3 * (n - 1))
}

/** Both detectors, threshold and recall, from below and from above. */
export const certifiedEvents = 8

/**
 * The width that the certificate without smoothness (`certifiedBias`) is expected to have: order statistics bracket each
 * threshold, Clopper and Pearson's limits the recall at both, each of the eight events with probability δ/8. ε is the
 * distance from the expected ξ̂ to the farther end.
 */
export function exact(sizes: (n: number) => SampleSizes, { fpr, tprs, slopes }: ExactExpectations): Bound {
  return {
    epsilon(n, delta) {
      const { nNormal, nAnomalous } = sizes(n)
      const tail = delta / certifiedEvents
      const { fewest, most } = quantileBracket(fpr, nNormal, tail)
      const recall = (detector: 0 | 1): RateInterval => {
        const [tpr, slope] = [tprs[detector], slopes[detector]]
        // Of the curve's tangent; beyond the scores that there are, everything or nothing is flagged.
        const down = fewest < 0 ? 0 : unit(tpr - slope * (fpr - fewest / nNormal))
        const up = most >= nNormal ? 1 : unit(tpr + slope * (most / nNormal - fpr))
        return [
          lowerRate(Math.floor(down * nAnomalous), nAnomalous, tail),
          upperRate(Math.ceil(up * nAnomalous), nAnomalous, tail),
        ]
      }
      const [baseline, candidate] = [recall(0), recall(1)]
      const xi = tprs[1] - tprs[0]
      return Math.max(xi - (candidate[0] - baseline[1]), candidate[1] - baseline[0] - xi)
    },
  }
}

function unit(x: number): number {
  return Math.min(1, Math.max(0, x))
}
