import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { after, describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { DuckDBInstance } from '@duckdb/node-api'
import { zipSync } from 'fflate'
import { openTable } from '../../src/data/tables/openTable.js'
import { readLabelledTable } from '../../src/data/tables/readLabelledTable.js'
import type { TableReader } from '../../src/data/tables/tableReader.js'
import { leftBehind } from '../temporaries.js'

const folder = await mkdtemp(join(tmpdir(), 'tabular-'))
after(() => rm(folder, { recursive: true }))

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, content)
  return path
}

/** All rows of the columns asked for. */
async function read(table: TableReader, numbers: readonly string[], texts: readonly string[] = []) {
  const all = { numbers: numbers.map((): number[] => []), texts: texts.map((): string[] => []), rows: 0 }
  for await (const batch of table.batches({ numbers, texts })) {
    assert.equal(batch.firstRow, all.rows)
    all.rows += batch.nRows
    batch.numbers.forEach((column, i) => {
      all.numbers[i]?.push(...column)
    })
    batch.texts.forEach((column, i) => {
      all.texts[i]?.push(...column)
    })
  }
  return all
}

async function readFileOf(path: string, numbers: readonly string[], texts: readonly string[] = []) {
  const table = await openTable(path)
  try {
    return { columns: table.columns, ...(await read(table, numbers, texts)) }
  } finally {
    await table.close()
  }
}

