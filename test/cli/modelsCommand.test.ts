import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, beforeEach, test } from 'node:test'
import { formatCount } from '../../src/counted.js'
import { modelManifest } from '../../src/models/exportModels.js'
import { modelsText } from '../../src/report/detectors/modelsText.js'
import { cli as commandLine } from './commandLine.js'

const root = await mkdtemp(join(tmpdir(), 'models-command-'))
after(() => rm(root, { recursive: true }))
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(root, 'case-'))
})

const cli = (...args: string[]) => commandLine('models', ...args)

test('models are listed with inputs, outputs, size and hash, and nothing is written', async () => {
  const { code, stdout, stderr } = await cli()
  const manifest = modelManifest()
  assert.deepEqual([code, stdout, stderr], [0, `${modelsText(manifest)}\n`, ''])
  for (const { name, size, sha256, inputs, outputs } of manifest.models) {
    const rows = stdout.split('├').find((row) => row.includes(` ${name} `)) ?? assert.fail(name)
    for (const part of [formatCount(size), sha256.slice(0, 12)])
      assert.ok(rows.includes(` ${part} `), `${name} ${part}`)
    for (const tensor of [...inputs, ...outputs]) {
      assert.ok(rows.includes(`${tensor.name} ${tensor.dtype}[${tensor.shape.join(', ')}]`), `${name} ${tensor.name}`)
    }
  }
  assert.match(stdout, /^N: samples in the pool x$/m)
})

test('--json prints the manifest and nothing else, --export writes it beside the models', async () => {
  const { code, stdout, stderr } = await cli('--network', 'mlp', '--json', '--export', folder)
  assert.equal(code, 0)
  const { schema, ...manifest } = JSON.parse(stdout)
  assert.equal(schema, 'models-1')
  assert.deepEqual(manifest, JSON.parse(JSON.stringify(modelManifest({ networks: ['mlp'] }))))
  assert.deepEqual(JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')), manifest)
  assert.equal(stderr, `20 models in ${folder}; files written: 41.\n`)
  assert.deepEqual(
    (await cli('--network', 'mlp', '--export', folder)).stderr,
    `20 models in ${folder}; files written: 0.\n`,
  )
})

test('--sample and --decoder reach the models, --quiet keeps stderr empty', async () => {
  const { code, stdout, stderr } = await cli(
    ...['--network', 'mlp', '--sample', '9', '--decoder', 'identity', '--quiet', '--json', '--export', folder],
  )
  assert.deepEqual([code, stderr], [0, ''])
  const expected = modelManifest({ networks: ['mlp'], sample: [9], decoder: 'identity' })
  assert.deepEqual(JSON.parse(stdout), { schema: 'models-1', ...JSON.parse(JSON.stringify(expected)) })
})

test('bad input exits with 2 and one clear message, and writes nothing', async () => {
  const cases: [string[], RegExp][] = [
    [['--network', 'mlq'], /^error: unknown network 'mlq' \(did you mean 'mlp'\?\); known: mlp/],
    [
      ['--network', 'mlp', '--sample', '28,28'],
      /^error: network 'mlp' takes vectors, got samples of shape \[28, 28\]\n$/,
    ],
    [['--sample', '36,'], /argument '36,' is invalid\. Not a number/],
    [['--sample', '0'], /^error: --sample must be an integer of at least 1, got 0\n$/],
    [['--decoder', 'relu'], /Allowed choices are identity, sigmoid/],
    [['statlog'], /too many arguments/],
  ]
  for (const [args, message] of cases) {
    const { code, stdout, stderr } = await cli('--export', folder, ...args)
    assert.deepEqual([code, stdout], [2, ''], args.join(' '))
    assert.match(stderr, message)
  }
  assert.deepEqual(await readdir(folder), [])
})
