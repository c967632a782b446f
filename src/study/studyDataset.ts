import { pickOptions } from '../check.js'
import { type Dataset, type DatasetOptions, datasetChecks } from '../data/dataset.js'
import { loadDataset } from '../data/datasets.js'
import { mergeClasses, unionName } from '../data/splits/normalClasses.js'
import { type TableDatasetOptions, tableDataset, tableDatasetChecks } from '../data/tables/tableDataset.js'
import type { StudyOptions } from './types.js'

/**
 * Loads the data set of a study, or makes one of the caller's table. Several normal classes are one, and `defaults.normal`
 * is the class that counts as normal. Errors: those of `loadDataset`, `tableDataset` and `unionName`.
 */
export async function studyDataset(study: StudyOptions, signal: AbortSignal | undefined): Promise<Dataset> {
  if (typeof study.dataset !== 'string')
    return tableDataset(study.dataset, pickOptions<TableDatasetOptions>(study, tableDatasetChecks))
  const dataset = await loadDataset(study.dataset, { ...pickOptions<DatasetOptions>(study, datasetChecks), signal })
  const { normal = dataset.defaults.normal } = study
  return {
    ...mergeClasses(dataset, normal),
    defaults: { ...dataset.defaults, normal: unionName(dataset, normal) },
  }
}