describe('text files', () => {
  const csv = 'a,B,b,name\n1,2.5,3,x\n\n-4e2,+5,6,"y, ""z"""\n7,inf,9,\n'

  it('CSV: columns by name, whatever their case, in any order; quotes; blank lines; infinities', async () => {
    const { columns, numbers, texts, rows } = await readFileOf(
      await file('plain.csv', csv),
      ['b', 'a', 'B'],
      ['name', 'a'],
    )
    assert.deepEqual(columns, ['a', 'B', 'b', 'name'])
    assert.equal(rows, 3)
    assert.deepEqual(numbers, [
      [3, 6, 9],
      [1, -400, 7],
      [2.5, 5, Number.POSITIVE_INFINITY],
    ])
    assert.deepEqual(texts, [
      ['x', 'y, "z"', ''],
      ['1', '-4e2', '7'],
    ])
  })

  for (const [name, content] of [
    ['marked.csv', `\ufeff${csv.replaceAll('\n', '\r\n')}`],
    ['semicolons.csv', csv.replace('"y, ""z"""', 'y').replaceAll(',', ';')],
    ['tabs.tsv', csv.replace('"y, ""z"""', 'y').replaceAll(',', '\t')],
    ['packed.csv.gz', gzipSync(csv)],
    ['a[1]*?.csv', csv],
    ["it's.csv", csv],
  ] as const) {
    it(`reads ${name}`, async () => {
      const { numbers } = await readFileOf(await file(name, content), ['B', 'a'])
      assert.deepEqual(numbers[1], [1, -400, 7])
    })
  }

  it('JSONL: fields by name, numbers written as numbers or text', async () => {
    const path = await file('rows.jsonl', '{"a":1,"s":"x"}\n{"s":"y","a":"2.5"}\n')
    const { columns, numbers, texts } = await readFileOf(path, ['a'], ['s'])
    assert.deepEqual(columns, ['a', 's'])
    assert.deepEqual([numbers, texts], [[[1, 2.5]], [['x', 'y']]])
  })

  it('JSONL: keys that come late, that are many or that are rare', async () => {
    const late = Array.from({ length: 21_000 }, (_, i) => `{"a":${i}}\n`).join('')
    const { columns, texts } = await readFileOf(await file('late.jsonl', `${late}{"a":1,"class":"x"}\n`), [], ['class'])
    assert.deepEqual([columns, texts[0]?.at(0), texts[0]?.at(-1)], [['a', 'class'], '', 'x'])
    const many = JSON.stringify(Object.fromEntries(Array.from({ length: 300 }, (_, k) => [`k${k}`, k])))
    const wide = await file('wide.jsonl', `${`${many}\n`.repeat(200)}{"k0":1,"rare":7}\n`)
    const rare = await readFileOf(wide, ['k0'], ['rare'])
    assert.deepEqual([rare.columns.length, rare.numbers[0]?.[0], rare.texts[0]?.at(-1)], [301, 0, '7'])
  })

  it('folders named key=value on the path of a file are no columns of it', async () => {
    const inner = join(folder, 'a=99', 'fold=3')
    await mkdir(inner, { recursive: true })
    const csv = join(inner, 'x.csv')
    const jsonl = join(inner, 'x.jsonl')
    const parquet = join(inner, 'x.parquet')
    await writeFile(csv, 'a,b\n1,2\n')
    await writeFile(jsonl, '{"a":1,"b":2}\n')
    const connection = await (await DuckDBInstance.create(':memory:')).connect()
    await connection.run(`COPY (SELECT 1 AS a, 2 AS b) TO '${parquet}' (FORMAT parquet)`)
    for (const path of [csv, jsonl, parquet]) {
      const { columns, numbers } = await readFileOf(path, ['a'])
      assert.deepEqual([columns, numbers], [['a', 'b'], [[1]]], path)
    }
  })

  it('Parquet: decimals and integers as numbers, large integers as exact text', async () => {
    const path = join(folder, 'typed.parquet')
    const connection = await (await DuckDBInstance.create(':memory:')).connect()
    await connection.run(
      `COPY (SELECT CAST(i + 0.25 AS DECIMAL(9, 2)) AS d, CAST(i AS UTINYINT) AS u, i % 2 = 0 AS even,
       CAST(9007199254740993 AS BIGINT) AS id FROM range(5000) t(i) WHERE i < 200) TO '${path}' (FORMAT parquet)`,
    )
    const { numbers, texts, rows } = await readFileOf(path, ['d', 'u', 'even'], ['id'])
    assert.equal(rows, 200)
    assert.deepEqual(
      [numbers[0]?.[7], numbers[1]?.[7], numbers[2]?.[7], texts[0]?.[7]],
      [7.25, 7, 0, '9007199254740993'],
    )
  })

  it('keeps the order of many rows, and can be read twice', async () => {
    const n = 30_000
    const path = await file('many.csv', `i,j\n${Array.from({ length: n }, (_, i) => `${i},${-i}\n`).join('')}`)
    const table = await openTable(path)
    for (let pass = 0; pass < 2; pass++) {
      const { numbers } = await read(table, ['i'])
      assert.deepEqual(
        numbers[0],
        Array.from({ length: n }, (_, i) => i),
      )
    }
    await table.close()
  })

  for (const [what, content, code, message] of [
    [
      'a word among numbers',
      'a,b\n1,2\n\n3,four\n',
      'BAD_FILE',
      /bad\.csv line 4: column 'b' is 'four', not a number\. Correct/,
    ],
    ['an empty field', 'a,b\n"x\ny",2\n3,\n', 'BAD_FILE', /bad\.csv line 4: column 'b' is empty/],
    ['NaN', 'a,b\n1,nan\n', 'NOT_A_NUMBER', /bad\.csv line 2: column 'b' is 'NaN'/],
    ['a short row', 'a,b\n1,2\n3\n', 'BAD_FILE', /bad\.csv line 3: has 1 field, the first line has 2/],
    ['a long row', 'a,b\n1,2\n3,4,5\n', 'BAD_FILE', /bad\.csv line 3: has 3 fields/],
    ['an open quote', 'a,b\n1,2\n"3,4\n', 'BAD_FILE', /bad\.csv line 3: a quote is opened and not closed/],
    ['no lines', '', 'BAD_FILE', /bad\.csv is empty/],
    ['no header', '1,2\n3,4\n', 'BAD_FILE', /bad\.csv line 1: the first line must name the columns/],
    ['a column twice', 'a,b,b\n1,2,3\n', 'BAD_FILE', /bad\.csv line 1: column 'b' appears more than once/],
    ['no such column', 'a,c\n1,2\n', 'UNKNOWN_NAME', /bad\.csv has no column 'b'.*\. Its columns are 'a', 'c'/],
  ] as const) {
    it(`refuses ${what}, with its place`, async () => {
      const path = await file('bad.csv', content)
      await assert.rejects(readFileOf(path, ['b']), { code, message })
    })
  }

  for (const [content, message] of [
    ['{"a":1}\n\n{"a":"x"}\n', /bad\.jsonl line 3: column 'a' is 'x', not a number/],
    ['{"a":1}\n{"b":2}\n', /bad\.jsonl line 2: column 'a' is empty/],
    ['{"a":1}\n{"a":\n', /bad\.jsonl line \d: /],
  ] as const) {
    it(`refuses ${JSON.stringify(content)}`, async () => {
      await assert.rejects(readFileOf(await file('bad.jsonl', content), ['a']), { code: 'BAD_FILE', message })
    })
  }

  it('refuses text that is not UTF-8', async () => {
    const path = await file('latin.csv', Buffer.from('a,b\n1,\xff\n', 'latin1'))
    await assert.rejects(readFileOf(path, ['a'], ['b']), {
      code: 'BAD_FILE',
      message: /latin\.csv line 2: is not UTF-8/,
    })
  })

  it('refuses files that are missing, unknown or not what their name says', async () => {
    await assert.rejects(openTable(join(folder, 'none.csv')), {
      code: 'BAD_FILE',
      message: /none\.csv: there is no such/,
    })
    await assert.rejects(openTable(folder.replace(/$/, '.csv')), { code: 'BAD_FILE' })
    await assert.rejects(openTable(await file('data.xlsx', '')), { code: 'BAD_FILE', message: /csv, txt, tsv, jsonl/ })
    for (const name of ['no.parquet', 'no.npz', 'no.npy', 'no.csv.gz'])
      await assert.rejects(openTable(await file(name, 'text')), { code: 'BAD_FILE', message: new RegExp(name) })
  })

  it('reads CSV from standard input and leaves no copy', async () => {
    const left = await leftBehind(async () => {
      const table = await openTable('-', { stdin: Readable.from(['a,b\n1,', '2\n3,4\nx,5\n']) })
      assert.equal((await readdir(tmpdir())).length, 1)
      await assert.rejects(read(table, ['a']), { message: /^standard input line 4: column 'a' is 'x'/ })
      assert.deepEqual((await read(table, ['b'])).numbers, [[2, 4, 5]])
      await table.close()
    })
    assert.deepEqual(left, [])
  })

  it('stops when its signal fires', async () => {
    const table = await openTable(join(folder, 'many.csv'))
    const controller = new AbortController()
    await assert.rejects(
      async () => {
        for await (const _ of table.batches({ numbers: ['i'], signal: controller.signal })) controller.abort()
      },
      { code: 'ABORTED' },
    )
    await table.close()
  })
})

