import type { Decoding, FieldSink, RowScanner } from './rowSink.js'
import { mostColumns } from './tableReader.js'
import type { TextWindow } from './textWindow.js'

const lineFeed = 0x0a
const carriageReturn = 0x0d
const blank = 0x20
const quote = 0x22

const undoubled: Decoding = (text) => text.replaceAll('""', '"')

/**
 * Reads records of fields between delimiters, one a line. Double quotes enclose a field with delimiters or line breaks in
 * it and are doubled within; lines end with a line feed, a carriage return or both; empty lines are skipped; of blanks as
 * delimiters, several count as one. A record may end with a delimiter more than the header has.
 */
export class DelimitedScanner implements RowScanner {
  readonly #delimiter: number
  readonly #nColumns: number | undefined
  #line = 0
  #closing = 0
  #decoding: Decoding = undefined

  /** @param nColumns fields of every record; undefined for the header's own */
  constructor(delimiter: string, nColumns: number | undefined) {
    this.#delimiter = delimiter.charCodeAt(0)
    this.#nColumns = nColumns
  }

  scan(window: TextWindow, sink: FieldSink): boolean {
    if (!this.#skipEmptyLines(window)) return false
    sink.line = window.line
    const { bytes, end } = window
    const most = this.#nColumns ?? mostColumns
    let isLastEmpty = false
    let i = this.#skipBlanks(window, window.at)
    for (let column = 0; ; column++) {
      const from = bytes[i] === quote ? i + 1 : i
      i = this.#fieldEnd(window, i)
      if (i < 0) return false
      isLastEmpty = this.#closing === from
      if (column < most) sink.field(column, from, this.#closing, this.#decoding)
      if (i < end && bytes[i] === this.#delimiter) {
        i = this.#skipBlanks(window, i + 1)
        if (this.#delimiter !== blank || (i < end && !isLineBreak(bytes[i]))) continue
      }
      if (i < end && !isLineBreak(bytes[i])) {
        throw window.error('a field goes on after its closing quote. A quote within a field is doubled', this.#line)
      }
      const next = this.#afterLineBreak(window, i)
      if (next < 0) return false
      this.#requireFields(column + 1, isLastEmpty, window)
      window.at = next
      window.line = this.#line
      return true
    }
  }

  #requireFields(n: number, isLastEmpty: boolean, window: TextWindow): void {
    const wanted = this.#nColumns
    if (wanted === undefined && n > mostColumns) throw window.error(`has more than ${mostColumns} fields`)
    if (wanted === undefined || n === wanted || (n === wanted + 1 && isLastEmpty)) return
    throw window.error(`has ${n} ${n === 1 ? 'field' : 'fields'}, the first line has ${wanted}`)
  }

  /** Whether a record begins at the window's place then. */
  #skipEmptyLines(window: TextWindow): boolean {
    const { bytes, end } = window
    this.#line = window.line
    let i = window.at
    let isKnown = true
    while (i < end && isLineBreak(bytes[i]) && isKnown) {
      // All but the last, which may end the text.
      for (; bytes[i] === lineFeed && i + 1 < end; i++) this.#line++
      if (!isLineBreak(bytes[i])) break
      const next = this.#afterLineBreak(window, i)
      isKnown = next >= 0
      if (isKnown) i = next
    }
    window.at = i
    window.line = this.#line
    return i < end && isKnown
  }

  #skipBlanks({ bytes, end }: TextWindow, from: number): number {
    let i = from
    if (this.#delimiter === blank) while (i < end && bytes[i] === blank) i++
    return i
  }

  /** The place after a field, whose text ends at `#closing`; -1 where it is not known yet. */
  #fieldEnd(window: TextWindow, from: number): number {
    const { bytes, end, ended } = window
    this.#decoding = undefined
    let i = from
    if (bytes[i] === quote && i < end) {
      i = this.#closingQuote(window, i + 1)
      this.#closing = i
      if (i < 0) return -1
      i++
    } else {
      for (; i < end; i++) {
        const byte = bytes[i]
        if (byte === this.#delimiter || byte === lineFeed || byte === carriageReturn) break
      }
      this.#closing = i
    }
    return i === end && !ended ? -1 : i
  }

  /** The place of the quote that ends a field, or -1 where it is not known yet. */
  #closingQuote(window: TextWindow, from: number): number {
    const { bytes, end, ended } = window
    for (let i = from; i < end; i++) {
      const byte = bytes[i]
      if (byte === lineFeed || (byte === carriageReturn && bytes[i + 1] !== lineFeed)) this.#line++
      if (byte !== quote) continue
      if (i + 1 === end && !ended) return -1
      if (i + 1 === end || bytes[i + 1] !== quote) return i
      this.#decoding = undoubled
      i++
    }
    if (ended) throw window.error('a quote is opened and not closed')
    return -1
  }

  /** The place after a line break, or after the end of the text; -1 where it is not known yet. */
  #afterLineBreak({ bytes, end, ended }: TextWindow, i: number): number {
    if (i + 1 >= end && !ended) return -1
    if (i === end) return i
    this.#line++
    return bytes[i] === carriageReturn && i + 1 < end && bytes[i + 1] === lineFeed ? i + 2 : i + 1
  }
}

function isLineBreak(byte: number | undefined): boolean {
  return byte === lineFeed || byte === carriageReturn
}
