import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { sweepSchema } from '../../src/report/sweep/sweepSchema.js'
import { cli } from './commandLine.js'

const folder = mkdtempSync(join(tmpdir(), 'sweep-command-'))
after(() => rmSync(folder, { recursive: true }))

const quick = [
  '--share',
  '0.1',
  '--runs',
  '2',
  '--epochs',
  '1',
  '--pretrain-epochs',
  '1',
  '--resamples',
  '200',
  '--device',
  'cpu',
]
const small = ['sweep', 'statlog', ...quick, '--labelled', '4,1', '--contamination', '0,5%', '--quiet']

/** All but what differs from run to run. */
function untimed(json: string): unknown {
  return JSON.parse(json, (key, value) => (/seconds$|^workers$/i.test(key) ? undefined : value))
}

describe('scoring-bias sweep', () => {
  it('prints a table for each contamination, and writes a page, and goes on from a store', async () => {
    const [report, store] = [join(folder, 'sweep.html'), join(folder, 'sweep.duckdb')]
    const first = await cli(...small, '--report', report, '--store', store)
    assert.deepEqual([first.code, first.stderr], [0, ''])
    assert.match(first.stdout, /no hidden anomalies\n[^\n]*\n│ tested \\ labels +│ +│ +1 │ +4 │/)
    assert.match(first.stdout, /contamination 5 %: 6 anomalies hidden among the 1\d\d normal samples/)
    assert.match(first.stdout, /Report written to .*sweep\.html\.\nTook /)
    const page = readFileSync(report, 'utf8')
    assert.match(page, /<h1>How many labels help: Deep SAD against Deep SVDD on statlog<\/h1>/)
    assert.match(page, /<svg[^>]*>/)
    assert.match(page, /scoring-bias sweep statlog/)
    const again = await cli(...small, '--store', store)
    const answer = (text: string) => text.replace(/(Report written.*\n)?Took .*\n/, '')
    assert.equal(answer(again.stdout), answer(first.stdout))
  })

  it('trains in shards, which put together leave nothing to train', async () => {
    const [one, two, whole] = ['one', 'two', 'whole'].map((name) => join(folder, `${name}.duckdb`))
    assert.ok(one && two && whole)
    for (const [shard, store] of [
      ['1/2', one],
      ['2/2', two],
    ] as const) {
      const { code, stderr } = await cli(...small, '--shard', shard, '--store', store)
      assert.deepEqual([code, stderr], [0, ''])
    }
    const merged = await cli('merge', whole, one, two)
    assert.equal(merged.code, 0, merged.stderr)
    const said = await cli(...small.filter((flag) => flag !== '--quiet'), '--store', whole, '--json')
    assert.deepEqual(untimed(said.stdout), untimed((await cli(...small, '--json')).stdout))
  })

  it('prints JSON of its schema, and writes the chart alone', async () => {
    const chart = join(folder, 'sweep.svg')
    const { code, stdout, stderr } = await cli(...small, '--json', '--report', chart)
    assert.deepEqual([code, stderr], [0, ''])
    const { labelled, contamination, cells } = sweepSchema.parse(JSON.parse(stdout))
    assert.deepEqual([labelled, contamination, cells.length], [[1, 4], [0, 0.05], 4])
    assert.match(readFileSync(chart, 'utf8'), /^<svg/)
  })

  for (const [what, flags, message] of [
    [
      'more labels than the class can give',
      ['--labelled', '900'],
      /^error: labelled asks for 900 labelled anomalies of class 'damp grey soil'\./,
    ],
    [
      'a contamination beyond what the split holds',
      ['--labelled', '55', '--contamination', '0.5'],
      /^error: contamination 0\.5 hides .*\. Use at most 0\.\d+\n$/,
    ],
    [
      'a contamination beyond one half',
      ['--contamination', '70%'],
      /--contamination must lie in \[0, 0\.5\], got 0\.7/,
    ],
    ['words for numbers', ['--labelled', '1,many'], /'1,many' is invalid\. Not a number/],
    ['no numbers', ['--contamination', ''], /Give numbers with commas between them/],
    ['a class that there is not', ['--anomaly', 'sand'], /'sand'/],
  ] as const) {
    it(`refuses ${what}`, async () => {
      const { code, stdout, stderr } = await cli('sweep', 'statlog', ...quick, '--quiet', ...flags)
      assert.deepEqual([code, stdout], [2, ''], stderr)
      assert.match(stderr, message)
    })
  }
})
