import { access, link, open, realpath, stat } from 'node:fs/promises'
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { at } from '../../check.js'
import { ScoringBiasError } from '../../errors.js'
import { type DuckDB, loadDuckdb } from '../../loadDuckdb.js'
import { isNoSpace } from '../../noSpace.js'
import { requireFile } from '../../requireFile.js'
import { errorCode, systemReasons } from '../../systemReasons.js'
import { version } from '../../version.js'
import { discard, targetOf, temporaryBeside } from '../../writeFile.js'
import { isLocked, removeLeftovers } from './leftovers.js'

/** Version of the file's tables. */
const storeFormat = 2

/** The first version: its units do not say what arithmetic they were trained with. Its studies can be read. */
const formatWithoutFingerprints = 1

/**
 * Nothing is ever fetched, and the file is written by one thread. A checkpoint writes again much of what the file has: with one for each
 * 64 MB of results, and not for each 16 MB, a commit takes half the time.
 */
const config = {
  wal_autocheckpoint: '64MB',
  threads: '1',
  memory_limit: '512MB',
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
}

const schema = `
  CREATE TABLE store (format INTEGER NOT NULL, version VARCHAR NOT NULL);
  CREATE TABLE units (
    id VARCHAR PRIMARY KEY, task VARCHAR NOT NULL, config JSON NOT NULL, status VARCHAR NOT NULL, device VARCHAR, host VARCHAR,
    title VARCHAR, shard INTEGER, created TIMESTAMP NOT NULL DEFAULT current_localtimestamp()
  );
  CREATE TABLE runs (
    unit VARCHAR NOT NULL, run INTEGER NOT NULL, losses BLOB NOT NULL, pretrain_losses BLOB NOT NULL,
    divergence JSON, scores BLOB NOT NULL, parameters BLOB, statistics BLOB, centre BLOB, validation JSON, PRIMARY KEY (unit, run)
  );
  CREATE TABLE plans (
    digest VARCHAR PRIMARY KEY, command VARCHAR NOT NULL, units INTEGER NOT NULL, shards INTEGER NOT NULL, version VARCHAR NOT NULL
  );
  CREATE TABLE studies (
    id VARCHAR PRIMARY KEY, result JSON NOT NULL, finished TIMESTAMP NOT NULL DEFAULT current_localtimestamp()
  );
`

/** Files that this process has open: DuckDB's lock keeps out other processes only. */
const opened = new Set<string>()

/** An open store file. */
export interface StoreFile {
  readonly duckdb: DuckDB
  readonly connection: DuckDBConnection
  readonly close: () => void
}

/**
 * Opens a store's file, or makes one where none is. Loads DuckDB, the first time.
 * Errors: `BAD_FILE` for a file of another format, one that is damaged or no store, and one that is open elsewhere;
 * `NO_SPACE`, `NOT_INSTALLED`.
 */
export async function openStoreFile(path: string, readOnly: boolean): Promise<StoreFile> {
  const duckdb = await loadDuckdb()
  let key: string | undefined
  let instance: DuckDBInstance | undefined
  const release = () => {
    instance?.closeSync()
    if (key !== undefined) opened.delete(key)
  }
  try {
    if (!readOnly) {
      const place = await targetOf(path)
      await removeLeftovers(place)
      if (!(await exists(place))) await create(duckdb, place, path)
    }
    const real = await realpath(path)
    if (opened.has(real)) {
      throw new ScoringBiasError('BAD_FILE', `${path} is in use by another study of this process. Wait for its end`)
    }
    key = real
    opened.add(key)
    await requireDuckDB(path)
    instance = await duckdb.DuckDBInstance.create(path, readOnly ? { ...config, access_mode: 'READ_ONLY' } : config)
    const connection = await instance.connect()
    await requireFormat(connection, path, readOnly)
    // Stores that were made before it was recorded lack it.
    if (!readOnly) await connection.run('ALTER TABLE runs ADD COLUMN IF NOT EXISTS validation JSON')
    const close = () => {
      connection.closeSync()
      release()
    }
    return { duckdb, connection, close }
  } catch (error) {
    release()
    throw storeError(error, path)
  }
}

/**
 * Makes an empty store under another name first: a process killed here leaves no half a file at `path`.
 *
 * @param name what messages call it
 */
async function create(duckdb: DuckDB, path: string, name: string): Promise<void> {
  const temporary = temporaryBeside(path)
  try {
    await fillStoreFile(duckdb, temporary)
    // Unlike a rename, a link takes no file away that another process has put there meanwhile.
    await link(temporary, path).catch((error: unknown) => {
      // Closed already, it may have been taken for a leftover.
      if (errorCode(error) === 'ENOENT') return create(duckdb, path, name)
      if (errorCode(error) !== 'EEXIST') throw error
    })
  } catch (cause) {
    if (!isNoSpace(cause)) throw cause
    throw new ScoringBiasError(
      'NO_SPACE',
      `cannot make ${name}: no space left. Free some space, or name another file`,
      {
        cause,
      },
    )
  } finally {
    await discard(temporary)
  }
}

