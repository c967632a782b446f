import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api'
import { counted } from '../../counted.js'
import { ScoringBiasError } from '../../errors.js'
import { requireDevice } from '../../runtime/device.js'
import type { RunTraining } from '../core/types.js'
import type { TrainedWeights, UnitResult } from '../core/unit.js'
import { recordId } from './studyRecord.js'

type RunResult = UnitResult['runs'][number]
type Row = Record<string, DuckDBValue>

/** A store that is read, as messages speak of it. */
export interface ReadStore {
  readonly connection: DuckDBConnection
  readonly path: string
  /** What to do where it is damaged, sentences. */
  readonly remedy: string
}

/** What a unit that is done must have. */
export interface WantedUnit {
  readonly id: string
  /** Numbers of its runs. */
  readonly runs: readonly number[]
  readonly weights: boolean
  /** Absent where only its runs say how many samples there are. */
  readonly nSamples?: number
}

/** What a unit's configuration says of its results. */
export interface UnitConfig {
  readonly runs?: readonly number[]
  readonly weights?: boolean
  readonly data?: { readonly sha256?: string }
  readonly scored?: string
}

/** The error of a store that does not hold what was put into it. */
export function damaged({ path, remedy }: Pick<ReadStore, 'path' | 'remedy'>, how: string): ScoringBiasError {
  return new ScoringBiasError('BAD_FILE', `${path} is damaged: ${how}. ${remedy}`)
}

/** Rows of a query, each by its columns' names. */
export async function rowsIn({ connection }: ReadStore, sql: string, values: DuckDBValue[] = []): Promise<Row[]> {
  return (await connection.runAndReadAll(sql, values)).getRowObjects()
}

/** Requires that all runs are of units that are done. Errors: `BAD_FILE`. */
export async function requireKnownRuns(store: ReadStore): Promise<void> {
  const [stray] = await rowsIn(
    store,
    "SELECT unit, run FROM runs WHERE unit NOT IN (SELECT id FROM units WHERE status = 'done') ORDER BY ALL LIMIT 1",
  )
  if (stray === undefined) return
  throw damaged(
    store,
    `it has runs of unit ${stray.unit}, which it does not know as done (the first is run ${stray.run})`,
  )
}

/**
 * The results of a unit, whole, or undefined where it is not done. All that is read of a store comes through here.
 * Errors: `BAD_FILE` for results that are not what training gives, with unit and run.
 */
export async function readUnit(store: ReadStore, wanted: WantedUnit): Promise<UnitResult | undefined> {
  const { id } = wanted
  const [unit] = await rowsIn(store, "SELECT device, host, title FROM units WHERE id = ? AND status = 'done'", [id])
  if (unit === undefined) return undefined
  const { device, host, title } = unit
  const name = typeof title === 'string' ? `unit ${id} (${title})` : `unit ${id}`
  const rows = await rowsIn(store, 'SELECT * FROM runs WHERE unit = ? ORDER BY run', [id])
  const runs = rows.map((row) => new StoredRun(store, row, `run ${row.run} of ${name}`).result(wanted))
  requireWhole(store, name, { runs, wanted })
  return { device: requireDevice(device, `${store.path}: ${name}`), ...(typeof host === 'string' && { host }), runs }
}

/** Requires the runs that a unit is of, each with as many numbers as the others. */
function requireWhole(
  store: ReadStore,
  name: string,
  { runs, wanted }: { readonly runs: readonly RunResult[]; readonly wanted: WantedUnit },
): void {
  const stored = new Set(runs.map(({ training }) => training.run))
  const missing = wanted.runs.find((run) => !stored.has(run))
  if (missing !== undefined) throw damaged(store, `${name} is not whole: run ${missing} of it is missing`)
  const known = new Set(wanted.runs)
  for (const { training, scores, weights } of runs) {
    const { run } = training
    if (!known.has(run)) throw damaged(store, `it has a run ${run} of ${name}, which has no such run`)
    const [first] = runs
    const lengths = [
      [scores.length, wanted.nSamples ?? first?.scores.length, 'score'],
      [weights?.parameters.length, first?.weights?.parameters.length, 'parameter'],
      [weights?.statistics.length, first?.weights?.statistics.length, 'running statistic'],
      [weights?.centre.length, first?.weights?.centre.length, 'centre coordinate'],
    ] as const
    for (const [n, expected, what] of lengths) {
      if (n === expected || n === undefined || expected === undefined) continue
      throw damaged(store, `${name} is not whole: run ${run} of it has ${counted(n, what)}, not ${expected}`)
    }
  }
}

