import { access, link, realpath, rm } from 'node:fs/promises'
import { blobValue, DuckDBBlobValue, type DuckDBConnection, DuckDBInstance, type DuckDBValue } from '@duckdb/node-api'
import { ScoringBiasError } from '../../errors.js'
import { isNoSpace } from '../../noSpace.js'
import { requireDevice } from '../../runtime/device.js'
import { version } from '../../version.js'
import { temporaryBeside } from '../../writeFile.js'
import type { Unit, UnitResult } from '../trainer/unit.js'
import type { RunTraining, StudyResult } from '../types.js'
import { studyId, studyRecord } from './studyRecord.js'

/** Version of the file's tables. */
const storeFormat = 1

/** Nothing is ever fetched, and the file is written by one thread. */
const config = {
  threads: '1',
  memory_limit: '512MB',
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
}

const schema = `
  CREATE TABLE store (format INTEGER NOT NULL, version VARCHAR NOT NULL);
  CREATE TABLE units (
    id VARCHAR PRIMARY KEY, config JSON NOT NULL, status VARCHAR NOT NULL, device VARCHAR,
    created TIMESTAMP NOT NULL DEFAULT current_localtimestamp()
  );
  CREATE TABLE runs (
    unit VARCHAR NOT NULL, run INTEGER NOT NULL, losses BLOB NOT NULL, pretrain_losses BLOB NOT NULL,
    divergence JSON, scores BLOB NOT NULL, PRIMARY KEY (unit, run)
  );
  CREATE TABLE studies (
    id VARCHAR PRIMARY KEY, result JSON NOT NULL, finished TIMESTAMP NOT NULL DEFAULT current_localtimestamp()
  );
`

/** Files that this process has open: DuckDB's lock keeps out other processes only. */
const opened = new Set<string>()

/**
 * The results of units of work in a DuckDB file, which any DuckDB can read.
 *
 * - `units`: id (SHA-256 of the configuration), config, status (`planned` or `done`), device, created (local time).
 * - `runs`: one row for each run of a unit that is done: losses of every epoch (float64, little-endian), divergence, and
 *   scores of every sample of the data set (float32, little-endian).
 * - `studies`: id, result (JSON, see `studyRecord`) and time of every study that came to its end.
 *
 * A unit's results come in one transaction, so that a process killed at any moment leaves whole units. Units of other
 * configurations lie side by side. One process at a time has the file open. Close it.
 */
export class StudyStore {
  readonly path: string
  readonly #key: string
  readonly #instance: DuckDBInstance
  readonly #connection: DuckDBConnection
  /** Transactions of one connection cannot overlap: each waits for the one before. */
  #last: Promise<unknown> = Promise.resolve()

  private constructor(path: string, key: string, instance: DuckDBInstance, connection: DuckDBConnection) {
    this.path = path
    this.#key = key
    this.#instance = instance
    this.#connection = connection
  }

  /**
   * Opens a store, or makes one where no file is. To read it, it is enough that the file may be read.
   * Errors: `BAD_FILE` for a file of another format, one that is damaged or no store, and one that is open elsewhere;
   * `NO_SPACE`.
   */
  static async open(path: string, { readOnly = false } = {}): Promise<StudyStore> {
    let key: string | undefined
    let instance: DuckDBInstance | undefined
    try {
      if (!readOnly && !(await exists(path))) await create(path)
      const real = await realpath(path)
      if (opened.has(real)) {
        throw new ScoringBiasError('BAD_FILE', `${path} is in use by another study of this process; wait for its end`)
      }
      key = real
      opened.add(key)
      instance = await DuckDBInstance.create(path, readOnly ? { ...config, access_mode: 'READ_ONLY' } : config)
      const connection = await instance.connect()
      await requireFormat(connection, path)
      return new StudyStore(path, key, instance, connection)
    } catch (error) {
      instance?.closeSync()
      if (key !== undefined) opened.delete(key)
      throw translated(error, path)
    }
  }

