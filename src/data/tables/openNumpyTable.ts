import { type FileHandle, open, readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { ScoringBiasError } from '../../errors.js'
import { cannotRead } from '../core/cannotRead.js'
import { npyHeader } from './npyArray.js'
import { type NamedArray, NumpyTable } from './numpyTable.js'
import type { TableReader } from './tableReader.js'

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

async function unpacked(path: string, name: string): Promise<Record<string, Uint8Array>> {
  const bytes = await readFile(path).catch(cannotRead(name))
  const { unzip } = await import('fflate')
  return new Promise((resolve, reject) => {
    unzip(bytes, { filter: (file) => file.name.endsWith('.npy') }, (cause, members) => {
      if (cause === null) resolve(members)
      else reject(new ScoringBiasError('BAD_FILE', `${name} is not an NPZ file: ${cause.message}`, { cause }))
    })
  })
}
