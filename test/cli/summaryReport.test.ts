import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { compare } from '../../src/compare/compare.js'
import { readSummaries } from '../../src/compare/summary/readSummaries.js'
import { compareReport } from '../../src/report/compare/compareReport.js'
import { cli } from './commandLine.js'

const folder = mkdtempSync(join(tmpdir(), 'summary-report-'))
after(() => rmSync(folder, { recursive: true, force: true }))
const at = (name: string) => join(folder, name)

const wave = (i: number, k: number) => 10 * Math.sin(k * (i + 1))
const lines = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, j) => from + j).map((i) => {
    const label = Number(i % 10 === 0)
    return [label, i % 20 === 0 ? 'crack' : 'dent', wave(i, 2) + 5 * label, wave(i, 3) + 8 * label].join()
  })
const write = (name: string, from: number, to: number) =>
  writeFileSync(at(name), `label,class,old,new\n${lines(from, to).join('\n')}\n`)
write('a.csv', 0, 3000)
write('b.csv', 3000, 5500)
write('all.csv', 0, 5500)

const reading = ['--baseline', 'old', '--candidate', 'new']

/** A page from its start to the section of other targets, without where its scores are from. */
const tables = (page: string) =>
  page
    .slice(page.indexOf('<h1>'), page.indexOf('<h2>At other targets</h2>'))
    .replaceAll(/2 summaries \([^)]*\)|[^ (]*all\.csv/g, 'SOURCE')

describe('the page of summaries', () => {
  for (const name of ['a', 'b']) {
    it(`is made from a summary of ${name}`, async () => {
      const { code, stderr } = await cli(
        'summarise',
        at(`${name}.csv`),
        ...reading,
        '--fpr',
        '0.02',
        '-o',
        at(`${name}.summary`),
      )
      assert.equal(code, 0, stderr)
    })
  }

  it('has the tables and charts of the page of all rows, and says what it lacks', async () => {
    const asked = ['--fpr', '0.02', '--report']
    for (const args of [
      [at('a.summary'), at('b.summary'), ...asked, at('summaries.html')],
      [at('all.csv'), ...reading, ...asked, at('rows.html')],
    ]) {
      const { code, stderr } = await cli('compare', ...args)
      assert.equal(code, 0, stderr)
    }
    const [own, rows] = ['summaries', 'rows'].map((name) => readFileSync(at(`${name}.html`), 'utf8'))
    assert.ok(own && rows)
    assert.ok(tables(own).includes('<svg'))
    assert.equal(tables(own), tables(rows))
    assert.match(own, /this page has no densities, no ROC curves, no ξ over targets and no slider/)
    assert.doesNotMatch(own, /<dt>Slider|data-mark="ecdf_normal"|id="live"/)
    assert.match(rows, /<dt>Slider/)
    assert.doesNotMatch(rows, /These scores are summaries/)
  })

  it('is refused where the summaries are of other detectors', async () => {
    const data = await readSummaries([at('a.summary')])
    const comparison = await compare(data, { fpr: 0.02 })
    const other = { ...data, detectors: ['old', 'other'] }
    await assert.rejects(compareReport(comparison, other), {
      code: 'UNKNOWN_NAME',
      message: /'new' that the scores lack/,
    })
  })
})
