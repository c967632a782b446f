import { resolve } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import { at } from '../check.js'
import type { Dataset } from '../data/core/dataset.js'
import type { Split } from '../data/splits/splits.js'
import { ScoringBiasError } from '../errors.js'
import { type DuckDB, loadDuckdb } from '../loadDuckdb.js'
import { isNoSpace } from '../noSpace.js'
import { discard, putInPlace, targetOf, temporaryBeside } from '../writeFile.js'
import { removeLeftovers } from './store/leftovers.js'
import type { ScoredRuns } from './trainer/trainScenarios.js'

interface ScoresOfRuns {
  readonly dataset: Pick<Dataset, 'classes' | 'labels'>
  /** One for each run. */
  readonly splits: readonly Split[]
  /** Of each run the rows that measure its validation loss; absent where none do. */
  readonly held?: readonly Uint32Array[]
  readonly detectors: readonly (Pick<ScoredRuns, 'scores' | 'training'> & { readonly name: string })[]
}

/** Rows of a chunk, DuckDB's own measure. */
const chunkRows = 2048

/**
 * Writes every score of a study as a Parquet file, whole or not at all. Columns:
 *
 * - `run`, `detector`, `row` (of the data set as loaded, from 1, as in messages and the scores of `score`), `class`
 * - `role` of the row in the run: `train`, `held out` (of the samples to train on, for the validation loss), `validation` (its score sets the
 *   threshold), `train, validation` and `held out, validation` (both), `test`, or `unused`
 * - `converged`: false in a run in which the detector diverged, whose scores mean nothing
 * - `score`, float32
 *
 * Rows lie first in a DuckDB file beside `path`, so that memory stays bounded. Errors: `BAD_FILE`, `NO_SPACE`, `NOT_INSTALLED`.
 */
export async function writeScores(path: string, scores: ScoresOfRuns): Promise<void> {
  const duckdb = await loadDuckdb()
  const target = await targetOf(path)
  await removeLeftovers(target)
  const [staged, written] = [temporaryBeside(target), temporaryBeside(target)]
  try {
    const instance = await duckdb.DuckDBInstance.create(staged, { threads: '1', memory_limit: '512MB' })
    try {
      const connection = await instance.connect()
      await stage(duckdb, connection, scores)
      await connection.run(
        `COPY scores TO '${resolve(written).replaceAll("'", "''")}' (FORMAT parquet, COMPRESSION zstd)`,
      )
      connection.closeSync()
    } finally {
      instance.closeSync()
    }
    await putInPlace(written, target)
  } catch (cause) {
    const [first] = cause instanceof Error ? cause.message.split('\n') : [String(cause)]
    const full = isNoSpace(cause)
    const reason = full ? 'no space left. Free some space, or write elsewhere' : first
    throw new ScoringBiasError(full ? 'NO_SPACE' : 'BAD_FILE', `cannot write ${path}: ${reason}`, { cause })
  } finally {
    await Promise.all([staged, written].map(discard))
  }
}

async function stage(
  { BOOLEAN, DuckDBDataChunk, FLOAT, UINTEGER, VARCHAR }: DuckDB,
  connection: DuckDBConnection,
  { dataset, splits, held = [], detectors }: ScoresOfRuns,
): Promise<void> {
  await connection.run(
    'CREATE TABLE scores ' +
      '(run UINTEGER, detector VARCHAR, "row" UINTEGER, class VARCHAR, role VARCHAR, converged BOOLEAN, score FLOAT)',
  )
  const appender = await connection.createAppender('scores')
  const types = [UINTEGER, VARCHAR, UINTEGER, VARCHAR, VARCHAR, BOOLEAN, FLOAT]
  const n = dataset.labels.length
  const classes = Array.from(dataset.labels, (label) => at(dataset.classes, label))
  for (const [run, split] of splits.entries()) {
    const roles = rolesOf(split, held[run] ?? new Uint32Array(0), n)
    for (const { name, scores, training } of detectors) {
      const own = Array.from(at(scores, run))
      const converged = at(training, run).divergence === undefined
      for (let from = 0; from < n; from += chunkRows) {
        const to = Math.min(n, from + chunkRows)
        const all = <T>(value: T): T[] => new Array<T>(to - from).fill(value)
        const chunk = DuckDBDataChunk.create(types, to - from)
        chunk.setColumns([
          all(run),
          all(name),
          Array.from({ length: to - from }, (_, i) => from + i + 1),
          classes.slice(from, to),
          roles.slice(from, to),
          all(converged),
          own.slice(from, to),
        ])
        appender.appendDataChunk(chunk)
      }
    }
  }
  appender.closeSync()
}

function rolesOf({ seen, validation, tests }: Split, held: Uint32Array, n: number): string[] {
  const roles: string[] = Array.from({ length: n }, (_, row) => (seen[row] === 1 ? 'train' : 'unused'))
  for (const row of held) roles[row] = 'held out'
  for (const row of validation) roles[row] = seen[row] === 1 ? `${roles[row]}, validation` : 'validation'
  for (const { rows } of tests) for (const row of rows) roles[row] = 'test'
  return roles
}
