import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { reasonOf, ScoringBiasError } from '../../../errors.js'
import { makeFolder } from '../../../writeFile.js'
import { cacheFolder, fileIn } from '../../core/dataFolders.js'
import { fetchFile } from '../../core/fetchFile.js'
import type { FetchDatasetOptions, FetchedDataset } from '../../core/source.js'
import {
  type FashionMnistFile,
  fashionMnistFiles,
  fashionMnistName,
  findFashionMnist,
  readFashionMnistFile,
} from './fashionMnistFiles.js'

/** Where the authors publish it. */
const publishedAt = 'https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion'

/** Downloads those of the four files that are not on this machine. Errors: those of `fetchDataset`. */
export async function fetchFashionMnist(options: FetchDatasetOptions): Promise<Omit<FetchedDataset, 'name'>> {
  const folder = options.to ?? findFashionMnist() ?? cacheFolder(fashionMnistName)
  await makeFolder(folder)
  const downloaded: string[] = []
  for (const file of fashionMnistFiles) {
    if (await isWhole(file, folder, options)) continue
    await download(file, folder, options)
    downloaded.push(`${file.file}.gz`)
  }
  return { folder, downloaded }
}

/** Whether a file is there and right. A damaged one is removed where it is ours to replace. */
async function isWhole(file: FashionMnistFile, folder: string, { to }: FetchDatasetOptions): Promise<boolean> {
  const path = fileIn(folder, file.file)
  if (path === undefined) return false
  try {
    await readFashionMnistFile(path, file)
    return true
  } catch (error) {
    if (to === undefined && folder !== cacheFolder(fashionMnistName)) throw error
    await rm(path)
    return false
  }
}

async function download(file: FashionMnistFile, folder: string, options: FetchDatasetOptions): Promise<void> {
  const { from = publishedAt, signal, onProgress } = options
  const packed = `${file.file}.gz`
  const part = join(folder, `${packed}.part`)
  try {
    await fetchFile(`${from.replace(/\/$/, '')}/${packed}`, part, { signal, onProgress })
  } catch (error) {
    throw withWayOut(error, folder)
  }
  try {
    await readFashionMnistFile(part, file)
  } catch (error) {
    // It would be taken for the beginning of the next download.
    await rm(part, { force: true })
    const what = reasonOf(error).replace(/; replace it:.*/, '')
    const way = "it was removed; run the command again, or take the files of Debian's package dataset-fashion-mnist"
    throw new ScoringBiasError('BAD_FILE', `what ${from} sent is wrong: ${what}; ${way}`, { cause: error })
  }
  await rename(part, join(folder, packed))
}

/** The error of a download, with what else to do. */
function withWayOut(error: unknown, folder: string): unknown {
  if (!(error instanceof ScoringBiasError)) return error
  const { code, message } = error
  if (code === 'NO_SPACE') {
    const way = 'What arrived is kept: free some and run the command again, or name another folder with --to'
    return new ScoringBiasError(code, `${message} in ${folder}. ${way}`, { cause: error })
  }
  if (code !== 'NO_DATA') return error
  return new ScoringBiasError(
    code,
    `${message}. What arrived is kept; run the command again to go on. Without a network, Debian's package ` +
      `dataset-fashion-mnist has the files, or copy its four files into ${folder}`,
    { cause: error },
  )
}
