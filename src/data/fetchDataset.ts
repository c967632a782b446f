import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { requireKnown } from '../check.js'
import { ScoringBiasError } from '../errors.js'
import type { OnProgress } from '../progress.js'
import { cacheFolder, fileIn } from './dataFolders.js'
import { datasetNames } from './datasets.js'
import { fetchFile } from './fetchFile.js'
import {
  type FashionMnistFile,
  fashionMnistFiles,
  findFashionMnist,
  readFashionMnistFile,
} from './sets/fashionMnistFiles.js'

/** Where Fashion-MNIST's authors publish it. */
const publishedAt = 'https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion'

export interface FetchDatasetOptions {
  /** Address of the folder to download from. Default: the authors'. */
  readonly from?: string | undefined
  /** Folder to download to. Default: the user's cache, where data sets are looked for. */
  readonly to?: string | undefined
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: OnProgress | undefined
}

export interface FetchedDataset {
  readonly name: string
  /** Where its files are; null for a data set without any. */
  readonly folder: string | null
  /** Names of the files downloaded by this call. */
  readonly downloaded: readonly string[]
}

/**
 * Brings a data set onto this machine, once: what is there already, in Debian's package or in the cache, is checked and
 * not downloaded again. A download that was interrupted goes on where it stopped; each file is checked before it takes its
 * name.
 *
 * StatLog comes with this package, synthetic samples and spectrograms are simulated: there is nothing to fetch.
 *
 * Errors: `UNKNOWN_NAME`, `NO_DATA` where the server cannot be reached, with the other ways to get the files, `NO_SPACE`,
 * `BAD_FILE` where what arrived is not the file published or the folder cannot be made, `ABORTED`.
 */
export async function fetchDataset(name: string, options: FetchDatasetOptions = {}): Promise<FetchedDataset> {
  requireKnown('data set', name, datasetNames)
  if (name !== 'fashion-mnist') return { name, folder: null, downloaded: [] }
  const folder = options.to ?? findFashionMnist() ?? cacheFolder(name)
  try {
    await mkdir(folder, { recursive: true })
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new ScoringBiasError('BAD_FILE', `cannot make the folder ${folder}: ${reason}`, { cause })
  }
  const downloaded: string[] = []
  for (const file of fashionMnistFiles) {
    if (await isWhole(file, folder, options)) continue
    await download(file, folder, options)
    downloaded.push(`${file.file}.gz`)
  }
  return { name, folder, downloaded }
}

/** Whether a file is there and right. A damaged one is removed where it is ours to replace. */
async function isWhole(file: FashionMnistFile, folder: string, { to }: FetchDatasetOptions): Promise<boolean> {
  const path = fileIn(folder, file.file)
  if (path === undefined) return false
  try {
    await readFashionMnistFile(path, file)
    return true
  } catch (error) {
    if (to === undefined && folder !== cacheFolder('fashion-mnist')) throw error
    await rm(path)
    return false
  }
}

async function download(
  file: FashionMnistFile,
  folder: string,
  { from = publishedAt, signal, onProgress }: FetchDatasetOptions,
): Promise<void> {
  const packed = `${file.file}.gz`
  const part = join(folder, `${packed}.part`)
  try {
    await fetchFile(`${from.replace(/\/$/, '')}/${packed}`, part, {
      signal,
      onProgress: (done, total) => onProgress?.({ phase: `downloading ${packed}`, done, total }),
    })
  } catch (error) {
    if (error instanceof ScoringBiasError && error.code === 'NO_SPACE') {
      const way = 'What arrived is kept: free some and run the command again, or name another folder with --to'
      throw new ScoringBiasError('NO_SPACE', `${error.message} in ${folder}. ${way}`, { cause: error })
    }
    if (!(error instanceof ScoringBiasError) || error.code !== 'NO_DATA') throw error
    throw new ScoringBiasError(
      'NO_DATA',
      `${error.message}. What arrived is kept; run the command again to go on. Without a network, Debian's package ` +
        `dataset-fashion-mnist has the files, or copy its four files into ${folder}`,
      { cause: error },
    )
  }
  try {
    await readFashionMnistFile(part, file)
  } catch (error) {
    // It would be taken for the beginning of the next download.
    await rm(part, { force: true })
    const what = error instanceof Error ? error.message.replace(/; replace it:.*/, '') : String(error)
    const way = "it was removed; run the command again, or take the files of Debian's package dataset-fashion-mnist"
    throw new ScoringBiasError('BAD_FILE', `what ${from} sent is wrong: ${what}; ${way}`, { cause: error })
  }
  await rename(part, join(folder, packed))
}
