import { throwIfAborted } from '../../abort.js'
import { at, invariant } from '../../check.js'
import type { ScoringBiasError } from '../../errors.js'
import { isLarge, isRoundedText, numberInBytes } from './parseNumber.js'
import {
  isMissing,
  longestGlimpse,
  longText,
  notANumber,
  roundedNumber,
  type TableBatch,
  tooLong,
  type WantedColumns,
} from './tableReader.js'
import { placeOfLine } from './textBytes.js'
import type { TextWindow } from './textWindow.js'

/** What takes records, field by field: the bytes of a window from one place to another. */
export interface FieldSink {
  /** The line that the record begins on. */
  line: number
  /** Whether it takes no more records. */
  readonly isFull: boolean
  field(column: number, from: number, to: number, decoded: Decoding): void
  /** Ends a record. */
  endRecord(): void
  /** Forgets the fields of a record that has not been read to its end. */
  restart(): void
}

/** How the text of a field is made of what is written, where that is not the text itself; undefined where it is damaged. */
export type Decoding = ((written: string) => string | undefined) | undefined

/** Finds the records of a text and their fields. */
export interface RowScanner {
  /** Takes one record from the window's front, or leaves it where it does not end within the window. Errors: `BAD_FILE`. */
  scan(window: TextWindow, sink: FieldSink): boolean
}

/** Gives a sink records until it is full; whether the text has ended. Errors: `BAD_FILE`, `ABORTED`. */
export async function fill(
  window: TextWindow,
  scanner: RowScanner,
  sink: FieldSink,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  for (;;) {
    throwIfAborted(signal)
    while (!sink.isFull && scanner.scan(window, sink)) sink.endRecord()
    if (sink.isFull) return false
    if (window.ended) return true
    sink.restart()
    await window.more()
  }
}

/** Counts records, up to a number of them. */
export class CountingSink implements FieldSink {
  line = 0
  count = 0
  readonly #most: number

  constructor(most: number) {
    this.#most = most
  }

  get isFull(): boolean {
    return this.count === this.#most
  }

  /** Fields of the last record. */
  nFields = 0

  field(column: number, _from: number, _to: number, _decoded: Decoding): void {
    this.nFields = column + 1
  }

  endRecord(): void {
    this.count++
  }

  restart(): void {}
}

/** Fields that are numbers and texts, at most as many as a batch has. */
const mostFields = 2 ** 20
const mostRows = 4096

/** Places of columns, the longest text that is taken, and what else is asked of them. */
export interface SoughtColumns extends Pick<WantedColumns, 'keepMissing' | 'exact' | 'ifMissing' | 'ifNoNumber'> {
  readonly numbers: readonly number[]
  readonly texts: readonly number[]
  readonly glimpsed: readonly number[]
  readonly longestText: number
}

/** Collects the columns asked for, row by row, into batches. */
export class RowSink implements FieldSink {
  line = 0
  readonly #window: TextWindow
  readonly #columns: readonly string[]
  readonly #sought: SoughtColumns
  /** Of each column: the place of its values, or -1. */
  readonly #numberOf: Int32Array
  readonly #textOf: Int32Array
  readonly #glimpsed: ReadonlySet<number>
  readonly #capacity: number
  #numbers: Float64Array[] = []
  #texts: string[][] = []
  #row = 0
  #firstRow = 0
  #problem: ScoringBiasError | undefined

  constructor(window: TextWindow, columns: readonly string[], sought: SoughtColumns) {
    this.#window = window
    this.#columns = columns
    this.#sought = { ...sought, numbers: [...new Set(sought.numbers)], texts: [...new Set(sought.texts)] }
    this.#numberOf = inverse(this.#sought.numbers, columns.length)
    this.#textOf = inverse(this.#sought.texts, columns.length)
    this.#glimpsed = new Set(sought.glimpsed)
    const width = this.#sought.numbers.length + this.#sought.texts.length
    this.#capacity = Math.max(1, Math.min(mostRows, Math.floor(mostFields / Math.max(1, width))))
    this.#clear(0)
  }

  get isFull(): boolean {
    return this.#row === this.#capacity
  }

