import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { paperItems } from '../../src/paper/paperItems.js'
import { cli } from './commandLine.js'

const folder = await mkdtemp(join(tmpdir(), 'reproduce-'))
after(() => rm(folder, { recursive: true }))
const small = ['--runs', '2', '--epochs', '2', '--pretrain-epochs', '1', '--device', 'cpu']

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

test('reproduce of a figure prints what it draws, and --output takes figure, page and data', async () => {
  const out = join(folder, 'figure1')
  const rate = ['--learning-rate', '2e-3']
  const { code, stdout, stderr } = await cli(
    'reproduce',
    'figure1',
    ...small,
    '--share',
    '0.02',
    ...rate,
    '-o',
    out,
    '--quiet',
  )
  assert.equal(code, 0, stderr)
  assert.match(stdout, /one run, 2 epochs after 1 of pretraining, learning rate 0\.002, 2 % of the samples\n/)
  assert.match(stdout, /^Figure 1, score distributions, Deep SVDD and Deep SAD, synthetic data\n/)
  assert.match(stdout, /│ Deep SAD +│ normal +│ +400 │ +5 % │/)
  assert.match(stdout, /Written to .*figure1\.\n/)
  assert.deepEqual((await readdir(out)).sort(), ['figure1.csv', 'figure1.html', 'figure1.json', 'figure1.svg'])
  assert.match(await readFile(join(out, 'figure1.svg'), 'utf8'), /^<svg/)
  const { kind, panels } = JSON.parse(await readFile(join(out, 'figure1.json'), 'utf8'))
  assert.equal(kind, 'density')
  const [head = '', ...lines] = (await readFile(join(out, 'figure1.csv'), 'utf8')).trimEnd().split('\n')
  assert.equal(head, 'item,detector,threshold,sample,score,density')
  assert.equal(
    lines.length,
    panels.reduce((n: number, panel: { scores: number[] }) => n + 2 * panel.scores.length, 0),
  )
})

test('an item that fails is told of with its reason, and the others follow', async () => {
  const out = join(folder, 'several')
  const away = ['--data-dir', join(folder, 'nowhere')]
  const items = ['table2', 'table3', 'table4']
  const { code, stdout, stderr } = await cli('reproduce', ...items, ...small, ...away, '-o', out)
  assert.equal(code, 1)
  assert.match(stdout, /^Table 2, the six detectors by type$/m)
  assert.match(stdout, /^Table 3, .*: not repeated\. .*nowhere/m)
  assert.match(stdout, /^Table 4, scenario 1, statlog/m)
  assert.match(stderr, /table4 \(3 of 3\), training/)
  assert.match(stderr, /error: 1 of 3 items could not be repeated: table3\. See the reason with each\n$/)
  const written = [
    'README.md',
    'index.html',
    ...['html', 'csv', 'json'].flatMap((end) => [`table2.${end}`, `table4.${end}`]),
  ]
  assert.deepEqual((await readdir(out)).sort(), [...written, 'reproduction.duckdb'].sort())
  const gallery = await readFile(join(out, 'index.html'), 'utf8')
  assert.match(gallery, /Not repeated:<\/strong> Table 3;/)
  for (const item of items) assert.ok(gallery.includes(`<a href="#${item}">`) && gallery.includes(`id="${item}"`), item)
  assert.match(gallery, /<a href="table4\.csv">/)
  assert.doesNotMatch(gallery, /NaN|undefined|null|Infinity|<script|src="http/)
})

test('what a reproduction has trained is not trained again, and gives the same figures', async () => {
  const out = join(folder, 'again')
  const run = () => cli('reproduce', 'table2', 'table4', ...small, '--json', '-o', out)
  const [first, second] = [await run(), await run()]
  assert.match(first.stderr, /training .*: 0 of [\d,]+/)
  // Whatever is done when a phase is first heard of was in the store.
  assert.match(second.stderr, /training .*: ([\d,]+) of \1 \(100 %\)/)
  const figures = ({ stdout }: { stdout: string }) => {
    const { items } = JSON.parse(stdout)
    assert.deepEqual(
      items.map(({ kind }: { kind: string }) => kind),
      ['detectors', 'table'],
    )
    return items[1].rows
  }
  assert.deepEqual(figures(first), figures(second))
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
  assert.match(stdout, /On average over all tested classes, the largest mean ξ is with .* labelled/)
  assert.match(await readFile(svg, 'utf8'), /^<svg/)
})

test('bad usage is one message, and nothing is written', async () => {
  const before = await readdir(folder)
  const away = ['--data-dir', join(folder, 'nowhere')]
  const cases: [string[], RegExp][] = [
    [['reproduce'], /missing required argument 'items'/],
    [['reproduce', 'table44'], /unknown table or figure 'table44'.*table4/s],
    [['reproduce', 'table2', 'table44', '-o', join(folder, 'made')], /unknown table or figure 'table44'/],
    [['reproduce', 'list', 'table2'], /unknown table or figure 'list'/],
    [['reproduce', 'all', '--runs', '0', ...away], /runs must be an integer from 1/],
    [['reproduce', 'all', '--csv', join(folder, 'all.csv')], /--report and --csv are for one item/],
    [['reproduce', 'table2', '--report', join(folder, 'table2.svg')], /table2 is a table/],
    [['study', 'statlog', '--report', join(folder, 'study.svg')], /the report is a page with several pictures/],
    [
      ['report', join(folder, 'none.duckdb'), '--report', join(folder, 'study.svg')],
      /several pictures, .*Name an \.html page/,
    ],
    [['reproduce', 'table2', '-o', join(folder, 'table4.csv')], /a file is in its place/],
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
