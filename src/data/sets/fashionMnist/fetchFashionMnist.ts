import { lstat, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { reasonOf, ScoringBiasError } from '../../../errors.js'
import { makeFolder } from '../../../writeFile.js'
import { cacheFolder, fileIn } from '../../core/dataFolders.js'
import { fetchFile, httpAddress, shownAddress } from '../../core/fetchFile.js'
import { withFolderLock } from '../../core/folderLock.js'
import type { FetchDatasetOptions, FetchedDataset } from '../../core/source.js'
import {
  type FashionMnistFile,
  fashionMnistFiles,
  fashionMnistName,
  findFashionMnist,
  mostPacked,
  readFashionMnistFile,
} from './fashionMnistFiles.js'

/** Where the authors publish it. */
const publishedAt = 'https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion'

/** Downloads those of the four files that are not on this machine. Errors: those of `fetchDataset`. */
export async function fetchFashionMnist(options: FetchDatasetOptions): Promise<Omit<FetchedDataset, 'name'>> {
  const { to, from = publishedAt, signal, onProgress } = options
  httpAddress('from', from)
  const folder = to ?? findFashionMnist() ?? cacheFolder(fashionMnistName)
  await makeFolder(folder)
  const missing = await missingIn(folder, fashionMnistFiles, options)
  if (missing.length === 0) return { folder, downloaded: [] }
  for (const { file } of missing) await requirePlaces(folder, [file, `${file}.gz`])
  const onWait = ({ pid, file }: { pid: number; file: string }) =>
    onProgress?.({ phase: `waiting for process ${pid}, which has ${file}`, done: 0, total: Number.POSITIVE_INFINITY })
  return withFolderLock(folder, { signal, onWait }, async () => {
    const downloaded: string[] = []
    // Who had the lock before may have brought them.
    for (const file of await missingIn(folder, missing, options)) {
      await download(file, folder, { ...options, from }, downloaded.length)
      downloaded.push(`${file.file}.gz`)
    }
    return { folder, downloaded }
  })
}

/** Those that are not there, or damaged where that is ours to replace. */
async function missingIn(folder: string, files: readonly FashionMnistFile[], { to }: FetchDatasetOptions) {
  const isOurs = to !== undefined || folder === cacheFolder(fashionMnistName)
  const missing: FashionMnistFile[] = []
  for (const file of files) {
    const path = fileIn(folder, file.file)
    try {
      if (path === undefined) missing.push(file)
      else await readFashionMnistFile(path, file)
    } catch (error) {
      if (!isOurs) throw error
      missing.push(file)
    }
  }
  return missing
}

/** Requires that no folder is where files belong: it would not be replaced. Errors: `BAD_FILE`. */
async function requirePlaces(folder: string, files: readonly string[]): Promise<void> {
  for (const path of files.map((file) => join(folder, file))) {
    const found = await lstat(path).catch(() => undefined)
    if (!found?.isDirectory()) continue
    const way = 'Move it away, or name another folder with --to'
    throw new ScoringBiasError('BAD_FILE', `cannot download to ${path}: a folder is in the place of the file. ${way}`)
  }
}

/** @param nBefore files that arrived before */
async function download(
  file: FashionMnistFile,
  folder: string,
  options: FetchDatasetOptions,
  nBefore: number,
): Promise<void> {
  const { from = publishedAt, signal, onProgress } = options
  const packed = `${file.file}.gz`
  const part = join(folder, `${packed}.part`)
  const url = httpAddress('from', from)
  url.pathname = `${url.pathname.replace(/\/$/, '')}/${packed}`
  try {
    await fetchFile(url, part, { signal, onProgress, mostBytes: mostPacked(file) })
  } catch (error) {
    const begun = await stat(part).catch(() => undefined)
    throw withWayOut(error, folder, nBefore > 0 || (begun !== undefined && begun.size > 0))
  }
  try {
    await readFashionMnistFile(part, file)
  } catch (error) {
    // It would be taken for the beginning of the next download.
    await rm(part, { force: true })
    const what = reasonOf(error).replace(/\. Replace it with .*/, '')
    const way = "It was removed. Run the command again, or use the files of Debian's package dataset-fashion-mnist"
    throw new ScoringBiasError('BAD_FILE', `what ${shownAddress(url)} sent is wrong: ${what}. ${way}`, { cause: error })
  }
  await put(part, join(folder, packed), join(folder, file.file))
}

/** Gives a file its name, in place of a damaged one under this or its unpacked name. */
async function put(part: string, path: string, unpacked: string): Promise<void> {
  try {
    await rm(unpacked, { force: true })
    await rename(part, path)
  } catch (cause) {
    const taken = `what is at ${path} or ${unpacked} cannot be replaced`
    throw new ScoringBiasError('BAD_FILE', `${taken}: ${reasonOf(cause)}. Remove it and run the command again`, {
      cause,
    })
  }
}

/** The error of a download, with what else to do. */
function withWayOut(error: unknown, folder: string, isKept: boolean): unknown {
  if (!(error instanceof ScoringBiasError)) return error
  const { code, message } = error
  switch (code) {
    case 'NO_SPACE': {
      const kept = isKept ? 'What arrived is kept. ' : ''
      const way = 'Free some space and run the command again, or name another folder with --to'
      return new ScoringBiasError(code, `${message} in ${folder}. ${kept}${way}`, { cause: error })
    }
    case 'ABORTED': {
      const kept = isKept
        ? `what arrived is kept in ${folder}. The same command goes on from there`
        : 'nothing has arrived yet'
      return new ScoringBiasError(code, kept, { cause: error })
    }
    case 'NO_DATA': {
      const kept = isKept
        ? 'What arrived is kept. Run the command again to go on'
        : 'Run the command again later, or name another server with --from'
      const way = `Without a network, install Debian's package dataset-fashion-mnist, or copy its four files into ${folder}`
      return new ScoringBiasError(code, `${message}. ${kept}. ${way}`, { cause: error })
    }
    default:
      return error
  }
}
