import { open, readdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { loadDuckdb } from '../../loadDuckdb.js'
import { isForeignTemporary } from '../../writeFile.js'

/** How long ago a half-written Parquet file was last written to. DuckDB locks its own files only. */
const abandonedMs = 24 * 60 * 60 * 1000

/**
 * Removes the temporary DuckDB files beside `path`, and what lay beside them, that processes left which were killed while they
 * made the file at `path`. A process at work has its DuckDB file locked.
 */
export async function removeLeftovers(path: string): Promise<void> {
  const folder = dirname(path)
  // What is wrong with a folder that cannot be listed is told by who writes into it.
  const names = await readdir(folder).catch(() => [])
  const temporaries = new Set(
    names.map((name) => name.replace(/\.wal$/, '')).filter((name) => isForeignTemporary(path, name)),
  )
  for (const name of temporaries) {
    const file = join(folder, name)
    if (!(await isLeftover(file))) continue
    await Promise.all([file, `${file}.wal`].map((each) => rm(each, { force: true })))
  }
}

async function isLeftover(file: string): Promise<boolean> {
  try {
    const found = await open(file)
    try {
      const { buffer, bytesRead } = await found.read({ buffer: Buffer.alloc(4) })
      const isParquet = buffer.subarray(0, bytesRead).toString('latin1') === 'PAR1'
      if (isParquet) return Date.now() - (await found.stat()).mtimeMs > abandonedMs
    } finally {
      await found.close()
    }
  } catch (error) {
    // Only its log is left, or it cannot be told.
    return error instanceof Error && 'code' in error && error.code === 'ENOENT'
  }
  const { DuckDBInstance } = await loadDuckdb()
  try {
    const instance = await DuckDBInstance.create(file, { access_mode: 'READ_ONLY' })
    instance.closeSync()
    return true
  } catch (error) {
    // One that DuckDB opens and does not know was not even begun.
    return !isLocked(error) && !/Cannot open file/.test(String(error))
  }
}

/** Whether DuckDB did not open a file because another process has it. */
export function isLocked(error: unknown): boolean {
  return error instanceof Error && /set lock on file/.test(error.message)
}
