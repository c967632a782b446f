import { ScoringBiasError } from '../../errors.js'

/** Bytes that can be read from any place. */
export interface ByteSource {
  readonly size: number
  read(offset: number, length: number): Promise<Uint8Array>
}

/** What the header of an NPY file says (numpy.lib.format, versions 1 to 3), and where its elements start. */
export interface NpyHeader {
  readonly type: ElementType
  readonly shape: readonly number[]
  readonly fortranOrder: boolean
  readonly offset: number
}

/** How an element is read from its bytes. */
export interface ElementType {
  readonly descr: string
  readonly bytes: number
  readonly number: (view: DataView, at: number) => number
  readonly text: (view: DataView, at: number) => string
}

/** Reads the header. `name` is what messages call the array. Errors: `BAD_FILE`. */
export async function npyHeader(source: ByteSource, name: string): Promise<NpyHeader> {
  const bad = (what: string) => new ScoringBiasError('BAD_FILE', `${name}: ${what}`)
  const start = await source.read(0, Math.min(12, source.size))
  if (start.length < 10 || Buffer.from(start.subarray(0, 6)).toString('latin1') !== '\x93NUMPY') {
    throw bad('is not an NPY array')
  }
  const view = new DataView(start.buffer, start.byteOffset, start.length)
  const lengthBytes = view.getUint8(6) === 1 ? 2 : 4
  if (start.length < 8 + lengthBytes) throw bad('is cut short')
  const headerLength = lengthBytes === 2 ? view.getUint16(8, true) : view.getUint32(8, true)
  const offset = 8 + lengthBytes + headerLength
  if (offset > source.size) throw bad('is cut short')
  const text = Buffer.from(await source.read(8 + lengthBytes, headerLength)).toString('utf8')
  const descr = /'descr':\s*'([^']+)'/.exec(text)?.[1]
  const order = /'fortran_order':\s*(True|False)/.exec(text)?.[1]
  const dims = /'shape':\s*\(([^)]*)\)/.exec(text)?.[1]
  if (descr === undefined || order === undefined || dims === undefined) {
    throw bad('has a header that cannot be read; records and objects are not supported')
  }
  const shape = dims.split(',').flatMap((dim) => (dim.trim() === '' ? [] : [Number(dim)]))
  const type = elementType(descr)
  if (type === undefined) {
    throw bad(`has elements of type '${descr}'; booleans, integers, float32, float64 and strings can be read`)
  }
  const expected = shape.reduce((product, dim) => product * dim, type.bytes)
  if (offset + expected !== source.size) {
    throw bad(`has ${source.size - offset} bytes of elements, its shape (${shape.join(', ')}) takes ${expected}`)
  }
  return { type, shape, fortranOrder: order === 'True', offset }
}

function elementType(descr: string): ElementType | undefined {
  const [, order = '', kind = '', width = ''] = /^([<>|=])([a-zA-Z])(\d+)$/.exec(descr) ?? []
  const little = order !== '>'
  const bytes = Number(width)
  const numeric = numericReaders(little)[kind + width]
  if (numeric !== undefined) {
    return {
      descr,
      bytes,
      number: (view, at) => Number(numeric(view, at)),
      text: (view, at) => String(numeric(view, at)),
    }
  }
  if (kind !== 'U' && kind !== 'S') return undefined
  const size = kind === 'U' ? 4 * bytes : bytes
  const text = (view: DataView, at: number): string => {
    let characters = ''
    for (let i = at; i < at + size; i += kind === 'U' ? 4 : 1) {
      const code = kind === 'U' ? view.getUint32(i, little) : view.getUint8(i)
      if (code === 0) break
      characters += String.fromCodePoint(code)
    }
    return characters
  }
  // What is no number becomes NaN, which the reader refuses with its place.
  return { descr, bytes: size, number: (view, at) => numberIn(text(view, at)), text }
}

function numberIn(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text)
}

function numericReaders(little: boolean): Readonly<Record<string, (view: DataView, at: number) => number | bigint>> {
  return {
    b1: (view, at) => view.getUint8(at),
    i1: (view, at) => view.getInt8(at),
    u1: (view, at) => view.getUint8(at),
    i2: (view, at) => view.getInt16(at, little),
    u2: (view, at) => view.getUint16(at, little),
    i4: (view, at) => view.getInt32(at, little),
    u4: (view, at) => view.getUint32(at, little),
    i8: (view, at) => view.getBigInt64(at, little),
    u8: (view, at) => view.getBigUint64(at, little),
    f4: (view, at) => view.getFloat32(at, little),
    f8: (view, at) => view.getFloat64(at, little),
  }
}
