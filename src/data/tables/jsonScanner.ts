import { at } from '../../check.js'
import type { ScoringBiasError } from '../../errors.js'
import type { FieldSink, RowScanner } from './rowSink.js'
import { longestName, mostColumns, shortened } from './tableReader.js'
import type { TextWindow } from './textWindow.js'

const quote = 0x22
const comma = 0x2c
const colon = 0x3a
const openBracket = 0x5b
const backslash = 0x5c
const closeBracket = 0x5d
const openBrace = 0x7b
const closeBrace = 0x7d

/** Values within values within values …: read without recursion, but nobody's table goes deeper. */
const deepest = 1000

/** How a value that is no string and no other values begins; Python writes NaN and Infinity. */
const scalar = /^(-?\d|true|false|null|NaN|-?Infinity)/

function unescaped(text: string): string | undefined {
  try {
    return JSON.parse(`"${text}"`)
  } catch {
    return undefined
  }
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39
}

/** JSON's blanks and line breaks. */
function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}

/**
 * Reads objects, each a row, one after another or as the elements of one array. Keys are columns as they are written:
 * those that differ in case are two. Numbers keep their text, values within values are texts.
 */
export class JsonScanner implements RowScanner {
  /** All keys that were met, in order. */
  readonly columns: string[] = []
  readonly #places = new Map<string, number>()
  /** Of each column: its key as it was last written, and the last record that has it. */
  readonly #keys: Buffer[] = []
  readonly #records: number[] = []
  /** Columns in the order of the last record, which the next one most likely has. */
  #order: number[] = []
  #record = 0
  #inArray: boolean | undefined
  #line = 0
  #isEscaped = false
  readonly #isComplete: boolean

  /** @param columns all keys, where they are known already */
  constructor(columns: readonly string[] | undefined) {
    this.#isComplete = columns !== undefined
    for (const [place, column] of (columns ?? []).entries()) {
      this.columns.push(column)
      this.#places.set(column, place)
    }
  }

  scan(window: TextWindow, sink: FieldSink): boolean {
    this.#line = window.line
    const start = this.#recordStart(window)
    window.line = this.#line
    if (start < 0) return false
    this.#record++
    sink.line = this.#line
    const end = this.#object(window, start + 1, sink)
    if (end < 0) {
      if (window.ended) throw window.error('the object that begins here is not closed')
      return false
    }
    window.at = end
    window.line = this.#line
    return true
  }

  /** The place of the next object, or -1 where there is none yet. */
  #recordStart(window: TextWindow): number {
    for (;;) {
      const i = this.#skipSpace(window, window.at)
      window.at = Math.min(i, window.end)
      if (i >= window.end) return -1
      const byte = window.bytes[i]
      if (byte === openBrace) {
        this.#inArray ??= false
        return i
      }
      if (byte === openBracket && this.#inArray === undefined) this.#inArray = true
      else if (!this.#inArray || (byte !== comma && byte !== closeBracket)) {
        throw window.error(
          `${found(window, i)} is no row. A row is an object such as {"label": 0, "score": 0.5}`,
          this.#line,
        )
      }
      window.at = i + 1
    }
  }

  /** Reads the members of an object; the place after it, or -1 where it does not end yet. */
  #object(window: TextWindow, from: number, sink: FieldSink): number {
    const { bytes, end } = window
    let i = this.#skipSpace(window, from)
    if (bytes[i] === closeBrace && i < end) return i + 1
    for (let member = 0; ; member++) {
      if (i >= end) return -1
      if (bytes[i] !== quote) throw this.#expected('a key in double quotes', window, i)
      const likely = this.#likelyEnd(bytes, member, i + 1)
      const keyEnd = likely < 0 ? this.#stringEnd(window, i + 1) : likely
      if (keyEnd < 0) return -1
      const column = likely < 0 ? this.#lookUp(window, i + 1, keyEnd) : at(this.#order, member)
      this.#requireNew(window, member, column)
      i = this.#skipSpace(window, keyEnd + 1)
      if (i >= end) return -1
      if (bytes[i] !== colon) throw this.#expected("':'", window, i)
      i = this.#value(window, this.#skipSpace(window, i + 1), column, sink)
      if (i < 0) return -1
      i = this.#skipSpace(window, i)
      if (i >= end) return -1
      if (bytes[i] === closeBrace) {
        if (this.#order.length > member + 1) this.#order.length = member + 1
        return i + 1
      }
      if (bytes[i] !== comma) throw this.#expected("',' or '}'", window, i)
      i = this.#skipSpace(window, i + 1)
    }
  }

