import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openTable } from '../../../src/data/tables/openTable.js'

/** A folder of files for tests, and what takes it away. */
export async function testFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'tables-'))
  return {
    folder,
    remove: () => rm(folder, { recursive: true }),
    file: async (name: string, content: string | Uint8Array) => {
      const path = join(folder, name)
      await writeFile(path, content)
      return path
    },
  }
}

/** All rows of the columns asked for. */
export async function readTable(path: string, numbers: readonly string[], texts: readonly string[] = []) {
  const table = await openTable(path)
  try {
    const all = { numbers: numbers.map((): number[] => []), texts: texts.map((): string[] => []), rows: 0 }
    for await (const batch of table.batches({ numbers, texts })) {
      all.rows += batch.nRows
      for (const [i, column] of batch.numbers.entries()) for (const value of column) all.numbers[i]?.push(value)
      for (const [i, column] of batch.texts.entries()) for (const value of column) all.texts[i]?.push(value)
    }
    return { columns: table.columns, ...all }
  } finally {
    await table.close()
  }
}

/** The bytes of an NPY file, with a header that says what it is told to say. */
export function npy(descr: string, shape: string, elements: Uint8Array, fortranOrder = false): Uint8Array {
  const order = fortranOrder ? 'True' : 'False'
  const header = Buffer.from(`{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }\n`, 'latin1')
  const start = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, header.length & 255, header.length >> 8])
  return Buffer.concat([start, header, elements])
}

export function bytesOf(values: ArrayBufferView): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}
