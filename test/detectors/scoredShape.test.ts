import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { zipSync } from 'fflate'
import { openTable } from '../../src/data/tables/openTable.js'
import { readLabelledTable } from '../../src/data/tables/readLabelledTable.js'
import { loadDetector } from '../../src/detectors/loadDetector.js'
import { scoreTable } from '../../src/detectors/scoreTable.js'
import { train } from '../../src/detectors/train.js'
import { npy } from '../npy.js'

const folder = mkdtempSync(join(tmpdir(), 'scored-'))
after(() => rmSync(folder, { recursive: true }))

const nSamples = 60
/** An NPY array of samples of a shape; the last number of each is 0 or, of every sixth, 1. */
function samples(shape: readonly number[]): Uint8Array {
  const size = shape.reduce((a, b) => a * b, 1)
  const values = Float32Array.from({ length: nSamples * size }, (_, i) =>
    i % size === size - 1 ? Number(Math.floor(i / size) % 6 === 0) : Math.sin(i * i),
  )
  return npy(values, '<f4', [nSamples, ...shape])
}

/** A file of an array: an NPY file, or an NPZ file in which it has a name. */
function fileOf(array: string | undefined, shape: readonly number[]): string {
  const path = join(folder, `${array}-${shape.join('x')}.${array === undefined ? 'npy' : 'npz'}`)
  writeFileSync(
    path,
    array === undefined ? samples(shape) : zipSync({ [`${array}.npy`]: samples(shape) }, { level: 0 }),
  )
  return path
}

/** A detector that was trained on a file, as bytes. */
async function trained(path: string, { label, network }: { label?: string; network?: string } = {}) {
  const data = await readLabelledTable(path, { label: label ?? false })
  const settings = { epochs: 1, pretrainEpochs: 1 }
  const normal = label === undefined ? undefined : '0'
  return (await train({ data, detector: 'ae', network, normal, settings, device: 'cpu' })).model
}

/** How many samples of a file a detector scores. */
async function scored(model: Uint8Array, path: string): Promise<number> {
  const [detector, table] = [await loadDetector(model, { device: 'cpu' }), await openTable(path)]
  try {
    let n = 0
    for await (const batch of scoreTable(detector, table)) n += batch.scores.length
    return n
  } finally {
    await Promise.all([detector.close(), table.close()])
  }
}

const refuses = (model: Uint8Array, path: string, message: RegExp) =>
  assert.rejects(scored(model, path), { code: 'SHAPE_MISMATCH', message })

const shapes = (given: string, taken: string) =>
  new RegExp(
    `has samples of shape \\[${given}\\]\\. The detector takes samples of shape \\[${taken}\\]\\. Give samples of`,
  )

describe('the samples that a detector scores', () => {
  it('are images of the shape trained on, or rows of as many numbers', async () => {
    const model = await trained(fileOf('images', [8, 8]))
    for (const path of [fileOf('images', [8, 8]), fileOf('images', [8, 8, 1]), fileOf('images', [64])])
      assert.equal(await scored(model, path), nSamples)
    for (const shape of [[8, 8], [64]]) assert.equal(await scored(model, fileOf(undefined, shape)), nSamples)

    await refuses(model, fileOf('images', [28, 28]), /images-28x28\.npz: array 'images' has samples/)
    for (const [shape, given] of [
      [[28, 28], '28, 28'],
      [[4, 4], '4, 4'],
      [[4, 16], '4, 16'],
      [[16, 4], '16, 4'],
      [[80], '80'],
    ] as const)
      await refuses(model, fileOf('images', shape), shapes(given, '8, 8'))
    await refuses(model, fileOf(undefined, [28, 28]), shapes('28, 28', '8, 8'))
    await refuses(model, fileOf(undefined, [4, 16]), shapes('4, 16', '8, 8'))
    await refuses(model, fileOf(undefined, [80]), /has 80 features a sample\. The detector takes 64\./)
  })

  it('are so of a network that takes each number as a feature', async () => {
    const model = await trained(fileOf('images', [8, 8]), { network: 'mlp' })
    assert.equal(await scored(model, fileOf('images', [8, 8])), nSamples)
    await refuses(model, fileOf('images', [4, 16]), shapes('4, 16', '8, 8'))
    await refuses(model, fileOf(undefined, [4, 16]), shapes('4, 16', '8, 8'))
  })

  it('are sequences of as many steps and features', async () => {
    const model = await trained(fileOf('sequences', [6, 5]))
    assert.equal(await scored(model, fileOf('sequences', [6, 5])), nSamples)
    await refuses(model, fileOf('sequences', [6, 6]), shapes('6, 6', '6, 5'))
    await refuses(model, fileOf('sequences', [9, 5]), shapes('9, 5', '6, 5'))
  })

  it('are images with their channels in the same place', async () => {
    const model = await trained(fileOf('images', [3, 4, 5]))
    await refuses(model, fileOf('images', [4, 5, 3]), shapes('4, 5, 3', '3, 4, 5'))
  })

  it('are rows without numbers that the detector does not know', async () => {
    const model = await trained(fileOf('x', [6]))
    assert.equal(await scored(model, fileOf('x', [6])), nSamples)
    assert.equal(await scored(model, fileOf(undefined, [6])), nSamples)
    await refuses(model, fileOf('x', [8]), shapes('8', '6'))
    await refuses(model, fileOf(undefined, [8]), shapes('8', '6'))
  })

  it('may have the column of labels that training had among them', async () => {
    const model = await trained(fileOf(undefined, [7]), { label: 'x7' })
    for (const path of [fileOf(undefined, [7]), fileOf('x', [7]), fileOf(undefined, [6])])
      assert.equal(await scored(model, path), nSamples)
    await refuses(model, fileOf(undefined, [8]), shapes('8', '7'))
  })

  it('are of the shape that the network takes, where training was on columns', async () => {
    const path = join(folder, 'columns.csv')
    const row = (of: (i: number) => string | number) => Array.from({ length: 16 }, (_, i) => of(i)).join()
    const lines = Array.from({ length: nSamples }, (_, n) => row((i) => Math.sin(n * 16 + i)))
    writeFileSync(path, `${row((i) => `x${i + 1}`)}\n${lines.join('\n')}\n`)
    const data = { ...(await readLabelledTable(path)), sample: [4, 4] }
    const settings = { epochs: 1, pretrainEpochs: 1 }
    const { model, metadata } = await train({ data, detector: 'ae', network: 'lenet', settings, device: 'cpu' })
    assert.equal(metadata.arrays, undefined)
    for (const given of [path, fileOf('x', [4, 4]), fileOf('x', [16])])
      assert.equal(await scored(model, given), nSamples)
    for (const [shape, given] of [
      [[2, 8], '2, 8'],
      [[5, 5], '5, 5'],
      [[17], '17'],
    ] as const)
      await refuses(model, fileOf('x', shape), shapes(given, '1, 4, 4'))
  })
})
