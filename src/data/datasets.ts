import { requireKnown } from '../check.js'
import type { Dataset } from './dataset.js'
import { loadStatlog } from './statlog.js'

/** The names that {@link loadDataset} knows. */
export const datasetNames = ['statlog'] as const

export type DatasetName = (typeof datasetNames)[number]

const loaders: Record<DatasetName, () => Promise<Dataset>> = { statlog: loadStatlog }

/** Loads a data set by name. Errors: `UNKNOWN_NAME`, listing those known, and the loader's own. */
export async function loadDataset(name: string): Promise<Dataset> {
  return loaders[requireKnown('data set', name, datasetNames)]()
}
