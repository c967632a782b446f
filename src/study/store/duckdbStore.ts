import { access } from 'node:fs/promises'
import type { DuckDBBlobValue, DuckDBMaterializedResult, DuckDBPreparedStatement, DuckDBValue } from '@duckdb/node-api'
import { throwIfAborted } from '../../abort.js'
import { filePath } from '../../check.js'
import { ScoringBiasError } from '../../errors.js'
import { version } from '../../version.js'
import type { StudyResult } from '../core/types.js'
import type { StoredStudy, Unit, UnitResult, UnitStore } from '../core/unit.js'
import { parseConfig, type ReadStore, readUnit, requireKnownRuns, requireStudy } from './storedUnit.js'
import { openStoreFile, type StoreFile, storeError } from './storeFile.js'
import { parseStudy, studyId, studyRecord } from './studyRecord.js'

/** What a command trains in all. */
export interface CommandPlan {
  /** Of its tasks, see `Unit`. */
  readonly digest: string
  /** As the user gave it, but for the shard and the store. */
  readonly command: string
  readonly units: number
  readonly shards: number
}

/** A unit that was trained. */
export interface TrainedUnit {
  readonly unit: Unit
  readonly result: UnitResult
}

/** Units that are planned by one statement. */
const plannedAtOnce = 500

/**
 * The results of units of work in a DuckDB file, which any DuckDB can read.
 *
 * - `units`: id (SHA-256 of the configuration), task (the same without the fingerprint), config, status (`planned` or `done`),
 *   device, name of the host that trained it, title for people, shard that is to train it, created (local time).
 * - `runs`: one row for each run of a unit that is done: losses of every epoch (float64, little-endian), those of held-out samples, divergence, and
 *   scores of every sample of the data set (float32, little-endian); weights (the same) where the study needs them.
 * - `plans`: what a command that was cut into shards trains in all: a digest of its tasks, the command, how many units and
 *   shards, and the version of this package.
 * - `studies`: id, result (JSON, see `studyRecord`) and time of every study that came to its end.
 *
 * A unit's results come in one transaction, so that a process killed at any moment leaves whole units. Units of other
 * configurations lie side by side. One process at a time has the file open, so whoever asks may train all that is not
 * done. Close it. Errors of every method: `BAD_FILE`, `NO_SPACE`; of `open` also `NOT_INSTALLED`.
 */
export class DuckdbStore implements UnitStore {
  readonly path: string
  readonly #file: StoreFile
  /** Statements that every unit repeats: DuckDB reads and plans each once. */
  readonly #prepared = new Map<string, DuckDBPreparedStatement>()
  /** Transactions of one connection cannot overlap: each waits for the one before. */
  #last: Promise<unknown> = Promise.resolve()

  private constructor(path: string, file: StoreFile) {
    this.path = path
    this.#file = file
  }

  /** Opens a store, or makes one where no file is. To read it, it is enough that the file may be read. */
  static async open(path: string, { readOnly = false } = {}): Promise<DuckdbStore> {
    return new DuckdbStore(path, await openStoreFile(path, readOnly))
  }

  async plan(units: readonly Unit[]): Promise<void> {
    // Every statement takes DuckDB a block of memory until its transaction ends: of one for each unit, 2,000 would be too many.
    for (let first = 0; first < units.length; first += plannedAtOnce) {
      const some = units.slice(first, first + plannedAtOnce)
      const rows = some.map(() => "(?, ?, ?, 'planned', ?, ?)").join(', ')
      const sql = `INSERT INTO units (id, task, config, status, title, shard) VALUES ${rows} ON CONFLICT DO NOTHING`
      const values = some.flatMap(({ id, task, config, title, shard }) => [
        id,
        task,
        config,
        title ?? null,
        shard ?? null,
      ])
      await this.#transaction(() => this.#run(sql, values))
    }
  }

