import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { run } from './program.js'

const folder = mkdtempSync(join(tmpdir(), 'pipes-'))
after(() => rmSync(folder, { recursive: true }))
const path = (name: string) => join(folder, name)

const rows = Array.from({ length: 400 }, (_, i) => `${i % 2},${i % 37},${i % 41}\n`)
writeFileSync(path('scores.csv'), `label,baseline,candidate\n${rows.join('')}`)
const quick = ['--epochs', '1', '--pretrain-epochs', '0', '--device', 'cpu']

const compared = ['compare', 'scores.csv', '--resamples', '200', '--report', 'compare.html']
const kept = ['--keep-scores', 'all.parquet', '--store', 's.duckdb']
const studied = ['study', 'statlog', '--runs', '1', ...quick, '--resamples', '100', ...kept]

describe('losing a pipe never costs a file:', () => {
  for (const [what, lost, args, files] of [
    ['a comparison without stdout', ['stdout'], compared, ['compare.html']],
    ['a comparison without stderr', ['stderr'], compared, ['compare.html']],
    ['a study without either', ['stdout', 'stderr'], studied, ['all.parquet', 'report.html', 's.duckdb']],
  ] as const) {
    it(what, async () => {
      for (const file of files) rmSync(path(file), { force: true })
      const { code, signal, stdout, stderr } = await run(args, folder, (child) => {
        for (const stream of lost) child[stream]?.destroy()
      })
      assert.deepEqual([code, signal], [0, null], stderr)
      for (const file of files) assert.ok(existsSync(path(file)), file)
      if (lost[0] === 'stderr') assert.match(stdout, /│ all anomalies +│/)
      assert.doesNotMatch(stderr, /error/)
    })
  }

  it('exit codes stay what they are', async () => {
    const { code } = await run(['compare', 'missing.csv'], folder, (child) => child.stderr?.destroy())
    assert.equal(code, 2)
  })

  it('scores to standard output end where nobody reads on, scores to a file do not', async () => {
    const names = Array.from({ length: 36 }, (_, j) => `x${j + 1}`).join()
    const row = `${Array(36).fill(90).join()}\n`
    writeFileSync(path('rows.csv'), `${names}\n${row.repeat(20_000)}`)
    assert.equal((await run(['train', 'statlog', '--detector', 'hsc', ...quick, '-o', 'hsc.onnx'], folder)).code, 0)
    const score = ['score', 'hsc.onnx', 'rows.csv', '--batch', '100', '--device', 'cpu']
    const cut = await run(score, folder, (child) => child.stdout?.once('data', () => child.stdout?.destroy()))
    assert.equal(cut.code, 0, cut.stderr)
    assert.doesNotMatch(cut.stderr, /flagged/, 'no summary of a part')
    const whole = await run([...score, '-o', 'rows.scores'], folder, (child) => child.stderr?.destroy())
    assert.equal(whole.code, 0)
    assert.equal(readFileSync(path('rows.scores'), 'utf8').trimEnd().split('\n').length, 20_001)
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.endsWith('.tmp')),
      [],
    )
  })
})
