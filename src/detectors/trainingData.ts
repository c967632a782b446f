import { type OptionChecks, oneOf, plain, required, wrongType } from '../check.js'
import { counted } from '../counted.js'
import { classRows, type DatasetOptions, datasetChecks } from '../data/core/dataset.js'
import { type DatasetName, loadDataset } from '../data/datasets.js'
import {
  type Anomalies,
  type AnomalyClasses,
  type AnomalyShare,
  anomalyClassesCheck,
  mixtureOf,
} from '../data/splits/anomalyMixture.js'
import { fewestAnomalies, heldOutSplit, ownOrder } from '../data/splits/heldOutSplit.js'
import {
  mergeClasses,
  type NormalClasses,
  normalCheck,
  requireAnomalous,
  unionName,
} from '../data/splits/normalClasses.js'
import { type SplitKind, splitKinds } from '../data/splits/splitKind.js'
import { makeSplit, type Split } from '../data/splits/splits.js'
import { shareOfTable } from '../data/tableDataset.js'
import { guessedNormal, type LabelledTable, requireTable, tableOf } from '../data/tables/labelledTable.js'
import { ScoringBiasError } from '../errors.js'
import { alikeWarnings } from '../scores/alikeNames.js'
import { detectors } from './detectors.js'
import { learnsFromAnomalies, type Objective } from './objectives/objective.js'

/** What `train` sets a threshold on where nobody says: samples that tell of new ones. */
export const trainSplit: SplitKind = 'held-out'

/** What of a table to train on. */
export interface TrainingDataOptions extends DatasetOptions {
  /** A data set by name, or a table of the caller's. */
  readonly data: DatasetName | LabelledTable
  /** The normal class, or several that count as one. Default: the data set's; in other tables `0` or `normal`. */
  readonly normal?: NormalClasses | undefined
  /**
   * The class that labelled anomalies are drawn from; several, drawn from as one; or several with their shares. Default: the
   * data set's; in other tables every class but the normal one, if it has two samples or more. A detector that learns from normal samples only does not see
   * them; where they are named all the same, the samples drawn are set aside, so that it is tested on what a detector that
   * learns from them is.
   */
  readonly anomaly?: AnomalyClasses | undefined
  /** Default `held-out`. With `published` more normal samples than the target may be flagged, see {@link SplitKind}. */
  readonly split?: SplitKind | undefined
}

export const trainingDataChecks: OptionChecks<TrainingDataOptions> = {
  data: required((name, value) => {
    const isList = Array.isArray(value) || ArrayBuffer.isView(value)
    if (typeof value === 'string' || (typeof value === 'object' && value !== null && !isList)) return
    throw wrongType(name, 'the name of a data set, or a table', value)
  }),
  ...datasetChecks,
  normal: normalCheck,
  anomaly: plain(anomalyClassesCheck),
  split: oneOf('split', splitKinds),
}

/** A table and its rows by what they are used for. */
export interface TrainingData extends Split {
  readonly table: LabelledTable
  /** Shape of one sample. */
  readonly sample: readonly number[]
  /** Whether the features are such as should be standardised before a network sees them. */
  readonly standardised: boolean
  readonly kind: SplitKind
  readonly normal: string
  readonly labelled: Labelled
  /** Of classes that are hardly told apart. */
  readonly warnings: readonly string[]
}

/** The classes of labelled anomalies, and their shares unless they are drawn from as one. */
interface Labelled {
  readonly classes: readonly string[]
  readonly mixture?: readonly AnomalyShare[]
}

/**
 * Errors: `UNKNOWN_NAME`, `UNKNOWN_CLASS`, `EMPTY_SAMPLE`, `OUT_OF_RANGE`, `WRONG_TYPE`, and those of `requireTable` and
 * `loadDataset`.
 *
 * @param options checked by `trainingDataChecks`
 */
