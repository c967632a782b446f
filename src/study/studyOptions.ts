import { biasDefaults } from '../biasDefaults.js'
import {
  between,
  type Check,
  callback,
  filePath,
  integer,
  type OptionChecks,
  oneOf,
  plain,
  record,
  requireOptions,
} from '../check.js'
import { type Anomalies, anomaliesCheck } from '../data/splits/anomalyMixture.js'
import { type SplitKind, splitKinds } from '../data/splits/splitKind.js'
import { ScoringBiasError } from '../errors.js'
import { frozen } from '../frozen.js'
import { usualDraws } from '../stats/bias/usualDraws.js'
import type { UnitStore, UnitTrainer } from './core/unit.js'
import { type Checked, type PairOptions, pairChecks, pairDefaults, pairOf, withOwnData } from './pairOptions.js'

/** A study: two detectors trained `runs` times on one data set and compared on each class of anomalies. */
export interface StudyOptions extends PairOptions {
  /** The class that the labelled anomalies are drawn from, or several with their shares; default: the data set's own. */
  readonly anomaly?: Anomalies | undefined
  /** Trainings of each detector, each with its own seed and split; 1 … 10,000, default 5. */
  readonly runs?: number | undefined
  /** Target false-positive rate in (0, 1), default 0.05. */
  readonly fpr?: number | undefined
  /** Confidence level of the intervals in (0, 1), default 0.95. */
  readonly level?: number | undefined
  /**
   * Draws, 100 … 10,000,000. Default 10,000, or as many as the simultaneous intervals of a larger family need,
   * (2F + 1)/(1 − level) for F classes, or cells of a table, if that is 40,000 at most.
   */
  readonly resamples?: number | undefined
  /** Default: `published` for data sets with a name, `held-out` for tables of the caller's. */
  readonly split?: SplitKind | undefined
  /**
   * A DuckDB file that takes each unit's results as soon as they are there (docs/studies.md), made where it is not there
   * yet; or a store of another kind. Units that it has are not trained again, so that a study that was killed goes on
   * where it stopped.
   */
  readonly store?: string | UnitStore | undefined
  /** Who trains. Default: `workers` threads of this process, on `device`; a trainer of the caller's has its own. */
  readonly trainer?: UnitTrainer | undefined
}

/** What a study does when it is not told otherwise. */
export const studyDefaults = frozen({
  ...pairDefaults,
  runs: 5,
  fpr: biasDefaults.fpr,
  level: biasDefaults.level,
  resamples: biasDefaults.resamples,
} as const satisfies Partial<StudyOptions>)

/** More draws than these are taken only if they are asked for: with a thousand cells they take most of a gigabyte. */
const mostDraws = 40_000

/** A study with as many draws as its family of classes or cells needs, where nobody says. */
export function withUsualDraws<T extends CheckedStudy>(
  study: T,
  given: Pick<StudyOptions, 'resamples'>,
  nSets: number,
): T {
  return { ...study, resamples: given.resamples ?? usualDraws(nSets, study.level, mostDraws) }
}

/** An object with these methods, and others that it may lack. */
function methods(names: readonly string[], optional: readonly string[]): Check {
  return (name, value) => {
    record(name, value)
    const methodOf = (one: string): unknown => Reflect.get(Object(value), one)
    for (const one of names) callback(`${name}.${one}`, methodOf(one))
    for (const one of optional) if (methodOf(one) !== undefined) callback(`${name}.${one}`, methodOf(one))
  }
}

/** The path of a store, or a store of the caller's with all methods that will be called: what lacks one must not fail after the training. */
function storeCheck(...called: readonly (keyof UnitStore)[]): Check {
  const check = methods(called, ['fingerprintOf'])
  return (name, value) => (typeof value === 'string' ? filePath : check)(name, value)
}

const ofTraining = ['plan', 'claim', 'keep', 'find'] as const

/** Of what keeps its answer too. */
export const answerStoreCheck: Check = storeCheck(...ofTraining, 'keepStudy')

export const studyChecks: OptionChecks<StudyOptions> = {
  ...pairChecks,
  anomaly: plain(anomaliesCheck),
  runs: integer(1, 10_000),
  fpr: between(0, 1),
  level: between(0, 1),
  resamples: integer(100, 10_000_000),
  split: oneOf('split', splitKinds),
  store: storeCheck(...ofTraining),
  trainer: (name, value) => {
    methods(['device', 'train'], ['fingerprint'])(name, value)
    integer(1)(`${name}.workers`, Reflect.get(Object(value), 'workers'))
  },
}

/** A study's options as checked: those whose defaults do not depend on the data set or the machine are all present. */
export type CheckedStudy = Checked<StudyOptions, typeof studyDefaults>

/**
 * Checks all that can be checked before the data set is loaded. Classes are the data set's to check.
 *
 * A table is copied: what becomes of it while the study goes on has no effect.
 *
 * @param where what was given the options
 * @param checks those of `where`, which may take more than a study, or less
 *
 * Errors: `WRONG_TYPE`, `OUT_OF_RANGE`, `UNKNOWN_NAME`, `DETACHED`.
 */
export function checkStudy<T extends StudyOptions>(where: string, options: T, checks: OptionChecks<T>) {
  const given = withOwnData(requireOptions(where, options, checks))
  if (given.trainer !== undefined && (given.device ?? given.workers) !== undefined) {
    throw new ScoringBiasError('OUT_OF_RANGE', 'device and workers are those of the trainer: leave them out')
  }
  return { ...studyDefaults, ...given, ...pairOf(given) }
}
