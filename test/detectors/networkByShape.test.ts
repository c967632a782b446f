import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { zipSync } from 'fflate'
import { readLabelledTable } from '../../src/data/tables/readLabelledTable.js'
import { networkByShape } from '../../src/detectors/networkByShape.js'
import { cli } from '../cli/commandLine.js'
import { npy, npyTexts } from '../npy.js'

const folder = mkdtempSync(join(tmpdir(), 'shapes-'))
after(() => rmSync(folder, { recursive: true }))

const nSamples = 120
/** Samples of a shape under a name, and their labels; every sixth is another kind. */
function samplesFile(array: string, sample: readonly number[]): string {
  const size = sample.reduce((a, b) => a * b, 1)
  const values = Float32Array.from({ length: nSamples * size }, (_, i) => {
    const row = Math.floor(i / size)
    return Math.sin(i * i) / 2 + (row % 6 === 0 ? Math.cos(i) + 1 : 0)
  })
  const labels = Array.from({ length: nSamples }, (_, row) => (row % 6 === 0 ? 'odd' : 'normal'))
  const path = join(folder, `${array}-${sample.join('x')}.npz`)
  const members = { [`${array}.npy`]: npy(values, '<f4', [nSamples, ...sample]), 'label.npy': npyTexts(labels) }
  writeFileSync(path, zipSync(members, { level: 0 }))
  return path
}

const quick = ['--epochs', '1', '--pretrain-epochs', '1', '--device', 'cpu', '--quiet']
const training = (path: string, ...more: string[]) =>
  cli('train', path, '--detector', 'sae', '-o', join(folder, 'd.onnx'), ...quick, ...more)

