import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { DuckDBConnection, DuckDBInstance, DuckDBValue } from '@duckdb/node-api'
import { throwIfAborted } from '../../abort.js'
import { at, invariant, requireOptions } from '../../check.js'
import { ScoringBiasError } from '../../errors.js'
import { loadDuckdb } from '../../loadDuckdb.js'
import { requireShallowFooter } from './parquetFooter.js'
import { isLarge, isRoundedDecimal, isRoundedText, numberOf } from './parseNumber.js'
import {
  isMissing,
  mostColumns,
  notANumber,
  repeated,
  requireColumns,
  requireNames,
  roundedNumber,
  type TableBatch,
  type TableReader,
  tooLong,
  type WantedColumns,
  wantedChecks,
} from './tableReader.js'

/**
 * One thread keeps the order of rows and is enough to outrun the scoring; the limit is on DuckDB's own buffers.
 * Nothing is ever fetched: extensions that a file would need are refused.
 */
const config = {
  threads: '1',
  memory_limit: '512MB',
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
}

/** Columns that one query reads: DuckDB holds 2,048 values of each. */
const columnsAtOnce = 2000
const rowsAtOnce = 2048

/** Opens a Parquet file. Errors: `BAD_FILE`, `NOT_INSTALLED`. */
export async function openParquet(path: string, name: string): Promise<TableReader> {
  await requireShallowFooter(path, name)
  // Loaded here: it takes longer than all else of this package, and most of what that does needs no file.
  const { DuckDBInstance } = await loadDuckdb()
  const instance = await DuckDBInstance.create(':memory:', config)
  const connection = await instance.connect()
  try {
    const from = `read_parquet(${literalPath(path)}, hive_partitioning = false)`
    const opened = { instance, connection, from }
    return new ParquetTable(name, opened, await parquetColumns(opened, path, name))
  } catch (error) {
    connection.closeSync()
    instance.closeSync()
    throw parquetError(error, name)
  }
}

interface ParquetColumn {
  /** As the file has it, and as DuckDB calls it, which does not tell upper from lower case. */
  readonly name: string
  readonly own: string
  /** Whether it is no number of Parquet's. */
  readonly isText: boolean
  /** Whether it is of decimals: DuckDB makes float64 of them by a division that is rounded twice, and writes their texts with all their zeros. */
  readonly isDecimal: boolean
  /** Whether it may hold whole numbers that float64 does not. */
  readonly mayRound: boolean
}

/** Fewer bits a row than any scores take, in a file of many rows: made to exhaust the memory. */
const mostRowsPerByte = 20
const manyRows = 2 ** 25

async function parquetColumns(
  { connection, from }: Pick<Opened, 'connection' | 'from'>,
  path: string,
  name: string,
): Promise<ParquetColumn[]> {
  const file = literalPath(path)
  const [rows = []] = (
    await connection.runAndReadAll(`SELECT num_rows FROM parquet_file_metadata(${file})`)
  ).getColumns()
  const nRows = Number(rows[0])
  const { size } = await stat(path)
  if (nRows > manyRows && nRows > mostRowsPerByte * size) {
    throw new Error(`has ${nRows} rows in ${size} bytes, which no scores or samples take so few of`)
  }
  const sql = `SELECT name, coalesce(num_children, 0), type LIKE '%BYTE_ARRAY' AND converted_type IS DISTINCT FROM 'DECIMAL'
    AND coalesce(logical_type, '') NOT LIKE 'Decimal%', type = 'INT64', converted_type = 'DECIMAL' OR logical_type LIKE 'Decimal%'
    FROM parquet_schema(${file})`
  const schema = (await connection.runAndReadAll(sql)).getRows()
  // A tree in depth-first order: columns are the children of its root.
  const columns: Omit<ParquetColumn, 'own'>[] = []
  for (let i = 1, inner = 0; i < schema.length; i++) {
    const [column, children, isBytes, isInteger, decimal] = at(schema, i)
    const isText = Number(children) > 0 || isBytes === true
    const isDecimal = !isText && decimal === true
    const mayRound = !isText && (isInteger === true || isDecimal)
    if (inner === 0) columns.push({ name: String(column), isText, isDecimal, mayRound })
    else inner--
    inner += Number(children)
  }
  if (columns.length > mostColumns) throw new Error(`has ${columns.length} columns, more than ${mostColumns}`)
  const names = columns.map(({ name }) => name)
  requireNames(name, names)
  const isPlain = repeated(names.map((name) => name.toLowerCase())) === undefined
  const own = isPlain ? names : (await described(connection, from)).map(String)
  invariant(own.length === names.length, 'DuckDB has the columns of the schema')
  return columns.map((column, i) => ({ ...column, own: at(own, i) }))
}

