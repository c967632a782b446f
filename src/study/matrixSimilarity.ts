import { at } from '../check.js'
import { rankCorrelation } from '../stats/correlation/concordance.js'
import { mantelTest } from '../stats/correlation/mantelTest.js'
import {
  fewestClasses,
  rounded,
  type Similarity,
  type SimilarityTrend,
  tauUncertainty,
  trendOf,
} from './core/similarityTrend.js'
import type { ClassResult } from './core/types.js'

/** How ξ goes with distance over all choices of the labelled class. */
export interface MatrixSimilarity {
  /** Over all cells: also because some labelled classes, which lie farther from the rest, help more or less everywhere. */
  readonly overall: Similarity
  /** Over pairs of tested classes with the same labelled one: which of the two gains more. */
  readonly withinLabelled: Similarity
}

/** What one labelled class does to every tested class. */
export interface SimilarityRow {
  /** The same in every row, and in the order of the rows. */
  readonly classes: readonly ClassResult[]
  /** As `StudyStatistics.xiDraws`. */
  readonly xiDraws: readonly Float64Array[]
}

/**
 * The trends of `similarityOf` over a whole matrix, without its diagonal (`unlabelled`) and with it (`all`).
 *
 * Cells that share a class are not independent: the p-values are Mantel's, for which classes are exchangeable, not cells.
 */
export function matrixSimilarity(rows: readonly SimilarityRow[], level: number, seed: number): MatrixSimilarity {
  const distances = rows.map(({ classes }) => classes.map(({ l2 }) => l2))
  const xis = rows.map(({ classes }) => classes.map(({ xi }) => rounded(xi)))
  const trend = (diagonal: boolean, pairs: 'all' | 'row'): SimilarityTrend | null => {
    if (rows.length < fewestClasses) return null
    const kept = <T>(table: readonly (readonly T[])[]) =>
      table.flatMap((row, i) => row.filter((_, j) => diagonal || i !== j))
    const draws = kept(rows.map(({ xiDraws }) => xiDraws))
    const [x, width] = [kept(distances), pairs === 'row' ? draws.length / rows.length : draws.length]
    const tau = (b: number) =>
      rankCorrelation(
        x,
        draws.map((xi) => rounded(at(xi, b))),
        width,
      )
    const nDraws = at(draws, 0).length
    return trendOf(
      mantelTest(distances, xis, { diagonal, pairs, seed }),
      draws.length,
      tauUncertainty(nDraws, tau, level),
    )
  }
  return {
    overall: { all: trend(true, 'all'), unlabelled: trend(false, 'all') },
    withinLabelled: { all: trend(true, 'row'), unlabelled: trend(false, 'row') },
  }
}
