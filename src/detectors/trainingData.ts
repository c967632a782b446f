import { pickOptions, requireKnown } from '../check.js'
import { type Dataset, type DatasetOptions, datasetChecks } from '../data/dataset.js'
import { type DatasetName, loadDataset } from '../data/datasets.js'
import { heldOutSplit } from '../data/splits/heldOutSplit.js'
import { mergeClasses, type NormalClasses, requireAnomalous, unionName } from '../data/splits/normalClasses.js'
import { type SplitKind, splitKinds } from '../data/splits/splitKind.js'
import { makeSplit, type Split } from '../data/splits/splits.js'
import { guessedNormal, type LabelledTable, requireTable, tableOf } from '../data/tables/labelledTable.js'
import { shareOfTable } from '../data/tables/tableDataset.js'
import { ScoringBiasError } from '../errors.js'
import { detector, detectorNames } from './detectors.js'

/** What of a table to train on. */
export interface TrainingDataOptions extends DatasetOptions {
  /** A data set by name, or a table of the caller's. */
  readonly data: DatasetName | LabelledTable
  /** The normal class, or several that count as one. Default: the data set's; in other tables `0` or `normal`. */
  readonly normal?: NormalClasses | undefined
  /**
   * The classes that labelled anomalies are drawn from. Default: the data set's; in other tables every class but the
   * normal one. A detector that learns from normal samples only does not see them; where they are named all the same, the
   * samples drawn are set aside, so that it is tested on what a detector that learns from them is.
   */
  readonly anomalies?: readonly string[] | undefined
  /** Default: `published` for data sets with a name, `held-out` for other tables. */
  readonly split?: SplitKind | undefined
}

/** A table and its rows by what they are used for. */
export interface TrainingData extends Split {
  readonly table: LabelledTable
  /** Whether the features are such as should be standardised before a network sees them. */
  readonly standardised: boolean
  readonly kind: SplitKind
  readonly normal: string
  /** Classes of labelled anomalies. */
  readonly anomalies: readonly string[]
}

/** Errors: `UNKNOWN_NAME`, `UNKNOWN_CLASS`, `EMPTY_SAMPLE`, `OUT_OF_RANGE`, and those of `requireTable` and `loadDataset`. */
export async function trainingData(name: string, seed: number, options: TrainingDataOptions): Promise<TrainingData> {
  const [dataset, loaded] = await read(options.data, options)
  requireTable(loaded)
  const kind = requireKnown('split', options.split ?? (dataset ? 'published' : 'held-out'), splitKinds)
  const named = options.normal ?? dataset?.defaults.normal ?? guessedNormal(loaded)
  const normal = unionName(loaded, named)
  const table = mergeClasses(loaded, named)
  const supervised = detector(name).anomalyLoss !== undefined
  const others = table.classes.filter((one) => one !== normal)
  const anomalies = options.anomalies ?? (dataset ? [dataset.defaults.anomaly] : supervised ? others : [])
  requireAnomalous(named, anomalies)
  if (supervised && anomalies.length === 0) throw noAnomalies(name, table)
  const common = {
    table,
    standardised: dataset === undefined || dataset.standardisation !== undefined,
    kind,
    normal,
    anomalies,
  }
  if (kind === 'held-out') return { ...heldOutSplit(table, { normal, anomaly: anomalies, seed }), ...common }

  const [anomaly, more] = anomalies
  if (anomaly === undefined || more !== undefined) {
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      `the published split takes one class of labelled anomalies, got ${anomalies.length}; split 'held-out' takes any number`,
    )
  }
  return {
    ...makeSplit({ ...dataset, ...table }, { normal, anomaly, run: 0, seed }),
    ...common,
  }
}

async function read(
  data: TrainingDataOptions['data'],
  options: DatasetOptions,
): Promise<[dataset: Dataset | undefined, table: LabelledTable]> {
  if (typeof data !== 'string') return [undefined, shareOfTable(data, options)]
  const dataset = await loadDataset(data, pickOptions(options, datasetChecks))
  return [dataset, tableOf(dataset)]
}

function noAnomalies(name: string, table: LabelledTable): ScoringBiasError {
  const without = detectorNames.filter((one) => detector(one).anomalyLoss === undefined).join(' or ')
  return new ScoringBiasError(
    'EMPTY_SAMPLE',
    `detector '${name}' learns from labelled anomalies, and ${table.name} has none: give a column of labels, ` +
      `or take ${without}, which learn from normal samples only`,
  )
}
