import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Names the folder of data sets, where `dataDir` is not given. */
export const dataFolderVariable = 'SCORING_BIAS_DATA'

/** What of the process decides where data are. */
export type Environment = Readonly<Record<string, string | undefined>>

/** Where downloads of a data set are kept: `scoring-bias/NAME` in the user's cache (XDG base directory specification). */
export function cacheFolder(name: string, env: Environment = process.env): string {
  const base = env.XDG_CACHE_HOME
  // The specification: what is not absolute is ignored.
  return join(base?.startsWith('/') ? base : join(homedir(), '.cache'), 'scoring-bias', name)
}

/** The folders that may hold a data set's files: the one given or named by the environment, and the one of its name in it. */
export function givenFolders(name: string, dataDir: string | undefined, env: Environment = process.env): string[] {
  const folder = dataDir ?? env[dataFolderVariable]
  return folder === undefined || folder === '' ? [] : [join(folder, name), folder]
}

/** The path of a file, or of the same file with `.gz`, whichever a folder has. */
export function fileIn(folder: string, file: string): string | undefined {
  return [join(folder, file), join(folder, `${file}.gz`)].find((path) => existsSync(path))
}
