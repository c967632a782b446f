import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { DuckdbStore } from '../../src/study/store/duckdbStore.js'
import { cli } from './commandLine.js'

const folder = mkdtempSync(join(tmpdir(), 'report-command-'))
after(() => rmSync(folder, { recursive: true }))
const store = join(folder, 'study.duckdb')
const path = join(folder, 'report.html')

const quick = ['--runs', '2', '--epochs', '2', '--pretrain-epochs', '0', '--resamples', '200', '--device', 'cpu']
const layers = ['--hidden', '24,12', '--code', '4', '--batch-norm-epsilon', '0.9', '--leaky-slope', '0.5']
const trained = [...layers, '--learning-rate', '0.01', '--milestones', '1', '--no-standardise']
const study = (...args: string[]) => cli('study', 'statlog', ...quick, ...trained, '--quiet', '--store', store, ...args)

test('a finished study prints and reports again what it did, without training', async () => {
  const page = join(folder, 'first.html')
  const first = await study('--json', '--report', page)
  const later = await study('--json', '--no-report', '--fpr', '0.1')
  assert.deepEqual([first.code, later.code], [0, 0], first.stderr + later.stderr)

  const latest = await cli('report', store, '--json', '--no-report')
  assert.deepEqual(latest, { code: 0, stdout: later.stdout, stderr: '' })

  const unknown = await cli('report', store, '--study', 'x', '--no-report')
  assert.equal(unknown.code, 2)
  assert.match(
    unknown.stderr,
    /has no study 'x'\. It has: [\da-f]{12} \(deep-sad against deep-svdd on statlog, .*; [\da-f]{12} \(/,
  )
  const id = /It has: ([\da-f]{12})/.exec(unknown.stderr)?.[1] ?? ''
  const again = await cli('report', store, '--study', id, '--json', '--report', path)
  assert.deepEqual(again, { code: 0, stdout: first.stdout, stderr: '' })
  const [made, remade] = [page, path].map((file) => readFileSync(file, 'utf8'))
  const shown = /<pre><code>[\s\S]*?<\/code><\/pre>/
  assert.equal(remade?.replace(shown, ''), made?.replace(shown, ''))

  for (const text of [JSON.parse(first.stdout).settings.network, made, remade])
    assert.match(text, /mlp 36-24-12-4, batch norm epsilon 0\.9, leaky slope 0\.5/)

  // The command it shows spells out every option, and gives the same numbers.
  const line = (/<pre><code>scoring-bias (.*)<\/code><\/pre>/.exec(remade ?? '')?.[1] ?? '').replaceAll('&#39;', "'")
  const args = (line.match(/'[^']*'|\S+/g) ?? []).map((word) => word.replaceAll("'", ''))
  assert.ok(args.includes('--pretrain-epochs') && args.includes('very damp grey soil'))
  const repeated = await cli(...args, '--json', '--quiet', '--no-report')
  const { elapsedSeconds: _, workers: __, ...numbers } = JSON.parse(repeated.stdout)
  const { elapsedSeconds: ___, workers: ____, ...expected } = JSON.parse(first.stdout)
  assert.deepEqual(numbers, expected)

  const text = await cli('report', store, '--report', path)
  assert.match(text.stdout, /Deep SAD against Deep SVDD on statlog[\s\S]*at FPR 10 %[\s\S]*Report written to/)

  const ambiguous = await cli('report', store, '--study', '', '--no-report')
  assert.match(ambiguous.stderr, /has 2 studies that begin with ''\. Give more of the name\. It has: /)

  // Asked for once more, the first is the latest.
  await study('--json', '--no-report')
  const swapped = await cli('report', store, '--json', '--no-report')
  assert.equal(JSON.parse(swapped.stdout).fpr, 0.05)
})

test('a store without a finished study, or no store, is refused, and none is made', async () => {
  const empty = join(folder, 'empty.duckdb')
  await (await DuckdbStore.open(empty)).close()
  const before = readdirSync(folder)
  for (const [store, message] of [
    [
      empty,
      /has no finished study\. Run the command again that wrote it: .* a finished matrix or sweep is printed without training/,
    ],
    [
      join(folder, 'none.duckdb'),
      /there is no study store .*none\.duckdb\. `scoring-bias study … --store .*none\.duckdb` makes one/,
    ],
  ] as const) {
    const { code, stdout, stderr } = await cli('report', store, '--no-report')
    assert.deepEqual([code, stdout], [2, ''])
    assert.match(stderr, message)
  }
  assert.deepEqual(readdirSync(folder), before)
})