  field(column: number, from: number, to: number, decoded: Decoding): void {
    const text = this.#textOf[column]
    const number = this.#numberOf[column]
    invariant(text !== undefined && number !== undefined, 'every field is of a column')
    // No `at` for a million rows: it sees arrays of all kinds, and takes as long as the rest.
    const texts = text < 0 ? undefined : this.#texts[text]
    if (texts !== undefined) texts[this.#row] = this.#text(column, from, to, decoded)
    const numbers = number < 0 ? undefined : this.#numbers[number]
    if (numbers === undefined) return
    const value = numberInBytes(this.#window.bytes, from, to)
    if (Number.isNaN(value)) {
      const found = this.#window.found(from, to)
      if (this.#sought.keepMissing !== true || !isMissing(found)) this.#notANumber(column, found)
    } else if (isLarge(value)) this.#large(column, from, to, value)
    numbers[this.#row] = value
  }

  restart(): void {
    this.#problem = undefined
    for (const texts of this.#texts) texts[this.#row] = ''
    for (const numbers of this.#numbers) numbers[this.#row] = Number.NaN
  }

  /** Errors: `BAD_FILE`, also where a number is none, missing or rounded; `NOT_A_NUMBER`. */
  endRecord(): void {
    if (this.#problem !== undefined) throw this.#problem
    if (this.#sought.keepMissing !== true) {
      for (let slot = 0; slot < this.#numbers.length; slot++) {
        // An entry of `entries()` for every number of every row is garbage to collect.
        if (Number.isNaN(this.#numbers[slot]?.[this.#row])) this.#notANumber(at(this.#sought.numbers, slot), undefined)
      }
      if (this.#problem !== undefined) throw this.#problem
    }
    this.#row++
  }

  /** The records since the last batch, in columns as they were asked for. */
  take(asked: SoughtColumns): TableBatch {
    const nRows = this.#row
    const batch = {
      firstRow: this.#firstRow,
      nRows,
      numbers: asked.numbers.map((column) => at(this.#numbers, at(this.#numberOf, column)).subarray(0, nRows)),
      texts: asked.texts.map((column) => at(this.#texts, at(this.#textOf, column)).slice(0, nRows)),
    }
    this.#clear(this.#firstRow + nRows)
    return batch
  }

  #clear(firstRow: number): void {
    this.#row = 0
    this.#firstRow = firstRow
    this.#numbers = this.#sought.numbers.map(() => new Float64Array(this.#capacity).fill(Number.NaN))
    this.#texts = this.#sought.texts.map(() => new Array<string>(this.#capacity).fill(''))
  }

  #text(column: number, from: number, to: number, decoded: Decoding): string {
    const { longestText: longest } = this.#sought
    if (this.#glimpsed.has(column)) {
      return to - from > longestGlimpse ? longText : this.#window.bytes.toString('utf8', from, to)
    }
    // A character takes three bytes at most, six where it is written as an escape.
    if (to - from > 6 * longest) return this.#tooLong(column)
    const raw = this.#window.text(from, to, this.line)
    const text = decoded === undefined ? raw : decoded(raw)
    if (text === undefined) {
      throw this.#window.error(`column '${at(this.#columns, column)}' has an escape that JSON does not know`, this.line)
    }
    return text.length > longest ? this.#tooLong(column) : text
  }

  #tooLong(column: number): string {
    const { longestText } = this.#sought
    this.#problem ??= tooLong(placeOfLine(this.#window.file, this.line), at(this.#columns, column), longestText)
    return ''
  }

  #large(column: number, from: number, to: number, value: number): void {
    if (this.#sought.exact !== true) return
    const found = this.#window.bytes.toString('latin1', from, to)
    if (!isRoundedText(found, value)) return
    this.#problem ??= roundedNumber(
      placeOfLine(this.#window.file, this.line),
      at(this.#columns, column),
      found.trim(),
      value,
    )
  }

  #notANumber(column: number, found: string | undefined): void {
    const place = placeOfLine(this.#window.file, this.line)
    this.#problem ??= notANumber(place, at(this.#columns, column), found, this.#sought)
  }
}

/** Of each of n columns: its place among those given, or -1. */
function inverse(columns: readonly number[], n: number): Int32Array {
  const places = new Int32Array(n).fill(-1)
  for (const [place, column] of columns.entries()) places[column] = place
  return places
}
