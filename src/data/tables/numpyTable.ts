import { type FileHandle, open, readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { crc32 } from 'node:zlib'
import { throwIfAborted } from '../../abort.js'
import { at, requireOptions } from '../../check.js'
import { cannotRead, ScoringBiasError } from '../../errors.js'
import { type ByteSource, type NpyHeader, npyHeader } from './npyArray.js'
import {
  notANumber,
  requireColumns,
  type TableBatch,
  type TableReader,
  type WantedColumns,
  wantedChecks,
} from './tableReader.js'

/** Opens an NPY file: axis 0 counts the rows, all others are columns x1, x2, … in C order. Read in batches. */
export async function openNpyTable(path: string, name: string): Promise<TableReader> {
  const file = await open(path).catch(cannotRead(name))
  try {
    const { size } = await file.stat()
    const source = { size, read: (offset: number, length: number) => readFully(file, offset, length, name) }
    const header = await npyHeader(source, name)
    return new NumpyTable(name, [{ name: 'x', header, source }], false, () => file.close())
  } catch (error) {
    await file.close()
    throw error
  }
}

/**
 * Opens an NPZ file: a vector is a column under its own name, an array of more axes the columns name1, name2, …. The
 * file is unpacked in memory, off the main thread.
 */
export async function openNpzTable(path: string, name: string): Promise<TableReader> {
  const members = await unpacked(path, name)
  const arrays: NamedArray[] = []
  for (const [file, bytes] of Object.entries(members)) {
    const source = { size: bytes.length, read: async (at: number, length: number) => bytes.subarray(at, at + length) }
    arrays.push({ name: basename(file, '.npy'), header: await npyHeader(source, `${name}, ${file}`), source })
  }
  return new NumpyTable(name, arrays, true, async () => {})
}

async function readFully(file: FileHandle, offset: number, length: number, name: string): Promise<Uint8Array> {
  const bytes = new Uint8Array(length)
  const { bytesRead } = await file.read(bytes, 0, length, offset)
  if (bytesRead !== length) throw new ScoringBiasError('BAD_FILE', `${name} is cut short`)
  return bytes
}

/** The arrays of an NPZ file, each checked against the CRC-32 that the archive keeps of it. */
async function unpacked(path: string, name: string): Promise<Record<string, Uint8Array>> {
  const bytes = await readFile(path).catch(cannotRead(name))
  const { unzip } = await import('fflate')
  const members = await new Promise<Record<string, Uint8Array>>((resolve, reject) => {
    unzip(bytes, { filter: (file) => file.name.endsWith('.npy') }, (cause, all) => {
      if (cause === null) resolve(all)
      else reject(new ScoringBiasError('BAD_FILE', `${name} is not an NPZ file: ${cause.message}`, { cause }))
    })
  })
  const seen = new Set<string>()
  for (const { member, crc } of directoryOf(bytes)) {
    if (seen.has(member)) {
      throw new ScoringBiasError('BAD_FILE', `${name} has two members named '${member}'; write the file again`)
    }
    seen.add(member)
    const data = Object.hasOwn(members, member) ? members[member] : undefined
    if (data === undefined || crc32(data) === crc) continue
    throw new ScoringBiasError(
      'BAD_FILE',
      `${name}: member '${member}' is damaged, its checksum is wrong; get the file again`,
    )
  }
  return members
}

/** Name and CRC-32 of the members of a ZIP archive that has been unpacked (PKWARE's APPNOTE, 4.3.12 to 4.3.16). */
function directoryOf(bytes: Uint8Array): { readonly member: string; readonly crc: number }[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let end = bytes.length - 22
  while (view.getUint32(end, true) !== 0x0605_4b50) end--
  let [count, entry] = [view.getUint16(end + 10, true), view.getUint32(end + 16, true)]
  if (entry === 0xffff_ffff || count === 0xffff) {
    const end64 = Number(view.getBigUint64(end - 20 + 8, true))
    count = Number(view.getBigUint64(end64 + 32, true))
    entry = Number(view.getBigUint64(end64 + 48, true))
  }
  return Array.from({ length: count }, () => {
    const [crc, nameLength] = [view.getUint32(entry + 16, true), view.getUint16(entry + 28, true)]
    const member = new TextDecoder().decode(bytes.subarray(entry + 46, entry + 46 + nameLength))
    entry += 46 + nameLength + view.getUint16(entry + 30, true) + view.getUint16(entry + 32, true)
    return { member, crc }
  })
}

/** Bytes that a batch reads at most, but never less than a row. */
const batchBytes = 1 << 22

/** An array with rows, and what its columns are named after. */
interface NamedArray {
  readonly name: string
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

/** A table of arrays of equally many rows, each with its columns. Scalars say something of the table and are no columns. */
class NumpyTable implements TableReader {
  readonly name: string
  readonly named: boolean
  readonly columns: readonly string[]
  readonly close: () => Promise<void>
  readonly #columns: readonly ArrayColumn[]
  readonly #nRows: number

  constructor(name: string, all: readonly NamedArray[], named: boolean, close: () => Promise<void>) {
    this.name = name
    this.named = named
    this.close = close
    const arrays = all.filter(({ header }) => header.shape.length > 0)
    const [first] = arrays
    if (first === undefined) throw new ScoringBiasError('BAD_FILE', `${name} holds no array with rows`)
    this.#nRows = rowsOf(first)
    const other = arrays.find((array) => rowsOf(array) !== this.#nRows)
    if (other !== undefined) {
      throw new ScoringBiasError(
        'BAD_FILE',
        `${name}: '${first.name}' has ${this.#nRows} rows, '${other.name}' has ${rowsOf(other)}`,
      )
    }
    this.#columns = arrays.flatMap((array) => {
      const isVector = named && array.header.shape.length === 1
      return Array.from({ length: rowLength(array.header) }, (_, place) => ({
        name: isVector ? array.name : `${array.name}${place + 1}`,
        array,
        place,
      }))
    })
    this.columns = this.#columns.map((column) => column.name)
    const twice = this.columns.find((column, i) => this.columns.indexOf(column) < i)
    if (twice !== undefined) throw new ScoringBiasError('BAD_FILE', `${name}: two arrays give a column '${twice}'`)
  }

  async *batches(asked: WantedColumns): AsyncGenerator<TableBatch, void, undefined> {
    const { numbers, texts = [], signal } = requireOptions('batches', asked, wantedChecks)
    const numberColumns = this.#find(numbers)
    const textColumns = this.#find(texts)
    const wanted = [...numberColumns, ...textColumns]
    const rowBytes = [...new Set(wanted.map(({ array }) => array))].reduce(
      (sum, { header }) => sum + rowLength(header) * header.type.bytes,
      1,
    )
    const step = Math.min(8192, Math.max(1, Math.floor(batchBytes / rowBytes)))
    for (let from = 0; from < this.#nRows; from += step) {
      throwIfAborted(signal)
      const nRows = Math.min(step, this.#nRows - from)
      const blocks = new Map<NamedArray, DataView>()
      const parsed: Float64Array[] = []
      for (const column of numberColumns) {
        const { view, offset } = await elementsOf(column, from, nRows, blocks)
        const { number, text } = column.array.header.type
        const values = Float64Array.from({ length: nRows }, (_, i) => number(view, offset(i)))
        const bad = values.findIndex(Number.isNaN)
        if (bad >= 0) throw notANumber(await this.place(from + bad), column.name, text(view, offset(bad)))
        parsed.push(values)
      }
      const strings: string[][] = []
      for (const column of textColumns) {
        const { view, offset } = await elementsOf(column, from, nRows, blocks)
        strings.push(Array.from({ length: nRows }, (_, i) => column.array.header.type.text(view, offset(i))))
      }
      yield { firstRow: from, nRows, numbers: parsed, texts: strings }
    }
  }

  async place(row: number): Promise<string> {
    return `${this.name} row ${row + 1}`
  }

  #find(names: readonly string[]): ArrayColumn[] {
    return requireColumns(this, names).map((place) => at(this.#columns, place))
  }
}

/** The bytes of a column's rows, and where in them its elements are. */
async function elementsOf(
  { array, place }: ArrayColumn,
  from: number,
  nRows: number,
  blocks: Map<NamedArray, DataView>,
): Promise<{ view: DataView; offset: (i: number) => number }> {
  const { header, source } = array
  const { bytes } = header.type
  if (header.fortranOrder) {
    // Here the elements of a column lie side by side.
    const start = header.offset + (fortranPlace(header.shape, place) * rowsOf(array) + from) * bytes
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

function rowsOf({ header }: NamedArray): number {
  return at(header.shape, 0)
}

function rowLength({ shape }: NpyHeader): number {
  return shape.slice(1).reduce((product, dim) => product * dim, 1)
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
