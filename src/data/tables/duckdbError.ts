import { at } from '../../check.js'
import { ScoringBiasError } from '../../errors.js'
import { notANumber } from './tableReader.js'

/** What was read when an error came. */
interface ReadFile {
  readonly name: string
  /** Of a delimited file, whose columns DuckDB knows by their places. */
  readonly columns: readonly string[]
  readonly packed: boolean
}

/** DuckDB's errors as ours: line, column and value are in its text. */
export function duckdbError(error: unknown, { name, columns, packed }: ReadFile): unknown {
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
