import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import '../../src/data/datasets.js'
import { openTable } from '../../src/data/tables/openTable.js'
import { readLabelledTable } from '../../src/data/tables/readLabelledTable.js'

const folder = await mkdtemp(join(tmpdir(), 'lazy-'))
after(() => rm(folder, { recursive: true }))

function isDuckdbLoaded(): boolean {
  const { sharedObjects } = process.report.getReport() as unknown as { sharedObjects: string[] }
  return sharedObjects.some((path) => /duckdb/.test(path))
}

test('DuckDB is loaded with the first table that needs it, and not before', async () => {
  const npy = join(folder, 'two.npy')
  const header = "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }\n"
  const start = Buffer.from(`\x93NUMPY\x01\x00${String.fromCharCode(header.length, 0)}${header}`, 'latin1')
  await writeFile(npy, Buffer.concat([start, Buffer.from(Float64Array.of(1, 2).buffer)]))
  await (await openTable(npy)).close()
  assert.equal(isDuckdbLoaded(), false)

  const csv = join(folder, 'two.csv')
  await writeFile(csv, 'x,label\n1,0\n2,1\n')
  assert.deepEqual([...(await readLabelledTable(csv)).features], [1, 2])
  assert.equal(isDuckdbLoaded(), false)

  const parquet = join(folder, 'none.parquet')
  await writeFile(parquet, 'PAR1\0\x01\0\0\0PAR1')
  await assert.rejects(openTable(parquet), { code: 'BAD_FILE' })
  assert.equal(isDuckdbLoaded(), true)
})
