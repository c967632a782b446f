import { at } from '../../check.js'
import { sortReplicates } from '../../stats/bootstrap/sortedReplicates.js'
import type { KendallTest } from '../../stats/correlation/kendallTest.js'
import { kendallTau, kendallTest } from '../../stats/correlation/kendallTest.js'

/** With fewer classes no order is rare enough to say anything: of 3, one in three is in order one way or the other. */
export const fewestClasses = 4

/** Whether ξ falls or rises with the distance to the labelled class, over some classes or pairs of them. */
export interface SimilarityTrend {
  /** Values of ξ that it is over. */
  readonly n: number
  /** Kendall's τ-b of distance and ξ, in [−1, 1]: −1 where ξ falls with every step away. */
  readonly tau: number
  /** Two-sided permutation p-value: how often classes in any other order would give a τ as far from 0. */
  readonly pValue: number
  /** Whether all permutations were gone through; else 9,999 were drawn. */
  readonly exact: boolean
  /** How sure the order of ξ is, given how uncertain each is; null where that is not known any more. */
  readonly uncertainty: TauUncertainty | null
}

/** Where τ falls over draws of ξ from what samples and training leave open, see `xiDraws`. */
export interface TauUncertainty {
  /** Share of the draws in which τ is below 0, and above it. */
  readonly below: number
  readonly above: number
  /** The middle `level` of them. Noise in ξ mixes up the order of classes, so that they lie nearer to 0 than `tau`. */
  readonly range: readonly [number, number]
}

/** Trends over all tested classes, and over those not labelled; null where they are fewer than four, or ξ is the same for all. */
export interface Similarity {
  readonly all: SimilarityTrend | null
  readonly unlabelled: SimilarityTrend | null
}

export interface SimilarityInput {
  readonly classes: readonly { readonly name: string; readonly l2: number; readonly xi: number }[]
  /** The classes of the labelled anomalies. */
  readonly labelled: readonly string[]
  /** As `StudyStatistics.xiDraws`. */
  readonly draws?: readonly Float64Array[] | undefined
  /** Of `TauUncertainty.range`. */
  readonly level: number
  readonly seed: number
}

/**
 * The paper's claim in numbers: whether ξ goes with similarity to the labelled anomalies (Ye, Chen and Zheng 2021,
 * Section 5).
 *
 * Kendall's τ-b, because there are few classes, some of them tied, and distances have no common scale: only their order
 * counts. Two things are uncertain, and each has its number. Whether a trend over these few classes is one at all: the
 * permutation p-value, for which they are exchangeable. Whether the order of the estimated ξ is that of the true ones:
 * the draws. The labelled class itself is nearest and was trained on; the trend is given with and without it.
 */
export function similarityOf({ classes, labelled, draws, level, seed }: SimilarityInput): Similarity {
  const trend = (counts: (name: string) => boolean): SimilarityTrend | null => {
    const kept = classes.flatMap(({ name }, k) => (counts(name) ? [k] : []))
    if (kept.length < fewestClasses) return null
    const distances = kept.map((k) => at(classes, k).l2)
    const xis = kept.map((k) => rounded(at(classes, k).xi))
    return trendOf(
      kendallTest(distances, xis, { seed }),
      kept.length,
      draws &&
        tauUncertainty(
          at(draws, 0).length,
          (b) =>
            kendallTau(
              distances,
              kept.map((k) => rounded(at(at(draws, k), b))),
            ),
          level,
        ),
    )
  }
  return { all: trend(() => true), unlabelled: trend((name) => !labelled.includes(name)) }
}

/** Null where there is no τ. */
export function trendOf(
  { tau, pValue, exact }: KendallTest,
  n: number,
  uncertainty: TauUncertainty | undefined,
): SimilarityTrend | null {
  return Number.isNaN(tau) ? null : { n, tau, pValue, exact, uncertainty: uncertainty ?? null }
}

/** Summary of τ over draws; one in which ξ is the same for all has τ = 0. */
export function tauUncertainty(nDraws: number, tau: (draw: number) => number, level: number): TauUncertainty {
  const taus = Float64Array.from({ length: nDraws }, (_, b) => tau(b) || 0)
  const sorted = sortReplicates('the correlations', taus)
  return {
    below: taus.filter((value) => value < 0).length / nDraws,
    above: taus.filter((value) => value > 0).length / nDraws,
    range: [sorted.quantile((1 - level) / 2), sorted.quantile((1 + level) / 2)],
  }
}

/** A ξ without the rounding of sums of fractions, by which equal ones may differ. */
export function rounded(xi: number): number {
  return Math.round(xi * 1e12) / 1e12
}
