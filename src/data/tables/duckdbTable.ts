import { resolve } from 'node:path'
import { type DuckDBConnection, DuckDBInstance, type DuckDBValue } from '@duckdb/node-api'
import { throwIfAborted } from '../../abort.js'
import { ScoringBiasError } from '../../errors.js'
import { notANumber, requireColumns, type TableBatch, type TableReader, type WantedColumns } from './tableReader.js'
import { fieldsOf, firstRecord, lineOfRecord, type TextFile } from './textLines.js'

export type DuckdbFormat = 'csv' | 'tsv' | 'jsonl' | 'parquet'

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
export async function openDuckdbTable(file: TextFile, format: DuckdbFormat, name: string): Promise<TableReader> {
  const instance = await DuckDBInstance.create(':memory:', config)
  const connection = await instance.connect()
  try {
    const source = await (format === 'csv' || format === 'tsv'
      ? delimitedSource(file, format, name)
      : typedSource(connection, file, format, name))
    return new DuckdbTable(instance, connection, file, name, source)
  } catch (error) {
    connection.closeSync()
    instance.closeSync()
    throw error
  }
}

/** How a format is queried. */
interface Source {
  readonly columns: readonly string[]
  /** FROM clause, given the places of the columns to be read as numbers. */
  from(numbers: readonly number[]): string
  /** Expressions for the column at a place. */
  number(place: number): string
  text(place: number): string
  /** Lines before the first row, where rows have lines. */
  readonly header: number | undefined
}

class DuckdbTable implements TableReader {
  readonly named = true
  readonly columns: readonly string[]
  readonly name: string
  readonly #instance: DuckDBInstance
  readonly #connection: DuckDBConnection
  readonly #file: TextFile
  readonly #source: Source

  constructor(instance: DuckDBInstance, connection: DuckDBConnection, file: TextFile, name: string, source: Source) {
    this.#instance = instance
    this.#connection = connection
    this.#file = file
    this.#source = source
    this.name = name
    this.columns = source.columns
  }

