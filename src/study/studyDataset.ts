import { type Dataset, sampleSize, standardise } from '../data/core/dataset.js'
import { loadDataset } from '../data/datasets.js'
import { mergeClasses, unionName } from '../data/splits/normalClasses.js'
import { tableDataset } from '../data/tableDataset.js'
import type { PairOptions } from './pairOptions.js'

/**
 * Loads the data set of a study, or makes one of the caller's table. Several normal classes are one, and `defaults.normal`
 * is the class that counts as normal. Errors: those of `loadDataset`, `tableDataset` and `unionName`.
 */
export async function studyDataset(study: Omit<PairOptions, 'settings'>): Promise<Dataset> {
  const { dataset: asked, normal, dataDir, share, dataSeed, signal } = study
  if (typeof asked !== 'string') return scaledAs(study, tableDataset(asked, { normal, share, dataSeed }))
  const dataset = await loadDataset(asked, { dataDir, share, dataSeed, signal })
  const named = normal ?? dataset.defaults.normal
  return scaledAs(study, {
    ...mergeClasses(dataset, named),
    defaults: { ...dataset.defaults, normal: unionName(dataset, named) },
  })
}

/** The data set with its features standardised, or as they are, where the study says which. */
export function scaledAs({ standardise: asked }: Pick<PairOptions, 'standardise'>, dataset: Dataset): Dataset {
  const { standardisation, raw, ...others } = dataset
  if (asked === undefined || asked === (standardisation !== undefined)) return dataset
  if (!asked) return { ...others, features: raw ?? dataset.features }
  return { ...others, ...standardise(dataset.features, sampleSize(dataset)), raw: dataset.features }
}
