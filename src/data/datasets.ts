import { at, requireKnown, requireOptions } from '../check.js'
import { type Dataset, type DatasetInfo, type DatasetOptions, datasetChecks } from './core/dataset.js'
import type { DataSource, PublishedUse } from './core/source.js'
import { fashionMnist } from './sets/fashionMnist.js'
import { spectrum } from './sets/spectrum.js'
import { statlog } from './sets/statlog.js'
import { synthetic } from './sets/synthetic.js'
import { type LabelledTable, tableOf } from './tables/labelledTable.js'

/** Every data set there is: a new one is a file in `sets` and a name here. */
export const dataSources = [synthetic, statlog, fashionMnist, spectrum] as const

export type DatasetName = (typeof dataSources)[number]['info']['name']

/** The names that {@link loadDataset} knows. */
export const datasetNames: readonly DatasetName[] = dataSources.map(({ info }) => info.name)

/** A data set's source. Errors: `UNKNOWN_NAME`, listing those known, `WRONG_TYPE`. */
export function dataSource(name: string): DataSource {
  const names: readonly string[] = dataSources.map(({ info }) => info.name)
  return at<DataSource>(dataSources, names.indexOf(requireKnown('data set', name, names)))
}

/** What is known of a data set without reading it. Errors: `UNKNOWN_NAME`, listing those known, `WRONG_TYPE`. */
export function datasetInfo(name: string): DatasetInfo {
  return dataSource(name).info
}

/**
 * What the paper and its reference program do with a data set; undefined where it is not the paper's.
 * Errors: `UNKNOWN_NAME`, listing those known, `WRONG_TYPE`.
 */
export function publishedUse(name: string): PublishedUse | undefined {
  return dataSource(name).published
}

/**
 * Loads a data set by name. Errors: `UNKNOWN_NAME`, listing those known, `OUT_OF_RANGE`, `WRONG_TYPE`, and the loader's
 * own.
 */
export async function loadDataset(name: string, options: DatasetOptions = {}): Promise<Dataset> {
  return dataSource(name).load(requireOptions('loadDataset', options, datasetChecks))
}

/** Loads a data set's features, not standardised, and labels, as `train` takes them. Errors: as {@link loadDataset}. */
export async function loadTable(name: string, options: DatasetOptions = {}): Promise<LabelledTable> {
  return tableOf(await loadDataset(name, options))
}
