import { abortSignal, flag, integer, list, nearest, type OptionChecks, required, text } from '../../check.js'
import { ScoringBiasError } from '../../errors.js'
import { ambiguousComma } from './parseNumber.js'

/** A file of samples by row and columns by name, read in batches of bounded size. */
export interface TableReader {
  /** What messages call it: its path, or `standard input`. */
  readonly name: string
  readonly columns: readonly string[]
  /** Whether the file itself names its columns; a bare array does not, its columns are x1, x2, …. */
  readonly named: boolean
  /** Whether its first rows can be had without reading all others. Default false. */
  readonly streamed?: boolean
  /** The arrays that columns are elements of; absent where the file holds columns. */
  arrays?(columns: readonly string[]): readonly TableArray[]
  /** The columns of the array of a name; empty where there is none. Absent where arrays have no names. */
  columnsOf?(array: string): readonly string[]
  /**
   * Reads the columns asked for, in file order; may be called again for another pass.
   *
   * Errors while reading: `BAD_FILE` for a row that cannot be read and for an element of `numbers` that is missing or no
   * number, or that `exact` refuses, `NOT_A_NUMBER` for a NaN, each with line (or row) and column; `ABORTED`. A number that is text is decimal, with
   * a point or, where it cannot part thousands, a comma.
   */
  batches(wanted: WantedColumns): AsyncGenerator<TableBatch, void, undefined>
  /** Where a row is, for messages: `data.csv line 7`, `data.npy row 5`; rows count from 0, lines and rows named from 1. */
  place(row: number): Promise<string>
  /** Frees what the reader holds. */
  close(): Promise<void>
}

/** An array of a file, and which columns of the file are asked for of it. */
export interface TableArray {
  readonly name: string
  /** Shape of a sample: the axes behind the first. */
  readonly shape: readonly number[]
  /** Of each column: its place within a sample, in C order. */
  readonly places: readonly number[]
}

/** Characters that the name of a column or a class may have. */
export const longestName = 1000

/** Columns that a file may have. */
export const mostColumns = 1_000_000

/** Names of columns; every one must be among the reader's. One asked for as both gives both. */
export interface WantedColumns {
  readonly numbers: readonly string[]
  readonly texts?: readonly string[]
  /** Characters that a text may have; a longer one is refused, with its place, and never read whole. Default: any. */
  readonly longestText?: number | undefined
  /** Those of `texts` that are only looked at: what is long or damaged there is not refused. */
  readonly glimpsed?: readonly string[] | undefined
  /** Whether a number that is missing (nothing, NaN, a word such as NA) is NaN and not refused. Default false. */
  readonly keepMissing?: boolean | undefined
  /** Whether a whole number that float64 does not hold, beyond 2⁵³, is refused and not rounded. Default false. */
  readonly exact?: boolean | undefined
  /** What to do about a missing number, for messages. Default: fill it in or leave the row out. */
  readonly ifMissing?: string | undefined
  /** What to do about a text that is no number, for messages. Default: correct the file. */
  readonly ifNoNumber?: string | undefined
  readonly signal?: AbortSignal | undefined
}

/** Of what is asked of `batches`. */
export const wantedChecks: OptionChecks<WantedColumns> = {
  numbers: required(list(text)),
  texts: list(text),
  longestText: integer(1),
  glimpsed: list(text),
  keepMissing: flag,
  exact: flag,
  ifMissing: text,
  ifNoNumber: text,
  signal: abortSignal,
}

/** Consecutive rows. */
export interface TableBatch {
  /** Number of the first row, from 0. */
  readonly firstRow: number
  readonly nRows: number
  /** [columns][nRows] of the numbers asked for; ±∞ may be among them, NaN only where `keepMissing` asks for it. */
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
  const known = new Map(columns.map((column, place) => [column, place]))
  const places = wanted.flatMap((column) => known.get(column) ?? [])
  if (places.length === wanted.length) return places
  const missing = wanted.filter((column) => !known.has(column))
  const guesses = missing.flatMap((column) => nearest(column, columns) ?? [])
  const hint = guesses.length === 0 ? '' : ` (did you mean ${listed(guesses)}?)`
  throw new ScoringBiasError(
    'UNKNOWN_NAME',
    `${name} has no column ${listed(missing)}${hint}. Its columns are ${listed(columns)}`,
  )
}

/** Names of columns as they are; in the place of an array's name, which is no column's, all of its columns. */
export function withArrays(reader: TableReader, names: readonly string[] = []): string[] {
  const known = new Set(reader.columns)
  return names.flatMap((name) => {
    const own = known.has(name) ? [] : (reader.columnsOf?.(name) ?? [])
    return own.length === 0 ? [name] : own
  })
}

/** Names in quotes, the first twenty. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, 20).map((name) => `'${shortened(name)}'`)
  return names.length > 20 ? `${shown.join(', ')}, … (${names.length} in all)` : shown.join(', ')
}

/** A text in a message: its first sixty characters. */
export function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}

/** The first name that an earlier one equals. */
export function repeated(names: readonly string[]): string | undefined {
  const seen = new Set<string>()
  return names.find((name) => seen.size === seen.add(name).size)
}

