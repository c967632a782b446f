import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, beforeEach, test } from 'node:test'
import { DuckDBInstance } from '@duckdb/node-api'
import type { Convergence } from '../../src/converge/types.js'
import { loadTable } from '../../src/data/datasets.js'
import { convergeReport } from '../../src/report/converge/convergeReport.js'
import { convergeText } from '../../src/report/converge/convergeText.js'
import { cliStopped, cliWith } from './commandLine.js'

const root = await mkdtemp(join(tmpdir(), 'converge-command-'))
after(() => rm(root, { recursive: true }))
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(root, 'case-'))
})

const quick = ['--epochs', '2', '--pretrain-epochs', '1', '--runs', '50', '--n', '100,400', '--alpha', '0.1,0.2']

const cli = (args: string[]) => cliWith({}, 'converge', ...args)

test('prints a row for each α and n, the rates, and writes a page that stands alone', async () => {
  const page = join(folder, 'page.html')
  const { code, stdout, stderr } = await cli(['statlog', ...quick, '--report', page])
  assert.equal(code, 0)
  assert.match(stderr, /^training Deep SVDD and Deep SAD: /)
  assert.match(
    stdout,
    /^Deep SAD against Deep SVDD on statlog: ξ = [+−]0\.\d{4} at a false-positive rate of 5 %; 50 runs/,
  )
  for (const row of ['0.1 │ 100 │  11', '0.1 │ 400 │  44', '0.2 │ 100 │  25', '0.2 │ 400 │ 100']) {
    assert.ok(stdout.includes(`│ ${row} │`), row)
  }
  assert.match(stdout, /│ 0\.2 │ −0\.\d{3} ± 0\.\d{3} │/)
  assert.match(stdout, /CC BY 4\.0; features standardised\.\nReport written to .*page\.html\.\nTook /)
  const html = await readFile(page, 'utf8')
  assert.doesNotMatch(html, /<script|<link|src="http/)
  assert.equal(html.match(/<svg/g)?.length, 2)
  assert.ok(html.includes(`scoring-bias converge statlog ${quick.join(' ')} --report ${page}`))
})

test('--json prints the result and nothing else; text says the same', async () => {
  const { code, stdout, stderr } = await cli(['statlog', ...quick, '--json', '--quiet', '--test', 'fixed'])
  assert.deepEqual([code, stderr], [0, ''])
  const result = JSON.parse(stdout) as Convergence
  assert.deepEqual([result.test, result.nTest, result.cells.length, result.rates.length], ['fixed', 1000, 4, 2])
  assert.match(convergeText(result), /all on one test set\.\n[\s\S]*n₁ = α·1,000 anomalies and the FPR on the 1,000/)
})

test('takes a file, its classes and how many of them train', async () => {
  const path = join(folder, 'parts.csv')
  const rows = Array.from({ length: 600 }, (_, i) => {
    const kind = ['fine', 'fine', 'fine, too', 'crack', 'dent'][i % 5]
    return `"${kind}",${Math.sin(i)},${Math.cos(3 * i) + (i % 5 > 2 ? 2 : 0)},${i}`
  })
  await writeFile(path, `kind,width,height,id\n${rows.join('\n')}\n`)
  const classes = [
    '--label',
    'kind',
    '--ignore',
    'id',
    '--normal',
    'fine',
    '--normal',
    'fine, too',
    '--anomaly',
    'crack=0.5,dent=0.5',
  ]
  const args = [path, ...classes, '--train-normals', '100', ...quick]
  const { code, stdout, stderr } = await cli([...args, '--json', '--quiet'])
  assert.deepEqual([code, stderr], [0, ''])
  const { dataset, normal, anomaly, mixture, training, truth } = JSON.parse(stdout) as Convergence
  assert.deepEqual([dataset, normal, anomaly], ['parts.csv', ['fine', 'fine, too'], ['crack', 'dent']])
  assert.deepEqual(
    mixture?.map(({ weight }) => weight),
    [0.5, 0.5],
  )
  assert.deepEqual([training.nNormal, training.nAnomalous, training.network], [100, 10, 'mlp 2-32-16-8'])
  assert.deepEqual([truth.nNormal, truth.nAnomalous], [260, 230])
  const anomalyOf = async (classes: string) => {
    const flags = ['--label', 'kind', '--ignore', 'id', '--normal', 'fine', '--anomaly', classes]
    return (JSON.parse((await cli([path, ...flags, ...quick, '--json', '--quiet'])).stdout) as Convergence).anomaly
  }
  assert.deepEqual(await anomalyOf('fine, too'), ['fine, too'])
  assert.deepEqual(await anomalyOf('dent, crack'), ['crack', 'dent'])
})

test('a path that ends in .svg gets the boxes alone', async () => {
  const path = join(folder, 'boxes.svg')
  assert.equal((await cli(['statlog', ...quick, '--quiet', '--report', path])).code, 0)
  const svg = await readFile(path, 'utf8')
  assert.match(svg, /^<svg/)
  for (const text of ['α = 0.1', 'α = 0.2', 'FPR of Deep SAD', '400']) assert.ok(svg.includes(`>${text}<`), text)
})

/** A tenth of StatLog as a CSV file, and its rows as a Parquet file. */
async function soils(): Promise<{ csv: string; parquet: string }> {
  const { featureNames, features, classes, labels } = await loadTable('statlog', { share: 0.1 })
  const nFeatures = featureNames.length
  const rows = Array.from(labels, (label, i) =>
    [`"${classes[label]}"`, ...features.subarray(i * nFeatures, (i + 1) * nFeatures)].join(),
  )
  const paths = { csv: join(folder, 'soils.csv'), parquet: join(folder, 'soils.parquet') }
  await writeFile(paths.csv, `${['soil', ...featureNames].join()}\n${rows.join('\n')}\n`)
  const instance = await DuckDBInstance.create()
  const connection = await instance.connect()
  await connection.run(`COPY (SELECT * FROM read_csv('${paths.csv}')) TO '${paths.parquet}' (FORMAT parquet)`)
  connection.closeSync()
  instance.closeSync()
  return paths
}

test('a CSV and a Parquet file of the same rows give the same, with several normal classes and a mixture', async () => {
  const { csv, parquet } = await soils()
  const flags = [
    ...['--label', 'soil', '--normal', 'grey soil,damp grey soil', '--normal', 'very damp grey soil'],
    ...[
      '--anomaly',
      'red soil=0.75,cotton crop=0.25',
      '--train-normals',
      '200',
      '--baseline',
      'ae',
      '--candidate',
      'sae',
    ],
  ]
  const results: Convergence[] = []
  for (const path of [csv, parquet]) {
    const { code, stdout, stderr } = await cli([path, ...flags, ...quick, '--json', '--quiet'])
    assert.deepEqual([code, stderr], [0, ''])
    results.push(JSON.parse(stdout) as Convergence)
  }
  const [one, other] = results
  assert.deepEqual(other?.cells, one?.cells)
  assert.deepEqual([one?.dataset, other?.dataset], ['soils.csv', 'soils.parquet'])
  assert.deepEqual([...(one?.normal ?? [])].sort(), ['damp grey soil', 'grey soil', 'very damp grey soil'])
  const text = convergeText(one ?? assert.fail())
  assert.match(text, /^SAE against AE on soils\.csv: /)
  // 350 grey soils and 153 of red soil, of which 15 are labelled.
  assert.match(
    text,
    /\(200 to train on, 150 to draw from\); anomalies: .*75 % red soil.*\(20 labelled, 184 to draw from\);/,
  )
  assert.doesNotMatch(text, /Data: /)
})

test('the page of a study whose runs all agree has a place for every other error', async () => {
  const { stdout } = await cli(['statlog', ...quick, '--json', '--quiet'])
  const result = JSON.parse(stdout) as Convergence
  const [first, ...others] = result.cells
  if (first === undefined) assert.fail()
  const page = (xi: object) =>
    convergeReport({ ...result, cells: [{ ...first, xi: { ...first.xi, ...xi } }, ...others] })
  const [spread, none] = [await page({}), await page({ sd: 0 })]
  // The axis of the errors has its decades, which it would lose were it to reach down to 0.
  for (const html of [spread, none]) assert.match(html, />0\.1<.*>1<.*>10</)
  assert.ok(none.includes('an error of 0 has no place on a logarithmic axis'))
  assert.ok(!spread.includes('an error of 0'))
})

test('bad options exit with 2 and one clear message, and write nothing', async () => {
  const cases: [string[], RegExp][] = [
    [['mnist'], /^error: unknown data set 'mnist'.*; known: synthetic, statlog, fashion-mnist, spectrum\n$/],
    [['synthetic', '--normal', 'top'], /^error: unknown normal class 'top'; known: normal, anomalous\n$/],
    [['statlog', '--anomaly', 'redsoil'], /^error: unknown anomaly class 'redsoil' \(did you mean 'red soil'\?\)/],
    [['statlog', '--anomaly', 'grey soil'], /^error: class 'grey soil' cannot be both normal and anomalous\./],
    [['statlog', '--anomaly', 'red soil=0.5,cotton crop=0.4'], /must sum to 1, got 0\.5 \+ 0\.4 = 0\.9\n$/],
    [['statlog', '--anomaly', 'red soil=many'], /The weight of 'red soil' is 'many', not a number/],
    [
      ['statlog', '--quiet', '--train-normals', '3492'],
      /^error: statlog: there are 3,492 samples of .*\. Lower nTrain\n$/,
    ],
    [['nowhere.csv'], /^error: .*nowhere\.csv/],
    [['--n', '100,many'], /argument '100,many' is invalid\. Not a number/],
    [['--n', '100,100'], /^error: sizes has 100 twice\. Give each value once\n$/],
    [['--n', ''], /^error: sizes is empty\. Give at least one value\n$/],
    [['--alpha', '2'], /^error: --alpha must lie strictly between 0 and 1, got 2\n$/],
    [['--test', 'none'], /Allowed choices are fresh, fixed/],
    [['--candidate', 'deepsad'], /^error: unknown detector 'deepsad' \(did you mean 'deep-sad'\?\)/],
    [
      ['statlog', ...quick, '--quiet', '--test', 'fixed', '--test-normals', '5000'],
      /^error: the fixed test set takes 5,000 of 2,292 normal scores\. .* Lower nTest/,
    ],
  ]
  for (const [args, message] of cases) {
    const { code, stdout, stderr } = await cli(['--report', join(folder, 'page.html'), ...args])
    assert.deepEqual([code, stdout], [2, ''], args.join(' '))
    assert.match(stderr, message)
  }
  assert.deepEqual(await readdir(folder), [])
})

test('an interrupted study exits with 130 and writes nothing', async () => {
  const path = join(folder, 'page.html')
  const { code, stdout, stderr } = await cliStopped('converge', '--report', path)
  assert.deepEqual([code, stdout], [130, ''])
  assert.match(stderr, /\nInterrupted; nothing was written\.\n$/)
  assert.deepEqual(await readdir(folder), [])
})
