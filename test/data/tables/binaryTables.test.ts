import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { DuckDBInstance } from '@duckdb/node-api'
import { zipSync } from 'fflate'
import { joinScores } from '../../../src/compare/joinScores.js'
import { readScores } from '../../../src/compare/readScores.js'
import { openTable } from '../../../src/data/tables/openTable.js'
import { bytesOf, npy, readTable, testFolder } from './files.js'

const { folder, file, remove } = await testFolder()
after(remove)

describe('NPY', () => {
  const none = new Uint8Array()
  for (const [what, descr, shape, elements, message] of [
    ['columns without end of no rows', "'<f8'", '(0, 1000000000)', none, /has 1000000000 columns, more than 1000000$/],
    [
      'sizes beyond 2⁵³',
      "'<f8'",
      '(0, 1152921504606846976)',
      none,
      /has the shape \(0, 1152921504606846976\)\. Its sizes/,
    ],
    ['sizes whose product is beyond any file', "'<f8'", '(4503599627370496, 1000000)', none, /has 0 bytes of elements/],
    ['negative sizes', "'<f8'", '(-1, -8)', new Uint8Array(64), /has the shape \(-1, -8\)\. Its sizes must be whole/],
    ['fractions', "'<f8'", '(0.5, 2)', new Uint8Array(8), /has the shape \(0\.5, 2\)\. Its sizes must be whole/],
    [
      'sizes that are no numbers',
      "'<f8'",
      '(\u001b[31m,)',
      none,
      /has the shape \(\?\[31m,\)\. Its sizes must be whole/,
    ],
    ['texts of no length', "'|S0'", '(1000000000000,)', none, /holds texts of no length$/],
    [
      'objects',
      "'|O'",
      '(2,)',
      new Uint8Array(16),
      /holds Python objects, which are not read because they may run code/,
    ],
    ['complex numbers', "'<c16'", '(1,)', new Uint8Array(16), /holds complex numbers\. Save their real and/],
    ['dates', "'<M8[ns]'", '(1,)', new Uint8Array(8), /holds dates\. Save them as numbers/],
    ['long doubles', "'<f16'", '(1,)', new Uint8Array(16), /numbers of another size than float16, float32 and float64/],
    ['records', "[('a', '<f4')]", '(1,)', new Uint8Array(4), /holds records\. Save each of their fields/],
  ] as const) {
    it(`of ${what} is refused at once`, async () => {
      await assert.rejects(openTable(await file('a.npy', npy(descr, shape, elements))), { code: 'BAD_FILE', message })
    })
  }

  it('of code points that are none is refused by the row', async () => {
    const path = await file('text.npy', npy("'<U1'", '(2,)', bytesOf(Uint32Array.of(0x1f600, 0x110000))))
    const message = /text\.npy row 2: column 'x1' is no Unicode text/
    await assert.rejects(readTable(path, [], ['x1']), { code: 'BAD_FILE', message })
    const numbers = await file('number.npy', npy("'<U1'", '(2,)', bytesOf(Uint32Array.of(0x37, 0x110000))))
    await assert.rejects(readTable(numbers, ['x1']), { code: 'BAD_FILE', message: /row 2: column 'x1' is no Unicode/ })
  })

  it('of float16 is read, in either byte order', async () => {
    const bits = [0x3c00, 0xc000, 0x0001, 0x83ff, 0x0400, 0x7bff, 0x3555, 0x8000, 0x7c00, 0xfc00]
    const values = [1, -2, 2 ** -24, -1023 * 2 ** -24, 2 ** -14, 65504, 0.333251953125, -0, Infinity, -Infinity]
    for (const descr of ["'<f2'", "'>f2'"]) {
      const bytes = Buffer.from(bytesOf(Uint16Array.from(bits)))
      const path = await file('half.npy', npy(descr, '(10,)', descr === "'>f2'" ? bytes.swap16() : bytes))
      assert.deepEqual((await readTable(path, ['x1'])).numbers, [values])
    }
    const nan = await file('nan.npy', npy("'<f2'", '(1,)', bytesOf(Uint16Array.of(0x7e00))))
    await assert.rejects(readTable(nan, ['x1']), { code: 'NOT_A_NUMBER' })
  })

  it('of many columns is read in linear time', async () => {
    const n = 300_000
    const path = await file(
      'wide.npy',
      npy("'<f4'", `(1, ${n})`, bytesOf(Float32Array.from({ length: n }, (_, i) => i))),
    )
    const { columns, numbers } = await readTable(path, ['x1', 'x300000'])
    assert.deepEqual([columns.length, numbers], [n, [[0], [n - 1]]])
  })
})

describe('NPZ', () => {
  const vector = (...values: number[]) => npy("'<f8'", `(${values.length},)`, bytesOf(Float64Array.from(values)))
  const scores = { 'label.npy': vector(0, 0, 1), 'baseline.npy': vector(1, 2, 3), 'candidate.npy': vector(4, 5, 6) }
  const others = {
    'objects.npy': npy("'|O'", '(3,)', new Uint8Array(24)),
    'scalar.npy': npy("'|O'", '()', new Uint8Array(8)),
    'dates.npy': npy("'<M8'", '(3,)', new Uint8Array(24)),
    'complex.npy': npy("'<c16'", '(3,)', new Uint8Array(48)),
    'records.npy': npy("[('a', '<f4')]", '(3,)', new Uint8Array(12)),
    'history.npy': vector(1, 2),
    'noise.npy': Buffer.from('no array'),
    'readme.txt': Buffer.from('text'),
  }

  it('is read whatever stands in members that nobody asked for', async () => {
    for (const level of [0, 9] as const) {
      const path = await file('mixed.npz', zipSync({ ...others, ...scores }, { level }))
      const { validation, anomalous } = await readScores(path)
      assert.deepEqual([validation[0], anomalous[1]], [Float64Array.of(1, 2), Float64Array.of(6)])
    }
  })

  for (const [name, message] of [
    ['objects', /member 'objects\.npy' holds Python objects.*, or leave the array out$/],
    ['dates', /member 'dates\.npy' holds dates\. Save them as numbers/],
    ['complex', /member 'complex\.npy' holds complex numbers/],
    ['records', /member 'records\.npy' holds records/],
    ['history', /'baseline' has 3 rows, 'history' has 2\. Leave one of them out/],
    ['noise', /member 'noise\.npy': is not an NPY array, or leave the array out$/],
  ] as const) {
    it(`refuses a member that was asked for: ${name}`, async () => {
      const path = await file('mixed.npz', zipSync({ ...others, ...scores }))
      await assert.rejects(readScores(path, { candidates: [name] }), { code: 'BAD_FILE', message })
    })
  }

  it('of arrays whose columns have one name is refused by the arrays', async () => {
    const rows = (columns: number) => npy("'<f8'", `(1, ${columns})`, new Uint8Array(8 * columns))
    const refused = async (members: Record<string, Uint8Array>, message: RegExp) =>
      assert.rejects(openTable(await file('names.npz', zipSync(members))), { code: 'BAD_FILE', message })
    await refused(
      { 'images.npy': rows(64), 'images2.npy': rows(64) },
      /names\.npz: arrays 'images' and 'images2' would both have a column 'images21', .*\. Rename one of the arrays$/,
    )
    await refused({ 'x.npy': rows(3), 'x2.npy': vector(1) }, /arrays 'x' and 'x2' would both have a column 'x2'/)
    await refused({ 'a/x.npy': vector(1), 'b/x.npy': vector(2) }, /two arrays are called 'x'\. Rename one/)
  })

  it('of a member that unpacks to gigabytes is refused before it does', async () => {
    const huge = npy("'<f8'", '(1000000000,)', new Uint8Array(4096))
    const path = await file('bomb.npz', zipSync({ ...scores, 'candidate.npy': huge }))
    await assert.rejects(readScores(path), {
      code: 'BAD_FILE',
      message: /bomb\.npz unpacks to more than 50 times its size/,
    })
    const small = npy("'<f8'", '(3,)', new Uint8Array(1 << 20))
    const more = await file('more.npz', zipSync({ ...scores, 'candidate.npy': small }))
    await assert.rejects(readScores(more), { code: 'BAD_FILE', message: /member 'candidate\.npy' is damaged/ })
  })

  it('is refused where its directory lies', async () => {
    const whole = Buffer.from(zipSync(scores, { level: 0 }))
    const entry = whole.indexOf('PK\x01\x02', 0, 'latin1')
    const end = whole.indexOf('PK\x05\x06', 0, 'latin1')
    const changed = (change: (bytes: Buffer) => void) => {
      const bytes = Buffer.from(whole)
      change(bytes)
      return bytes
    }
    for (const [bytes, message] of [
      [whole.subarray(0, 300), /is cut short: it begins as an NPZ file .* Get the file again$/],
      [changed((b) => b.writeUInt32LE(0xffff_fff0, entry + 42)), /member 'label\.npy' is damaged/],
      [changed((b) => b.writeUInt32LE(7, entry + 20)), /member 'label\.npy'/],
      [changed((b) => b.writeUInt16LE(0xffff, entry + 30)), /its directory is damaged/],
      [changed((b) => b.writeUInt16LE(9, end + 10)), /its directory is damaged/],
      [changed((b) => b.writeUInt32LE(0xffff_fff0, end + 16)), /its directory is damaged/],
      [changed((b) => b.writeUInt32LE(0xffff_fff0, end + 12)), /its directory is too large/],
      [changed((b) => b.writeUInt16LE(12, entry + 10)), /is packed in a way that NumPy does not use/],
      [changed((b) => b.writeUInt16LE(1, entry + 8)), /is encrypted/],
    ] as const) {
      await assert.rejects(readScores(await file('lie.npz', bytes)), { code: 'BAD_FILE', message })
    }
  })
})

describe('Parquet', async () => {
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  const parquet = async (name: string, select: string) => {
    const path = join(folder, name)
    await connection.run(`COPY (${select}) TO '${path}' (FORMAT parquet)`)
    return path
  }

  it('of a name of 100,000 characters on many rows is refused by its row', async () => {
    const path = await parquet(
      'long.parquet',
      "SELECT i % 2 AS label, i AS baseline, i AS candidate, CASE WHEN i < 5000 THEN 'x' ELSE repeat('x', 100000) END AS class FROM range(20000) t(i)",
    )
    const message = /row 5001: column 'class' has a text of more than 1000 characters/
    await assert.rejects(readScores(path), { code: 'BAD_FILE', message })
    await assert.rejects(joinScores([path, path], { key: 'class', score: 'baseline' }), { code: 'BAD_FILE' })
  })

  it('of columns that differ in case is read, and of two of one name refused', async () => {
    // Written by pyarrow 25: Score = 1, 2 and score = 3, 4.
    const bytes = Buffer.from(
      'UEFSMRUAFSwVLCwVBBUAFQYVBhwAAAACAAAABAEAAAAAAADwPwAAAAAAAABAFQAVLBUsLBUEFQAVBhUGHAAAAAIAAAAEAQAAAAAAAAhAAAAAAAAAEEAVBBk8' +
        'NQAYBnNjaGVtYRUEABUKJQIYBVNjb3JlABUKJQIYBXNjb3JlABYEGRwZLCYAHBUKGSUGABkYBVNjb3JlFQAWBBZSFlImCEkcFQAVABUCADwpBhkmAAQAAAAm' +
        'ABwVChklBgAZGAVzY29yZRUAFgQWUhZSJlpJHBUAFQAVAgA8KQYZJgAEAAAAFqQBFgQmCBakAQAoIHBhcnF1ZXQtY3BwLWFycm93IHZlcnNpb24gMjUuMC4x' +
        'GSwcAAAcAAAAwQAAAFBBUjE=',
      'base64',
    )
    const { columns, numbers } = await readTable(await file('case.parquet', bytes), ['score', 'Score'])
    assert.deepEqual(
      [columns, numbers],
      [
        ['Score', 'score'],
        [
          [3, 4],
          [1, 2],
        ],
      ],
    )
    const twice = Buffer.from(bytes.toString('latin1').replaceAll('Score', 'score'), 'latin1')
    await assert.rejects(openTable(await file('twice.parquet', twice)), {
      code: 'BAD_FILE',
      message: /twice\.parquet: column 'score' appears more than once/,
    })
  })

  it('of numbers that are texts is read as delimited text is', async () => {
    const path = await parquet(
      'texts.parquet',
      "SELECT * FROM (VALUES ('0,5', '1_000', 1.25::DECIMAL(9, 2))) t(a, b, c)",
    )
    assert.deepEqual((await readTable(path, ['a', 'c'])).numbers, [[0.5], [1.25]])
    await assert.rejects(readTable(path, ['b']), {
      code: 'BAD_FILE',
      message: /row 1: column 'b' is '1_000', with '_'/,
    })
  })

  it('of more columns than are read at once, nested ones among them, is read', async () => {
    const columns = Array.from({ length: 2100 }, (_, k) => `i + ${k} AS c${k}`)
    const path = await parquet(
      'wide.parquet',
      `SELECT {'x': [i], 'y': i} AS s, ${columns.join()} FROM range(2050) t(i)`,
    )
    const table = await readTable(
      path,
      columns.map((_, k) => `c${k}`),
      ['s'],
    )
    assert.deepEqual([table.columns.length, table.rows, table.texts[0]?.[7]], [2101, 2050, "{'x': [7], 'y': 7}"])
    assert.ok(table.numbers.every((values, k) => values.every((value, i) => value === i + k)))
  })

  it('of columns or structures that are nested without end is refused before anything recurses', async () => {
    const varint = (n: number) => (n < 128 ? [n] : [(n & 127) | 128, n >> 7])
    const node = (children: number[]) => [0x35, 0, 0x18, 1, 0x61, ...children, 0]
    const footers = (depth: number) => {
      const nodes = [...Array.from({ length: depth }, () => node([0x15, 2])), node([])].flat()
      return {
        columns: [0x15, 2, 0x19, 0xfc, ...varint(depth + 1), ...nodes, 0x16, 0, 0x19, 0x0c, 0],
        structures: [...Array.from({ length: depth }, () => 0x9c), 0],
        lists: [0x99, ...Array.from({ length: depth }, () => 0x19), 0],
      }
    }
    for (const [what, footer] of Object.entries(footers(10_000))) {
      const path = await file(`${what}.parquet`, parquetOf(footer))
      await assert.rejects(openTable(path), {
        code: 'BAD_FILE',
        message: /cannot be read as Parquet: its (columns are nested deeper than 64 levels|footer is damaged)$/,
      })
    }
    const flat = await file('flat.parquet', parquetOf(footers(3).columns))
    assert.deepEqual((await openTable(flat)).columns, ['a'])
    for (const [bytes, message] of [
      [parquetOf([0x19]), /its footer is damaged/],
      [
        parquetOf([0x18, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
        /its footer is damaged/,
      ],
      [Buffer.from('PAR1\0\xff\xff\xff\xffPAR1', 'latin1'), /its footer is longer than the file/],
      [Buffer.from('PAR1'), /it is cut short, it does not end as Parquet does/],
    ] as const) {
      await assert.rejects(openTable(await file('bad.parquet', bytes)), { code: 'BAD_FILE', message })
    }
  })

  it('of fewer bits a row than anything takes is refused', async () => {
    const path = await parquet('rows.parquet', 'SELECT 0 AS label, 0 AS baseline, 0 AS candidate FROM range(40000000)')
    await assert.rejects(openTable(path), { code: 'BAD_FILE', message: /has 40000000 rows in \d+ bytes/ })
  })
})

/** A file of no rows with a footer. */
function parquetOf(footer: readonly number[]): Uint8Array {
  const length = Buffer.alloc(4)
  length.writeUInt32LE(footer.length)
  return Buffer.concat([Buffer.from('PAR1'), Buffer.from(footer), length, Buffer.from('PAR1')])
}