  /** Notes units that are to be trained; those that are there stay as they are. Errors: `BAD_FILE`. */
  async plan(units: readonly Unit[]): Promise<void> {
    const sql = "INSERT INTO units (id, config, status) VALUES (?, ?, 'planned') ON CONFLICT DO NOTHING"
    await this.#transaction(async () => {
      for (const { id, config } of units) await this.#connection.run(sql, [id, config])
    })
  }

  /** The results of a unit, or undefined where it is not done. Errors: `BAD_FILE`. */
  async find({ id, runs }: Unit, nSamples: number): Promise<UnitResult | undefined> {
    return this.#inTurn(async () => {
      const [unit] = await this.#rows("SELECT device FROM units WHERE id = ? AND status = 'done'", [id])
      if (unit === undefined) return undefined
      const columns = 'run, losses, pretrain_losses, divergence, scores'
      const rows = await this.#rows(`SELECT ${columns} FROM runs WHERE unit = ? ORDER BY run`, [id])
      const found = rows.map(([run, losses, pretrainLosses, divergence, scores]) => {
        const training: RunTraining = {
          run: Number(run),
          losses: new Float64Array(bytesOf(losses)),
          pretrainLosses: new Float64Array(bytesOf(pretrainLosses)),
          ...(typeof divergence === 'string' && { divergence: JSON.parse(divergence) }),
        }
        return { training, scores: new Float32Array(bytesOf(scores)) }
      })
      if (found.length !== runs.length || found.some(({ scores }) => scores.length !== nSamples)) {
        throw new ScoringBiasError('BAD_FILE', `${this.path} is damaged: unit ${id} is not whole; use another file`)
      }
      return { device: requireDevice(unit[0], this.path), runs: found }
    })
  }

  /**
   * Adds the results of a planned unit, whole or not at all; those of one that is done stay as they are.
   * Errors: `BAD_FILE`.
   */
  async keep({ id }: Unit, { device, runs }: UnitResult): Promise<void> {
    await this.#transaction(async () => {
      if ((await this.#rows("SELECT 1 FROM units WHERE id = ? AND status = 'done'", [id])).length > 0) return
      for (const { training, scores } of runs) {
        await this.#connection.run('INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?)', [
          id,
          training.run,
          blobOf(training.losses),
          blobOf(training.pretrainLosses),
          training.divergence === undefined ? null : JSON.stringify(training.divergence),
          blobOf(scores),
        ])
      }
      await this.#connection.run("UPDATE units SET status = 'done', device = ? WHERE id = ?", [device, id])
    })
  }

  /** Adds a study's answer; one that is there already becomes the latest. Errors: `BAD_FILE`. */
  async keepStudy(result: StudyResult): Promise<void> {
    await this.#transaction(async () => {
      const sql =
        'INSERT INTO studies (id, result) VALUES (?, ?) ON CONFLICT DO UPDATE SET finished = current_localtimestamp()'
      await this.#connection.run(sql, [studyId(result), studyRecord(result)])
    })
  }

  /** The answers of studies, the latest last. Errors: `BAD_FILE`. */
  async studies(): Promise<{ id: string; record: string }[]> {
    const rows = await this.#inTurn(() => this.#rows('SELECT id, result FROM studies ORDER BY finished, id', []))
    return rows.map(([id, record]) => ({ id: String(id), record: String(record) }))
  }

  /** Ends what was begun and gives the file back. */
  async close(): Promise<void> {
    await this.#last
    this.#connection.closeSync()
    this.#instance.closeSync()
    opened.delete(this.#key)
  }

  #transaction(work: () => Promise<void>): Promise<void> {
    return this.#inTurn(async () => {
      await this.#connection.run('BEGIN')
      try {
        await work()
        await this.#connection.run('COMMIT')
      } catch (error) {
        // A commit that failed has ended the transaction by itself; the first error is the one to tell.
        await this.#connection.run('ROLLBACK').catch(() => undefined)
        throw error
      }
    })
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work).catch((error: unknown) => {
      throw translated(error, this.path)
    })
    this.#last = mine.catch(() => undefined)
    return mine
  }

  async #rows(sql: string, values: DuckDBValue[]): Promise<DuckDBValue[][]> {
    return (await this.#connection.runAndReadAll(sql, values)).getRows()
  }
}

/** Does something with the store at `path`, where there is one, and closes it. Errors: those of `StudyStore` and `work`. */
export async function withStore<T>(
  path: string | undefined,
  work: (store: StudyStore | undefined) => Promise<T>,
): Promise<T> {
  const store = path === undefined ? undefined : await StudyStore.open(path)
  try {
    return await work(store)
  } finally {
    await store?.close()
  }
}

