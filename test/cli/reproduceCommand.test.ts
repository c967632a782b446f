import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { runCli } from '../../src/cli/runCli.js'
import { paperItems } from '../../src/index.js'

const folder = await mkdtemp(join(tmpdir(), 'reproduce-'))
after(() => rm(folder, { recursive: true }))
const small = ['--runs', '2', '--epochs', '2', '--pretrain-epochs', '1', '--device', 'cpu']

async function cli(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const outcome = { code: Number.NaN, stdout: '', stderr: '' }
  outcome.code = await runCli({
    args,
    signal: new AbortController().signal,
    stdout: { write: (text) => (outcome.stdout += text) },
    stderr: { write: (text) => (outcome.stderr += text) },
    runStudy: () => Promise.reject(new Error('no study was asked for')),
  })
  return outcome
}

test('reproduce list names every table and figure', async () => {
  const { code, stdout, stderr } = await cli('reproduce', 'list')
  assert.deepEqual([code, stderr], [0, ''])
  for (const { name } of paperItems) assert.match(stdout, new RegExp(`│ ${name} +│`))
  const json = JSON.parse((await cli('reproduce', 'list', '--json')).stdout)
  assert.deepEqual(json.items, JSON.parse(JSON.stringify(paperItems)))
})

test('reproduce prints the table, and writes the page and the cells', async () => {
  const [page, csv] = [join(folder, 'table4.html'), join(folder, 'table4.csv')]
  const { code, stdout, stderr } = await cli('reproduce', 'table4', ...small, '--report', page, '--csv', csv)
  assert.equal(code, 0, stderr)
  assert.match(stdout, /^Table 4, scenario 1, statlog .*2 runs, 2 epochs after 1 of pretraining\n/)
  assert.match(stdout, /of 30 cells within 3 standard errors; of 20 arrows/)
  assert.match(stderr, /training Deep SVDD, Deep SAD, HSC, AE, SAE and ABC: 0 of/)
  const html = await readFile(page, 'utf8')
  assert.ok(html.startsWith('<!doctype html>') && html.includes(`scoring-bias reproduce table4 ${small.join(' ')}`))
  assert.doesNotMatch(html, /<script|<link|src="http/)
  assert.equal((await readFile(csv, 'utf8')).trimEnd().split('\n').length, 31)
})

test('reproduce --json prints one JSON object with every cell, --quiet nothing else', async () => {
  const { stdout, stderr } = await cli('reproduce', 'table7', ...small, '--json', '--quiet')
  assert.equal(stderr, '')
  const { item, rows, summary } = JSON.parse(stdout)
  assert.equal(item, 'table7')
  assert.deepEqual(
    rows.map((row: { cells: unknown[] }) => row.cells.length),
    [6, 6, 6, 6, 6],
  )
  assert.equal(summary.cells, 30)
})

test('matrix prints the answer and writes the heat map', async () => {
  const svg = join(folder, 'matrix.svg')
  const { code, stdout, stderr } = await cli('matrix', 'statlog', ...small, '--resamples', '200', '--report', svg)
  assert.equal(code, 0, stderr)
  assert.match(stdout, /│ labelled \\ tested +│/)
  assert.match(stdout, /On average over all tested classes, labelling .* helps most/)
  assert.match(await readFile(svg, 'utf8'), /^<svg/)
})

test('bad usage is one message, and nothing is written', async () => {
  const before = await readdir(folder)
  const cases: [string[], RegExp][] = [
    [['reproduce'], /missing required argument 'item'/],
    [['reproduce', 'table44'], /unknown table or figure 'table44'.*table4/s],
    [['reproduce', 'table2'], /this version does not reproduce table2/],
    [['reproduce', 'table4', '--quick', '--full'], /'--quick' cannot be used with option '--full'/],
    [['reproduce', 'table4', '--runs', '0'], /runs must be an integer from 1/],
    [['reproduce', 'table4', '--report', join(folder, 'missing', 'a.html')], /its folder does not exist/],
    [['matrix', 'statlog', '--normal', 'lava'], /unknown normal class 'lava'/],
    [['matrix', 'statlog', '--report', join(folder, 'missing', 'a.svg')], /its folder does not exist/],
  ]
  for (const [args, message] of cases) {
    const { code, stdout, stderr } = await cli(...args, ...(args[0] === 'reproduce' ? ['--quiet'] : []))
    assert.deepEqual([code, stdout], [2, ''], args.join(' '))
    assert.match(stderr, message)
  }
  assert.deepEqual(await readdir(folder), before)
})
