import { at } from '../../check.js'
import { concordanceWith, denseRanks, identity } from '../../stats/correlation/concordance.js'
import { type KendallTest, kendallTest } from '../../stats/correlation/kendallTest.js'
import { mantelTest } from '../../stats/correlation/mantelTest.js'

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

/**
 * How often τ falls on either side of 0 over draws of ξ from what samples and training leave open, see `xiDraws`. Noise in ξ
 * mixes up the order of classes, so that τ of the draws lies nearer to 0 than `tau`: they hold no interval of it.
 */
export interface TauUncertainty {
  /** Share of the draws in which τ is below 0, and above it. */
  readonly below: number
  readonly above: number
}

/** Trends over all tested classes, and over those not labelled; null where they are fewer than four, or ξ is the same for all. */
export interface Similarity {
  readonly all: SimilarityTrend | null
  readonly unlabelled: SimilarityTrend | null
}

interface SimilarityInput {
  readonly classes: readonly { readonly name: string; readonly l2: number; readonly xi: number }[]
  /** The classes of the labelled anomalies. */
  readonly labelled: readonly string[]
  /** As `xiDraws` has them. */
  readonly draws?: readonly Float64Array[] | undefined
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
export function similarityOf({ classes, labelled, draws, seed }: SimilarityInput): Similarity {
  const trend = (counts: (name: string) => boolean): SimilarityTrend | null => {
    const kept = classes.flatMap(({ name }, k) => (counts(name) ? [k] : []))
    if (kept.length < fewestClasses) return null
    const distances = kept.map((k) => at(classes, k).l2)
    const xis = kept.map((k) => rounded(at(classes, k).xi))
    const own =
      draws &&
      tauUncertainty(
        kept.map((k) => at(draws, k)),
        distances,
        kept.length,
      )
    return trendOf(kendallTest(distances, xis, { seed }), kept.length, own)
  }
  return { all: trend(() => true), unlabelled: trend((name) => !labelled.includes(name)) }
}

/** Null where there is no τ. */
function trendOf(
  { tau, pValue, exact }: KendallTest,
  n: number,
  uncertainty: TauUncertainty | undefined,
): SimilarityTrend | null {
  return Number.isNaN(tau) ? null : { n, tau, pValue, exact, uncertainty: uncertainty ?? null }
}

/**
 * Summary over draws of τ with distances, over pairs within stretches of `width`. Where ξ is the same for all τ is 0. Only its
 * sign counts, which is that of the concordance.
 */
function tauUncertainty(draws: readonly Float64Array[], distances: readonly number[], width: number): TauUncertainty {
  const nDraws = at(draws, 0).length
  const [order, xis] = [identity(draws.length), new Float64Array(draws.length)]
  const concordance = concordanceWith(denseRanks(distances), width)
  const counts = { below: 0, above: 0 }
  for (let b = 0; b < nDraws; b++) {
    for (const [k, xi] of draws.entries()) xis[k] = rounded(at(xi, b))
    const sum = concordance(xis, order)
    if (sum < 0) counts.below++
    else if (sum > 0) counts.above++
  }
  return { below: counts.below / nDraws, above: counts.above / nDraws }
}

/** A ξ without the rounding of sums of fractions, by which equal ones may differ. */
function rounded(xi: number): number {
  return Math.round(xi * 1e12) / 1e12
}

/** How ξ goes with distance over all choices of the labelled class. */
export interface MatrixSimilarity {
  /** Over all cells: also because some labelled classes, which lie farther from the rest, help more or less everywhere. */
  readonly overall: Similarity
  /** Over pairs of tested classes with the same labelled one: which of the two gains more. */
  readonly withinLabelled: Similarity
}

/**
 * The trends of `similarityOf` over a whole matrix, without its diagonal (`unlabelled`) and with it (`all`). Every row has
 * the same classes, in the order of the rows.
 *
 * Cells that share a class are not independent: the p-values are Mantel's, for which classes are exchangeable, not cells.
 */
export function matrixSimilarity(
  rows: readonly { readonly classes: SimilarityInput['classes']; readonly xiDraws: readonly Float64Array[] }[],
  seed: number,
): MatrixSimilarity {
  const distances = rows.map(({ classes }) => classes.map(({ l2 }) => l2))
  const xis = rows.map(({ classes }) => classes.map(({ xi }) => rounded(xi)))
  const trend = (diagonal: boolean, pairs: 'all' | 'row'): SimilarityTrend | null => {
    if (rows.length < fewestClasses) return null
    const kept = <T>(table: readonly (readonly T[])[]) =>
      table.flatMap((row, i) => row.filter((_, j) => diagonal || i !== j))
    const draws = kept(rows.map(({ xiDraws }) => xiDraws))
    const [x, width] = [kept(distances), pairs === 'row' ? draws.length / rows.length : draws.length]
    const own = tauUncertainty(draws, x, width)
    return trendOf(mantelTest(distances, xis, { diagonal, pairs, seed }), draws.length, own)
  }
  return {
    overall: { all: trend(true, 'all'), unlabelled: trend(false, 'all') },
    withinLabelled: { all: trend(true, 'row'), unlabelled: trend(false, 'row') },
  }
}
