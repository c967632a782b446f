import { abortSignal, list, nearest, type OptionChecks, required, text } from '../../check.js'
import { ScoringBiasError } from '../../errors.js'

/** A file of samples by row and columns by name, read in batches of bounded size. */
export interface TableReader {
  /** What messages call it: its path, or `standard input`. */
  readonly name: string
  readonly columns: readonly string[]
  /** Whether the file itself names its columns; a bare array does not, its columns are x1, x2, …. */
  readonly named: boolean
  /**
   * Reads the columns asked for, in file order; may be called again for another pass.
   *
   * Errors while reading: `BAD_FILE` for a row that cannot be read and for an element of `numbers` that is missing or no
   * number, `NOT_A_NUMBER` for a NaN, each with line (or row) and column; `ABORTED`.
   */
  batches(wanted: WantedColumns): AsyncGenerator<TableBatch, void, undefined>
  /** Where a row is, for messages: `data.csv line 7`, `data.npy row 5`; rows count from 0, lines and rows named from 1. */
  place(row: number): Promise<string>
  /** Frees what the reader holds. */
  close(): Promise<void>
}

/** Names of columns; every one must be among the reader's. One asked for as both gives the number's text. */
export interface WantedColumns {
  readonly numbers: readonly string[]
  readonly texts?: readonly string[]
  readonly signal?: AbortSignal | undefined
}

/** Of what is asked of `batches`. */
export const wantedChecks: OptionChecks<WantedColumns> = {
  numbers: required(list(text)),
  texts: list(text),
  signal: abortSignal,
}

/** Consecutive rows. */
export interface TableBatch {
  /** Number of the first row, from 0. */
  readonly firstRow: number
  readonly nRows: number
  /** [columns][nRows] of the numbers asked for; ±∞ may be among them, NaN not. */
  readonly numbers: readonly Float64Array[]
  /** [columns][nRows] of the texts asked for; empty where the file has nothing. */
  readonly texts: readonly (readonly string[])[]
}

/**
 * Requires columns of a table and returns their places. Errors: `UNKNOWN_NAME`, naming the columns there are and the
 * nearest.
 */
export function requireColumns(
  { name, columns }: Pick<TableReader, 'name' | 'columns'>,
  wanted: readonly string[],
): number[] {
  const places = wanted.map((column) => columns.indexOf(column))
  const missing = wanted.filter((_, i) => places[i] === -1)
  if (missing.length === 0) return places
  const guesses = missing.flatMap((column) => nearest(column, columns) ?? [])
  const hint = guesses.length === 0 ? '' : ` (did you mean ${listed(guesses)}?)`
  throw new ScoringBiasError(
    'UNKNOWN_NAME',
    `${name} has no column ${listed(missing)}; its columns are ${listed(columns)}${hint}`,
  )
}

/** Names in quotes, the first twenty. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, 20).map((name) => `'${name}'`)
  return names.length > 20 ? `${shown.join(', ')}, … (${names.length} in all)` : shown.join(', ')
}

/** The error for an element that should be a number: `found` is what stands there, undefined for nothing. */
export function notANumber(place: string, column: string, found: string | undefined): ScoringBiasError {
  const what = found === undefined || found === '' ? 'is empty' : `is '${found}', not a number`
  return new ScoringBiasError(
    found === 'NaN' ? 'NOT_A_NUMBER' : 'BAD_FILE',
    `${place}: column '${column}' ${what}; correct the file or leave the column out`,
  )
}
