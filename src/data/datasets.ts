import { requireInteger, requireKnown } from '../check.js'
import type { Dataset, DatasetInfo, DatasetOptions } from './dataset.js'
import { fashionMnistInfo, loadFashionMnist } from './sets/fashionMnist.js'
import { loadSpectrum, spectrumInfo } from './sets/spectrum.js'
import { loadStatlog, statlogInfo } from './sets/statlog.js'
import { loadSynthetic, syntheticInfo } from './sets/syntheticDataset.js'
import { requireShare } from './splits/takeShare.js'
import { type LabelledTable, tableOf } from './tables/labelledTable.js'

/** The names that {@link loadDataset} knows. */
export const datasetNames = ['synthetic', 'statlog', 'fashion-mnist', 'spectrum'] as const

export type DatasetName = (typeof datasetNames)[number]

interface Source {
  readonly info: DatasetInfo
  readonly load: (options: DatasetOptions) => Promise<Dataset>
}

const sources: Record<DatasetName, Source> = {
  synthetic: { info: syntheticInfo, load: loadSynthetic },
  statlog: { info: statlogInfo, load: loadStatlog },
  'fashion-mnist': { info: fashionMnistInfo, load: loadFashionMnist },
  spectrum: { info: spectrumInfo, load: loadSpectrum },
}

/** What is known of a data set without reading it. Errors: `UNKNOWN_NAME`, listing those known. */
export function datasetInfo(name: string): DatasetInfo {
  return sources[requireKnown('data set', name, datasetNames)].info
}

/**
 * Loads a data set by name. Errors: `UNKNOWN_NAME`, listing those known, `OUT_OF_RANGE`, `WRONG_TYPE`, and the loader's
 * own.
 */
export async function loadDataset(name: string, options: DatasetOptions = {}): Promise<Dataset> {
  const source = sources[requireKnown('data set', name, datasetNames)]
  if (options.share !== undefined) requireShare(options.share)
  if (options.dataSeed !== undefined) requireInteger('dataSeed', options.dataSeed, 0)
  return source.load(options)
}

/** Loads a data set's features, not standardised, and labels, as `train` takes them. Errors: as {@link loadDataset}. */
export async function loadTable(name: string, options: DatasetOptions = {}): Promise<LabelledTable> {
  return tableOf(await loadDataset(name, options))
}
