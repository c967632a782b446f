import { ScoringBiasError } from '../../errors.js'
import { placeOfLine, type TextFile, textBytes } from './textBytes.js'

/** A record that takes more is no record of a table. */
const longestRecord = 2 ** 25

/** Reads records from the front of a text; the part of the text that is in memory is as long as the longest record. */
export class TextWindow {
  readonly file: TextFile
  /** What has been read and not been taken is from `at` to `end`. */
  bytes: Buffer = Buffer.alloc(0)
  at = 0
  end = 0
  /** Whether nothing comes after `end`. */
  ended = false
  /** Of the byte at `at`, from 1. */
  line = 1
  readonly #chunks: AsyncGenerator<Uint8Array, void, undefined>

  constructor(file: TextFile) {
    this.file = file
    this.#chunks = textBytes(file)
  }

  /** Reads as much again as there is, so that reading a record anew whenever there is more takes linear time. */
  async more(): Promise<void> {
    const kept = this.end - this.at
    if (kept > longestRecord) throw this.error(`a record has more than ${longestRecord >> 20} MB`)
    const chunks = [this.bytes.subarray(this.at, this.end)]
    let size = kept
    while (size < 2 * kept + 1 && !this.ended) {
      const { done, value } = await this.#chunks.next()
      if (done) this.ended = true
      else {
        chunks.push(Buffer.from(value.buffer, value.byteOffset, value.length))
        size += value.length
      }
    }
    this.bytes = Buffer.concat(chunks)
    this.at = 0
    this.end = size
  }

  /** A part of the text. Errors: `BAD_FILE` where it is not UTF-8 or has a NUL, which is in no text. */
  text(from: number, to: number, line: number): string {
    for (let i = from; i < to; i++) {
      const byte = this.bytes[i]
      if (byte === 0) throw this.error('has a NUL character: it is no text, or text in UTF-16. Save it as UTF-8', line)
      if (byte !== undefined && byte > 0x7f) return this.#utf8(from, to, line)
    }
    return to - from === 1 ? String.fromCharCode(this.bytes.readUInt8(from)) : this.bytes.toString('latin1', from, to)
  }

  /** How a part begins, for messages. */
  found(from: number, to: number): string {
    return this.bytes.toString('utf8', from, Math.min(to, from + 400))
  }

  error(what: string, line = this.line): ScoringBiasError {
    return new ScoringBiasError('BAD_FILE', `${placeOfLine(this.file, line)}: ${what}`)
  }

  async close(): Promise<void> {
    await this.#chunks.return()
  }

  #utf8(from: number, to: number, line: number): string {
    try {
      return utf8.decode(this.bytes.subarray(from, to))
    } catch {
      throw this.error('is not UTF-8. Save it as UTF-8', line)
    }
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