describe('numpy files', async () => {
  const files: Record<string, string> = JSON.parse(
    await readFile(new URL('../oracle/numpy_files.json', import.meta.url), 'utf8'),
  )
  const numpy = (name: string) => file(name, Buffer.from(files[name] ?? '', 'base64'))

  it('NPY: columns x1, x2, … in C order', async () => {
    const path = await numpy('c.npy')
    const { columns, numbers } = await readFileOf(path, ['x2', 'x1'])
    assert.deepEqual(columns, ['x1', 'x2'])
    assert.deepEqual(numbers, [
      [1.5, 4.5, 7.5],
      [0, 3, 6],
    ])
    const table = await openTable(path)
    assert.equal(table.named, false)
    await table.close()
  })

  it('NPY in Fortran order and big-endian: the same elements', async () => {
    const names = Array.from({ length: 12 }, (_, i) => `x${i + 1}`)
    const { columns, numbers } = await readFileOf(await numpy('fortran.npy'), names)
    assert.deepEqual(columns, names)
    assert.deepEqual(
      numbers,
      Array.from({ length: 12 }, (_, i) => [i, 12 + i]),
    )
  })

  it('NPY of one axis and of booleans', async () => {
    assert.deepEqual((await readFileOf(await numpy('vector.npy'), ['x1'])).numbers, [[1, 0]])
  })

  it('NPZ: a flipped bit, and two members of one name, are refused by the member', async () => {
    const vector = new Uint8Array(Buffer.from(files['vector.npy'] ?? '', 'base64'))
    const members = Buffer.from(zipSync({ 'a.npy': vector, 'b.npy': vector }, { level: 0 }))
    assert.deepEqual((await readFileOf(await file('whole.npz', members), ['a', 'b'])).numbers, [
      [1, 0],
      [1, 0],
    ])
    const flipped = Buffer.from(members)
    const last = flipped.indexOf(vector) + vector.length - 1
    flipped.writeUInt8(flipped.readUInt8(last) ^ 1, last)
    await assert.rejects(readFileOf(await file('flipped.npz', flipped), ['a']), {
      code: 'BAD_FILE',
      message: /flipped\.npz: member 'a\.npy' is damaged/,
    })
    const twice = Buffer.from(members.toString('latin1').replaceAll('b.npy', 'a.npy'), 'latin1')
    await assert.rejects(readFileOf(await file('twice.npz', twice), ['a']), {
      code: 'BAD_FILE',
      message: /twice\.npz has two members named 'a\.npy'/,
    })
  })

  it('NPZ: vectors under their names, matrices numbered, strings as text, exact integers', async () => {
    const { columns, numbers, texts } = await readFileOf(await numpy('packed.npz'), ['x2'], ['label', 'id', 'x1'])
    assert.deepEqual(columns, ['x1', 'x2', 'label', 'id'])
    assert.deepEqual(numbers, [[1, 3, 5]])
    assert.deepEqual(texts, [
      ['ok', 'äé', 'ok'],
      ['1', '2', '1152921504606846977'],
      ['0', '2', '4'],
    ])
  })

  it('refuses what it cannot read, with the array and the row', async () => {
    const cases = [
      ['record.npy', 'BAD_FILE', /record\.npy: holds records\. Save each of their fields as an array of its own/],
      ['nan.npy', 'NOT_A_NUMBER', /nan\.npy row 2: column 'x2' is 'NaN'/],
      ['uneven.npz', 'BAD_FILE', /'x' has 3 rows, 'y' has 4\. Leave one of them out/],
      ['packed.npz', 'BAD_FILE', /packed\.npz row 1: column 'label' is 'ok', not a number/],
    ] as const
    for (const [name, code, message] of cases) {
      const columns = name === 'packed.npz' ? ['label'] : name === 'uneven.npz' ? ['x', 'y'] : ['x2']
      await assert.rejects(readFileOf(await numpy(name), columns), { code, message })
    }
    const whole = Buffer.from(files['c.npy'] ?? '', 'base64')
    await assert.rejects(openTable(await file('short.npy', whole.subarray(0, -4))), {
      code: 'BAD_FILE',
      message: /short\.npy: has 20 bytes of elements, its shape \(3, 2\) takes 24/,
    })
    await assert.rejects(openTable(await file('cut.npy', whole.subarray(0, 50))), { message: /cut\.npy: is cut short/ })
  })
})

