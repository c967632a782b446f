import { basename } from 'node:path'
import { at, type OptionChecks, requireInteger, requireOptions } from '../check.js'
import { ScoringBiasError } from '../errors.js'
import { type ColumnScale, columnScale, scaled } from './core/columnScale.js'
import {
  classRows,
  type Dataset,
  type DatasetOptions,
  datasetChecks,
  sampleSize,
  shareCheck,
  takeShare,
} from './core/dataset.js'
import { mergeClasses, type NormalClasses, normalCheck, unionName } from './splits/normalClasses.js'
import { usualRule } from './splits/splits.js'
import { gapsOf, guessedNormal, type LabelledTable, requireTable } from './tables/labelledTable.js'

/** Options of {@link tableDataset}. */
export interface TableDatasetOptions extends Pick<DatasetOptions, 'share' | 'dataSeed'> {
  /** The normal class, or several that count as one. Default: the class `0` or `normal`. */
  readonly normal?: NormalClasses | undefined
}

export const tableDatasetChecks: OptionChecks<TableDatasetOptions> = {
  share: datasetChecks.share,
  dataSeed: datasetChecks.dataSeed,
  normal: normalCheck,
}

/**
 * A table of the user's as a data set, to be described: features z-scored per column over the samples of the normal class,
 * so that no anomaly changes how far other classes lie apart. (A study standardises the raw features anew for every run,
 * over the normal samples that it trains on.) The labelled anomalies of a study that names none are of the first class
 * that is not normal.
 *
 * Errors: those of `requireTable` and `unionName`, `UNKNOWN_CLASS` where nothing says which class is normal, `EMPTY_SAMPLE`
 * where that class has no samples, `OUT_OF_RANGE`.
 */
export function tableDataset(table: LabelledTable, options: TableDatasetOptions = {}): Dataset {
  return preparedOverNormals(rawDataset(table, requireOptions('tableDataset', options, tableDatasetChecks)))
}

/** A table of the user's as a data set of its raw features. Errors: those of `tableDataset`. */
export function rawDataset(table: LabelledTable, asked: TableDatasetOptions): Dataset {
  requireTable(table)
  const { attribution, simulated = false, featureNames } = table
  const named = asked.normal ?? guessedNormal(table)
  const normal = unionName(table, named)
  const { classes, features, labels } = mergeClasses(shareOfTable(table, asked), named)
  const name = basename(table.name)
  const gaps = gapsOf(table)
  return {
    name,
    title: name,
    attribution,
    simulated,
    defaults: { normal, anomaly: classes.find((one) => one !== normal) ?? '' },
    sample: [...(table.sample ?? [featureNames.length])],
    classes: [...classes],
    counts: classes.map((_, i) => labels.reduce((n, label) => n + Number(label === i), 0)),
    split: usualRule,
    distance: 'euclidean',
    labels,
    features,
    ...(gaps && { gaps }),
  }
}

/**
 * A data set with its gaps filled and, unless not wanted, its raw features z-scored per column, over its normal class. Errors: `EMPTY_SAMPLE`
 * where that is empty, or has a feature in no sample.
 */
export function preparedOverNormals(dataset: Dataset, standardised = true): Dataset {
  const { name, classes, defaults } = dataset
  const rows = classRows(dataset, classes.indexOf(defaults.normal))
  if (rows.length === 0)
    throw new ScoringBiasError(
      'EMPTY_SAMPLE',
      `${name} has no samples of the normal class '${defaults.normal}'. Name another class as normal`,
    )
  return scaledByRows(dataset, rows, standardised).dataset
}

/** A data set with its raw features prepared over some rows, and how: gaps filled and, unless not wanted, z-scored per column. */
export function scaledByRows(
  dataset: Dataset,
  rows: Uint32Array,
  standardised = true,
): { dataset: Dataset; scale: ColumnScale } {
  const { raw = dataset.features, gaps } = dataset
  const scale = columnScale(raw, sampleSize(dataset), rows, { gaps, standardised })
  const standardisation = { mean: Float64Array.from(scale.mean), sd: Float64Array.from(scale.sd) }
  return { dataset: { ...dataset, features: scaled(raw, scale), ...(standardised && { standardisation }), raw }, scale }
}

/** A share of every class of a table; all of it is the table itself. Errors: `OUT_OF_RANGE`, `WRONG_TYPE`. */
export function shareOfTable(
  table: LabelledTable,
  { share = 1, dataSeed = 0 }: Pick<DatasetOptions, 'share' | 'dataSeed'>,
): LabelledTable {
  shareCheck('share', share)
  requireInteger('dataSeed', dataSeed, 0)
  if (share === 1) return table
  const size = table.featureNames.length
  const rows = takeShare(table.labels, share, dataSeed)
  const features = new Float32Array(rows.length * size)
  for (const [i, row] of rows.entries()) features.set(table.features.subarray(row * size, (row + 1) * size), i * size)
  return { ...table, features, labels: Uint8Array.from(rows, (row) => at(table.labels, row)) }
}
