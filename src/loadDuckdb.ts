import { reasonOf, ScoringBiasError } from './errors.js'
import { duckdbVersion } from './version.js'

export type DuckDB = typeof import('@duckdb/node-api')

/**
 * DuckDB, which reads and writes Parquet and keeps stores. It is large, so that everything else does without, and it can be left out
 * of an installation: what is missing then is its code for this machine, an optional package of its own.
 *
 * Errors: `NOT_INSTALLED` where a part of it is missing, or does not load here.
 */
export async function loadDuckdb(load: () => Promise<DuckDB> = () => import('@duckdb/node-api')): Promise<DuckDB> {
  try {
    return await load()
  } catch (cause) {
    throw new ScoringBiasError('NOT_INSTALLED', absence(reasonOf(cause)), { cause })
  }
}

/** What DuckDB did not load for, in a sentence with the way out. */
function absence(reason: string): string {
  const missing = /^Cannot find (?:module|package) '(@duckdb\/[\w-]+)/.exec(reason)?.[1]
  if (missing !== undefined) {
    const command = `npm install ${missing}@${duckdbVersion}`
    return `Parquet files and stores need ${missing}, which is not installed; install it with \`${command}\``
  }
  return (
    `Parquet files and stores need DuckDB, which does not load on ${process.platform} ${process.arch}: ${reason.split('\n')[0]}. ` +
    'It needs Linux, macOS or Windows, on x64 or arm64'
  )
}
