import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { DuckDBInstance } from '@duckdb/node-api'
import { zipSync } from 'fflate'
import { numberOf } from '../../../src/data/tables/parseNumber.js'
import { readLabelledTable } from '../../../src/data/tables/readLabelledTable.js'
import { npy } from '../../npy.js'
import { readTable } from './files.js'

const prices = [1.5, 2, 1.25, 1.5, 100, 2]
const open = [true, false, true, true, false, false]
const kinds = [0, 0, 0, 0, 1, 1]

describe('one table has the same categories', () => {
  let folder: string
  let run: (sql: string) => Promise<unknown>
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'categories-'))
    const connection = await (await DuckDBInstance.create(':memory:')).connect()
    run = (sql) => connection.run(sql)
  })
  after(() => rm(folder, { recursive: true }))

  const parquet = async (name: string, type: string) => {
    const path = join(folder, name)
    const rows = prices.map((price, i) => `(${price}::${type}, ${open[i]}, ${i}, ${kinds[i]})`)
    await run(`COPY (SELECT * FROM (VALUES ${rows}) t(price, open, x, kind)) TO '${path}' (FORMAT parquet)`)
    return path
  }
  const text = async (name: string, lines: readonly string[]) => {
    await writeFile(join(folder, name), `${lines.join('\n')}\n`)
    return join(folder, name)
  }
  const csv = (name: string, truth: (value: boolean) => string) => {
    const lines = prices.map((price, i) => [price, truth(open[i] === true), i, kinds[i]].join())
    return text(name, ['price,open,x,kind', ...lines])
  }
  const formats: Readonly<Record<string, () => Promise<string>>> = {
    CSV: () => csv('plain.csv', String),
    'CSV of Python': () => csv('python.csv', (value) => (value ? 'True' : 'False')),
    JSONL: () => {
      const rows = prices.map((price, i) => ({ price, open: open[i], x: i, kind: kinds[i] }))
      return text(
        'rows.jsonl',
        rows.map((row) => JSON.stringify(row)),
      )
    },
    'Parquet of doubles': () => parquet('doubles.parquet', 'DOUBLE'),
    'Parquet of decimals': () => parquet('decimals.parquet', 'DECIMAL(9, 2)'),
    NPZ: async () => {
      const path = join(folder, 'arrays.npz')
      const size = [prices.length]
      const members = {
        'price.npy': npy(Float64Array.from(prices), '<f8', size),
        'open.npy': npy(Uint8Array.from(open, Number), '|b1', size),
        'x.npy': npy(Float64Array.from(prices.keys()), '<f8', size),
        'kind.npy': npy(Int32Array.from(kinds), '<i4', size),
      }
      await writeFile(path, zipSync(members))
      return path
    },
  }
  for (const [format, make] of Object.entries(formats)) {
    it(`in ${format}`, async () => {
      const table = await readLabelledTable(await make(), { label: 'kind', oneHot: ['price', 'open'] })
      assert.deepEqual(table.oneHot, [
        { column: 'price', categories: ['1.25', '1.5', '100', '2'] },
        { column: 'open', categories: ['0', '1'] },
      ])
      assert.deepEqual([...table.features.subarray(0, 7)], [0, 0, 1, 0, 0, 0, 1])
    })
  }

  it('and decimals are the float64 next to them', async () => {
    const path = join(folder, 'large.parquet')
    const decimals = ['123456789012345678.123', '99999999999999.999', '0.100', '9007199254740993.000']
    const rows = decimals.map((decimal) => `('${decimal}'::DECIMAL(21, 3))`)
    await run(`COPY (SELECT * FROM (VALUES ${rows}) t(x)) TO '${path}' (FORMAT parquet)`)
    assert.deepEqual((await readTable(path, ['x'])).numbers, [decimals.map(numberOf)])
  })
})