describe('readLabelledTable', () => {
  const rows = 'a,b,label,id\n1,2,0,u\n3,4,1.0,v\n5,6,0.0,w\n'

  it('takes the column `label` and every other one but those to ignore', async () => {
    const table = await readLabelledTable(await file('labelled.csv', rows), { ignore: ['id'] })
    assert.deepEqual(table.featureNames, ['a', 'b'])
    assert.deepEqual([...table.features], [1, 2, 3, 4, 5, 6])
    assert.deepEqual(table.classes, ['0', '1'])
    assert.deepEqual([...table.labels], [0, 1, 0])
  })

  it('takes another column, and without labels one class', async () => {
    const path = await file('labelled.csv', rows)
    const named = await readLabelledTable(path, { label: 'id', ignore: ['label'] })
    assert.deepEqual(named.classes, ['u', 'v', 'w'])
    const unlabelled = await readLabelledTable(await file('bare.csv', 'a\n1\n2\n'))
    assert.deepEqual([unlabelled.classes, [...unlabelled.labels]], [['normal'], [0, 0]])
  })

  for (const [what, content, options, code, message] of [
    [
      'text among features',
      rows,
      {},
      'BAD_FILE',
      /column 'id' holds texts, and features are numbers\. .* --ignore id$/,
    ],
    ['a missing label', 'a,label\n1,x\n2,\n', {}, 'BAD_FILE', /line 3: column 'label' is empty\. Every sample/],
    ['a label that does not exist', rows, { label: 'y' }, 'UNKNOWN_NAME', /no column 'y'.*\. Its columns are 'a', 'b'/],
    ['no features', 'label\nx\n', {}, 'EMPTY_SAMPLE', /no features, only 'label'/],
    ['no rows', 'a,label\n', {}, 'EMPTY_SAMPLE', /has no rows/],
    ['infinities', 'a\n1\n1e39\n', {}, 'OUT_OF_RANGE', /line 3: column 'a' is 1e\+39, which is not a finite float32/],
    [
      'identifiers as labels',
      `a,label\n${Array.from({ length: 300 }, (_, i) => `1,n${i}\n`).join('')}`,
      {},
      'OUT_OF_RANGE',
      /'label' has more than 256 different values/,
    ],
  ] as const) {
    it(`refuses ${what}`, async () => {
      await assert.rejects(readLabelledTable(await file('refused.csv', content), options), { code, message })
    })
  }
})
