import { lowerRate, type RateInterval, upperRate } from '../stats/binomialInterval.js'
import type { Bound, SampleSizes } from './bound.js'
import { quantileBracket } from './quantileBracket.js'

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
