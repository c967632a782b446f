import {
  abortSignal,
  at,
  callback,
  flag,
  integer,
  list,
  numbers as numbersCheck,
  type OptionChecks,
  record,
  requireInteger,
  requireOptions,
  text,
  wrongType,
} from '../check.js'
import { counted } from '../counted.js'
import { categoryOf, type OneHotColumn, oneHotNames, withOneHot } from '../data/tables/oneHot.js'
import { rowMajor } from '../data/tables/readLabelledTable.js'
import {
  listed,
  notANumber,
  requireColumns,
  shortened,
  type TableBatch,
  type TableReader,
} from '../data/tables/tableReader.js'
import { ScoringBiasError } from '../errors.js'
import { Detector } from './loadDetector.js'
import { requireSampleShapes, requireTrainedShapes } from './scoredShape.js'

/** Options of {@link scoreTable}. */
export interface ScoreTableOptions {
  /** Columns to hand on with the scores. */
  readonly keep?: readonly string[] | undefined
  /** Samples in a batch at most. Default 4,096. Last bits of the scores of a LeNet may depend on it, see docs/detector-file.md. */
  readonly batchRows?: number | undefined
  readonly signal?: AbortSignal | undefined
}

const checks: OptionChecks<ScoreTableOptions> = {
  keep: list(text),
  batchRows: integer(1, 1 << 20),
  signal: abortSignal,
}

/** Scores of consecutive rows of a table. */
export interface ScoredBatch {
  /** Number of the first row, from 0. */
  readonly firstRow: number
  readonly scores: Float32Array
  /** 1 where the score is above the detector's threshold, else 0. */
  readonly flagged: Uint8Array
  /** [columns to keep][rows], as text. */
  readonly kept: readonly (readonly string[])[]
}

/**
 * Scores a table batch by batch, in memory that does not grow with the table: while a batch is scored in its worker
 * thread, the next one is read.
 *
 * The detector's features are found by their names, in any order and among other columns. A table that does not name
 * its columns (NPY) must have exactly the detector's number of them, in its order. Samples of an array (NPY, NPZ) must have the shape that the
 * detector was trained on, or be rows of as many numbers. A detector that was trained with `oneHot` finds the column of
 * categories by its name, and takes a category that it does not know for none; with `impute`, numbers and categories may be missing.
 *
 * Errors: `WRONG_TYPE`; `UNKNOWN_NAME` where columns are missing, with both lists; `SHAPE_MISMATCH`; those of the reader, with line and
 * column; `OUT_OF_RANGE`; those of `Detector.score`; `ABORTED`.
 */
export async function* scoreTable(
  detector: Detector,
  table: TableReader,
  options: ScoreTableOptions = {},
): AsyncGenerator<ScoredBatch, void, undefined> {
  const { keep = [], batchRows = 4096, signal } = requireOptions('scoreTable', options, checks)
  if (!(detector instanceof Detector)) throw wrongType('the detector', 'what loadDetector returns', detector)
  requireReader(table)
  const columns = featureColumns(detector, table)
  requireColumns(table, keep)
  let scoring: Promise<ScoredBatch> | undefined
  for await (const batch of sized(table, { ...columns, keep }, batchRows, signal)) {
    const { firstRow, features, kept } = batch
    const next = detector.score(features).then((scored) => ({ firstRow, ...scored, kept }))
    // Should reading fail first, this rejection has been seen to all the same.
    next.catch(() => {})
    if (scoring !== undefined) yield await scoring
    scoring = next
  }
  if (scoring !== undefined) yield await scoring
}

/** Requires what is asked of a table, which may be of the caller's making. Errors: `WRONG_TYPE`. */
function requireReader(table: TableReader): void {
  callback('table.batches', table?.batches)
  text('table.name', table.name)
  list(text)('table.columns', table.columns)
  flag('table.named', table.named)
  callback('table.place', table.place)
}

/** What of a table a detector scores. */
interface ScoredColumns {
  /** Columns of numbers, in the detector's order, and behind them those of categories. */
  readonly numbers: readonly string[]
  readonly oneHot: readonly OneHotColumn[]
  /** Whether a number may be missing. */
  readonly keepMissing: boolean
}

/** The table's columns that hold the detector's features, in the detector's order. */
function featureColumns({ metadata }: Detector, table: TableReader): ScoredColumns {
  const { features, preparation } = metadata
  const { oneHot = [], impute = null } = preparation ?? {}
  const isCategory = new Set(oneHot.flatMap(oneHotNames))
  const numbers = features.filter((feature) => !isCategory.has(feature))
  const wanted = [...numbers, ...oneHot.map(({ column }) => column)]
  const missing = wanted.filter((column) => !table.columns.includes(column))
  const asked = { oneHot, keepMissing: impute !== null }
  if (missing.length === 0) {
    requireSampleShapes(metadata, table, numbers, false)
    return { ...asked, numbers }
  }
  if (!table.named && oneHot.length === 0) {
    requireSampleShapes(metadata, table, table.columns, true)
    if (table.columns.length === features.length) return { ...asked, numbers: table.columns }
    throw new ScoringBiasError(
      'SHAPE_MISMATCH',
      `${table.name} has ${counted(table.columns.length, 'feature')} a sample. The detector takes ${features.length}. Give data with as many`,
    )
  }
  requireTrainedShapes(metadata, table)
  throw new ScoringBiasError(
    'UNKNOWN_NAME',
    `${table.name} lacks ${missing.length} of the detector's ${counted(wanted.length, oneHot.length > 0 ? 'column' : 'feature')}: ${listed(missing)}. ` +
      `Its columns are ${listed(table.columns)}. Add the missing ones, or rename columns`,
  )
}

