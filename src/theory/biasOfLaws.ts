import { callback, requireBetween, requireWithin, wrongType } from '../check.js'
import { type Detectors, requireDetectors } from './options.js'

/** The laws of one detector's scores, as functions. */
export interface ScoreLaws {
  /** F₀⁻¹, the quantile function of normal scores. */
  readonly normalQuantile: (probability: number) => number
  /** F_a, the distribution function of anomalous scores. */
  readonly anomalousCdf: (score: number) => number
}

/**
 * The true ξ of two detectors with known laws of scores: Proposition 1 of Ye, Chen and Zheng (IJCAI 2021),
 *
 *     ξ(s, s′) = F_a(F₀⁻¹(q)) − F_a′(F₀′⁻¹(q)),   q = 1 − fpr.
 *
 * The functions are the caller's and may be anything, steps included; a distribution function is in [0, 1]. Synchronous. Errors:
 * `WRONG_TYPE`, `OUT_OF_RANGE`.
 *
 * @example
 * const uniform = (p: number) => p
 * theory.biasOfLaws(
 *   {
 *     baseline: { normalQuantile: uniform, anomalousCdf: (s) => s }, // anomalies look like normals
 *     candidate: { normalQuantile: uniform, anomalousCdf: (s) => s ** 3 },
 *   },
 *   0.1,
 * ) // 0.171
 */
export function biasOfLaws(detectors: Detectors<ScoreLaws>, fpr: number): number {
  const q = 1 - requireBetween('fpr', fpr, 0, 1)
  requireDetectors(detectors)
  const missed = (name: keyof typeof detectors): number => {
    const { normalQuantile, anomalousCdf } = detectors[name]
    callback(`${name}.normalQuantile`, normalQuantile)
    callback(`${name}.anomalousCdf`, anomalousCdf)
    const threshold: unknown = normalQuantile(q)
    if (typeof threshold !== 'number' || Number.isNaN(threshold))
      throw wrongType(`what ${name}.normalQuantile returns`, 'a number', threshold)
    return requireWithin(`what ${name}.anomalousCdf returns`, anomalousCdf(threshold), 0, 1)
  }
  return missed('baseline') - missed('candidate')
}