  async *batches({ numbers, texts = [], signal }: WantedColumns): AsyncGenerator<TableBatch, void, undefined> {
    throwIfAborted(signal)
    const source = this.#source
    const numberPlaces = requireColumns(this, numbers)
    const textPlaces = requireColumns(this, texts)
    const selected = [
      ...numberPlaces.map((place) => source.number(place)),
      ...textPlaces.map((place) => source.text(place)),
    ]
    const sql = `SELECT ${selected.join(', ')} FROM ${source.from(numberPlaces)}`
    let firstRow = 0
    try {
      const result = await this.#connection.stream(sql)
      for (;;) {
        throwIfAborted(signal)
        const chunk = await result.fetchChunk()
        if (chunk === null || chunk.rowCount === 0) return
        const nRows = chunk.rowCount
        const columns = selected.map((_, i) => chunk.getColumnValues(i))
        const parsed: Float64Array[] = []
        for (const [i, column] of numbers.entries())
          parsed.push(await this.#numbers(columns[i] ?? [], column, firstRow))
        const strings = columns.slice(numbers.length).map((column) => column.map((value) => String(value ?? '')))
        yield { firstRow, nRows, numbers: parsed, texts: strings }
        firstRow += nRows
      }
    } catch (error) {
      throw translated(error, this.name, this.columns, this.#file.packed)
    }
  }

  async place(row: number): Promise<string> {
    const { header } = this.#source
    const line = header === undefined ? undefined : await lineOfRecord(this.#file, header + row)
    return line === undefined ? `${this.name} row ${row + 1}` : placeOfLine(this.name, line, this.#file.packed)
  }

  async close(): Promise<void> {
    this.#connection.closeSync()
    this.#instance.closeSync()
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
    const [place = 0] = requireColumns(this, [column])
    const sql = `SELECT ${this.#source.text(place)} FROM ${this.#source.from([])} LIMIT 1 OFFSET ${row}`
    const result = await this.#connection.runAndReadAll(sql)
    const value = result.getColumns()[0]?.[0] ?? undefined
    return value === undefined ? undefined : String(value)
  }
}

/**
 * CSV and TSV, never guessed at beyond the delimiter: the first line names the columns, double quotes enclose, and a
 * column is a number where it is asked for as one. Columns go by their places (c0, c1, …), for DuckDB's names do not
 * tell upper from lower case.
 */
async function delimitedSource(file: TextFile, format: 'csv' | 'tsv', name: string): Promise<Source> {
  const first = await readFirst(file, name)
  const delimiter = format === 'tsv' ? '\t' : likeliestDelimiter(first)
  const columns = fieldsOf(first, delimiter).map((field, i) => (field === '' ? `column${i + 1}` : field))
  requireHeader(columns, name)
  return {
    columns,
    from: (numbers) => {
      const types = columns.map((_, i) => `'c${i}': '${numbers.includes(i) ? 'DOUBLE' : 'VARCHAR'}'`)
      return (
        `read_csv(${literalPath(file.path)}, auto_detect = false, header = true, delim = ${literal(delimiter)}, quote = '"', ` +
        `escape = '"', compression = ${compression(file)}, columns = {${types.join(', ')}})`
      )
    },
    number: (place) => `c${place}`,
    text: (place) => `c${place}`,
    header: 1,
  }
}

async function typedSource(
  connection: DuckDBConnection,
  file: TextFile,
  format: 'jsonl' | 'parquet',
  name: string,
): Promise<Source> {
  const path = literalPath(file.path)
  const json = `read_json(${path}, format = 'newline_delimited', compression = ${compression(file)}`
  const from = format === 'parquet' ? `read_parquet(${path})` : `${json}, maximum_depth = 1)`
  const columns = await described(connection, from, name)
  // As text, so that a value that is no number is told of by its line and not by DuckDB's idea of the type.
  const texts = columns.map((column) => `${literal(column)}: 'VARCHAR'`)
  const table = format === 'parquet' ? from : `${json}, columns = {${texts.join(', ')}})`
  const expression = (place: number) => `"${(columns[place] ?? '').replaceAll('"', '""')}"`
  return {
    columns,
    from: () => table,
    number: (place) => `TRY_CAST(${expression(place)} AS DOUBLE)`,
    text: (place) => `CAST(${expression(place)} AS VARCHAR)`,
    header: format === 'parquet' ? undefined : 0,
  }
}

async function described(connection: DuckDBConnection, from: string, name: string): Promise<string[]> {
  try {
    const result = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${from}`)
    return (result.getColumns()[0] ?? []).map(String)
  } catch (error) {
    throw translated(error, name, [], false)
  }
}

async function readFirst(file: TextFile, name: string): Promise<string> {
  let first: string | undefined
  try {
    first = await firstRecord(file)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new ScoringBiasError('BAD_FILE', `cannot read ${name}: ${reason}`, { cause })
  }
  if (first === undefined) throw new ScoringBiasError('BAD_FILE', `${name} is empty`)
  return first
}

/** The one of comma, semicolon and tab that the header has most of. */
function likeliestDelimiter(header: string): string {
  const counts = [',', ';', '\t'].map((delimiter) => [delimiter, fieldsOf(header, delimiter).length] as const)
  return counts.reduce((best, one) => (one[1] > best[1] ? one : best), [',', 0] as const)[0]
}

function requireHeader(columns: readonly string[], name: string): void {
  if (columns.every((column) => column.trim() !== '' && Number.isFinite(Number(column)))) {
    throw new ScoringBiasError('BAD_FILE', `${name} line 1: the first line must name the columns, it holds numbers`)
  }
  const twice = columns.find((column, i) => columns.indexOf(column) < i)
  if (twice !== undefined) {
    throw new ScoringBiasError('BAD_FILE', `${name} line 1: column '${twice}' appears more than once`)
  }
}

/** DuckDB's errors as ours: line, column and value are in its text. */
function translated(error: unknown, name: string, columns: readonly string[], packed: boolean): unknown {
  if (error instanceof ScoringBiasError || !(error instanceof Error)) return error
  const { message } = error
  // Not LINE 1, which is of the query.
  const line = /\b[Ll]ine:? (\d+)/.exec(message)?.[1]
  const place = line === undefined ? name : placeOfLine(name, line, packed)
  const conversion = /converting column "c(\d+)"\. Could not convert string "([\s\S]*?)" to 'DOUBLE'/.exec(message)
  if (conversion !== null) return notANumber(place, columns[Number(conversion[1])] ?? '', conversion[2])
  const count = /Expected Number of Columns: (\d+) Found: (\d+)/.exec(message)
  const what =
    count !== null
      ? `has ${count[2]} fields, the first line has ${count[1]}`
      : /unterminated quote/.test(message)
        ? 'a quote is opened and not closed'
        : /not utf-8/.test(message)
          ? 'is not UTF-8'
          : firstSentence(message)
  return new ScoringBiasError('BAD_FILE', `${place}: ${what}`, { cause: error })
}

function placeOfLine(name: string, line: number | string, packed: boolean): string {
  return `${name} line ${line}${packed ? ' of the unpacked text' : ''}`
}

function firstSentence(message: string): string {
  const [first = message] = message.replace(/^[A-Za-z ]*Error: /, '').split('\n')
  return first.trim()
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

function compression({ packed }: TextFile): string {
  return literal(packed ? 'gzip' : 'uncompressed')
}

/** The path of one file: DuckDB takes `*`, `?` and `[` for patterns unless they are bracketed. */
function literalPath(path: string): string {
  return literal(resolve(path).replace(/[*?[]/g, '[$&]'))
}
