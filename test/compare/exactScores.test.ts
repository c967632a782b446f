import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { DuckDBInstance } from '@duckdb/node-api'
import { zipSync } from 'fflate'
import { joinScores } from '../../src/compare/joinScores.js'
import { readScores } from '../../src/compare/readScores.js'
import { readLabelledTable } from '../../src/data/tables/readLabelledTable.js'
import { testFolder } from '../data/tables/files.js'
import { npy, npyTexts } from '../npy.js'

const { folder, file, remove } = await testFolder()
after(remove)

const connection = await (await DuckDBInstance.create(':memory:')).connect()

const labels = [0, 1, 0, 1]

/** What writes four whole numbers as scores of the candidate, by what it is. */
const writers: Readonly<Record<string, (name: string, scores: readonly bigint[]) => Promise<string>>> = {
  csv: (name, scores) =>
    file(`${name}.csv`, `id,label,baseline,candidate\n${rows(scores, (row) => `${row.join()}\n`)}`),
  'quoted csv': (name, scores) =>
    file(`${name}.csv`, `id;label;baseline;candidate\n${rows(scores, (row) => `"${row.join('";"')}"\n`)}`),
  jsonl: (name, scores) =>
    file(
      `${name}.jsonl`,
      rows(
        scores,
        ([id, label, own, other]) => `{"id":${id},"label":${label},"baseline":${own},"candidate":${other}}\n`,
      ),
    ),
  'npz of int64': (name, scores) => npz(name, scores, (values) => npy(BigInt64Array.from(values), '<i8', [4])),
  'npz of int64, the larger byte first': (name, scores) =>
    npz(name, scores, (values) => npy(Buffer.from(BigInt64Array.from(values).buffer).swap64(), '>i8', [4])),
  'npz of uint64': (name, scores) => npz(name, scores, (values) => npy(BigUint64Array.from(values), '<u8', [4])),
  'npz of texts': (name, scores) => npz(name, scores, (values) => npyTexts(values.map(String))),
  'parquet of bigint': (name, scores) => parquet(name, scores, 'BIGINT'),
  'parquet of ubigint': (name, scores) => parquet(name, scores, 'UBIGINT'),
  'parquet of decimals without fraction': (name, scores) => parquet(name, scores, 'DECIMAL(20, 0)'),
  'parquet of texts': (name, scores) => parquet(name, scores, 'VARCHAR'),
}

function rows(scores: readonly bigint[], write: (row: readonly (number | bigint)[]) => string): string {
  return scores.map((score, i) => write([score, labels[i] ?? 0, i, score])).join('')
}

function npz(
  name: string,
  scores: readonly bigint[],
  array: (values: readonly bigint[]) => Uint8Array,
): Promise<string> {
  const of = (values: readonly number[]) => npy(Float64Array.from(values), '<f8', [4])
  const members = { 'id.npy': array(scores), 'label.npy': of(labels), 'baseline.npy': of([0, 1, 2, 3]) }
  return file(`${name}.npz`, zipSync({ ...members, 'candidate.npy': array(scores) }))
}

async function parquet(name: string, scores: readonly bigint[], type: string): Promise<string> {
  const path = join(folder, `${name}.parquet`)
  const values = rows(
    scores,
    ([id, label, own, other]) => `, ('${id}'::${type}, ${label}, ${own}, '${other}'::${type})`,
  )
  const select = `SELECT * FROM (VALUES ${values.slice(1)}) t(id, label, baseline, candidate)`
  await connection.run(`COPY (${select}) TO '${path}' (FORMAT parquet)`)
  return path
}

const exact = 2n ** 53n
const [even, odd] = [[0n, 2n, 4n, 6n].map((i) => exact + i), [0n, 2n, 5n, 6n].map((i) => exact + i)]

