import { join } from 'node:path'
import type { DatasetInfo } from './dataset.js'
import { type DatasetName, datasetInfo, loadDataset } from './datasets.js'
import {
  fashionMnistFiles,
  findFashionMnist,
  pathIn,
  readFashionMnistFile,
  requireFashionMnist,
} from './sets/fashionMnistFiles.js'
import { findMeasuredSpectrum } from './sets/measuredSpectrum.js'
import { spectrumClasses } from './sets/spectrumSimulator.js'
import { readStatlogText, statlogDigest } from './sets/statlog.js'

/** A data set and where it is. */
export interface DataStatus extends DatasetInfo {
  /** A folder, `with this package`, `simulated`, or undefined where its files are not on this machine. */
  readonly where: string | undefined
}

/** Says where a data set would be read from. Nothing is read. Errors: `UNKNOWN_NAME`. */
export function dataStatus(name: string, dataDir?: string): DataStatus {
  const info = datasetInfo(name)
  const places: Record<DatasetName, () => string | undefined> = {
    synthetic: () => 'simulated',
    statlog: () => 'with this package',
    'fashion-mnist': () => findFashionMnist(dataDir),
    spectrum: () => findMeasuredSpectrum(dataDir) ?? 'simulated',
  }
  const where = places[info.name as DatasetName]()
  return { ...info, simulated: where === 'simulated', where }
}

/** One file that was checked. */
export interface VerifiedFile {
  readonly path: string
  /** Of the file unpacked; undefined where none is known to compare with. */
  readonly sha256: string | undefined
}

/**
 * Reads all of a data set's files and checks them: StatLog and Fashion-MNIST by SHA-256, measured spectrograms by shape and
 * range. Simulated ones have no files.
 *
 * Errors: `UNKNOWN_NAME`, `NO_DATA`, and `BAD_FILE`, `OUT_OF_RANGE` or `NOT_A_NUMBER` for the first file that is wrong.
 */
export async function verifyDataset(name: string, dataDir?: string): Promise<VerifiedFile[]> {
  const verify: Record<DatasetName, () => Promise<VerifiedFile[]>> = {
    synthetic: async () => [],
    statlog: verifyStatlog,
    'fashion-mnist': async () => {
      const folder = requireFashionMnist(dataDir)
      return Promise.all(
        fashionMnistFiles.map(async (file) => {
          const path = pathIn(folder, file)
          await readFashionMnistFile(path, file)
          return { path, sha256: file.sha256 }
        }),
      )
    },
    spectrum: async () => {
      const folder = findMeasuredSpectrum(dataDir)
      if (folder === undefined) return []
      await loadDataset('spectrum', { dataDir })
      return spectrumClasses.map((one) => ({ path: join(folder, `${one}.npy`), sha256: undefined }))
    },
  }
  return verify[datasetInfo(name).name as DatasetName]()
}

async function verifyStatlog(): Promise<VerifiedFile[]> {
  const { path } = await readStatlogText()
  return [{ path, sha256: statlogDigest }]
}