/** Makes an empty store under another name first: a process killed here leaves no half a file at `path`. */
async function create(path: string): Promise<void> {
  const temporary = temporaryBeside(path)
  try {
    const instance = await DuckDBInstance.create(temporary, config)
    try {
      const connection = await instance.connect()
      await connection.run(`BEGIN; ${schema}`)
      await connection.run('INSERT INTO store VALUES (?, ?)', [storeFormat, version])
      await connection.run('COMMIT; CHECKPOINT')
      connection.closeSync()
    } finally {
      instance.closeSync()
    }
    // Unlike a rename, a link takes no file away that another process has put there meanwhile.
    await link(temporary, path).catch((error: unknown) => {
      if (codeOf(error) !== 'EEXIST') throw error
    })
  } catch (cause) {
    if (!isNoSpace(cause)) throw cause
    throw new ScoringBiasError('NO_SPACE', `cannot make ${path}: no space left; free some, or take another file`, {
      cause,
    })
  } finally {
    await Promise.all([temporary, `${temporary}.wal`].map((file) => rm(file, { force: true })))
  }
}

async function requireFormat(connection: DuckDBConnection, path: string): Promise<void> {
  const tables = await connection.runAndReadAll("SELECT 1 FROM duckdb_tables() WHERE table_name = 'store'")
  if (tables.getRows().length === 0) {
    throw new ScoringBiasError('BAD_FILE', `${path} is a DuckDB file, but no study store; use another file`)
  }
  const [row] = (await connection.runAndReadAll('SELECT format, version FROM store')).getRows()
  if (row === undefined) {
    throw new ScoringBiasError('BAD_FILE', `${path} is damaged: it does not say its format; use another file`)
  }
  if (row[0] !== storeFormat) {
    throw new ScoringBiasError(
      'BAD_FILE',
      `${path} has format ${row[0]}, made by scoring-bias ${row[1]}; scoring-bias ${version} reads format ` +
        `${storeFormat}: use that version, or another file`,
    )
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    (error) => {
      if (codeOf(error) === 'ENOENT') return false
      throw error
    },
  )
}

function blobOf({ buffer, byteOffset, byteLength }: Float32Array | Float64Array): DuckDBBlobValue {
  return blobValue(new Uint8Array(buffer, byteOffset, byteLength))
}

/** A copy: what DuckDB returns need not begin where a float may. */
function bytesOf(value: DuckDBValue | undefined): ArrayBuffer {
  if (!(value instanceof DuckDBBlobValue)) throw new Error('a column of bytes holds something else')
  return Uint8Array.from(value.bytes).buffer
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}

/** DuckDB's errors as ours, with what to do about them. */
function translated(error: unknown, path: string): unknown {
  if (error instanceof ScoringBiasError || !(error instanceof Error)) return error
  const { message } = error
  const holder = /Conflicting lock is held in (.*?)(?: by user.*?)?(?:\. See also|$)/s.exec(message)?.[1]
  const [first = message] = message.replace(/^[A-Za-z ]*Error: /, '').split('\n')
  if (isNoSpace(error)) {
    const kept = 'units that were done before are safe in it; free some, and the same command goes on from there'
    return new ScoringBiasError('NO_SPACE', `cannot write ${path}: no space left; ${kept}`, { cause: error })
  }
  const what = /set lock on file/.test(message)
    ? `${path} is in use by another process${holder === undefined ? '' : ` (${holder})`}; wait for its end or use another file`
    : /Could not write/i.test(message)
      ? `cannot write ${path}: ${first}; units that were done before are safe in it, and the same command goes on from there`
      : /not a valid DuckDB database/.test(message)
        ? `${path} is not a DuckDB file, or damaged; use another file`
        : /corrupt|checksum|Could not read enough bytes|Referenced column|Table with name/i.test(message)
          ? `${path} is damaged (${first}); use another file`
          : `cannot use ${path} as a study store: ${reasons[String(codeOf(error))] ?? first}; use another file`
  return new ScoringBiasError('BAD_FILE', what, { cause: error })
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  ENOTDIR: 'its folder is not a folder',
}
