import { biasDefaults, defaultDelta } from '../biasDefaults.js'
import {
  abortSignal,
  between,
  type Check,
  callback,
  integer,
  list,
  type OptionChecks,
  oneOf,
  pickOptions,
  plain,
  requireOptions,
} from '../check.js'
import { counted } from '../counted.js'
import { dataSource } from '../data/datasets.js'
import { anomalyClassesCheck } from '../data/splits/anomalyMixture.js'
import { ScoringBiasError } from '../errors.js'
import { frozen } from '../frozen.js'
import { type Checked, type Complete, pairChecks, pairDefaults, pairOf, withOwnData } from '../study/pairOptions.js'
import { studyChecks } from '../study/studyOptions.js'
import { studiedClasses } from './divideClasses.js'
import { planCells } from './sampleRuns.js'
import { type ConvergeOptions, type ConvergeScoresOptions, convergeThresholdRules, testSets } from './types.js'

/** What a study of scores does when it is not told otherwise: Section 4.2 of Ye, Chen and Zheng (IJCAI 2021). */
export const convergeScoresDefaults = frozen({
  sizes: [100, 1000, 10_000],
  alphas: [0.01, 0.05, 0.1, 0.2],
  runs: 1500,
  fpr: biasDefaults.fpr,
  thresholdRule: biasDefaults.thresholdRule,
  test: 'fresh',
  nTest: 20_000,
  delta: defaultDelta,
  seed: biasDefaults.seed,
} as const satisfies ConvergeScoresOptions)

/** What `converge` adds. */
export const convergeDefaults = pairDefaults

const convergeScoresChecks: OptionChecks<ConvergeScoresOptions> = {
  sizes: distinct(integer(2, 100_000_000)),
  alphas: distinct(between(0, 1)),
  runs: integer(2, 1_000_000),
  fpr: between(0, 1),
  thresholdRule: oneOf('threshold rule', convergeThresholdRules),
  test: oneOf('test set', testSets),
  nTest: integer(1, 100_000_000),
  delta: between(0, 1),
  seed: integer(0),
  signal: abortSignal,
  onProgress: callback,
}

const convergeChecks: OptionChecks<ConvergeOptions> = {
  ...pairChecks,
  ...convergeScoresChecks,
  anomaly: plain(anomalyClassesCheck),
  nTrain: integer(10, 10_000_000),
  store: studyChecks.store,
}

/** Options of a study of scores, all present. */
export type CheckedScores = Complete<ConvergeScoresOptions, typeof convergeScoresDefaults>

/** Options that do not depend on the samples are all present. */
export type CheckedConverge = Checked<
  ConvergeOptions,
  typeof convergeDefaults & Omit<typeof convergeScoresDefaults, 'sizes' | 'nTest'>
>

/** Errors: `WRONG_TYPE`, `OUT_OF_RANGE`, `EMPTY_SAMPLE`, `UNKNOWN_NAME`. */
export function checkScores(options: ConvergeScoresOptions): CheckedScores {
  return { ...convergeScoresDefaults, ...requireOptions('convergeScores', options, convergeScoresChecks) }
}

/**
 * Checks all that can be checked before there are samples. Errors: `WRONG_TYPE`, `OUT_OF_RANGE`, `EMPTY_SAMPLE`,
 * `UNKNOWN_NAME`, `UNKNOWN_CLASS`.
 */
export function checkConverge(options: ConvergeOptions): CheckedConverge {
  const given = withOwnData(requireOptions('converge', options, convergeChecks))
  const pair = pairOf(given)
  const source = typeof given.dataset === 'string' ? dataSource(given.dataset) : undefined
  const published = source?.published?.convergence
  const { sizes, nTest: _, ...scores } = convergeScoresDefaults
  const usual = { ...convergeDefaults, ...scores, runs: published?.runs ?? scores.runs }
  if (source?.draw !== undefined) {
    if (given.standardise) {
      const what = `${source.info.name} samples are drawn as they are`
      throw new ScoringBiasError('OUT_OF_RANGE', `${what}. They cannot be standardised. Leave standardise out`)
    }
    requireStreams({ ...convergeScoresDefaults, ...usual, sizes: published?.sizes ?? sizes, ...given })
  }
  if (source !== undefined) {
    // Before the samples are there, which may take long.
    const { normal = published?.normal ?? source.info.defaults.normal, anomaly = published?.anomaly } = given
    studiedClasses(source.info, { normal, anomaly })
  }
  return { ...usual, ...given, ...pair }
}

/** Options of a study's draws, with the sizes of its data where none were asked for. */
export function scoresOf(study: CheckedConverge, sizes: Pick<CheckedScores, 'sizes' | 'nTest'>): CheckedScores {
  return { ...sizes, ...pickOptions<ConvergeScoresOptions>(study, convergeScoresChecks) } as CheckedScores
}

/** The samples of a cell's runs come from one stream of synthetic samples for each kind, which has 2³². */
function requireStreams(options: CheckedScores): void {
  const { runs } = options
  const largest = Math.max(...planCells(options).flatMap(({ n, nAnomalous }) => [n, nAnomalous]))
  if (runs * largest <= 2 ** 32) return
  throw new ScoringBiasError(
    'OUT_OF_RANGE',
    `${counted(runs, 'run')} of ${counted(largest, 'sample')} take ${counted(runs * largest, 'sample')} of one kind. At most 2³² can be drawn. Ask for fewer runs or ` +
      'smaller ones',
  )
}

/** An array with at least one value, each of them once. */
function distinct(check: Check): Check {
  return (name, values) => {
    list(check)(name, values)
    if (!Array.isArray(values)) return
    if (values.length === 0) throw new ScoringBiasError('EMPTY_SAMPLE', `${name} is empty. Give at least one value`)
    for (const [i, value] of values.entries()) {
      if (values.indexOf(value) !== i)
        throw new ScoringBiasError('OUT_OF_RANGE', `${name} has ${value} twice. Give each value once`)
    }
  }
}
