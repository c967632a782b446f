import type { DuckDBConnection, DuckDBInstance, DuckDBValue } from '@duckdb/node-api'
import { throwIfAborted } from '../../abort.js'
import { at, requireOptions } from '../../check.js'
import { type DuckdbSource, delimitedSource, duckdbError, placeOfLine, typedSource } from './duckdbSource.js'
import type { TableFormat } from './tableFormat.js'
import {
  notANumber,
  requireColumns,
  type TableBatch,
  type TableReader,
  type WantedColumns,
  wantedChecks,
} from './tableReader.js'
import { lineOfRecord, type TextFile } from './textLines.js'

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

/** Opens a text or Parquet file with DuckDB; text may be packed with gzip. Errors: `BAD_FILE`. */
export async function openDuckdbTable(
  file: TextFile,
  format: Exclude<TableFormat, 'npy' | 'npz'>,
  name: string,
): Promise<TableReader> {
  // Loaded here: it takes longer than all else of this package, and most of what that does needs no file.
  const { DuckDBInstance } = await import('@duckdb/node-api')
  const instance = await DuckDBInstance.create(':memory:', config)
  const connection = await instance.connect()
  try {
    const source = await (format === 'csv' || format === 'tsv'
      ? delimitedSource(file, format, name)
      : typedSource(connection, file, format, name))
    return new DuckdbTable(name, { instance, connection, file, source })
  } catch (error) {
    connection.closeSync()
    instance.closeSync()
    throw error
  }
}

/** An open file. */
type Opened = { instance: DuckDBInstance; connection: DuckDBConnection; file: TextFile; source: DuckdbSource }

class DuckdbTable implements TableReader {
  readonly named = true
  readonly columns: readonly string[]
  readonly name: string
  readonly #opened: Opened

  constructor(name: string, opened: Opened) {
    this.#opened = opened
    this.name = name
    this.columns = opened.source.columns
  }

  async *batches(wanted: WantedColumns): AsyncGenerator<TableBatch, void, undefined> {
    const { numbers, texts = [], signal } = requireOptions('batches', wanted, wantedChecks)
    throwIfAborted(signal)
    const { source, connection, file } = this.#opened
    const numberPlaces = requireColumns(this, numbers)
    const selected = [
      ...numberPlaces.map((place) => source.number(place)),
      ...requireColumns(this, texts).map((place) => source.text(place)),
    ]
    const sql = `SELECT ${selected.join(', ')} FROM ${source.from(numberPlaces)}`
    let firstRow = 0
    try {
      const result = await connection.stream(sql)
      for (;;) {
        throwIfAborted(signal)
        const chunk = await result.fetchChunk()
        if (chunk === null || chunk.rowCount === 0) return
        const nRows = chunk.rowCount
        const columns = selected.map((_, i) => chunk.getColumnValues(i))
        const parsed: Float64Array[] = []
        for (const [i, column] of numbers.entries()) {
          parsed.push(await this.#numbers(at(columns, i), column, firstRow))
        }
        const strings = columns.slice(numbers.length).map((column) => column.map((value) => String(value ?? '')))
        yield { firstRow, nRows, numbers: parsed, texts: strings }
        firstRow += nRows
      }
    } catch (error) {
      throw duckdbError(error, this.name, this.columns, file.packed)
    }
  }

  async place(row: number): Promise<string> {
    const { source, file } = this.#opened
    const line = source.header === undefined ? undefined : await lineOfRecord(file, source.header + row)
    return line === undefined ? `${this.name} row ${row + 1}` : placeOfLine(this.name, line, file.packed)
  }

  async close(): Promise<void> {
    this.#opened.connection.closeSync()
    this.#opened.instance.closeSync()
  }

  async #numbers(values: readonly DuckDBValue[], column: string, firstRow: number): Promise<Float64Array> {
    const numbers = new Float64Array(values.length)
    for (let i = 0; i < values.length; i++) {
      const value = values[i]
      if (typeof value !== 'number' || Number.isNaN(value)) {
        const text = typeof value === 'number' ? 'NaN' : await this.#textAt(firstRow + i, column)
        throw notANumber(await this.place(firstRow + i), column, text)
      }
      numbers[i] = value
    }
    return numbers
  }

  /** What stands in the file where a number should. */
  async #textAt(row: number, column: string): Promise<string | undefined> {
    const { source, connection } = this.#opened
    const place = at(requireColumns(this, [column]), 0)
    const sql = `SELECT ${source.text(place)} FROM ${source.from([])} LIMIT 1 OFFSET ${row}`
    const [[value] = []] = (await connection.runAndReadAll(sql)).getColumns()
    return value === undefined || value === null ? undefined : String(value)
  }
}