  /** Hands a value to the sink; the place after it, or -1 where it does not end yet. */
  #value(window: TextWindow, from: number, column: number, sink: FieldSink): number {
    const { bytes, end } = window
    if (from >= end) return -1
    if (bytes[from] === quote) {
      const to = this.#stringEnd(window, from + 1)
      if (to < 0) return -1
      sink.field(column, from + 1, to, this.#isEscaped ? unescaped : undefined)
      return to + 1
    }
    const isNested = bytes[from] === openBrace || bytes[from] === openBracket
    const to = isNested ? this.#nestedEnd(window, from) : this.#scalarEnd(window, from)
    if (to < 0) return -1
    if (
      !isNested &&
      !isDigit(bytes[bytes[from] === 0x2d ? from + 1 : from]) &&
      !scalar.test(bytes.toString('latin1', from, Math.min(to, from + 9)))
    ) {
      throw this.#expected('a value', window, from)
    }
    if (bytes[from] !== 0x6e) sink.field(column, from, to, undefined)
    return to
  }

  #scalarEnd({ bytes, end, ended }: TextWindow, from: number): number {
    let i = from
    for (; i < end; i++) {
      const byte = bytes[i]
      if (byte === closeBrace || byte === closeBracket) return i
      if (byte !== undefined && byte <= comma && byte !== 0x2b) return i
    }
    return ended ? i : -1
  }

  #nestedEnd(window: TextWindow, from: number): number {
    const { bytes, end } = window
    const open: number[] = []
    for (let i = from; i < end; i++) {
      const byte = bytes[i]
      if (byte === quote) {
        i = this.#stringEnd(window, i + 1)
        if (i < 0) return -1
      } else if (byte === openBrace || byte === openBracket) {
        if (open.push(byte) > deepest) throw window.error(`values are nested deeper than ${deepest} levels`, this.#line)
      } else if (byte === closeBrace || byte === closeBracket) {
        // The closing bracket of ASCII is two after the opening one.
        if (open.pop() !== byte - 2) throw this.#expected('the other kind of bracket', window, i)
        if (open.length === 0) return i + 1
      } else if (byte === 0x0a) this.#line++
    }
    return -1
  }

  /** The place of the quote that ends a string, or -1 where it is not known yet. */
  #stringEnd(window: TextWindow, from: number): number {
    const { bytes, end } = window
    this.#isEscaped = false
    for (let i = from; i < end; i++) {
      const byte = bytes[i]
      if (byte === quote) return i
      if (byte === backslash) {
        this.#isEscaped = true
        i++
      } else if (byte === 0x0a || byte === 0x0d) throw window.error('a string is not closed', this.#line)
    }
    return -1
  }

  /** The end of a key that is the one that the last record had at its place, so that few are looked up; else -1. */
  #likelyEnd(bytes: Buffer, member: number, from: number): number {
    const column = this.#order[member]
    const key = column === undefined ? undefined : this.#keys[column]
    if (key === undefined) return -1
    const to = from + key.length
    if (bytes[to] !== quote) return -1
    for (let i = 0; i < key.length; i++) if (bytes[from + i] !== key[i]) return -1
    return to
  }

  #requireNew(window: TextWindow, member: number, column: number): void {
    if (this.#records[column] === this.#record) {
      throw window.error(`key '${shortened(at(this.columns, column))}' appears twice in one object`, this.#line)
    }
    this.#records[column] = this.#record
    this.#order[member] = column
  }

  #lookUp(window: TextWindow, from: number, to: number): number {
    const name = this.#key(window, from, to)
    const place = this.#places.get(name) ?? this.columns.length
    this.#keys[place] = Buffer.from(window.bytes.subarray(from, to))
    if (place < this.columns.length) return place
    if (this.#isComplete) throw window.error('the file has changed while it was read', this.#line)
    if (place === mostColumns) throw window.error(`there are more than ${mostColumns} different keys`, this.#line)
    this.#places.set(name, place)
    this.columns.push(name)
    return place
  }

  #key(window: TextWindow, from: number, to: number): string {
    // A character takes three bytes at most, six where it is written as an escape.
    const raw = to - from > 6 * longestName ? undefined : window.text(from, to, this.#line)
    const name = raw !== undefined && this.#isEscaped ? unescaped(raw) : raw
    if (name !== undefined && name.length <= longestName) return name
    const what = raw === undefined || name !== undefined ? `has more than ${longestName} characters` : 'is damaged'
    throw window.error(`a key ${what}`, this.#line)
  }

  /** Past blanks and line breaks, which are counted. */
  #skipSpace({ bytes, end }: TextWindow, from: number): number {
    let i = from
    for (; i < end && isSpace(bytes[i]); i++) if (bytes[i] === 0x0a) this.#line++
    return i
  }

  #expected(what: string, window: TextWindow, i: number): ScoringBiasError {
    return window.error(`this is no JSON: ${what} should stand where ${found(window, i)} stands`, this.#line)
  }
}

/** The text at a place, for messages. */
function found({ bytes, end }: TextWindow, i: number): string {
  const text = bytes.subarray(i, Math.min(end, i + 100)).toString('utf8')
  return `'${shortened(text.replace(/\s[\s\S]*/, ''))}'`
}
