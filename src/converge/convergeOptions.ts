import { requireBetween, requireInteger, requireKnown } from '../check.js'
import { type DatasetName, dataSource, datasetNames } from '../data/datasets.js'
import type { LabelledTable } from '../data/tables/labelledTable.js'
import { decoderOutputs } from '../detectors/detectorGraph.js'
import { detectorNames } from '../detectors/detectors.js'
import { ScoringBiasError } from '../errors.js'
import { deviceRequests } from '../runtime/device.js'
import { planCells } from './sampleRuns.js'
import { studiedClasses } from './studiedClasses.js'
import { type ConvergeOptions, type ConvergeScoresOptions, convergeThresholdRules, testSets } from './types.js'

/** What a study of scores does when it is not told otherwise: Section 4.2 of Ye, Chen and Zheng (IJCAI 2021). */
export const convergeScoresDefaults = {
  sizes: [100, 1000, 10_000],
  alphas: [0.01, 0.05, 0.1, 0.2],
  runs: 1500,
  fpr: 0.05,
  thresholdRule: 'inverse-cdf',
  test: 'fresh',
  nTest: 20_000,
  delta: 0.05,
  seed: 0,
} as const satisfies ConvergeScoresOptions

/** What `converge` adds. */
export const convergeDefaults = {
  baseline: 'deep-svdd',
  candidate: 'deep-sad',
  epochs: 200,
  pretrainEpochs: 100,
  device: 'auto',
} as const satisfies Partial<ConvergeOptions>

type Complete<Options, Defaults> = Options & {
  readonly [K in keyof Defaults & keyof Options]-?: NonNullable<Options[K]>
}

export type CheckedScoresOptions = Complete<ConvergeScoresOptions, typeof convergeScoresDefaults>

/** Options that do not depend on the samples are all present. */
export type CheckedConvergeOptions = Complete<
  Omit<ConvergeOptions, 'dataset'>,
  typeof convergeDefaults & Omit<typeof convergeScoresDefaults, 'sizes' | 'nTest'>
> & { readonly dataset: DatasetName | LabelledTable }

/** Errors: `WRONG_TYPE`, `OUT_OF_RANGE`, `EMPTY_SAMPLE`, `UNKNOWN_NAME`. */
export function checkScoresOptions(options: ConvergeScoresOptions): CheckedScoresOptions {
  const checked: CheckedScoresOptions = { ...convergeScoresDefaults, ...given(options) }
  requireList('sizes', checked.sizes, (name, n) => requireInteger(name, n, 2, 100_000_000))
  requireList('alphas', checked.alphas, (name, alpha) => requireBetween(name, alpha, 0, 1))
  requireInteger('runs', checked.runs, 2, 1_000_000)
  requireBetween('fpr', checked.fpr, 0, 1)
  requireKnown('threshold', checked.thresholdRule, convergeThresholdRules)
  requireKnown('test set', checked.test, testSets)
  requireInteger('nTest', checked.nTest, 1, 100_000_000)
  requireBetween('delta', checked.delta, 0, 1)
  requireInteger('seed', checked.seed, 0)
  return checked
}

/**
 * Checks all that can be checked before there are samples. Errors: `WRONG_TYPE`, `OUT_OF_RANGE`, `EMPTY_SAMPLE`,
 * `UNKNOWN_NAME`, `UNKNOWN_CLASS`.
 */
export function checkConvergeOptions(options: ConvergeOptions): CheckedConvergeOptions {
  const dataset =
    typeof options.dataset === 'string' ? requireKnown('data set', options.dataset, datasetNames) : options.dataset
  const { runs, sizes } =
    (typeof dataset === 'string' && dataSource(dataset).published?.convergence) || convergeScoresDefaults
  const scores = checkScoresOptions({ sizes, runs, ...given(options) })
  const checked = { ...convergeDefaults, ...convergeScoresDefaults, runs, ...given(options), dataset }
  requireKnown('detector', checked.baseline, detectorNames)
  requireKnown('detector', checked.candidate, detectorNames)
  if (checked.baseline === checked.candidate) {
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      `baseline and candidate must be different detectors, both are '${checked.baseline}'`,
    )
  }
  requireInteger('epochs', checked.epochs, 1, 100_000)
  requireInteger('pretrainEpochs', checked.pretrainEpochs, 0, 100_000)
  if (checked.decoder !== undefined) requireKnown('decoder', checked.decoder, decoderOutputs)
  requireKnown('device', checked.device, deviceRequests)
  if (checked.workers !== undefined) requireInteger('workers', checked.workers, 1, 1024)
  if (checked.dataSeed !== undefined) requireInteger('dataSeed', checked.dataSeed, 0)
  if (checked.nTrain !== undefined) requireInteger('nTrain', checked.nTrain, 10, 10_000_000)
  if (typeof dataset === 'string') {
    // Before the samples are there, which may take long.
    const { info, draw, published } = dataSource(dataset)
    if (draw !== undefined) requireStreams(scores)
    const { normal = published?.convergence.normal ?? info.defaults.normal } = checked
    studiedClasses(info, { normal, anomaly: checked.anomaly ?? published?.convergence.anomaly })
  }
  return { ...checked, sizes: options.sizes, nTest: options.nTest }
}

/** The samples of a cell's runs come from one stream of synthetic samples for each kind, which has 2³². */
function requireStreams(options: CheckedScoresOptions): void {
  const { runs } = options
  const largest = Math.max(...planCells(options).flatMap(({ n, nAnomalous }) => [n, nAnomalous]))
  if (runs * largest <= 2 ** 32) return
  throw new ScoringBiasError(
    'OUT_OF_RANGE',
    `${runs} runs of ${largest} samples take ${runs * largest} of a kind, of which there are 2³²: ask for fewer runs or samples`,
  )
}

function requireList(name: string, values: readonly number[], check: (name: string, value: number) => void): void {
  if (values.length === 0) throw new ScoringBiasError('EMPTY_SAMPLE', `${name} must have at least one value`)
  for (const [i, value] of values.entries()) {
    check(`${name}[${i}]`, value)
    if (values.indexOf(value) !== i)
      throw new ScoringBiasError('OUT_OF_RANGE', `${name} must differ, ${value} stands in them twice`)
  }
}

type Given<T> = { [K in keyof T]: Exclude<T[K], undefined> }

function given<T extends object>(options: T): Given<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Given<T>
}