async function described(connection: DuckDBConnection, from: string): Promise<readonly DuckDBValue[]> {
  return at((await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${from}`)).getColumns(), 0)
}

/** An open file. */
type Opened = { readonly instance: DuckDBInstance; readonly connection: DuckDBConnection; readonly from: string }

class ParquetTable implements TableReader {
  readonly named = true
  readonly streamed = true
  readonly columns: readonly string[]
  readonly name: string
  readonly #opened: Opened
  readonly #columns: readonly ParquetColumn[]

  constructor(name: string, opened: Opened, columns: readonly ParquetColumn[]) {
    this.name = name
    this.columns = columns.map((column) => column.name)
    this.#opened = opened
    this.#columns = columns
  }

  async *batches(wanted: WantedColumns): AsyncGenerator<TableBatch, void, undefined> {
    const asked = requireOptions('batches', wanted, wantedChecks)
    const { numbers, texts = [], longestText, glimpsed = [], exact = false, signal } = asked
    throwIfAborted(signal)
    const [numberColumns, textColumns] = [this.#find(numbers), this.#find(texts)]
    const mayRound = new Set(numberColumns.filter((column) => exact && column.mayRound))
    const selected = [
      ...numberColumns.map((column) => (column.isText || column.isDecimal ? text(column, undefined) : number(column))),
      ...textColumns.map((column) => text(column, longestText)),
    ]
    let firstRow = 0
    try {
      for await (const columns of this.#blocks(selected)) {
        throwIfAborted(signal)
        const nRows = at(columns, 0).length
        const parsed: Float64Array[] = []
        for (const [i, column] of numberColumns.entries()) {
          const values = at(columns, i)
          const own = await this.#numbers(values, column.name, firstRow, asked)
          if (exact && column.isText) await this.#requireExactTexts(values, own, column.name, firstRow)
          if (mayRound.has(column) && own.some(isLarge)) {
            await this.#requireExactColumn(column, signal)
            mayRound.delete(column)
          }
          parsed.push(own)
        }
        const strings = textColumns.map((column, i) => textsOf(column, at(columns, numbers.length + i)))
        for (const [i, column] of strings.entries()) {
          const row = longestText === undefined ? -1 : column.findIndex(({ length }) => length > longestText)
          if (row >= 0 && !glimpsed.includes(at(texts, i)))
            throw tooLong(await this.place(firstRow + row), at(texts, i), longestText ?? 0)
        }
        yield { firstRow, nRows, numbers: parsed, texts: strings }
        firstRow += nRows
      }
    } catch (error) {
      throw parquetError(error, this.name)
    }
  }

  async place(row: number): Promise<string> {
    return `${this.name} row ${row + 1}`
  }

  async close(): Promise<void> {
    this.#opened.connection.closeSync()
    this.#opened.instance.closeSync()
  }

  #find(names: readonly string[]): ParquetColumn[] {
    return requireColumns(this, names).map((place) => at(this.#columns, place))
  }

  /** Values of consecutive rows, by expression. */
  async *#blocks(selected: readonly string[]): AsyncGenerator<DuckDBValue[][], void, undefined> {
    const { connection, from } = this.#opened
    if (selected.length <= columnsAtOnce) {
      const result = await connection.stream(`SELECT ${selected.join(', ') || '0'} FROM ${from}`)
      for (;;) {
        const chunk = await result.fetchChunk()
        if (chunk === null || chunk.rowCount === 0) return
        yield chunk.getColumns()
      }
    }
    for (let offset = 0, nRows = rowsAtOnce; nRows === rowsAtOnce; offset += nRows) {
      const columns: DuckDBValue[][] = []
      for (let i = 0; i < selected.length; i += columnsAtOnce) {
        const sql = `SELECT ${selected.slice(i, i + columnsAtOnce).join(', ')} FROM ${from} LIMIT ${rowsAtOnce} OFFSET ${offset}`
        columns.push(...(await connection.runAndReadAll(sql)).getColumns())
      }
      nRows = at(columns, 0).length
      if (nRows > 0) yield columns
    }
  }

  async #numbers(
    values: readonly DuckDBValue[],
    column: string,
    firstRow: number,
    { keepMissing, ...waysOut }: WantedColumns,
  ): Promise<Float64Array> {
    const numbers = Float64Array.from(values, (value) =>
      typeof value === 'string' ? numberOf(value) : Number(value ?? Number.NaN),
    )
    const isBad = (number: number, i: number) => {
      const value = values[i]
      return Number.isNaN(number) && !(keepMissing && (typeof value !== 'string' || isMissing(value)))
    }
    // Of columns that are neither numbers nor texts, all are null: one is looked at as text.
    const gone = keepMissing
      ? numbers.findIndex((number, i) => Number.isNaN(number) && typeof values[i] !== 'string')
      : -1
    const found = gone < 0 ? undefined : await this.#textAt(firstRow + gone, column)
    const bad = found === undefined || isMissing(found) ? numbers.findIndex(isBad) : gone
    if (bad < 0) return numbers
    const row = firstRow + bad
    throw notANumber(await this.place(row), column, await this.#textAt(row, column), waysOut)
  }

  /** Requires texts to be the numbers that were made of them. Errors: `BAD_FILE`. */
  async #requireExactTexts(
    values: readonly DuckDBValue[],
    numbers: Float64Array,
    column: string,
    firstRow: number,
  ): Promise<void> {
    const row = numbers.findIndex((number, i) => isLarge(number) && isRoundedText(String(values[i]), number))
    if (row < 0) return
    throw roundedNumber(await this.place(firstRow + row), column, String(values[row]), at(numbers, row))
  }

  /**
   * The same of all integers or decimals of a column, in a pass of its own: to have them as they stand in the file with
   * each number takes half as long again, and hardly any file has some that are so large.
   */
  async #requireExactColumn(column: ParquetColumn, signal: AbortSignal | undefined): Promise<void> {
    const { instance, from } = this.#opened
    // The connection of the pass that is under way has one result at a time.
    const connection = await instance.connect()
    try {
      const rows = `SELECT ${quoted(column)} AS found, row_number() OVER () AS nth FROM ${from}`
      const result = await connection.stream(
        `SELECT CAST(nth AS DOUBLE), CAST(found AS VARCHAR) FROM (${rows})
        WHERE abs(CAST(found AS DOUBLE)) > ${Number.MAX_SAFE_INTEGER}`,
      )
      for (;;) {
        throwIfAborted(signal)
        const chunk = await result.fetchChunk()
        if (chunk === null || chunk.rowCount === 0) return
        for (const [nth, found] of chunk.getRows()) {
          const number = numberOf(String(found))
          if (!isRoundedDecimal(String(found), number)) continue
          throw roundedNumber(await this.place(Number(nth) - 1), column.name, String(found), number)
        }
      }
    } finally {
      connection.closeSync()
    }
  }

  /** What stands in the file where a number should. */
  async #textAt(row: number, column: string): Promise<string | undefined> {
    const { from, connection } = this.#opened
    const sql = `SELECT ${text(at(this.#find([column]), 0), 100)} FROM ${from} LIMIT 1 OFFSET ${row}`
    const [[value] = []] = (await connection.runAndReadAll(sql)).getColumns()
    return value === undefined || value === null ? undefined : String(value)
  }
}

/** Texts of a column; that of a decimal is the number's, as other formats write it: 1.5 and no 1.50. */
function textsOf({ isDecimal }: ParquetColumn, values: readonly DuckDBValue[]): string[] {
  const texts = values.map((value) => String(value ?? ''))
  return isDecimal ? texts.map((decimal) => decimal.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '')) : texts
}

function number(column: ParquetColumn): string {
  return `TRY_CAST(${quoted(column)} AS DOUBLE)`
}

/** One character more than may be, which tells what is too long, so that long texts are never had in memory. */
function text(column: ParquetColumn, longest: number | undefined): string {
  const whole = `CAST(${quoted(column)} AS VARCHAR)`
  return longest === undefined ? whole : `left(${whole}, ${longest + 1})`
}

function quoted({ own }: ParquetColumn): string {
  return `"${own.replaceAll('"', '""')}"`
}

/** The path of one file: DuckDB takes `*`, `?` and `[` for patterns unless they are bracketed. */
function literalPath(path: string): string {
  return `'${resolve(path).replace(/[*?[]/g, '[$&]').replaceAll("'", "''")}'`
}

/** DuckDB's errors as ours. */
function parquetError(error: unknown, name: string): unknown {
  if (error instanceof ScoringBiasError || !(error instanceof Error)) return error
  const what = error.message
    .replace(/^[A-Za-z ]*Error: /, '')
    .replace(/\n[\s\S]*/, '')
    .trim()
  return new ScoringBiasError('BAD_FILE', `${name} cannot be read as Parquet: ${what}`, { cause: error })
}