describe('whole numbers beyond 2⁵³ as scores', () => {
  for (const [what, write] of Object.entries(writers)) {
    it(`are taken where float64 holds them, and else refused with their place: ${what}`, async () => {
      const { validation, anomalous } = await readScores(await write('even', even))
      assert.deepEqual(
        [validation[1], anomalous[1]],
        [Float64Array.of(2 ** 53, 2 ** 53 + 4), Float64Array.of(2 ** 53 + 2, 2 ** 53 + 6)],
      )
      const path = await write('odd', odd)
      for (const dropMissing of [false, true]) {
        await assert.rejects(readScores(path, { dropMissing }), {
          code: 'BAD_FILE',
          message:
            /odd\.(csv line 4|jsonl line 3|npz row 3|parquet row 3): column 'candidate' is '9007199254740997', a whole number beyond 2⁵³, of which float64 makes 9007199254740996\. .* Subtract one and the same number/,
        })
      }
    })

    it(`are different keys, and features as they were: ${what}`, async () => {
      const near = [1n, 2n, 3n, 4n].map((i) => exact + i)
      const path = await write('keys', near)
      const key = { key: 'id', score: 'baseline' }
      const { validation, anomalous } = await joinScores([path, path], { ...key, names: ['a', 'b'] })
      assert.deepEqual([validation[1], anomalous[1]], [Float64Array.of(0, 2), Float64Array.of(1, 3)])
      const other = await (writers.csv ?? write)('other', near)
      const { anomalous: joined } = await joinScores([path, other], { ...key, names: ['a', 'b'] })
      assert.deepEqual(joined[1], Float64Array.of(1, 3))
      const { features } = await readLabelledTable(path)
      assert.equal(features[0], 2 ** 53)
    })
  }

  it('are refused below −2⁵³, at the end of int64 and uint64, in files joined and long ones', async () => {
    const refused = { code: 'BAD_FILE', message: /a whole number beyond 2⁵³/ }
    for (const [kind, score] of [
      ['npz of int64', -(2n ** 63n) + 1n],
      ['npz of uint64', 2n ** 64n - 1n],
      ['parquet of bigint', -exact - 1n],
      ['parquet of ubigint', 2n ** 64n - 1n],
      ['parquet of decimals without fraction', 10n ** 19n + 1n],
      // What a float64 is written as stands for it in text alone.
      ['npz of int64', 1152921504606847000n],
      ['parquet of bigint', 1152921504606847000n],
      ['csv', -exact - 1n],
      ['jsonl', 2n ** 64n - 1n],
    ] as const) {
      await assert.rejects(readScores((await writers[kind]?.('end', [0n, 1n, score, 2n])) ?? ''), refused, kind)
    }
    const plain = await file('plain.csv', 'id,label,score\na,0,1\nb,1,2\n')
    const large = await file('large.csv', 'id,label,score\na,0,9007199254740993\nb,1,2\n')
    await assert.rejects(joinScores([plain, large], { key: 'id' }), refused)
    await assert.rejects(joinScores([large, plain], { key: 'id' }), refused)
    const long = await file('long.csv', 'id,label,detector,score\na,0,x,1\nb,1,x,2\na,0,y,9007199254740993\nb,1,y,2\n')
    await assert.rejects(
      readScores(long, { detector: 'detector', key: 'id', baseline: 'x', candidates: ['y'] }),
      refused,
    )
  })

  it('are taken as programs write float64, and decimals with any number of digits', async () => {
    const written: readonly (readonly [string, number])[] = [
      // 2⁶⁰ as JavaScript, Go and Rust write it, and as C and R do.
      ['1152921504606847000', 2 ** 60],
      ['1152921504606846976', 2 ** 60],
      ['1152921504606846976.0', 2 ** 60],
      ['1.152921504606847e+18', 2 ** 60],
      ['100000000000000000000000', 1e23],
      ['0.1234567890123456789', 0.12345678901234568],
      ['9007199254740993.5', 9007199254740994],
      ['-inf', Number.NEGATIVE_INFINITY],
    ]
    for (const [text, number] of written) {
      const path = await file('float.csv', `label,baseline,candidate\n0,1,${text}\n1,1,2\n`)
      assert.deepEqual((await readScores(path)).validation[1], Float64Array.of(number), text)
    }
    for (const text of [
      '1152921504606847001',
      '1152921504606846975',
      '9007199254740993.0',
      '100000000000000000000001',
    ]) {
      const path = await file('float.csv', `label,baseline,candidate\n0,1,${text}\n1,1,2\n`)
      await assert.rejects(readScores(path), { message: /line 2: column 'candidate' is '\d+(\.0)?', a whole/ }, text)
    }
    const path = join(folder, 'decimal.parquet')
    const select =
      "SELECT * FROM (VALUES (0, 1, '9007199254740992.25'::DECIMAL(20, 2)), (1, 1, 2)) t(label, baseline, candidate)"
    await connection.run(`COPY (${select}) TO '${path}' (FORMAT parquet)`)
    assert.deepEqual((await readScores(path)).validation[1], Float64Array.of(2 ** 53))
  })
})
