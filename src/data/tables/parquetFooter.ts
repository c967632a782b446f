import { open } from 'node:fs/promises'
import { cannotRead, ScoringBiasError } from '../../errors.js'

/** Levels of structures in the footer, and of columns within columns; the format itself has seven of the former. */
const deepest = 64

/** Types of Thrift's compact protocol (apache/thrift, doc/specs/thrift-compact-protocol.md). */
const booleans: readonly number[] = [1, 2]
const byte = 3
const integers: readonly number[] = [4, 5, 6]
const double = 7
const binary = 8
const lists: readonly number[] = [9, 10]
const map = 11
const struct = 12

/**
 * Requires the footer of a Parquet file to be nested no deeper than files are: who reads it by recursion has only so much
 * stack. Errors: `BAD_FILE`.
 */
export async function requireShallowFooter(path: string, name: string): Promise<void> {
  const bad = (what: string) => new ScoringBiasError('BAD_FILE', `${name} cannot be read as Parquet: ${what}`)
  const file = await open(path).catch(cannotRead(name))
  try {
    const { size } = await file.stat()
    const end = await file.read(Buffer.alloc(8), 0, 8, Math.max(0, size - 8))
    if (size < 12 || end.buffer.toString('latin1', 4) !== 'PAR1')
      throw bad('it is cut short, it does not end as Parquet does. Get the file again')
    const length = end.buffer.readUInt32LE(0)
    if (length > size - 12) throw bad('its footer is longer than the file')
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - 8 - length)
    const depth = schemaDepth(new CompactReader(buffer))
    if (depth > deepest) throw bad(`its columns are nested deeper than ${deepest} levels`)
  } catch (cause) {
    if (cause instanceof RangeError) throw bad('its footer is damaged')
    throw cause
  } finally {
    await file.close()
  }
}

/** How deep the columns are nested: a tree in depth-first order, each of whose nodes says how many children it has. */
function schemaDepth(footer: CompactReader): number {
  let depth = 0
  const left: number[] = []
  const enter = (children: number) => {
    while (left.at(-1) === 0) left.pop()
    const inner = left.pop()
    if (inner !== undefined) left.push(inner - 1)
    if (children > 0) left.push(children)
    depth = Math.max(depth, left.length)
  }
  footer.fields(0, (id, type) => {
    if (id !== 2 || !lists.includes(type)) return false
    footer.elements(0, () => {
      let children = 0
      footer.fields(1, (id, type) => {
        if (id !== 5 || !integers.includes(type)) return false
        children = footer.integer()
        return true
      })
      enter(children)
    })
    return true
  })
  return depth
}

/** Walks over a structure. Every method throws a `RangeError` for bytes that are none. */
class CompactReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  /** Visits the fields of a structure; those that the visitor does not take are passed over. */
  fields(depth: number, take: (id: number, type: number) => boolean): void {
    if (depth > deepest) throw new RangeError('nested too deep')
    for (let id = 0; ; ) {
      const head = this.#byte()
      if (head === 0) return
      id = head >> 4 === 0 ? this.integer() : id + (head >> 4)
      if (!take(id, head & 15)) this.#skip(head & 15, depth, false)
    }
  }

  elements(depth: number, take: ((type: number) => void) | undefined): void {
    const head = this.#byte()
    const count = head >> 4 === 15 ? this.#varint() : head >> 4
    for (let i = 0; i < count; i++) {
      if (take === undefined) this.#skip(head & 15, depth, true)
      else take(head & 15)
    }
  }

  /** A number in zigzag. */
  integer(): number {
    const value = this.#varint()
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }

  #skip(type: number, depth: number, isElement: boolean): void {
    if (booleans.includes(type)) this.#pass(isElement ? 1 : 0)
    else if (type === byte) this.#pass(1)
    else if (integers.includes(type)) this.#varint()
    else if (type === double) this.#pass(8)
    else if (type === binary) this.#pass(this.#varint())
    else if (type === struct) this.fields(depth + 1, () => false)
    else if (depth > deepest) throw new RangeError('nested too deep')
    else if (lists.includes(type)) this.elements(depth + 1, undefined)
    else if (type === map) this.#skipMap(depth + 1)
    else throw new RangeError(`there is no type ${type}`)
  }

  #skipMap(depth: number): void {
    const count = this.#varint()
    if (count === 0) return
    const types = this.#byte()
    for (let i = 0; i < count; i++) {
      this.#skip(types >> 4, depth, true)
      this.#skip(types & 15, depth, true)
    }
  }

  #byte(): number {
    this.#at++
    return this.#bytes.readUInt8(this.#at - 1)
  }

  #pass(n: number): void {
    this.#at += n
    if (this.#at > this.#bytes.length) throw new RangeError('cut short')
  }

  #varint(): number {
    let value = 0
    for (let scale = 1; scale < 2 ** 70; scale *= 128) {
      const byte = this.#byte()
      value += (byte & 127) * scale
      if (byte < 128) return value
    }
    throw new RangeError('a number without end')
  }
}