/** Makes a store at a path where nothing is, and puts into it what `fill` does. */
export async function fillStoreFile(
  duckdb: DuckDB,
  path: string,
  fill: (connection: DuckDBConnection) => Promise<void> = async () => {},
): Promise<void> {
  const instance = await duckdb.DuckDBInstance.create(path, config)
  try {
    const connection = await instance.connect()
    await connection.run(`BEGIN; ${schema}`)
    await connection.run('INSERT INTO store VALUES (?, ?)', [storeFormat, version])
    await connection.run('COMMIT')
    await fill(connection)
    await connection.run('CHECKPOINT')
    connection.closeSync()
  } finally {
    instance.closeSync()
  }
}

/** DuckDB reads a file of another kind, such as CSV, as a database of one view. Errors: `BAD_FILE`. */
async function requireDuckDB(path: string): Promise<void> {
  // A folder is told of where it is read.
  if (!(await stat(path)).isDirectory()) await requireFile(path)
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(12), 0, 12, 0)
    if (bytesRead === 12 && buffer.toString('latin1', 8) === 'DUCK') return
    throw new ScoringBiasError('BAD_FILE', `${path} is not a DuckDB file, or damaged. Name another file`)
  } finally {
    await file.close()
  }
}

async function requireFormat(connection: DuckDBConnection, path: string, readOnly: boolean): Promise<void> {
  const tables = await connection.runAndReadAll("SELECT 1 FROM duckdb_tables() WHERE table_name = 'store'")
  if (tables.getRows().length === 0) {
    throw new ScoringBiasError('BAD_FILE', `${path} is a DuckDB file, but no study store. Name another file`)
  }
  const rows = (await connection.runAndReadAll('SELECT format, version FROM store')).getRows()
  if (rows.length === 0) {
    throw new ScoringBiasError('BAD_FILE', `${path} is damaged: it does not say its format. Name another file`)
  }
  const [format, made] = at(rows, 0)
  if (format === formatWithoutFingerprints) {
    if (readOnly) return
    throw new ScoringBiasError(
      'BAD_FILE',
      `${path} is of an earlier version of scoring-bias. Its units do not say on what arithmetic they were trained, so none of ` +
        `them can be used. Its studies can: \`scoring-bias report ${path}\` prints them. Name another file`,
    )
  }
  if (format !== storeFormat) {
    throw new ScoringBiasError(
      'BAD_FILE',
      `${path} has format ${format}, made by scoring-bias ${made}. scoring-bias ${version} reads format ` +
        `${storeFormat}. Use that version, or name another file`,
    )
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    (error) => {
      if (errorCode(error) === 'ENOENT') return false
      throw error
    },
  )
}

/** DuckDB's errors as ours, with what to do about them; any other as it is. */
export function storeError(error: unknown, path: string): unknown {
  if (error instanceof ScoringBiasError || !(error instanceof Error)) return error
  if (isNoSpace(error)) {
    const kept = 'Units that were done before are safe in it. Free some space: the same command goes on from there'
    return new ScoringBiasError('NO_SPACE', `cannot write ${path}: no space left. ${kept}`, { cause: error })
  }
  return new ScoringBiasError('BAD_FILE', reasonOf(error, path), { cause: error })
}

function reasonOf(error: Error, path: string): string {
  const { message } = error
  const [first = message] = message.replace(/^[A-Za-z ]*Error: /, '').split('\n')
  if (isLocked(error)) {
    const holder = /Conflicting lock is held in (.*?)(?: by user.*?)?(?:\. See also|$)/s.exec(message)?.[1]
    const who = holder === undefined ? '' : ` (${holder})`
    return `${path} is in use by another process${who}. Wait for its end, or name another file`
  }
  if (/Could not write/i.test(message)) {
    return `cannot write ${path}: ${first}. Units that were done before are safe in it: the same command goes on from there`
  }
  if (/not a valid DuckDB database/.test(message)) return `${path} is not a DuckDB file, or damaged. Name another file`
  if (/Could not read enough bytes/.test(message)) {
    return `${path} is damaged or cut short: it ends too early. ${copyAgain}`
  }
  if (/checksum/i.test(message)) return `${path} is damaged: what it holds does not match its checksums. ${copyAgain}`
  if (/corrupt|Referenced column|Table with name/i.test(message)) {
    return `${path} is damaged (${first}). Name another file`
  }
  const code = /No such file or directory/.test(message) ? 'ENOENT' : String(errorCode(error))
  return `cannot use ${path} as a study store: ${storeReasons[code] ?? first}. ${remedies[code] ?? 'Name another file'}`
}

const copyAgain = 'Copy it again from where it is whole, or name another file'

const storeReasons: Readonly<Record<string, string>> = {
  ...systemReasons,
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'its folder is not a folder',
}

/** Where another file is no way out. */
const remedies: Readonly<Record<string, string>> = { EMFILE: 'Raise the limit (`ulimit -n`)' }
