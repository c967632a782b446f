import { biasDefaults } from '../biasDefaults.js'
import {
  anything,
  callback,
  flag,
  type Given,
  integer,
  type OptionChecks,
  oneOf,
  plain,
  record,
  required,
} from '../check.js'
import { type Dataset, type DatasetOptions, datasetChecks, sampleSize, standardise } from '../data/core/dataset.js'
import { loadDataset } from '../data/datasets.js'
import { mergeClasses, type NormalClasses, normalCheck, unionName } from '../data/splits/normalClasses.js'
import type { SplitKind } from '../data/splits/splitKind.js'
import { standardisedOver as overOf, type StandardisedOver } from '../data/splits/standardisedOver.js'
import { preparedOverNormals, rawDataset } from '../data/tableDataset.js'
import { isInUnitInterval } from '../data/tables/featureRange.js'
import { copyTable, type LabelledTable, tableOf } from '../data/tables/labelledTable.js'
import { type DecoderOutput, decoderOutputs } from '../detectors/detectorGraph.js'
import { detector } from '../detectors/detectors.js'
import type { Objective } from '../detectors/objectives/objective.js'
import {
  type AskedNetwork,
  type PublishedTraining,
  publishedTraining,
  type TakenNetwork,
  takenNetwork,
} from '../detectors/publishedTraining.js'
import { chosenSettings, type TrainingSettings } from '../detectors/settings.js'
import { trainingDataChecks } from '../detectors/trainingData.js'
import { ScoringBiasError } from '../errors.js'
import { frozen } from '../frozen.js'
import { ownNetwork } from '../nn/network.js'
import { networkNames } from '../nn/networks.js'
import type { OnProgress } from '../progress.js'
import { type DeviceRequest, deviceRequests } from '../runtime/device.js'

/** What every study of two detectors asks for: data, detectors, and how they are trained. */
export interface PairOptions extends DatasetOptions, AskedNetwork {
  /** One of `datasetNames`, or a table of the caller's. */
  readonly dataset: string | LabelledTable
  /** The class that counts as normal, or several that count as one; default: the data set's own (see {@link Dataset.defaults}). */
  readonly normal?: NormalClasses | undefined
  /** Detector s: one of `detectorNames`, or what `defineDetector` returns; default `deep-svdd`. */
  readonly baseline?: string | Objective | undefined
  /** Detector s′, default `deep-sad`. */
  readonly candidate?: string | Objective | undefined
  /** Default: the published setting, `sigmoid`; for a table of the caller's `identity`, which suits standardised features. */
  readonly decoder?: DecoderOutput | undefined
  /**
   * Whether features are z-scored per column, over the normal samples that each run trains on; of a data set by name in the
   * `published` split, and where its convergence is studied, over all samples, as in the paper. Default: those of tables,
   * and of the data sets that the paper standardises.
   */
  readonly standardise?: boolean | undefined
  /** Where they differ from those that the paper has for the data set, such as `{ epochs: 50 }` (default 200). */
  readonly settings?: Partial<TrainingSettings> | undefined
  /** Default `auto`. */
  readonly device?: DeviceRequest | undefined
  /** Worker threads that train, 1 … 1,024; default: one for each processor. No result depends on it. */
  readonly workers?: number | undefined
  /** Root of all randomness, 0 … 2⁵³ − 1, default 0: the same seed gives the same result on the same device. */
  readonly seed?: number | undefined
  readonly onProgress?: OnProgress | undefined
}

/** What a study trains when it is not told otherwise. */
export const pairDefaults = frozen({
  baseline: 'deep-svdd',
  candidate: 'deep-sad',
  device: 'auto',
  seed: biasDefaults.seed,
} as const satisfies Partial<PairOptions>)

export const pairChecks: OptionChecks<PairOptions> = {
  dataset: required(trainingDataChecks.data),
  ...datasetChecks,
  normal: normalCheck,
  baseline: anything,
  candidate: anything,
  // By `chosenNetwork`.
  network: (name, value) => (typeof value === 'string' ? oneOf('network', networkNames) : record)(name, value),
  mlp: plain(record),
  decoder: oneOf('decoder', decoderOutputs),
  standardise: flag,
  settings: plain(record),
  device: oneOf('device', deviceRequests),
  workers: integer(1, 1024),
  seed: integer(0),
  onProgress: callback,
}

/** Options with defaults: those that have one are there. */
export type Complete<Options, Defaults> = Options & {
  readonly [K in keyof Defaults & keyof Options]-?: NonNullable<Options[K]>
}

/** Two detectors, and how they are trained on a data set. */
export interface Pair {
  readonly baseline: Objective
  readonly candidate: Objective
  readonly settings: TrainingSettings
}

/** Options of a study as checked: the pair in the place of what named it. */
export type Checked<Options extends PairOptions, Defaults> = Complete<Omit<Given<Options>, keyof Pair>, Defaults> & Pair

/**
 * Options whose table and network, where they have some, are copies of the caller's. Errors: `DETACHED`, `OUT_OF_MEMORY`, and those of
 * `requireNetwork`.
 */
export function withOwnData<T extends Pick<PairOptions, 'dataset' | 'network'>>(given: T): T {
  const { dataset, network } = given
  return {
    ...given,
    ...(typeof dataset !== 'string' && { dataset: copyTable(dataset) }),
    ...(network !== undefined && { network: ownNetwork(network) }),
  }
}