describe('the network of data of the user', () => {
  it('follows the shape, where that tells what samples are', () => {
    const of = (sample: number[], sampleKind?: 'images' | 'sequences') =>
      networkByShape({ name: 'a.npz', sample, sampleKind })
    assert.deepEqual(of([6]), { network: 'mlp', reason: 'the samples are rows of 6 features' })
    assert.deepEqual(of([8, 9], 'images'), { network: 'lenet', reason: 'the samples are images of 8 × 9' })
    assert.deepEqual(of([3, 8, 9]), { network: 'lenet', reason: 'the samples are images of 3 × 8 × 9' })
    const steps = 'the samples are sequences of 20 steps with 5 features each'
    assert.deepEqual(of([20, 5], 'sequences'), { network: 'lstm', reason: steps })
  })

  it('is that of rows where columns beside an array take its shape, and says which', () => {
    const arrays = [{ name: 'images', shape: [1, 2] }]
    const reason = (featureNames: string[], more = {}) =>
      networkByShape({ name: 'a.npz', sample: [featureNames.length], featureNames, arrays, ...more }).reason
    assert.equal(
      reason(['images1', 'images2', 'id']),
      "the samples are rows of 3 features (array 'images' loses its shape, [1, 2], beside column 'id': to keep it, leave it out with --ignore id)",
    )
    assert.match(
      reason(['images1', 'images2', 'a', 'b']),
      /beside columns 'a', 'b': .*leave them out with --ignore a,b\)$/,
    )
    assert.match(
      reason(['images1', 'images2', ...'abcdef']),
      /beside 6 other columns: .*leave them out with --ignore\)$/,
    )
    const rows = { arrays: [{ name: 'images', shape: [2] }] }
    assert.equal(reason(['images1', 'images2', 'id'], rows), 'the samples are rows of 3 features')
    assert.equal(reason(['images2', 'id']), 'the samples are rows of 2 features')
  })

  it('takes images that are narrow, or of one channel', () => {
    for (const sample of [
      [4, 4, 4],
      [8, 9, 4],
      [3, 8, 4],
      [8, 8, 1],
    ])
      assert.equal(networkByShape({ name: 'a.npz', sample }).network, 'lenet')
  })

  it('is not guessed', () => {
    const refused = (sample: number[], message: RegExp, sampleKind?: 'images' | 'sequences') =>
      assert.throws(() => networkByShape({ name: 'a.npz', sample, sampleKind }), { code: 'OUT_OF_RANGE', message })
    refused(
      [8, 8],
      /^a\.npz has samples of shape \[8, 8\]\. They may be images or sequences\. Name the network \(--network\): lenet for/,
    )
    const last =
      /^a\.npz has samples of shape \[8, 8, \d\]\. They look like images with their \d channels last\. Put the channels first/
    for (const channels of [2, 3, 4]) refused([8, 8, channels], last)
    refused([8, 8, 4], /If they are first already, name the network: --network lenet$/)
    const all =
      /Name the network \(--network\): lenet for images, lstm for sequences, mlp to take each number as a feature\. Or .* 'images' or 'sequences'$/
    refused([8, 8], all)
  })

  it('is advised only where it takes the shape', () => {
    const advised = (sample: number[], advice: string, sampleKind?: 'images' | 'sequences') =>
      assert.throws(
        () => networkByShape({ name: 'a.npz', sample, sampleKind }),
        ({ message }: Error) => message.endsWith(`Name the network (--network): ${advice}`),
      )
    const no = /No network takes that shape by itself/
    const each = 'mlp to take each number as a feature'
    assert.throws(() => networkByShape({ name: 'a.npz', sample: [2, 3, 8, 8] }), no)
    advised([2, 3, 8, 8], each)
    advised([4, 8, 8], `lenet for images, ${each}`, 'sequences')
    advised([2, 5, 3], each, 'sequences')
    advised(
      [3, 50],
      `lstm for sequences, ${each}. Or give the array in an NPZ file a name that says it, as 'sequences'`,
    )
  })

  it('knows images and sequences by the name of their array', async () => {
    const kinds = {
      images: 'images',
      train_images: 'images',
      x: undefined,
      sequences: 'sequences',
      'seq-2': 'sequences',
    }
    for (const [array, kind] of Object.entries(kinds)) {
      const { sample, sampleKind } = await readLabelledTable(samplesFile(array, [8, 8]))
      assert.deepEqual(sample, [8, 8])
      assert.equal(sampleKind, kind, array)
    }
    assert.equal((await readLabelledTable(samplesFile('image_sequences', [8, 8]))).sampleKind, undefined)
  })

  const taken = [
    ['images', [8, 8], 'lenet 8×8-16-32-128-64', 'the samples are images of 8 × 8', [1, 8, 8]],
    ['x', [3, 6, 5], 'lenet 3×6×5-16-32-128-64', 'the samples are images of 3 × 6 × 5', [3, 6, 5]],
    ['sequences', [20, 5], 'lstm 20×5-64-32-32', 'the samples are sequences of 20 steps with 5 features each', [20, 5]],
    ['x', [7], 'mlp 7-32-16-8', 'the samples are rows of 7 features', [7]],
  ] as const
  for (const [array, shape, title, reason, sample] of taken) {
    it(`train says that it takes ${title}, and why`, async () => {
      const path = samplesFile(array, shape)
      const { code, stdout, stderr } = await training(path)
      assert.equal(code, 0, stderr)
      assert.ok(stdout.includes(`\nThe network is ${title}, because ${reason}.\n`), stdout)
      const json = JSON.parse((await training(path, '--json')).stdout)
      assert.equal(json.networkReason, reason)
      assert.deepEqual([json.metadata.network, json.metadata.sample], [title, sample])
      const scored = await cli('score', join(folder, 'd.onnx'), path, '--device', 'cpu')
      assert.equal(scored.code, 0, scored.stderr)
      assert.equal(scored.stdout.trim().split('\n').length, nSamples + 1)
    })
  }

  it('is asked for where samples may be either, and says no reason where it was named', async () => {
    const path = samplesFile('x', [8, 8])
    const refused = await training(path)
    assert.equal(refused.code, 2)
    assert.match(refused.stderr, /They may be images or sequences\. Name the network \(--network\)/)
    for (const [network, title] of [
      ['lenet', 'lenet 8×8'],
      ['lstm', 'lstm 8×8'],
      ['mlp', 'mlp 64'],
    ] as const) {
      const { stdout } = await training(path, '--network', network)
      assert.ok(stdout.includes(`(${title}-`), stdout)
      assert.ok(!stdout.includes('The network is'), stdout)
    }
  })

  it('is told by study, matrix and sweep, too', async () => {
    const path = samplesFile('images', [4, 4])
    const runs = [path, '--baseline', 'ae', '--candidate', 'sae', '--runs', '1', '--resamples', '100', ...quick]
    const line = 'The network is lenet 4×4-16-32-128-64, because the samples are images of 4 × 4.'
    for (const command of [
      ['study', ...runs, '--no-report'],
      ['sweep', ...runs, '--labelled', '2', '--contamination', '0'],
    ]) {
      const { code, stdout, stderr } = await cli(...command)
      assert.equal(code, 0, stderr)
      assert.ok(stdout.includes(line), stdout)
    }
  })
})
