import { requireOptions } from '../check.js'
import { type DatasetInfo, type DatasetOptions, datasetChecks } from './core/dataset.js'
import type { VerifiedFile } from './core/source.js'
import { dataSource } from './datasets.js'

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
  return { ...info, simulated: where === 'simulated', where }
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