/** Requires names of columns to differ and to be no longer than names are. Errors: `BAD_FILE`. */
export function requireNames(place: string, columns: readonly string[]): void {
  const long = columns.find((column) => column.length > longestName)
  if (long !== undefined) {
    const what = `the name '${shortened(long)}' of a column has ${long.length} characters. It may have ${longestName}`
    throw new ScoringBiasError('BAD_FILE', `${place}: ${what}`)
  }
  const twice = repeated(columns)
  if (twice === undefined) return
  throw new ScoringBiasError('BAD_FILE', `${place}: column '${shortened(twice)}' appears more than once`)
}

const missingWord = /^(na|n\/a|#n\/a|<na>|null|none|nil|missing|[-.?])$/i
const nan = /^[+-]?nan$/i

/** Whether a text stands for a number that is missing. */
export function isMissing(found: string): boolean {
  const text = trimmed(found)
  return text === '' || nan.test(text) || missingWord.test(text)
}

function trimmed(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, '')
}

/** Bytes of a text that is only looked at, and what it is where it has more: no name. */
export const longestGlimpse = 200
export const longText = '…'

/** What messages say that there is to do. */
type WaysOut = Pick<WantedColumns, 'ifMissing' | 'ifNoNumber'>

const fillIn = 'Fill it in or leave the row out'

/** What an element that is no number looks like, what it is called and the way out. */
const notNumbers: readonly (readonly [looks: RegExp, what: string, wayOut: string])[] = [
  [/^[{[]/, 'which holds values within a value', 'Write a row for each sample and a column for each number'],
  [
    ambiguousComma,
    'with a comma that may be a decimal one or part thousands',
    'Write it with a point or without comma',
  ],
  [/^[+-]?\d{1,3}([,.' ]\d{3})+([,.]\d+)?$/, 'with marks between thousands', 'Write it without them'],
  [/^[+-]?\d[\d_.]*_[\d_.]*$/, "with '_' between digits", 'Write it without them'],
  [/^[+-]?[\d.,]+ ?%$/, 'with a per cent sign', 'Write it as a number without the sign, as in 0.05 for 5 %'],
  [/^[+-]?(\p{Sc} ?[+-]?[\d.,]+|[\d.,]+ ?\p{Sc})$/u, 'with the sign of a currency', 'Write the number alone'],
  [/^\([\d.,]+\)$/, 'in brackets', 'Write the number without them, with a minus before it if it is below 0'],
  [/^(true|false)$/i, 'a truth value', 'Write 1 for true and 0 for false'],
  [/^[+-]?0x[\da-f]+$/i, 'a hexadecimal number', 'Write it as a decimal one'],
  [/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i, 'too large for float64', "Write 'inf' if it is infinite"],
  [
    /^(?=.*[^ -~])[\d\s\p{Nd}\p{Pd}\u2212.,e+]+$/iu,
    'with characters that are not those of plain numbers',
    'Type it anew',
  ],
]

/**
 * The error for an element that should be a number: `found` is what stands there, undefined for nothing; `waysOut` is what
 * to do about it.
 */
export function notANumber(
  place: string,
  column: string,
  found: string | undefined,
  waysOut: WaysOut = {},
): ScoringBiasError {
  const text = found === undefined ? undefined : trimmed(found)
  const [what, wayOut] = whatIsNoNumber(text, waysOut)
  const isNan = text !== undefined && nan.test(text)
  return new ScoringBiasError(
    isNan ? 'NOT_A_NUMBER' : 'BAD_FILE',
    `${place}: column '${shortened(column)}' is ${isNan ? "'NaN', not a number" : what}. ${wayOut}`,
  )
}

function whatIsNoNumber(
  text: string | undefined,
  { ifMissing = fillIn, ifNoNumber = 'Correct the file' }: WaysOut,
): readonly [what: string, wayOut: string] {
  if (text === undefined || text === '') return ['empty', ifMissing]
  if (nan.test(text)) return ["'NaN'", ifMissing]
  if (missingWord.test(text)) return [`'${text}', a missing value`, ifMissing]
  const [, what, way] = notNumbers.find(([looks]) => looks.test(text)) ?? []
  if (what === undefined || way === undefined) return [`'${shortened(text)}', not a number`, ifNoNumber]
  return [`'${shortened(text)}', ${what}`, way]
}

/** The error for a whole number that float64 does not hold. */
export function roundedNumber(place: string, column: string, found: string, number: number): ScoringBiasError {
  return new ScoringBiasError(
    'BAD_FILE',
    `${place}: column '${shortened(column)}' is '${shortened(found)}', a whole number beyond 2⁵³, of which float64 makes ${BigInt(number)}. ` +
      'Numbers that differ could become equal. Subtract one and the same number from all of them before they are written ' +
      'or, if their last digits mean nothing, write them as float64. If they are identifiers, leave the column out with the option ignore',
  )
}

/** The error for a text that is longer than what is taken. */
export function tooLong(place: string, column: string, longest: number): ScoringBiasError {
  return new ScoringBiasError(
    'BAD_FILE',
    `${place}: column '${shortened(column)}' has a text of more than ${longest} characters. Is it the right column?`,
  )
}
