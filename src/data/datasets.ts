import { requireKnown } from '../check.js'
import type { Dataset } from './dataset.js'
import type { LabelledTable } from './labelledTable.js'
import { loadStatlog, loadStatlogTable } from './statlog.js'

/** The names that {@link loadDataset} knows. */
export const datasetNames = ['statlog'] as const

export type DatasetName = (typeof datasetNames)[number]

const loaders: Record<DatasetName, () => Promise<Dataset>> = { statlog: loadStatlog }

const tables: Record<DatasetName, () => Promise<LabelledTable>> = { statlog: loadStatlogTable }

/** Loads a data set by name. Errors: `UNKNOWN_NAME`, listing those known, and the loader's own. */
export async function loadDataset(name: string): Promise<Dataset> {
  return loaders[requireKnown('data set', name, datasetNames)]()
}

/** Loads a data set's raw features and labels, as `train` takes them. Errors: as {@link loadDataset}. */
export async function loadTable(name: string): Promise<LabelledTable> {
  return tables[requireKnown('data set', name, datasetNames)]()
}