  async claim(units: readonly Unit[]): Promise<readonly Unit[]> {
    return this.#inTurn(async () => {
      // Before anything is trained: such rows would keep the unit's own from being stored.
      await requireKnownRuns(this.#reading)
      const rows = await this.#rows("SELECT id FROM units WHERE status = 'done'")
      const done = new Set(rows.map(([id]) => id))
      return units.filter(({ id }) => !done.has(id))
    })
  }

  async find({ id, runs, config }: Unit, nSamples: number): Promise<UnitResult | undefined> {
    return this.#inTurn(() => {
      const said = parseConfig(this.#reading, id, config)
      return readUnit(this.#reading, { id, runs: said.runs ?? runs, weights: said.weights === true, nSamples })
    })
  }

  async keep(unit: Unit, result: UnitResult): Promise<void> {
    await this.keepAll([{ unit, result }])
  }

  /** Adds the results of several planned units in one transaction, which costs less than one for each: all or none. */
  async keepAll(trained: readonly TrainedUnit[]): Promise<void> {
    await this.#transaction(async () => {
      for (const one of trained) await this.#keep(one)
    })
  }

  async #keep({ unit: { id }, result: { device, host, runs } }: TrainedUnit): Promise<void> {
    const done = "UPDATE units SET status = 'done', device = ?, host = ? WHERE id = ? AND status <> 'done'"
    if ((await this.#repeat(done, [device, host ?? null, id])).rowsChanged === 0) return
    const rows = runs.map(({ training, scores, weights }) => [
      id,
      training.run,
      this.#blobOf(training.losses),
      this.#blobOf(training.pretrainLosses),
      training.divergence === undefined ? null : JSON.stringify(training.divergence),
      this.#blobOf(scores),
      weights === undefined ? null : this.#blobOf(weights.parameters),
      weights === undefined ? null : this.#blobOf(weights.statistics),
      weights === undefined ? null : this.#blobOf(weights.centre),
      training.validation === undefined ? null : JSON.stringify(training.validation),
    ])
    const places = rows.map((row) => `(${row.map(() => '?').join(', ')})`).join(', ')
    await this.#repeat(`INSERT INTO runs VALUES ${places}`, rows.flat())
  }

  async fingerprintOf(tasks: readonly string[]): Promise<string | undefined> {
    const wanted = new Set(tasks)
    const rows = await this.#inTurn(() =>
      this.#rows("SELECT task, config->>'fingerprint' FROM units WHERE status = 'done' ORDER BY id"),
    )
    const done = new Map<string, number>()
    for (const [task, fingerprint] of rows) {
      if (wanted.has(String(task))) done.set(String(fingerprint), (done.get(String(fingerprint)) ?? 0) + 1)
    }
    return [...done].find(([, n]) => n === wanted.size)?.[0]
  }

  /** Notes what a command trains in all, of which the file may get a part. */
  async keepPlan({ digest, command, units, shards }: CommandPlan): Promise<void> {
    await this.#transaction(async () => {
      const sql = 'INSERT INTO plans VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING'
      await this.#run(sql, [digest, command, units, shards, version])
    })
  }

  async keepStudy(result: StudyResult): Promise<void> {
    await this.#transaction(async () => {
      const sql =
        'INSERT INTO studies (id, result) VALUES (?, ?) ON CONFLICT DO UPDATE SET finished = current_localtimestamp()'
      await this.#run(sql, [studyId(result), studyRecord(result)])
    })
  }

  async studies(): Promise<StoredStudy[]> {
    const rows = await this.#inTurn(() => this.#rows('SELECT id, result FROM studies ORDER BY finished, id'))
    return rows.map(([id, record]) => {
      requireStudy(this.#reading, String(id), String(record))
      return { id: String(id), result: parseStudy(String(record)) }
    })
  }

  /** Ends what was begun and gives the file back. */
  async close(): Promise<void> {
    await this.#last
    this.#file.close()
  }

  #transaction(work: () => Promise<void>): Promise<void> {
    return this.#inTurn(async () => {
      await this.#repeat('BEGIN')
      try {
        await work()
        await this.#repeat('COMMIT')
      } catch (error) {
        // A commit that failed has ended the transaction by itself; the first error is the one to tell.
        await this.#run('ROLLBACK').catch(() => undefined)
        throw error
      }
    })
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work).catch((error: unknown) => {
      throw storeError(error, this.path)
    })
    this.#last = mine.catch(() => undefined)
    return mine
  }

  async #run(sql: string, values: DuckDBValue[] = []): Promise<void> {
    await this.#file.connection.run(sql, values)
  }

  async #repeat(sql: string, values: DuckDBValue[] = []): Promise<DuckDBMaterializedResult> {
    let statement = this.#prepared.get(sql)
    if (statement === undefined) {
      statement = await this.#file.connection.prepare(sql)
      this.#prepared.set(sql, statement)
    }
    statement.bind(values)
    return statement.run()
  }

  async #rows(sql: string, values: DuckDBValue[] = []): Promise<DuckDBValue[][]> {
    return (await this.#file.connection.runAndReadAll(sql, values)).getRows()
  }

  get #reading(): ReadStore {
    return { connection: this.#file.connection, path: this.path, remedy: 'Name another file' }
  }

  #blobOf({ buffer, byteOffset, byteLength }: Float32Array | Float64Array): DuckDBBlobValue {
    return this.#file.duckdb.blobValue(new Uint8Array(buffer, byteOffset, byteLength))
  }
}

/**
 * Does something with a store: one that the caller has, which stays open, or the DuckDB file at a path, which is closed
 * again. None is made once the signal has fired. Errors: those of `DuckdbStore` and `work`, `ABORTED`.
 */
export async function withStore<T>(
  { store, signal }: { readonly store?: string | UnitStore | undefined; readonly signal?: AbortSignal | undefined },
  work: (store: UnitStore | undefined) => Promise<T>,
): Promise<T> {
  throwIfAborted(signal)
  return typeof store === 'string' ? closing(await DuckdbStore.open(store), work) : work(store)
}

/** The finished studies of a store, which is not changed, the latest last. Errors: `BAD_FILE`, `NOT_INSTALLED`, `WRONG_TYPE`. */
export async function storedStudies(path: string): Promise<StoredStudy[]> {
  filePath('path', path)
  await access(path).catch((cause: unknown) => {
    // Opening would make it.
    const remedy = `\`scoring-bias study … --store ${path}\` makes one`
    throw new ScoringBiasError('BAD_FILE', `there is no study store ${path}. ${remedy}`, { cause })
  })
  return closing(await DuckdbStore.open(path, { readOnly: true }), (store) => store.studies())
}

async function closing<T>(store: DuckdbStore, work: (store: DuckdbStore) => Promise<T>): Promise<T> {
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}
