import { type FileHandle, open } from 'node:fs/promises'
import { basename } from 'node:path'
import { throwIfAborted } from '../../abort.js'
import { at, entryOf, requireOptions } from '../../check.js'
import { cannotRead, ScoringBiasError } from '../../errors.js'
import { anyNpyHeader, type ByteSource, type NpyHeader, npyHeader } from './npyArray.js'
import {
  isMissing,
  longText,
  notANumber,
  repeated,
  requireColumns,
  requireNames,
  roundedNumber,
  shortened,
  type TableArray,
  type TableBatch,
  type TableReader,
  tooLong,
  type WantedColumns,
  wantedChecks,
} from './tableReader.js'
import { openZip, type ZipMember } from './zipMembers.js'

/** Opens an NPY file: axis 0 counts the rows, all others are columns x1, x2, … in C order. Read in batches. */
export async function openNpyTable(path: string, name: string): Promise<TableReader> {
  const file = await open(path).catch(cannotRead(name))
  try {
    const { size } = await file.stat()
    const source = { size, read: (offset: number, length: number) => readFully(file, offset, length, name) }
    const header = await npyHeader(source, name)
    const array = { name: 'x', shape: header.shape, read: async () => ({ header, source }) }
    return new NumpyTable(name, [array], { named: false, close: () => file.close() })
  } catch (error) {
    await file.close()
    throw error
  }
}

/**
 * Opens an NPZ file: a vector is a column under its own name, an array of more axes the columns name1, name2, …. An array
 * is unpacked in memory, off the main thread, and checked when one of its columns is asked for; what cannot be read is a
 * column that is refused then.
 */
export async function openNpzTable(path: string, name: string): Promise<TableReader> {
  const { members, close } = await openZip(path, name)
  try {
    const arrays: NamedArray[] = []
    for (const member of members) if (member.name.endsWith('.npy')) arrays.push(await memberArray(member, name))
    return new NumpyTable(name, arrays, { named: true, close })
  } catch (error) {
    await close()
    throw error
  }
}

async function memberArray(member: ZipMember, name: string): Promise<NamedArray> {
  const place = `${name}: member '${member.name}'`
  const array = { name: basename(member.name, '.npy') }
  try {
    const { shape, type, offset } = await anyNpyHeader(sourceOf(await member.start()), place)
    if (typeof type === 'string') return { ...array, shape: shape.slice(0, 1), read: refused(`${place} ${type}`) }
    const size = shape.reduce((product, dim) => product * dim, type.bytes) + offset
    return { ...array, shape, read: once(() => unpacked(member, size, place)) }
  } catch (error) {
    if (!(error instanceof ScoringBiasError)) throw error
    return { ...array, shape: [Number.NaN], read: refused(error.message) }
  }
}

async function unpacked(member: ZipMember, size: number, place: string): Promise<LoadedArray> {
  const source = sourceOf(await member.whole(size))
  return { header: await npyHeader(source, place), source }
}

function sourceOf(bytes: Uint8Array): ByteSource {
  return { size: bytes.length, read: async (offset, length) => bytes.subarray(offset, offset + length) }
}

function refused(what: string): () => Promise<never> {
  return async () => {
    throw new ScoringBiasError('BAD_FILE', `${what}, or leave the array out`)
  }
}

/** What a call gives, kept for the next. */
function once<T>(call: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined
  return () => {
    result ??= call()
    return result
  }
}

async function readFully(file: FileHandle, offset: number, length: number, name: string): Promise<Uint8Array> {
  const bytes = new Uint8Array(length)
  const { bytesRead } = await file.read(bytes, 0, length, offset)
  if (bytesRead !== length) throw new ScoringBiasError('BAD_FILE', `${name} is cut short`)
  return bytes
}

/** Bytes that a batch reads at most, but never less than a row. */
const batchBytes = 1 << 22

/** An array, and what its columns are named after. */
interface NamedArray {
  readonly name: string
  /** Rows are its first axis; their number is NaN where it is not known. */
  readonly shape: readonly number[]
  readonly read: () => Promise<LoadedArray>
}

interface LoadedArray {
  readonly header: NpyHeader
  readonly source: ByteSource
}