/**
 * Completes options that passed {@link pairChecks}. Errors: `WRONG_TYPE`, `UNKNOWN_NAME`,
 * `OUT_OF_RANGE` for a detector that is both baseline and candidate, and for settings.
 */
export function pairOf({ dataset, baseline, candidate, settings }: PairOptions): Pair {
  const pair = {
    baseline: detector(baseline ?? pairDefaults.baseline),
    candidate: detector(candidate ?? pairDefaults.candidate),
  }
  if (pair.baseline.name === pair.candidate.name) {
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      `baseline and candidate must be different detectors, both are '${pair.baseline.name}'`,
    )
  }
  return { ...pair, settings: chosenSettings(publishedFor(dataset).settings, settings) }
}

/** What the paper trains on a data set; of a table of the caller's, what suits one. */
function publishedFor(dataset: PairOptions['dataset']): PublishedTraining {
  return publishedTraining(typeof dataset === 'string' ? dataset : undefined)
}

/** The network and its output, for samples of a shape. Errors: `SHAPE_MISMATCH`, `OUT_OF_RANGE`. */
export function networkOf(
  { dataset, network, mlp, decoder }: Pick<PairOptions, 'dataset' | 'network' | 'mlp' | 'decoder'>,
  { sample, name }: { readonly sample: readonly number[]; readonly name: string },
): TakenNetwork & { readonly decoder: DecoderOutput } {
  const published = publishedFor(dataset)
  const table = typeof dataset === 'string' ? {} : dataset
  return {
    ...takenNetwork({ network, mlp }, { ...table, published: published.network, sample, name }),
    decoder: decoder ?? published.decoder,
  }
}

/**
 * Loads the data set of a study, or makes one of the caller's table, with raw features. Several normal classes are one, and
 * `defaults.normal` is the class that counts as normal. Errors: those of `loadDataset`, `tableDataset` and `unionName`.
 */
export async function studyDataset(study: Omit<PairOptions, 'settings'>): Promise<Dataset> {
  const { dataset: asked, normal, dataDir, share, dataSeed, signal } = study
  if (typeof asked !== 'string') return rawDataset(asked, { normal, share, dataSeed })
  const dataset = await loadDataset(asked, { dataDir, share, dataSeed, signal })
  const named = normal ?? dataset.defaults.normal
  return { ...mergeClasses(dataset, named), defaults: { ...dataset.defaults, normal: unionName(dataset, named) } }
}

/** What the caller's table calls the features; those of a data set by name are x1, x2, … */
export function featureNamesOf({ dataset: asked }: Pick<PairOptions, 'dataset'>, dataset: Dataset): readonly string[] {
  return (typeof asked === 'string' ? tableOf(dataset) : asked).featureNames
}

/** Over which samples a study standardises the features of the data it has loaded, or null where it leaves them. */
export function standardisationOf(
  { dataset, standardise: asked }: Pick<PairOptions, 'dataset' | 'standardise'>,
  { standardisation }: Pick<Dataset, 'standardisation'>,
  split: SplitKind,
): StandardisedOver | null {
  const usual = typeof dataset !== 'string' || standardisation !== undefined
  return (asked ?? usual) ? overOf(dataset, split) : null
}

/**
 * The data set as it is described: with features standardised over all samples, with raw ones, or, where every run
 * standardises for itself, over the normal class; gaps are filled over that class, too. `raw` has the raw ones, where they differ.
 */
export function scaledAs(over: StandardisedOver | null, dataset: Dataset): Dataset {
  const { standardisation, raw, ...others } = dataset
  if (over === 'training-normals') return preparedOverNormals(dataset)
  if (over === null && dataset.gaps !== undefined) return preparedOverNormals(dataset, false)
  if ((over === null) === (standardisation === undefined)) return dataset
  if (over === null) return { ...others, features: raw ?? dataset.features }
  return { ...others, ...standardise(dataset.features, sampleSize(dataset)), raw: dataset.features }
}

/** A study's data set as it is described where there is no study. Errors: those of `studyDataset`. */
export async function describedDataset(study: Omit<PairOptions, 'settings'>): Promise<Dataset> {
  const loaded = await studyDataset(study)
  return scaledAs(standardisationOf(study, loaded, 'published'), loaded)
}

/** What a reader has to know of samples that were computed, and of a decoder that cannot reproduce its features. */
export function settingWarnings(
  { baseline, candidate }: Pair,
  {
    name,
    simulated,
    features,
    standardisedOver,
    decoder,
  }: Pick<Dataset, 'name' | 'simulated' | 'features'> & {
    readonly standardisedOver: StandardisedOver | null
    readonly decoder: DecoderOutput
  },
): string[] {
  const warnings = simulated ? [simulatedWarning(name)] : []
  const affected = [baseline, candidate].filter(({ distance }) => distance === 'reconstruction')
  if (decoder === 'identity' || affected.length === 0 || isInUnitInterval(features)) return warnings
  const titles = affected.map(({ title }) => title).join(' and ')
  return [
    ...warnings,
    `a sigmoid decoder cannot reproduce ${standardisedOver === null ? '' : 'standardised '}features outside (0, 1), which decides what ${titles} ${affected.length === 1 ? 'detects' : 'detect'}. ` +
      "It is the published setting. The sound one is decoder 'identity'",
  ]
}

/** The warning of simulated samples. */
export function simulatedWarning(dataset: string): string {
  return `the samples of ${dataset} are simulated, not measured: its figures say nothing of real measurements`
}
