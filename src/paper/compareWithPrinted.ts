import type { MeanSd } from '../stats/meanSd.js'
import type { PrintedRecall } from './printedTables.js'

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

export interface RecallPair {
  readonly ours: MeanSd
  /** Runs that ours is the mean of. */
  readonly runs: number
  readonly paper: PrintedRecall
  readonly paperRuns: number
}

/**
 * Compares a mean over n₁ runs with one printed to two decimals over n₂: the difference beyond ±0.005, the printed
 * figure's rounding, in standard errors √(sd₁²/n₁ + sd₂²/n₂) (Welch). With one run ours has no standard deviation; it
 * is then taken as the printed one.
 */
export function compareRecall({ ours, runs, paper, paperRuns }: RecallPair): RecallComparison {
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
