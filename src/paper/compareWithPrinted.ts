import { at } from '../check.js'
import type { MeanSd } from '../stats/meanSd.js'
import type { ClassResult } from '../study/core/types.js'
import { paperDetectors, printedName, type SupervisedPair } from './paperDetectors.js'
import type { PrintedRecall, PrintedRow } from './printedTables.js'
import type { ReproducedCell, ReproducedRow, ReproductionSummary, ReproductionWork } from './types.js'

/** Half a unit of the printed figures' last digit. */
export const printedRounding = 0.005

/** Standard errors that a cell of ours may differ by. */
export const allowedErrors = 3

/** A recall of ours beside a printed one. */
export interface RecallComparison {
  readonly ours: MeanSd
  readonly paper: PrintedRecall
  /** Of the difference of the means: √(sd₁²/n₁ + sd₂²/n₂). */
  readonly standardError: number
  /** ours − paper, less what rounding explains, in standard errors; infinite where both standard deviations are 0. */
  readonly errors: number
  /** Whether |errors| ≤ 3. */
  readonly within: boolean
}

/**
 * Compares a mean over n₁ runs with one printed to two decimals over n₂: the difference beyond ±0.005, the printed
 * figure's rounding, in standard errors √(sd₁²/n₁ + sd₂²/n₂) (Welch). With one run ours has no standard deviation; it
 * is then taken as the printed one.
 */
export function compareRecall({
  ours,
  runs,
  paper,
  paperRuns,
}: Pick<RecallComparison, 'ours' | 'paper'> & Pick<ReproductionWork, 'runs' | 'paperRuns'>): RecallComparison {
  const ownSd = runs > 1 ? ours.sd : paper.sd
  const standardError = Math.sqrt(ownSd ** 2 / runs + paper.sd ** 2 / paperRuns)
  const difference = ours.mean - paper.mean
  // A difference of exactly half a unit is rounding, whatever binary fractions make of it.
  const beyond = Math.max(0, Math.abs(difference) - printedRounding - 1e-12)
  const errors = beyond === 0 ? 0 : (Math.sign(difference) * beyond) / standardError
  return { ours, paper, standardError, errors, within: Math.abs(errors) <= allowedErrors }
}

/**
 * How an arrow of ours relates to the printed one. `unmarked`: the paper prints none where our means differ, or one where
 * ours do not. Only `contradicts` says that the two point in opposite directions.
 */
export type ArrowAgreement = 'agrees' | 'contradicts' | 'unmarked'

export interface ComparedArrow {
  readonly ours: 'up' | 'down' | null
  readonly paper: 'up' | 'down' | null
  readonly agreement: ArrowAgreement
}

/**
 * The paper's arrow (Section 5: up where the supervised detector's recall is the higher, down where it is the lower) from
 * our means rounded as it prints them, beside the printed one.
 */
export function compareArrows(baseline: number, candidate: number, paper: 'up' | 'down' | null): ComparedArrow {
  const difference = Math.round(100 * candidate) - Math.round(100 * baseline)
  const ours = difference === 0 ? null : difference > 0 ? 'up' : 'down'
  const agreement = ours === paper ? 'agrees' : ours === null || paper === null ? 'unmarked' : 'contradicts'
  return { ours, paper, agreement }
}

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
      const { tprCandidate, tprBaseline, xi, interval, simultaneous, direction } = at(supervised.classes, k)
      const arrow = compareArrows(tprBaseline.mean, tprCandidate.mean, paper.arrow)
      const compared = compareRecall({ ours: tprCandidate, runs, paper, paperRuns })
      return [{ detector: name, runs, ...compared, arrow: { ...arrow, xi, interval, simultaneous, direction } }]
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