/** A column: which element of each row of which array. */
interface ArrayColumn {
  readonly name: string
  readonly array: NamedArray
  /** Place within a row in C order. */
  readonly place: number
}

/** One that is read. */
type LoadedColumn = ArrayColumn & LoadedArray

/** A table of arrays, each with its columns. Scalars say something of the table and are no columns. */
class NumpyTable implements TableReader {
  readonly name: string
  readonly named: boolean
  readonly streamed: boolean
  readonly columns: readonly string[]
  readonly close: () => Promise<void>
  readonly #columns: readonly ArrayColumn[]

  constructor(
    name: string,
    all: readonly NamedArray[],
    { named, close }: { readonly named: boolean; readonly close: () => Promise<void> },
  ) {
    this.name = name
    this.named = named
    // What has names is an archive of packed arrays.
    this.streamed = !named
    this.close = close
    const arrays = all.filter(({ shape }) => shape.length > 0)
    if (arrays.length === 0) throw new ScoringBiasError('BAD_FILE', `${name} holds no array with rows`)
    this.#columns = arrays.flatMap((array) => {
      const isVector = named && array.shape.length === 1
      return Array.from({ length: rowLength(array) }, (_, place) => ({
        name: isVector ? array.name : `${array.name}${place + 1}`,
        array,
        place,
      }))
    })
    this.columns = this.#columns.map((column) => column.name)
    requireArrayNames(name, this.#columns)
    requireNames(name, this.columns)
  }

  async *batches(asked: WantedColumns): AsyncGenerator<TableBatch, void, undefined> {
    const {
      numbers,
      texts = [],
      longestText,
      signal,
      keepMissing,
      exact = false,
      ...waysOut
    } = requireOptions('batches', asked, wantedChecks)
    throwIfAborted(signal)
    const [numberColumns, textColumns] = [await this.#load(numbers), await this.#load(texts)]
    const wanted = [...numberColumns, ...textColumns]
    const rowsInAll = this.#rowsOf(wanted)
    const rowBytes = [...new Map(wanted.map((column) => [column.array, column.header])).values()].reduce(
      (sum, header) => sum + rowLength(header) * header.type.bytes,
      8 * numbers.length + 1,
    )
    const step = Math.min(8192, Math.max(1, Math.floor(batchBytes / rowBytes)))
    for (let from = 0; from < rowsInAll; from += step) {
      throwIfAborted(signal)
      const nRows = Math.min(step, rowsInAll - from)
      const blocks = new Map<NamedArray, DataView>()
      const parsed: Float64Array[] = []
      for (const column of numberColumns) {
        const { view, offset } = await elementsOf(column, from, nRows, blocks)
        const { number, text, isRounded } = column.header.type
        const values = Float64Array.from({ length: nRows }, (_, i) => number(view, offset(i)))
        const isBad = (value: number, i: number) =>
          Number.isNaN(value) && !(keepMissing && isMissing(text(view, offset(i)) ?? longText))
        const bad = values.findIndex(isBad)
        if (bad >= 0) {
          const place = await this.place(from + bad)
          throw notANumber(place, column.name, text(view, offset(bad)) ?? noText(place, column.name), waysOut)
        }
        const rounded = exact && isRounded ? values.findIndex((value, i) => isRounded(view, offset(i), value)) : -1
        if (rounded >= 0) {
          const found = text(view, offset(rounded)) ?? ''
          throw roundedNumber(await this.place(from + rounded), column.name, found, at(values, rounded))
        }
        parsed.push(values)
      }
      const strings: string[][] = []
      for (const column of textColumns) {
        const { view, offset } = await elementsOf(column, from, nRows, blocks)
        const { text } = column.header.type
        const values = Array.from({ length: nRows }, (_, i) => text(view, offset(i)))
        strings.push(await this.#texts(values, column, from, longestText))
      }
      yield { firstRow: from, nRows, numbers: parsed, texts: strings }
    }
  }

  arrays(names: readonly string[]): readonly TableArray[] {
    const places = new Map<NamedArray, number[]>()
    for (const column of requireColumns(this, names)) {
      const { array, place } = at(this.#columns, column)
      const own = places.get(array) ?? []
      own.push(place)
      places.set(array, own)
    }
    return [...places].map(([{ name, shape }, own]) => ({ name, shape: shape.slice(1), places: own }))
  }

  columnsOf(array: string): readonly string[] {
    return this.named ? this.#columns.flatMap((one) => (one.array.name === array ? [one.name] : [])) : []
  }

  async place(row: number): Promise<string> {
    return `${this.name} row ${row + 1}`
  }

  async #load(names: readonly string[]): Promise<LoadedColumn[]> {
    const columns = requireColumns(this, names).map((place) => at(this.#columns, place))
    const arrays = new Map<NamedArray, LoadedArray>()
    for (const { array } of columns) if (!arrays.has(array)) arrays.set(array, await array.read())
    return columns.map((column) => ({ ...column, ...entryOf(arrays, column.array) }))
  }

  /** The rows that columns have all, those of the table where there are no columns. Errors: `BAD_FILE`. */
  #rowsOf(columns: readonly ArrayColumn[]): number {
    const [first, ...others] = columns.length === 0 ? this.#columns.slice(0, 1) : columns
    if (first === undefined) return 0
    const [n, other] = [rowsOf(first), others.find((column) => rowsOf(column) !== rowsOf(first))]
    if (other === undefined) return n
    throw new ScoringBiasError(
      'BAD_FILE',
      `${this.name}: '${first.array.name}' has ${n} rows, '${other.array.name}' has ${rowsOf(other)}. ` +
        'Leave one of them out',
    )
  }

  async #texts(
    values: readonly (string | undefined)[],
    { name }: ArrayColumn,
    firstRow: number,
    longest: number | undefined,
  ): Promise<string[]> {
    const texts: string[] = []
    for (const [i, value] of values.entries()) {
      if (value === undefined) return noText(await this.place(firstRow + i), name)
      if (longest !== undefined && value.length > longest) {
        throw tooLong(await this.place(firstRow + i), name, longest)
      }
      texts.push(value)
    }
    return texts
  }
}

/** Requires that no two arrays have columns of one name. Errors: `BAD_FILE`, by the arrays: nobody wrote the names of the columns. */
function requireArrayNames(name: string, columns: readonly ArrayColumn[]): void {
  const twice = repeated(columns.map((column) => column.name))
  if (twice === undefined) return
  const [one = '', other = ''] = columns.flatMap((column) =>
    column.name === twice ? [shortened(column.array.name)] : [],
  )
  const what =
    one === other
      ? `two arrays are called '${one}'`
      : `arrays '${one}' and '${other}' would both have a column '${shortened(twice)}', because the numbers of a sample are called after their array`
  throw new ScoringBiasError('BAD_FILE', `${name}: ${what}. Rename one of the arrays`)
}

function noText(place: string, column: string): never {
  throw new ScoringBiasError('BAD_FILE', `${place}: column '${column}' is no Unicode text. Save the file again`)
}

/** The bytes of a column's rows, and where in them its elements are. */
async function elementsOf(
  { array, place, header, source }: LoadedColumn,
  from: number,
  nRows: number,
  blocks: Map<NamedArray, DataView>,
): Promise<{ view: DataView; offset: (i: number) => number }> {
  const { bytes } = header.type
  if (header.fortranOrder) {
    // Here the elements of a column lie side by side.
    const start = header.offset + (fortranPlace(header.shape, place) * at(header.shape, 0) + from) * bytes
    return { view: viewOf(await source.read(start, nRows * bytes)), offset: (i) => i * bytes }
  }
  const length = rowLength(header) * bytes
  const block = blocks.get(array) ?? viewOf(await source.read(header.offset + from * length, nRows * length))
  blocks.set(array, block)
  return { view: block, offset: (i) => i * length + place * bytes }
}

/** The place in Fortran order, within the axes after the first, of an element at a place in C order. */
function fortranPlace([, ...axes]: readonly number[], place: number): number {
  let rest = place
  const lastFirst = axes.toReversed()
  const index = lastFirst.map((size) => {
    const one = rest % size
    rest = Math.floor(rest / size)
    return one
  })
  return index.reduce((sum, one, i) => sum * at(lastFirst, i) + one, 0)
}

function rowsOf({ array }: ArrayColumn): number {
  return at(array.shape, 0)
}

function rowLength({ shape }: Pick<NpyHeader, 'shape'>): number {
  return shape.slice(1).reduce((product, dim) => product * dim, 1)
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