/** The reader's batches, joined to batches of `batchRows` and cut where they are larger. */
async function* sized(
  table: TableReader,
  columns: ScoredColumns & { readonly keep: readonly string[] },
  batchRows: number,
  signal: AbortSignal | undefined,
) {
  const { numbers, oneHot, keepMissing, keep } = columns
  const size = numbers.length + oneHot.flatMap(oneHotNames).length
  const asked = [...oneHot.map(({ column }) => column), ...keep]
  const start = (firstRow: number) => ({
    firstRow,
    features: new Float32Array(batchRows * size),
    kept: keep.map((): string[] => []),
    nRows: 0,
  })
  let filling = start(0)
  for await (const batch of table.batches({ numbers, texts: asked, keepMissing, signal })) {
    requireBatch(table.name, batch, { numbers, texts: asked })
    const { nRows } = batch
    const [categories, texts] = [batch.texts.slice(0, oneHot.length), batch.texts.slice(oneHot.length)]
    if (!keepMissing) await requireCategories(table, oneHot, { firstRow: batch.firstRow, categories })
    const rows = withOneHot(await rowMajor(table, numbers, batch, keepMissing), oneHot, { texts: categories, nRows })
    for (let from = 0; from < nRows; ) {
      const to = Math.min(nRows, from + batchRows - filling.nRows)
      filling.features.set(rows.subarray(from * size, to * size), filling.nRows * size)
      texts.forEach((column, i) => {
        at(filling.kept, i).push(...column.slice(from, to))
      })
      filling.nRows += to - from
      from = to
      if (filling.nRows < batchRows) continue
      yield filling
      filling = start(batch.firstRow + to)
    }
  }
  if (filling.nRows > 0) yield { ...filling, features: filling.features.subarray(0, filling.nRows * size) }
}

/**
 * Requires a batch as a reader promises it: each column that was asked for, with a value in every row. A reader of the caller's may give
 * anything. Errors: `WRONG_TYPE`, `OUT_OF_RANGE`, `LENGTH_MISMATCH`.
 */
function requireBatch(
  table: string,
  batch: TableBatch,
  wanted: { readonly numbers: readonly string[]; readonly texts: readonly string[] },
): void {
  record(`a batch of ${table}`, batch)
  requireInteger(`firstRow of a batch of ${table}`, batch.firstRow, 0)
  const name = `the batch of ${table} from row ${batch.firstRow} on`
  requireInteger(`${name}: nRows`, batch.nRows, 0)
  for (const kind of ['numbers', 'texts'] as const) {
    const columns: readonly unknown[] = batch[kind]
    list(() => {})(`${name}: ${kind}`, columns)
    if (columns.length !== wanted[kind].length) {
      const counts = `must have the ${wanted[kind].length} columns asked for, got ${columns.length}`
      throw new ScoringBiasError('LENGTH_MISMATCH', `${name}: ${kind} ${counts}`)
    }
    for (const [i, column] of wanted[kind].entries()) {
      const own = `${name}: column '${shortened(column)}' of ${kind}`
      const length = kind === 'numbers' ? numbersIn(own, columns[i]) : textsIn(own, columns[i])
      if (length === batch.nRows) continue
      const lengths = `must have nRows = ${batch.nRows} values, got ${length}`
      throw new ScoringBiasError('LENGTH_MISMATCH', `${own} ${lengths}`)
    }
  }
}

/** How many numbers there are. Errors: `WRONG_TYPE`. */
function numbersIn(name: string, values: unknown): number {
  numbersCheck(name, values)
  return (values as ArrayLike<number>).length
}

/** How many texts there are. Errors: `WRONG_TYPE`. */
function textsIn(name: string, values: unknown): number {
  if (!Array.isArray(values)) throw wrongType(name, 'an array', values)
  const stranger = values.findIndex((value) => typeof value !== 'string')
  if (stranger >= 0) text(`${name}: value ${stranger}`, values[stranger])
  return values.length
}

/** Errors: `BAD_FILE` for a category that is missing, with its place. */
async function requireCategories(
  table: TableReader,
  oneHot: readonly OneHotColumn[],
  { firstRow, categories }: { readonly firstRow: number; readonly categories: readonly (readonly string[])[] },
): Promise<void> {
  for (const [i, { column }] of oneHot.entries()) {
    const gone = at(categories, i).findIndex((text) => categoryOf(text) === undefined)
    if (gone >= 0) throw notANumber(await table.place(firstRow + gone), column, at(at(categories, i), gone))
  }
}
