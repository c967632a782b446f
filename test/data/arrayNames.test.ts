import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { zipSync } from 'fflate'
import { readScores } from '../../src/compare/readScores.js'
import { readLabelledTable } from '../../src/data/tables/readLabelledTable.js'
import { networkByShape } from '../../src/detectors/networkByShape.js'
import { npy } from '../npy.js'
import { testFolder } from './tables/files.js'

const { file, remove } = await testFolder()
after(remove)

const n = 8
const array = (...sample: number[]) => {
  const size = sample.reduce((a, b) => a * b, n)
  return npy(
    Float64Array.from({ length: size }, (_, i) => i % 3),
    '<f8',
    [n, ...sample],
  )
}
const archive = (name: string, members: Readonly<Record<string, Uint8Array>>) =>
  file(name, zipSync(Object.fromEntries(Object.entries(members).map(([key, bytes]) => [`${key}.npy`, bytes]))))

describe('the name of an array in NPZ stands for all of its columns', () => {
  it('in ignore, so that another array keeps its shape', async () => {
    const path = await archive('two.npz', { images: array(4, 4), images_b: array(4, 4), label: array() })
    const { featureNames, sample } = await readLabelledTable(path, { ignore: ['images_b'] })
    assert.deepEqual([featureNames.length, sample], [16, [4, 4]])
    const one = await readLabelledTable(path, { ignore: ['images_b1'] })
    assert.deepEqual([one.featureNames.length, one.sample], [31, undefined])
    await assert.rejects(readLabelledTable(path, { ignore: ['image'] }), { code: 'UNKNOWN_NAME' })
  })

  it('in oneHot, and for a label of one column', async () => {
    const path = await archive('codes.npz', { a: array(2), codes: array(2), kind: array(1) })
    const { featureNames, classes, oneHot } = await readLabelledTable(path, { oneHot: ['codes'], label: 'kind' })
    assert.deepEqual(
      oneHot?.map(({ column }) => column),
      ['codes1', 'codes2'],
    )
    assert.deepEqual(
      [featureNames.slice(0, 3), classes],
      [
        ['a1', 'a2', 'codes1=0'],
        ['0', '1', '2'],
      ],
    )
    await assert.rejects(readLabelledTable(path, { label: 'codes' }), { message: /has no column 'codes'/ })
  })

  it('but a column of that name comes first', async () => {
    const path = await archive('clash.npz', { x: array(2), x1y: array(), y: array() })
    assert.deepEqual((await readLabelledTable(path, { ignore: ['x1y'], label: false })).featureNames, ['x1', 'x2', 'y'])
  })

  it('in files of scores', async () => {
    const label = npy(
      Float64Array.from({ length: n }, (_, i) => i % 2),
      '<f8',
      [n],
    )
    const path = await archive('scores.npz', { label, baseline: array(), iforest: array(), images: array(2, 2) })
    const options = { candidates: 'all', ignore: ['images'] } as const
    const { detectors } = await readScores(path, options)
    assert.deepEqual(detectors, ['baseline', 'iforest'])
  })
})

describe('arrays that lose their shapes', () => {
  const reasonOf = async (path: string, oneHot: readonly string[] = []) => {
    const table = await readLabelledTable(path, { oneHot })
    return networkByShape({ ...table, sample: [table.featureNames.length] }).reason
  }

  it('beside each other are named, with what keeps the first', async () => {
    const path = await archive('shapes.npz', { images: array(4, 4), signal: array(6, 2), age: array(), label: array() })
    assert.equal(
      await reasonOf(path),
      'the samples are rows of 29 features (arrays lose their shapes beside each other: ' +
        "'images', [4, 4]; 'signal', [6, 2]. To keep that of 'images', leave all others out with --ignore signal,age)",
    )
    assert.deepEqual((await readLabelledTable(path, { ignore: ['signal', 'age'] })).sample, [4, 4])
  })

  it('beside rows of numbers and categories are named, too', async () => {
    const rows = await archive('rows.npz', { images: array(4, 4), more: array(30), label: array() })
    assert.match(await reasonOf(rows), /beside column 'more': to keep it, leave it out with --ignore more\)$/)
    const kinds = await archive('kinds.npz', { images: array(4, 4), kind: array(), label: array() })
    assert.match(
      await reasonOf(kinds, ['kind']),
      /array 'images' loses its shape, \[4, 4\], beside column 'kind': .* with --ignore kind, and out of --one-hot\)$/,
    )
  })
})
