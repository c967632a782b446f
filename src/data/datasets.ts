import { abortSignal, at, callback, plainCopy, requireKnown, requireOptions, text } from '../check.js'
import { frozen } from '../frozen.js'
import { type Dataset, type DatasetInfo, type DatasetOptions, datasetChecks } from './core/dataset.js'
import type { DataSource, FetchDatasetOptions, FetchedDataset, PublishedUse, VerifiedFile } from './core/source.js'
import { fashionMnist } from './sets/fashionMnist.js'
import { spectrum } from './sets/spectrum.js'
import { statlog } from './sets/statlog.js'
import { synthetic } from './sets/synthetic.js'
import { type LabelledTable, tableOf } from './tables/labelledTable.js'

/** Every data set there is: a new one is a file in `sets` and a name here. */
export const dataSources = [synthetic, statlog, fashionMnist, spectrum] as const

/** The name of a data set. */
export type DatasetName = (typeof dataSources)[number]['info']['name']

/** The names that {@link loadDataset} knows. */
export const datasetNames: readonly DatasetName[] = frozen(dataSources.map(({ info }) => info.name))

/** A data set's source. Errors: `UNKNOWN_NAME`, listing those known, `WRONG_TYPE`. */
export function dataSource(name: string): DataSource {
  const names: readonly string[] = dataSources.map(({ info }) => info.name)
  return at<DataSource>(dataSources, names.indexOf(requireKnown('data set', name, names)))
}

/** The files of the user's that a data set would be read from. Errors: `UNKNOWN_NAME`, listing those known, `WRONG_TYPE`. */
export function filesOfDataset(name: string, dataDir: string | undefined): readonly string[] {
  return dataSource(name).files?.(dataDir) ?? []
}

/** What is known of a data set without reading it. Errors: `UNKNOWN_NAME`, listing those known, `WRONG_TYPE`. */
export function datasetInfo(name: string): DatasetInfo {
  return plainCopy(dataSource(name).info)
}

/**
 * What the paper and its reference program do with a data set; undefined where it is not the paper's.
 * Errors: `UNKNOWN_NAME`, listing those known, `WRONG_TYPE`.
 */
export function publishedUse(name: string): PublishedUse | undefined {
  return plainCopy(dataSource(name).published)
}

/**
 * Loads a data set by name; what it returns is the caller's. Errors: `UNKNOWN_NAME`, listing those known, `OUT_OF_RANGE`, `WRONG_TYPE`, and the loader's
 * own.
 */
export async function loadDataset(name: string, options: DatasetOptions = {}): Promise<Dataset> {
  return plainCopy(await dataSource(name).load(requireOptions('loadDataset', options, datasetChecks)))
}

/** Loads a data set's features, not standardised, and labels, as `train` takes them. Errors: as {@link loadDataset}. */
export async function loadTable(name: string, options: DatasetOptions = {}): Promise<LabelledTable> {
  return tableOf(await loadDataset(name, options))
}

/** A data set and where it is. */
export interface DataStatus extends DatasetInfo {
  /** A folder, `with this package`, `simulated`, or undefined where its files are not on this machine. */
  readonly where: string | undefined
}

/** Where a data set is looked for. */
export type DataPlace = Pick<DatasetOptions, 'dataDir'>

const placeChecks = { dataDir: datasetChecks.dataDir }

/** Says where a data set would be read from. Nothing is read. Errors: `UNKNOWN_NAME`, `WRONG_TYPE`. */
export function dataStatus(name: string, options: DataPlace = {}): DataStatus {
  const { info, where: find } = dataSource(name)
  const where = find(requireOptions('dataStatus', options, placeChecks).dataDir)
  return { ...plainCopy(info), simulated: where === 'simulated', where }
}

/**
 * Reads all of a data set's files and checks them: StatLog and Fashion-MNIST by SHA-256, measured spectrograms by shape and
 * range. Simulated ones have no files.
 *
 * Errors: `UNKNOWN_NAME`, `WRONG_TYPE`, `NO_DATA`, and `BAD_FILE`, `OUT_OF_RANGE` or `NOT_A_NUMBER` for the first file that
 * is wrong.
 */
export async function verifyDataset(name: string, options: DataPlace = {}): Promise<VerifiedFile[]> {
  return dataSource(name).verify(requireOptions('verifyDataset', options, placeChecks).dataDir)
}

const fetchChecks = { from: text, to: text, signal: abortSignal, onProgress: callback }

/**
 * Brings a data set onto this machine, once: what is there already, in Debian's package or in the cache, is checked and
 * not downloaded again. A download that was interrupted goes on where it stopped; each file is checked before it takes its
 * name. One call at a time downloads to a folder, whatever process it is of: others wait. User and password of `from` are
 * sent to the server and shown nowhere.
 *
 * StatLog comes with this package, synthetic samples and spectrograms are simulated: there is nothing to fetch.
 *
 * Errors: `UNKNOWN_NAME`, `WRONG_TYPE`, `NO_DATA` where the server cannot be reached, with the other ways to get the files,
 * `NO_SPACE`, `BAD_FILE` where what arrived is not the file published, or longer, or the folder cannot be used, `OUT_OF_RANGE`
 * for a `from` that is no address of HTTP, `ABORTED`.
 */
export async function fetchDataset(name: string, options: FetchDatasetOptions = {}): Promise<FetchedDataset> {
  const { fetch = async () => ({ folder: null, downloaded: [] }) } = dataSource(name)
  return { name, ...(await fetch(requireOptions('fetchDataset', options, fetchChecks))) }
}
