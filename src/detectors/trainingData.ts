import { requireKnown } from '../check.js'
import { type DatasetName, loadDataset, loadTable } from '../data/datasets.js'
import { heldOutSplit } from '../data/heldOutSplit.js'
import { type LabelledTable, requireTable } from '../data/labelledTable.js'
import { makeSplit, type Split } from '../data/splits.js'
import { ScoringBiasError } from '../errors.js'
import { detector, detectorNames } from './detectors.js'

/**
 * What a detector's threshold is set on: `held-out` normal samples that training did not see, or, as `published`, all
 * normal samples, trained on or not.
 */
export type SplitKind = 'held-out' | 'published'
export const splitKinds: readonly SplitKind[] = ['held-out', 'published']

/** What of a table to train on. */
export interface TrainingDataOptions {
  /** An embedded data set by name, or a table of the caller's. */
  readonly data: DatasetName | LabelledTable
  /** The normal class. Default: the data set's; in other tables `0` or `normal`. */
  readonly normal?: string | undefined
  /**
   * The classes that labelled anomalies are drawn from. Default: the data set's; in other tables every class but the
   * normal one. A detector that learns from normal samples only does not see them; where they are named all the same, the
   * samples drawn are set aside, so that it is tested on what a detector that learns from them is.
   */
  readonly anomalies?: readonly string[] | undefined
  /** Default: `published` for embedded data sets, `held-out` for other tables. */
  readonly split?: SplitKind | undefined
}

/** A table and its rows by what they are used for. */
export interface TrainingData extends Split {
  readonly table: LabelledTable
  readonly kind: SplitKind
  readonly normal: string
  /** Classes of labelled anomalies. */
  readonly anomalies: readonly string[]
}

/** Errors: `UNKNOWN_NAME`, `UNKNOWN_CLASS`, `EMPTY_SAMPLE`, `OUT_OF_RANGE`, and those of `requireTable`. */
export async function trainingData(name: string, seed: number, options: TrainingDataOptions): Promise<TrainingData> {
  const { data } = options
  const table = typeof data === 'string' ? await loadTable(data) : data
  requireTable(table)
  const defaults = typeof data === 'string' ? (await loadDataset(data)).defaults : undefined
  const kind = requireKnown('split', options.split ?? (defaults ? 'published' : 'held-out'), splitKinds)
  const normal = options.normal ?? defaults?.normal ?? guessedNormal(table)
  const supervised = detector(name).anomalyLoss !== undefined
  const others = table.classes.filter((one) => one !== normal)
  const anomalies = options.anomalies ?? (defaults ? [defaults.anomaly] : supervised ? others : [])
  if (supervised && anomalies.length === 0) throw noAnomalies(name, table)
  if (kind === 'held-out')
    return { ...heldOutSplit(table, { normal, anomalies, seed }), table, kind, normal, anomalies }

  const [anomaly, more] = anomalies
  if (anomaly === undefined || more !== undefined) {
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      `the published split takes one class of labelled anomalies, got ${anomalies.length}; split 'held-out' takes any number`,
    )
  }
  return { ...makeSplit(table, { normal, anomaly, run: 0, seed }), table, kind, normal, anomalies }
}

function guessedNormal({ name, classes }: LabelledTable): string {
  const found = ['0', 'normal'].find((one) => classes.includes(one))
  if (found !== undefined) return found
  throw new ScoringBiasError(
    'UNKNOWN_CLASS',
    `${name}: say which class is normal; its classes are ${classes.slice(0, 20).join(', ')}`,
  )
}

function noAnomalies(name: string, table: LabelledTable): ScoringBiasError {
  const without = detectorNames.filter((one) => detector(one).anomalyLoss === undefined).join(' or ')
  return new ScoringBiasError(
    'EMPTY_SAMPLE',
    `detector '${name}' learns from labelled anomalies, and ${table.name} has none: give a column of labels, ` +
      `or take ${without}, which learn from normal samples only`,
  )
}