export async function trainingData(
  objective: Objective,
  seed: number,
  options: TrainingDataOptions,
): Promise<TrainingData> {
  const { dataset, loaded } = await read(options)
  const { split: kind = trainSplit } = options
  const named = options.normal ?? dataset?.defaults.normal ?? guessedNormal(loaded)
  const normal = unionName(loaded, named)
  const table = mergeClasses(loaded, named)
  const supervised = learnsFromAnomalies(objective)
  const usual = dataset?.defaults.anomaly ?? (supervised ? usualAnomalies(table, normal) : [])
  const labelled = labelledOf(options.anomaly ?? usual, table)
  requireAnomalous(named, labelled.classes)
  if (supervised && labelled.classes.length === 0) throw noAnomalies(objective.name, table, options.anomaly)
  return {
    ...(kind === 'held-out'
      ? heldOutSplit(table, { normal, anomaly: labelled.mixture ?? labelled.classes, seed })
      : makeSplit({ ...dataset, ...table }, { normal, anomaly: publishedAnomaly(labelled), run: 0, seed })),
    table,
    sample: dataset?.sample ?? table.sample ?? [table.featureNames.length],
    standardised: dataset === undefined || dataset.standardisation !== undefined,
    kind,
    normal,
    labelled,
    warnings: alikeWarnings(loaded.classes, [named].flat()),
  }
}

/** The classes that labelled anomalies are drawn from where nobody names one: of which samples can be trained on and tested, or else all. */
function usualAnomalies({ classes, labels }: LabelledTable, normal: string): readonly string[] {
  const others = classes.filter((name) => name !== normal)
  const enough = others.filter((name) => classRows({ labels }, classes.indexOf(name)).length >= fewestAnomalies)
  return enough.length > 0 ? enough : others
}

async function read({ data, ...options }: TrainingDataOptions) {
  const { dataDir, share, dataSeed, signal } = options
  if (typeof data !== 'string') {
    requireTable(data)
    return { dataset: undefined, loaded: shareOfTable(data, { share, dataSeed }) }
  }
  const dataset = await loadDataset(data, { dataDir, share, dataSeed, signal })
  const loaded = tableOf(dataset)
  requireTable(loaded)
  return { dataset, loaded }
}

/** Errors: `WRONG_TYPE`, and those of `mixtureOf`. */
function labelledOf(anomaly: AnomalyClasses, table: LabelledTable): Labelled {
  if (typeof anomaly === 'string') return { classes: [anomaly] }
  const names = anomaly.filter((one) => typeof one === 'string')
  if (names.length === anomaly.length) return { classes: ownOrder(names, table) }
  const shares = anomaly.filter((one) => typeof one === 'object' && one !== null)
  if (shares.length < anomaly.length)
    throw new ScoringBiasError(
      'WRONG_TYPE',
      'anomaly has weights for some classes and none for others. Give weights for all classes, or for none',
    )
  const mixture = mixtureOf(shares, table.classes)
  const own = mixture.map((one) => one.class)
  return own.length === 1 ? { classes: own } : { classes: own, mixture }
}

/** What the published split takes. Errors: `OUT_OF_RANGE` for several classes without shares. */
function publishedAnomaly({ classes, mixture }: Labelled): Anomalies {
  const [only, ...more] = classes
  if (mixture !== undefined) return mixture
  if (only !== undefined && more.length === 0) return only
  throw new ScoringBiasError(
    'OUT_OF_RANGE',
    `the split 'published' takes one class of labelled anomalies, or weights for several, got ${counted(classes.length, 'class', 'classes')}. ` +
      "Use the split 'held-out', which takes any number",
  )
}

function noAnomalies(name: string, table: LabelledTable, asked: AnomalyClasses | undefined): ScoringBiasError {
  const without = detectors
    .filter((one: Objective) => !learnsFromAnomalies(one))
    .map((one) => one.name)
    .join(' or ')
  const [what, way] =
    asked === undefined
      ? [`${table.name} has none`, 'Give a column of labels']
      : ['anomaly is []', 'Name a class in anomaly (--anomaly), or leave it out']
  return new ScoringBiasError(
    'EMPTY_SAMPLE',
    `detector '${name}' learns from labelled anomalies, and ${what}. ${way}, or use ${without}, which learn from normal samples only`,
  )
}
