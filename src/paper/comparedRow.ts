import { at } from '../check.js'
import type { ClassResult } from '../study/core/types.js'
import { compareArrows, compareRecall } from './compareWithPrinted.js'
import { paperDetectors, printedName, type SupervisedPair } from './paperDetectors.js'
import type { PrintedRow } from './printedTables.js'
import type { ReproducedCell, ReproducedRow, ReproductionSummary } from './types.js'

/** What a pair of detectors gave on every class. */
export interface ComparedPair extends SupervisedPair {
  /** Runs that count. */
  readonly runs: number
  /** In the order of the printed rows. */
  readonly classes: readonly ClassResult[]
}

/** The k-th printed row with our cells beside it, those of the pairs' detectors. */
export function comparedRow(
  row: PrintedRow,
  k: number,
  pairs: readonly ComparedPair[],
  paperRuns: number,
): Omit<ReproducedRow, 'l2'> {
  const cells = paperDetectors.flatMap((name): ReproducedCell[] => {
    const paper = row.tpr[printedName(name)]
    const supervised = pairs.find(({ candidate }) => candidate === name)
    if (supervised !== undefined) {
      const { runs } = supervised
      const { tprCandidate, tprBaseline, xi, interval, direction } = at(supervised.classes, k)
      const arrow = compareArrows(tprBaseline.mean, tprCandidate.mean, paper.arrow)
      const compared = compareRecall({ ours: tprCandidate, runs, paper, paperRuns })
      return [{ detector: name, runs, ...compared, arrow: { ...arrow, xi, interval, direction } }]
    }
    // A baseline may be in two pairs: the one that lost fewer runs knows more of it.
    const [best] = pairs.filter(({ baseline }) => baseline === name).sort((a, b) => b.runs - a.runs)
    if (best === undefined) return []
    const ours = at(best.classes, k).tprBaseline
    return [{ detector: name, runs: best.runs, ...compareRecall({ ours, runs: best.runs, paper, paperRuns }) }]
  })
  return { class: row.class, n: at(at(pairs, 0).classes, k).n, cells }
}

/** How many cells and arrows agree with the printed ones. */
export function summarise(rows: readonly ReproducedRow[]): ReproductionSummary {
  const cells = rows.flatMap((row) => row.cells)
  const marked = cells.flatMap(({ arrow }) => arrow ?? [])
  return {
    cells: cells.length,
    within: cells.filter(({ within }) => within).length,
    arrows: marked.length,
    agree: marked.filter(({ agreement }) => agreement === 'agrees').length,
    contradicted: marked.filter(({ agreement }) => agreement === 'contradicts').length,
  }
}
