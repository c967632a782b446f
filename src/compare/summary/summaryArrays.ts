import { createHash } from 'node:crypto'
import { at } from '../../check.js'

/** An array of a summary, as its head lists it. */
export interface ArrayHead {
  readonly name: string
  readonly type: 'float64' | 'uint32'
  readonly length: number
}

export type SummaryArray = Float64Array | Uint32Array

/** The bytes of an array, borrowed; little-endian on all machines that the addon is for. */
export function bytesOf(values: SummaryArray): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}

/** So many bytes a file may hold however few it has, and beyond them so many times its own. */
const plainBytes = 2 ** 28
const mostUnpacked = 50

/** Takes the bytes of arrays as they come. Errors are for `readSummary` to report. */
export class ArrayFiller {
  readonly #arrays: readonly SummaryArray[]
  readonly #hash = createHash('sha256')
  #array = 0
  #place = 0

  constructor(heads: readonly ArrayHead[], packedBytes: number) {
    const bytes = heads.reduce((sum, { type, length }) => sum + length * (type === 'uint32' ? 4 : 8), 0)
    if (bytes > plainBytes && bytes > mostUnpacked * packedBytes) {
      throw new Error(`it holds ${bytes} bytes in ${packedBytes}, which no scores take so few of`)
    }
    this.#arrays = heads.map(({ type, length }) =>
      type === 'uint32' ? new Uint32Array(length) : new Float64Array(length),
    )
  }

  add(piece: Uint8Array): void {
    this.#hash.update(piece)
    for (let taken = 0; taken < piece.length; ) {
      if (this.#array === this.#arrays.length) throw new Error('it is longer than its head says')
      const bytes = bytesOf(at(this.#arrays, this.#array))
      const part = piece.subarray(taken, taken + bytes.length - this.#place)
      bytes.set(part, this.#place)
      this.#place += part.length
      taken += part.length
      if (this.#place < bytes.length) continue
      this.#array++
      this.#place = 0
    }
  }

  /** All arrays, whose bytes have this SHA-256. */
  finish(sha256: string): readonly SummaryArray[] {
    const filled = this.#arrays.slice(this.#array).reduce((sum, { length }) => sum + length, 0) === 0
    if (!filled || this.#place > 0) throw new Error('it ends too early')
    if (this.#hash.digest('hex') !== sha256) throw new Error('its checksum is wrong')
    return this.#arrays
  }
}
