import { resolve } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import { at } from '../../check.js'
import { cannotRead, ScoringBiasError } from '../../errors.js'
import { notANumber } from './tableReader.js'
import { fieldsOf, firstRecord, type TextFile } from './textLines.js'

/** How a file is queried. */
export interface DuckdbSource {
  readonly columns: readonly string[]
  /** FROM clause, given the places of the columns to be read as numbers. */
  from(numbers: readonly number[]): string
  /** Expressions for the column at a place. */
  number(place: number): string
  text(place: number): string
  /** Lines before the first row, where rows have lines. */
  readonly header: number | undefined
}

/**
 * CSV and TSV, never guessed at beyond the delimiter: the first line names the columns, double quotes enclose, and a
 * column is a number where it is asked for as one. Columns go by their places (c0, c1, …), for DuckDB's names do not
 * tell upper from lower case.
 */
export async function delimitedSource(file: TextFile, format: 'csv' | 'tsv', name: string): Promise<DuckdbSource> {
  const first = await firstRecord(file).catch(cannotRead(name))
  if (first === undefined) throw new ScoringBiasError('BAD_FILE', `${name} is empty`)
  const delimiter = format === 'tsv' ? '\t' : likeliestDelimiter(first)
  const columns = fieldsOf(first, delimiter).map((field, i) => (field === '' ? `column${i + 1}` : field))
  requireHeader(columns, name)
  return {
    columns,
    from: (numbers) => {
      const types = columns.map((_, i) => `'c${i}': '${numbers.includes(i) ? 'DOUBLE' : 'VARCHAR'}'`)
      return (
        `read_csv(${literalPath(file.path)}, auto_detect = false, header = true, delim = ${literal(delimiter)}, quote = '"', ` +
        `escape = '"', compression = ${compression(file)}, ${fromContents}, columns = {${types.join(', ')}})`
      )
    },
    number: (place) => `c${place}`,
    text: (place) => `c${place}`,
    header: 1,
  }
}

/** JSONL and Parquet, which name their columns and write them with their types. */
export async function typedSource(
  connection: DuckDBConnection,
  file: TextFile,
  format: 'jsonl' | 'parquet',
  name: string,
): Promise<DuckdbSource> {
  const path = literalPath(file.path)
  const json = `read_json(${path}, format = 'newline_delimited', ${wholeSchema}, compression = ${compression(file)}, ${fromContents}`
  const from = format === 'parquet' ? `read_parquet(${path}, ${fromContents})` : `${json}, maximum_depth = 1)`
  const columns = await described(connection, from, name)
  // As text, so that a value that is no number is told of by its line and not by DuckDB's idea of the type.
  const texts = columns.map((column) => `${literal(column)}: 'VARCHAR'`)
  const table = format === 'parquet' ? from : `${json}, columns = {${texts.join(', ')}})`
  const expression = (place: number) => `"${at(columns, place).replaceAll('"', '""')}"`
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
    return at(result.getColumns(), 0).map(String)
  } catch (error) {
    throw duckdbError(error, name, [], false)
  }
}

/** Folders named `key=value` on the path of a file are no columns of it. */
const fromContents = 'hive_partitioning = false'

/** The keys of all rows are columns, whichever row has them first, however many and rare they are. */
const wholeSchema = 'sample_size = -1, map_inference_threshold = -1, field_appearance_threshold = 0'

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

/** DuckDB's errors as ours: line, column and value are in its text, the columns of a delimited file by their places. */
export function duckdbError(error: unknown, name: string, columns: readonly string[], packed: boolean): unknown {
  if (error instanceof ScoringBiasError || !(error instanceof Error)) return error
  const { message } = error
  // Not LINE 1, which is of the query.
  const line = /\b[Ll]ine:? (\d+)/.exec(message)?.[1]
  const place = line === undefined ? name : placeOfLine(name, line, packed)
  const conversion = /converting column "c(\d+)"\. Could not convert string "([\s\S]*?)" to 'DOUBLE'/.exec(message)
  if (conversion !== null) return notANumber(place, at(columns, Number(conversion[1])), conversion[2])
  return new ScoringBiasError('BAD_FILE', `${place}: ${whatIsWrong(message)}`, { cause: error })
}

/** A line of a file, for messages. */
export function placeOfLine(name: string, line: number | string, packed: boolean): string {
  return `${name} line ${line}${packed ? ' of the unpacked text' : ''}`
}

function whatIsWrong(message: string): string {
  const count = /Expected Number of Columns: (\d+) Found: (\d+)/.exec(message)
  if (count !== null) return `has ${count[2]} fields, the first line has ${count[1]}`
  if (/unterminated quote/.test(message)) return 'a quote is opened and not closed'
  if (/not utf-8/.test(message)) return 'is not UTF-8'
  return message
    .replace(/^[A-Za-z ]*Error: /, '')
    .replace(/\n[\s\S]*/, '')
    .trim()
}
