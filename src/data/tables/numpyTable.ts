import { type FileHandle, open, readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { unzip } from 'fflate'
import { throwIfAborted } from '../../abort.js'
import { ScoringBiasError } from '../../errors.js'
import { type ByteSource, type NpyHeader, npyHeader } from './npyArray.js'
import { notANumber, requireColumns, type TableBatch, type TableReader, type WantedColumns } from './tableReader.js'

/** Bytes that a batch reads at most, but never less than a row. */
const batchBytes = 1 << 22

/** Opens an NPY file: axis 0 counts the rows, all others are columns x1, x2, … in C order. Read in batches. */
export async function openNpyTable(path: string, name: string): Promise<TableReader> {
  const file = await opened(path, name)
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
  // A scalar says something of the table and is no column.
  return new NumpyTable(
    name,
    arrays.filter(({ header }) => header.shape.length > 0),
    true,
    async () => {},
  )
}

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

class NumpyTable implements TableReader {
  readonly name: string
  readonly named: boolean
  readonly columns: readonly string[]
  readonly #columns: readonly ArrayColumn[]
  readonly #nRows: number
  readonly #release: () => Promise<void>

  constructor(name: string, arrays: readonly NamedArray[], named: boolean, release: () => Promise<void>) {
    this.name = name
    this.named = named
    this.#release = release
    this.#nRows = arrays[0]?.header.shape[0] ?? 0
    const other = arrays.find(({ header }) => header.shape[0] !== this.#nRows)
    if (arrays.length === 0) throw new ScoringBiasError('BAD_FILE', `${name} holds no array with rows`)
    if (other !== undefined) {
      throw new ScoringBiasError(
        'BAD_FILE',
        `${name}: '${arrays[0]?.name}' has ${this.#nRows} rows, '${other.name}' has ${other.header.shape[0]}`,
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

  async *batches({ numbers, texts = [], signal }: WantedColumns): AsyncGenerator<TableBatch, void, undefined> {
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
        const { view, at } = await elementsOf(column, from, nRows, blocks)
        const { number, text } = column.array.header.type
        const values = Float64Array.from({ length: nRows }, (_, i) => number(view, at(i)))
        const bad = values.findIndex(Number.isNaN)
        if (bad >= 0) throw notANumber(await this.place(from + bad), column.name, text(view, at(bad)))
        parsed.push(values)
      }
      const strings: string[][] = []
      for (const column of textColumns) {
        const { view, at } = await elementsOf(column, from, nRows, blocks)
        strings.push(Array.from({ length: nRows }, (_, i) => column.array.header.type.text(view, at(i))))
      }
      yield { firstRow: from, nRows, numbers: parsed, texts: strings }
    }
  }

  async place(row: number): Promise<string> {
    return `${this.name} row ${row + 1}`
  }

  close(): Promise<void> {
    return this.#release()
  }

  #find(names: readonly string[]): ArrayColumn[] {
    return requireColumns(this, names).flatMap((place) => this.#columns[place] ?? [])
  }
}

/** The bytes of a column's rows, and where in them its elements are. */
async function elementsOf(
  { array, place }: ArrayColumn,
  from: number,
  nRows: number,
  blocks: Map<NamedArray, DataView>,
): Promise<{ view: DataView; at: (i: number) => number }> {
  const { header, source } = array
  const { bytes } = header.type
  if (header.fortranOrder) {
    // Here the elements of a column lie side by side.
    const start = header.offset + (fortranPlace(header.shape, place) * (header.shape[0] ?? 0) + from) * bytes
    return { view: viewOf(await source.read(start, nRows * bytes)), at: (i) => i * bytes }
  }
  const length = rowLength(header) * bytes
  const block = blocks.get(array) ?? viewOf(await source.read(header.offset + from * length, nRows * length))
  blocks.set(array, block)
  return { view: block, at: (i) => i * length + place * bytes }
}

/** The place in Fortran order, within the axes after the first, of an element at a place in C order. */
function fortranPlace([, ...axes]: readonly number[], place: number): number {
  let rest = place
  const index = axes.toReversed().map((size) => {
    const at = rest % size
    rest = Math.floor(rest / size)
    return at
  })
  return index.reduce((sum, at, i) => sum * (axes[axes.length - 1 - i] ?? 1) + at, 0)
}

function rowLength({ shape }: NpyHeader): number {
  return shape.slice(1).reduce((product, dim) => product * dim, 1)
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

async function opened(path: string, name: string): Promise<FileHandle> {
  try {
    return await open(path)
  } catch (cause) {
    throw cannotRead(name, cause)
  }
}

async function readFully(file: FileHandle, offset: number, length: number, name: string): Promise<Uint8Array> {
  const bytes = new Uint8Array(length)
  const { bytesRead } = await file.read(bytes, 0, length, offset)
  if (bytesRead !== length) throw new ScoringBiasError('BAD_FILE', `${name} is cut short`)
  return bytes
}

async function unpacked(path: string, name: string): Promise<Record<string, Uint8Array>> {
  let bytes: Uint8Array
  try {
    bytes = await readFile(path)
  } catch (cause) {
    throw cannotRead(name, cause)
  }
  return new Promise((resolve, reject) => {
    unzip(bytes, { filter: (file) => file.name.endsWith('.npy') }, (cause, members) => {
      if (cause === null) resolve(members)
      else reject(new ScoringBiasError('BAD_FILE', `${name} is not an NPZ file: ${cause.message}`, { cause }))
    })
  })
}

function cannotRead(name: string, cause: unknown): ScoringBiasError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new ScoringBiasError('BAD_FILE', `cannot read ${name}: ${reason}`, { cause })
}
