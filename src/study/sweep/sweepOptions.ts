import { integer, list, type OptionChecks, text, within } from '../../check.js'
import { frozen } from '../../frozen.js'
import { type StudyOptions, studyChecks, studyDefaults } from '../studyOptions.js'

/** A study's options, for one class of labelled anomalies, in numbers. */
export interface LabelSweepOptions extends Omit<StudyOptions, 'anomaly'> {
  /** The class of the labelled anomalies. Default: the data set's own. */
  readonly anomaly?: string | undefined
  /** Numbers of labelled anomalies, each at least 1. Default 1, 5, 20 and 100. */
  readonly labelled?: readonly number[] | undefined
  /** Shares of the normal samples trained on that are unlabelled anomalies, in [0, 0.5]. Default 0, 0.01 and 0.05. */
  readonly contamination?: readonly number[] | undefined
}

/** What a sweep does when it is not told otherwise. */
export const sweepDefaults = frozen({
  ...studyDefaults,
  labelled: [1, 5, 20, 100],
  contamination: [0, 0.01, 0.05],
} as const satisfies Partial<LabelSweepOptions>)

export const sweepChecks: OptionChecks<LabelSweepOptions> = {
  ...studyChecks,
  anomaly: text,
  labelled: list(integer(1)),
  contamination: list(within(0, 0.5)),
}
