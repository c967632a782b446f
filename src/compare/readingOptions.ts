import {
  abortSignal,
  anything,
  type Check,
  callback,
  list,
  type OptionChecks,
  oneOf,
  plain,
  requireOptions,
  text,
  within,
} from '../check.js'
import { type TableFormat, tableFormats } from '../data/tables/tableFormat.js'
import type { OnProgress } from '../progress.js'
import { columnChecks, type ScoreColumns } from './scoreColumns.js'
import type { TrainingPatterns } from './trainingColumns.js'

/** What `readScores` takes. */
export interface ReadScoresOptions extends ScoreColumns {
  /** The label of normal samples, where labels are names of classes; all others are then anomalous. */
  readonly normal?: string | undefined
  /** Detectors whose lower scores are more anomalous: their scores are multiplied by −1. Default: none. */
  readonly negate?: readonly string[] | undefined
  /**
   * Leaves samples out that lack a score (nothing, NaN, or a word such as NA), as long as they are at most this share of all;
   * `true` is 0.05. `notes` counts them by detector and class. Default: a missing score is refused.
   */
  readonly dropMissing?: boolean | number | undefined
  /** Of a long file, with a row for each sample and detector: the column of the detectors' names. */
  readonly detector?: string | undefined
  /** Of a long file: the column of scores. Default `score`. */
  readonly score?: string | undefined
  /** Of a long file: the column that says which sample a row is of. */
  readonly key?: string | undefined
  /** Of a long file: the column that tells trainings of one detector apart; `trainings` then names detectors. */
  readonly run?: string | undefined
  /**
   * Trainings of a baseline and of a candidate in place of `baseline` and `candidates`: names of columns (of detectors in a long
   * file), or patterns in which `*` is any text. The scores are then for `compareSeeds`.
   */
  readonly trainings?: TrainingPatterns | undefined
  /** How the file is written. Default: told by its name, or else by its first bytes. */
  readonly format?: TableFormat | undefined
  /** What `-` reads. Default: the process's standard input. */
  readonly stdin?: AsyncIterable<Uint8Array | string> | undefined
  /** What messages call rows that are not of a file. Default `rows`. */
  readonly source?: string | undefined
  readonly signal?: AbortSignal | undefined
  /** Told of the rows read so far. */
  readonly onProgress?: OnProgress | undefined
}

const share: Check = (name, value) => (typeof value === 'boolean' ? undefined : within(0, 1)(name, value))

const trainingChecks: OptionChecks<TrainingPatterns> = { baseline: list(text), candidate: list(text) }

/** Checks of what readers of one file and of several take. */
export const readingChecks: OptionChecks<ReadScoresOptions> = {
  ...columnChecks,
  normal: text,
  negate: list(text),
  dropMissing: share,
  detector: text,
  score: text,
  key: text,
  run: text,
  trainings: plain((_, value) => requireOptions('trainings', value as TrainingPatterns, trainingChecks)),
  format: oneOf('format', tableFormats),
  stdin: anything,
  source: text,
  signal: abortSignal,
  onProgress: callback,
}
