import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { study } from '../report/study/studyFixture.js'
import { cliWith, type Said } from './commandLine.js'

const root = await mkdtemp(join(tmpdir(), 'data-command-'))
after(() => rm(root, { recursive: true }))

async function cli(...args: string[]): Promise<Said & { asked: unknown[] }> {
  const asked: unknown[] = []
  const runStudy = async ({ dataset }: { dataset: unknown }) => {
    asked.push(dataset)
    return study
  }
  return { ...(await cliWith({ runStudy }, ...args)), asked }
}

test('data list names every data set, with where it is', async () => {
  const { code, stdout } = await cli('data', 'list', '--data-dir', root)
  assert.equal(code, 0)
  assert.match(stdout, /synthetic +│ +33,000 │ 9 +│ normal, anomalous +│ simulated/)
  assert.match(stdout, /statlog +│ +6,435 │ 36 +│ red soil.*with this package/)
  assert.match(stdout, /fashion-mnist +│ +70,000 │ 1 × 28 × 28 .*not on this machine/)
  assert.match(stdout, /spectrum +│ +100,000 │ 125 × 128 .*simulated/)
  assert.match(stdout, /`scoring-bias data fetch fashion-mnist` downloads/)
  const { datasets } = JSON.parse((await cli('data', 'list', '--json')).stdout)
  assert.deepEqual(
    datasets.map(({ name, simulated }: { name: string; simulated: boolean }) => [name, simulated]),
    [
      ['synthetic', true],
      ['statlog', false],
      ['fashion-mnist', false],
      ['spectrum', true],
    ],
  )
})

test('data verify checks StatLog by its SHA-256 and knows that simulated samples have no files', async () => {
  const { code, stdout } = await cli('data', 'verify', 'statlog')
  assert.equal(code, 0)
  assert.match(stdout, /statlog: 1 file is as it should be/)
  // As sha256sum gives it.
  assert.match(stdout, /8cb747e39adfb3db5d09cbde103a13921d30a4ca8b3523932244e232d5bca6c2/)
  assert.equal((await cli('data', 'verify', 'spectrum')).stdout, 'spectrum: simulated, there is nothing to verify.\n')
  assert.equal((await cli('data', 'verify', 'synthetic')).stdout, 'synthetic: simulated, there is nothing to verify.\n')
})

test('data show counts the classes of a data set', async () => {
  const { code, stdout } = await cli('data', 'show', 'statlog')
  assert.equal(code, 0)
  assert.match(stdout, /^StatLog \(Landsat Satellite\): 6,435 samples of 36, standardised features\.\n/)
  // A bar for each feature, where there are few.
  assert.match(stdout, /Class means along the last axis, from /)
  assert.match(stdout, /red soil +│ 1,533 │ +6\.49 │ [▁▂▃▄▅▆▇█]{36} │/)
  assert.match(stdout, /Data: StatLog .*CC BY 4\.0; features standardised\.\n$/)
})

test('data show says what the synthetic data set is', async () => {
  const { code, stdout } = await cli('data', 'show', 'synthetic')
  assert.equal(code, 0)
  assert.match(
    stdout,
    /^Synthetic Gaussian samples \(simulated, not measured\): 33,000 samples of 9, features from -4\./,
  )
  assert.match(stdout, /anomalous +│ +3,000 │ +2,000 │ +1\.[89]\d │/)
  assert.match(stdout, /Data: synthetic, after Ye, Chen and Zheng \(IJCAI 2021\), Section 4\.2\.\n$/)
})

test('data show draws samples, and says in picture, text and JSON that they are simulated', async () => {
  const svg = join(root, 'samples.svg')
  const { code, stdout, stderr } = await cli('data', 'show', 'spectrum', '--share', '0.0005', '--svg', svg)
  assert.deepEqual([code, stderr], [0, `Samples drawn in ${svg}.\n`])
  assert.match(stdout, /^Cellular spectrum \(simulated, not measured\): 50 samples of 125 × 128/)
  assert.match(stdout, /Class means along the last axis, its 128 numbers averaged to 32, from /)
  const image = await readFile(svg, 'utf8')
  assert.match(image, /Cellular spectrum \(simulated, not measured\)/)
  assert.equal(image.match(/<image /g)?.length, 8 + 4 * 5)
  const json = JSON.parse((await cli('data', 'show', 'spectrum', '--share', '0.0005', '--json')).stdout)
  assert.equal(json.simulated, true)
  assert.deepEqual(
    json.classes.map(({ n, profile }: { n: number; profile: number[] }) => [n, profile.length]),
    [
      [30, 32],
      [5, 32],
      [5, 32],
      [5, 32],
      [5, 32],
    ],
  )
})

test('data show and study take a file', async () => {
  const path = join(root, 'parts.csv')
  await writeFile(path, 'a,b,id,kind\n1,2,1,fine\n3,5,2,fine\n8,9,3,crack\n')
  const { stdout } = await cli('data', 'show', path, '--label', 'kind', '--ignore', 'id', '--normal', 'fine')
  assert.match(stdout, /^parts\.csv: 3 samples of 2, standardised features\.\n/)
  assert.match(stdout, /fine +│ 2 │ +0\.00 │[\s\S]*crack +│ 1 │/)
  const { code, asked } = await cli('study', path, '--label', 'kind', '--ignore', 'id', '--no-report')
  assert.equal(code, 0)
  const [table] = asked as [{ featureNames: string[]; classes: string[]; features: Float32Array }]
  assert.deepEqual(
    [table.featureNames, table.classes],
    [
      ['a', 'b'],
      ['fine', 'crack'],
    ],
  )
  assert.deepEqual([...table.features], [1, 2, 3, 5, 8, 9])
})

test('data refuses what it does not know with exit code 2, and what is not here with 1', async () => {
  const cases: [string[], number, RegExp][] = [
    [['data', 'verify', 'satlog'], 2, /unknown data set 'satlog' \(did you mean 'statlog'\?\)/],
    [['data', 'fetch', 'mnist'], 2, /unknown data set 'mnist'/],
    [['data', 'verify', 'fashion-mnist', '--data-dir', root], 1, /Fashion-MNIST is not on this machine\. Looked in /],
    [['data', 'show', 'statlog', '--share', '2'], 2, /share must lie in \(0, 1\], got 2/],
    [['data', 'show'], 2, /missing required argument 'data'/],
    [
      ['data', 'fetch', 'fashion-mnist', '--to', join(root, 'to'), '--from', 'http://127.0.0.1:9'],
      1,
      /cannot download/,
    ],
  ]
  for (const [args, exit, message] of cases) {
    const { code, stdout, stderr } = await cli(...args)
    assert.deepEqual([code, stdout], [exit, ''], args.join(' '))
    assert.match(stderr, message)
  }
})