/** A row of `runs`. */
class StoredRun {
  readonly #store: ReadStore
  readonly #row: Row
  readonly #name: string

  constructor(store: ReadStore, row: Row, name: string) {
    this.#store = store
    this.#row = row
    this.#name = name
  }

  result({ weights: hasWeights }: WantedUnit): RunResult {
    const training = this.#training()
    const scores = this.#floats('scores')
    const isConverged = training.divergence === undefined
    if (scores.length === 0) throw this.#damaged('has no scores')
    if (isConverged && scores.some(Number.isNaN)) throw this.#damaged('has a score that is NaN, and did not diverge')
    if (isConverged && training.losses.some(Number.isNaN)) {
      throw this.#damaged('has a loss that is NaN, and did not diverge')
    }
    const weights = this.#weights()
    if (hasWeights && !weights?.parameters.length) throw this.#damaged('has no parameters')
    return { training, scores, ...(weights && { weights }) }
  }

  #training(): RunTraining {
    const validation = this.#object<NonNullable<RunTraining['validation']>>('validation')
    const divergence = this.#object<NonNullable<RunTraining['divergence']>>('divergence')
    return {
      run: Number(this.#row.run),
      losses: new Float64Array(this.#bytes('losses', Float64Array)),
      pretrainLosses: new Float64Array(this.#bytes('pretrain_losses', Float64Array)),
      ...(validation && { validation }),
      ...(divergence && { divergence }),
    }
  }

  #weights(): TrainedWeights | undefined {
    const names = ['parameters', 'statistics', 'centre']
    if (names.every((name) => this.#row[name] === null)) return undefined
    const lacking = names.find((name) => this.#row[name] === null)
    if (lacking !== undefined) throw this.#damaged(`has no ${lacking}`)
    return {
      parameters: this.#floats('parameters'),
      statistics: this.#floats('statistics'),
      centre: this.#floats('centre'),
    }
  }

  /** Absent where nothing was stored, or where the store is older than the column. */
  #object<T extends object>(name: string): T | undefined {
    const value = this.#row[name]
    if (value === null || value === undefined) return undefined
    const object = parsed<T | null>(String(value))
    if (typeof object !== 'object' || object === null) throw this.#damaged(`has a ${name} that cannot be read`)
    return object
  }

  #floats(name: string): Float32Array {
    return new Float32Array(this.#bytes(name, Float32Array))
  }

  /** A copy: what DuckDB returns need not begin where a float may. */
  #bytes(name: string, { BYTES_PER_ELEMENT }: { readonly BYTES_PER_ELEMENT: number }): ArrayBuffer {
    const value = this.#row[name]
    const what = name.replace('_', ' ')
    if (typeof value !== 'object' || value === null || !('bytes' in value)) {
      throw this.#damaged(`has no bytes of its ${what}`)
    }
    const { length } = value.bytes
    if (length % BYTES_PER_ELEMENT === 0) return Uint8Array.from(value.bytes).buffer
    throw this.#damaged(`has numbers whose bytes are ${length}, no multiple of ${BYTES_PER_ELEMENT} (its ${what})`)
  }

  #damaged(how: string): ScoringBiasError {
    return damaged(this.#store, `${this.#name} ${how}`)
  }
}

function parsed<T>(text: string): T | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What a unit's configuration says. Errors: `BAD_FILE`. */
export function parseConfig(store: Pick<ReadStore, 'path' | 'remedy'>, id: string, config: string): UnitConfig {
  const found = parsed<UnitConfig | null>(config)
  if (typeof found === 'object' && found !== null) return found
  throw damaged(store, `the configuration of unit ${id} cannot be read`)
}

/** Requires that the record of a study is what was stored under its name. Errors: `BAD_FILE`. */
export function requireStudy(store: Pick<ReadStore, 'path' | 'remedy'>, id: string, record: string): void {
  if (id !== recordId(record)) throw damaged(store, `study ${id} is not what was stored`)
}
