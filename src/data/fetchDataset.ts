import { abortSignal, callback, type OptionChecks, requireOptions, text } from '../check.js'
import type { FetchDatasetOptions, FetchedDataset } from './core/source.js'
import { dataSource } from './datasets.js'

const checks: OptionChecks<FetchDatasetOptions> = { from: text, to: text, signal: abortSignal, onProgress: callback }

/**
 * Brings a data set onto this machine, once: what is there already, in Debian's package or in the cache, is checked and
 * not downloaded again. A download that was interrupted goes on where it stopped; each file is checked before it takes its
 * name.
 *
 * StatLog comes with this package, synthetic samples and spectrograms are simulated: there is nothing to fetch.
 *
 * Errors: `UNKNOWN_NAME`, `WRONG_TYPE`, `NO_DATA` where the server cannot be reached, with the other ways to get the files,
 * `NO_SPACE`, `BAD_FILE` where what arrived is not the file published or the folder cannot be made, `ABORTED`.
 */
export async function fetchDataset(name: string, options: FetchDatasetOptions = {}): Promise<FetchedDataset> {
  const { fetch = async () => ({ folder: null, downloaded: [] }) } = dataSource(name)
  return { name, ...(await fetch(requireOptions('fetchDataset', options, checks))) }
}
