import type { ScorePair } from '../stats/bias/types.js'

/** The same of both detectors. */
export interface Both<T> {
  readonly baseline: T
  readonly candidate: T
}

export const detectorRoles = ['baseline', 'candidate'] as const

/** Runs number `first` to first + count − 1 of a cell. */
export interface RunBlock {
  readonly iCell: number
  readonly first: number
  readonly count: number
  /** Samples that each run draws. */
  readonly nNormal: number
  readonly nAnomalous: number
}

/** Draws the samples of a block and scores them: arrays [count, nNormal] and [count, nAnomalous], the caller's to keep. */
export type DrawRuns = (block: RunBlock) => Promise<Both<ScorePair>>

/** Where the scores of runs come from. */
export interface ConvergeSource {
  /** The law that runs are drawn from, as samples: those that are it, or enough of them to stand in for it. */
  readonly population: Both<ScorePair>
  readonly populationIsLaw: boolean
  /** Scores of a fixed test set, for the studies that have one. */
  readonly test?: Both<ScorePair>
  /** Functions that may each draw a block at the same time. A block's scores do not depend on which of them drew it. */
  readonly lanes: readonly DrawRuns[]
}
