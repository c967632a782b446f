import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { zipSync } from 'fflate'
import { compare } from '../../../src/compare/compare.js'
import { readScores } from '../../../src/compare/readScores.js'
import { openTable } from '../../../src/data/tables/openTable.js'
import type { TableFormat } from '../../../src/data/tables/tableFormat.js'
import { readDetectorFile } from '../../../src/detectors/detectorFile.js'
import { cli } from '../../cli/commandLine.js'
import { npy } from '../../npy.js'

const root = await mkdtemp(join(tmpdir(), 'format-messages-'))
after(() => rm(root, { recursive: true }))

async function file(name: string, bytes: string | Uint8Array): Promise<string> {
  const path = join(root, name)
  await writeFile(path, bytes)
  return path
}

const csv = 'label,baseline,candidate\n0,1,2\n1,2,3\n'
const array = npy(Float64Array.of(1, 2), '<f8', [2])
const archive = zipSync({ 'baseline.npy': array }, { level: 0 })
const parquet = Buffer.from('PAR1\x15\0\x15\0PAR1', 'latin1')

describe('a file of another format than it is said to be', () => {
  const text = 'looks like text, and the option format says'
  const ways = 'Say csv, tsv or jsonl with the option format'
  const cases: readonly (readonly [string, string | Uint8Array, TableFormat | undefined, string])[] = [
    ['a.csv', csv, 'npz', `${text} npz. ${ways}, or leave it out`],
    ['a.csv', csv, 'npy', `${text} npy. ${ways}, or leave it out`],
    ['a.csv', csv, 'parquet', `${text} parquet. ${ways}, or leave it out`],
    ['text.npz', csv, undefined, `looks like text, and its name says npz. ${ways}`],
    [
      'a.npz',
      archive,
      'csv',
      'looks like npz, and the option format says csv. Say npz with the option format, or leave it out',
    ],
    [
      'a.npz',
      archive,
      'npy',
      'looks like npz, and the option format says npy. Say npz with the option format, or leave it out',
    ],
    [
      'a.npy',
      array,
      'jsonl',
      'looks like npy, and the option format says jsonl. Say npy with the option format, or leave it out',
    ],
    [
      'parquet.csv',
      parquet,
      undefined,
      'looks like parquet, and its name says csv. Say parquet with the option format',
    ],
    [
      'a.json',
      '[\n{ "label": 0 }]',
      'csv',
      'looks like JSON, and the option format says csv. Say jsonl with the option format, or leave it out',
    ],
  ]
  for (const [name, bytes, format, message] of cases) {
    it(`${name} as ${format}`, async () => {
      const path = await file(name, bytes)
      await assert.rejects(openTable(path, { format }), { code: 'BAD_FILE', message: `${path} ${message}` })
    })
  }

  it('is not seen in names of columns that begin as archives do', async () => {
    for (const column of ['PK', 'PAR1', '[a]', '{a}']) {
      const reader = await openTable(await file('named.csv', `${column},label\n1,0\n`))
      assert.deepEqual(reader.columns, [column, 'label'])
      await reader.close()
    }
  })
})

it('an archive that is cut short is told as that, wherever it ends', async () => {
  for (const end of [4, archive.length >> 1, archive.length - 1]) {
    const path = await file('cut.npz', archive.subarray(0, end))
    const message = `${path} is cut short: it begins as an NPZ file and has no directory at its end. Get the file again`
    await assert.rejects(openTable(path, { format: 'npz' }), { code: 'BAD_FILE', message })
  }
})

describe('JSON of whole columns', () => {
  const what = 'is one object of whole columns or rows, not an object for each row'
  const way = "With pandas write it anew: df.to_json('file.json', orient='records')"
  for (const [orient, text] of [
    ['columns', '{"label":{"0":0,"1":1},"iforest":{"0":1.46,"1":2}}'],
    ['index', '{"0":{"label":0,"iforest":1.46}}'],
    ['split', '{"columns":["label"],"index":[0],"data":[[0]]}'],
    ['list', '{"label": [0, 1],\n "iforest": [1.46, 2]}'],
    ['columns, over many windows', JSON.stringify({ label: Array.from({ length: 1e6 }, (_, i) => i) })],
  ] as const) {
    it(orient, async () => {
      const path = await file('a.json', text)
      await assert.rejects(openTable(path), { code: 'BAD_FILE', message: `${path} ${what}. ${way}` })
    })
  }

  it('is not seen in rows, nor in texts that look like it', async () => {
    for (const text of ['{"a":"{1}","b":"[2]"}', '{"a":1,"b":[2]}', '{"a":[1],"b":2}', '{"a":[1]}{"a":[2]}']) {
      await (await openTable(await file('a.json', text))).close()
    }
  })
})

describe('a score that is no number', () => {
  const perCent = 'with a per cent sign. Write it as a number without the sign, as in 0.05 for 5 %'
  const money = 'with the sign of a currency. Write the number alone'
  const named =
    'not a number. Correct the file, or name another column. Of all columns as candidates, --ignore leaves it out'
  for (const [value, why] of [
    ['5 %', perCent],
    ['-0.5%', perCent],
    ['$5', money],
    ['-€ 1.5', money],
    ['5 £', money],
    ['(1.5)', 'in brackets. Write the number without them, with a minus before it if it is below 0'],
    ['true', 'a truth value. Write 1 for true and 0 for false'],
    ['False', 'a truth value. Write 1 for true and 0 for false'],
    ['2026-11-30', named],
    ['high', named],
  ] as const) {
    it(value, async () => {
      const path = await file('value.csv', `${csv}1,3,${value}\n`)
      const { code, stderr } = await cli('compare', path)
      assert.equal(code, 2)
      assert.equal(stderr, `error: ${path} line 4: column 'candidate' is '${value}', ${why}\n`)
    })
  }
})

it('a detector file that is empty is told as that', () => {
  const message = 'empty.onnx is empty. Give a file that train wrote'
  assert.throws(() => readDetectorFile(new Uint8Array(0), 'empty.onnx'), { code: 'BAD_FILE', message })
})

it('too few normals for a certified threshold are told with the name of the detector', async () => {
  const scores = await readScores(await file('few.csv', csv))
  const asked = { fpr: 1e-17, thresholdRule: 'certified' } as const
  await assert.rejects(compare(scores, asked), { code: 'OUT_OF_RANGE', message: /\. 'baseline' has 1\. Use more/ })
})

it('a label of no known meaning says once how to name the normal one', async () => {
  const path = await file('named.csv', 'label,baseline,candidate\nnormal,1,2\nodd,2,3\n')
  const { stderr } = await cli('compare', path)
  assert.equal(stderr.match(/--normal/g)?.length, 1, stderr)
})
