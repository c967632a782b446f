import { ScoringBiasError } from '../../errors.js'
import { isLarge, isRounded, isRoundedText, numberOf } from './parseNumber.js'
import { mostColumns, shortened } from './tableReader.js'

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
  readonly bytes: number
  readonly number: (view: DataView, at: number) => number
  /** Undefined where the bytes are no text. */
  readonly text: (view: DataView, at: number) => string | undefined
  /** Whether the number is not that of the file; absent where it always is. */
  readonly isRounded?: ((view: DataView, at: number, number: number) => boolean) | undefined
}

/** Reads the header of an array that can be read. `name` is what messages call it. Errors: `BAD_FILE`. */
export async function npyHeader(source: ByteSource, name: string): Promise<NpyHeader> {
  const header = await anyNpyHeader(source, name)
  if (typeof header.type === 'string') throw new ScoringBiasError('BAD_FILE', `${name}: ${header.type}`)
  const { type, shape, offset } = header
  const expected = type.bytes * shape.reduce((product, dim) => product * dim, 1)
  if (offset + expected !== source.size) {
    throw new ScoringBiasError(
      'BAD_FILE',
      `${name}: has ${source.size - offset} bytes of elements, its shape (${shape.join(', ')}) takes ${expected}`,
    )
  }
  return { ...header, type }
}

/** The same of any array: of one that is not read, `type` says what it is and the way out. Errors: `BAD_FILE`. */
export async function anyNpyHeader(
  source: ByteSource,
  name: string,
): Promise<Omit<NpyHeader, 'type'> & { readonly type: ElementType | string }> {
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
  const order = /'fortran_order':\s*(True|False)/.exec(text)?.[1]
  const dims = /'shape':\s*\(([^)]*)\)/.exec(text)?.[1]
  if (order === undefined || dims === undefined) throw bad('has a header that cannot be read')
  const shape = dims.split(',').flatMap((dim) => (dim.trim() === '' ? [] : [wholeNumber(dim)]))
  if (shape.some(Number.isNaN))
    throw bad(`has the shape (${printable(dims)}). Its sizes must be whole numbers below 2⁵³`)
  const columns = shape.slice(1).reduce((product, dim) => product * dim, 1)
  if (columns > mostColumns) throw bad(`has ${columns} columns, more than ${mostColumns}`)
  return { type: elementType(/'descr':\s*'([^']+)'/.exec(text)?.[1]), shape, fortranOrder: order === 'True', offset }
}

function wholeNumber(text: string): number {
  const number = /^\s*\d{1,16}L?\s*$/.test(text) ? Number.parseInt(text, 10) : Number.NaN
  return Number.isSafeInteger(number) ? number : Number.NaN
}

/** Text of a header in a message. */
function printable(text: string): string {
  return shortened(text.replace(/[^ -~]/g, '?'))
}

/** How to save what is not read. */
const notRead: Readonly<Record<string, string>> = {
  c: 'holds complex numbers. Save their real and imaginary parts, or their absolute values',
  f: "holds numbers of another size than float16, float32 and float64. Save x.astype('float64')",
  M: "holds dates. Save them as numbers, with x.astype('int64')",
  m: "holds durations. Save them as numbers, with x.astype('float64')",
  O: "holds Python objects, which are not read because they may run code. Save numpy.asarray(x, dtype='U') or x.astype(float)",
  S: 'holds texts of no length',
  U: 'holds texts of no length',
}

/** How elements are read, or what an array of them is and the way out. */
function elementType(descr: string | undefined): ElementType | string {
  if (descr === undefined) return 'holds records. Save each of their fields as an array of its own'
  const [, order = '', kind = '', width = ''] = /^([<>|=])([a-zA-Z])(\d{0,9})(?:\[\w+\])?$/.exec(descr) ?? []
  const little = order !== '>'
  const bytes = Number(width)
  const numeric = numericReaders(little)[kind + width]
  if (numeric !== undefined) {
    return {
      bytes,
      number: (view, at) => Number(numeric(view, at)),
      text: (view, at) => String(numeric(view, at)),
      isRounded: /[iu]8/.test(kind + width)
        ? (view, at, number) => isLarge(number) && isRounded(BigInt(numeric(view, at)), number)
        : undefined,
    }
  }
  if ((kind !== 'U' && kind !== 'S') || bytes === 0) {
    const known = Object.hasOwn(notRead, kind) ? notRead[kind] : undefined
    return known ?? `has elements of type '${printable(descr)}'. Booleans, integers, floats and texts can be read`
  }
  const size = kind === 'U' ? 4 * bytes : bytes
  const text = (view: DataView, at: number): string | undefined => {
    let characters = ''
    for (let i = at; i < at + size; i += kind === 'U' ? 4 : 1) {
      const code = kind === 'U' ? view.getUint32(i, little) : view.getUint8(i)
      if (code === 0) break
      if (code > 0x10ffff) return undefined
      characters += String.fromCodePoint(code)
    }
    return characters
  }
  // What is no number becomes NaN, which the reader refuses with its place.
  return {
    bytes: size,
    number: (view, at) => numberOf(text(view, at) ?? ''),
    text,
    isRounded: (view, at, number) => isLarge(number) && isRoundedText(text(view, at) ?? '', number),
  }
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
    f2: (view, at) => float16(view.getUint16(at, little)),
    f4: (view, at) => view.getFloat32(at, little),
    f8: (view, at) => view.getFloat64(at, little),
  }
}

/** IEEE 754's binary16: a sign, five bits of exponent, ten of fraction. */
function float16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25))
}
