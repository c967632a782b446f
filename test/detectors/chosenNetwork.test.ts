import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type AskedNetwork, chosenNetwork } from '../../src/detectors/publishedTraining.js'
import { lenet } from '../../src/nn/lenet.js'
import { mlp } from '../../src/nn/mlp.js'

const table = { published: 'mlp', sample: [6], name: 'made.csv' }
const images = { published: 'lenet', sample: [1, 28, 28], name: 'fashion-mnist' }
const sequences = { published: 'lstm', sample: [50, 16], name: 'spectrum' }

describe('the network to train on some data', () => {
  it('is the published one where none is asked for, in the shape of the data', () => {
    assert.equal(chosenNetwork({}, table).title, 'mlp 6-32-16-8')
    assert.deepEqual(chosenNetwork({}, images).sample, [1, 28, 28])
    assert.deepEqual(chosenNetwork({}, sequences).sample, [50, 16])
  })

  it('is the one asked for by name, with the sizes asked for', () => {
    assert.equal(chosenNetwork({ mlp: { hidden: [5], code: 2 } }, table).title, 'mlp 6-5-2')
    assert.equal(chosenNetwork({ network: 'mlp', mlp: { code: 3 } }, table).title, 'mlp 6-32-16-3')
    assert.equal(chosenNetwork({ network: 'mlp' }, images).title, 'mlp 784-32-16-8')
    // Columns of a table that are an image.
    assert.deepEqual(chosenNetwork({ network: 'lenet' }, { ...table, sample: [784] }).sample, [1, 28, 28])
    assert.deepEqual(chosenNetwork({ network: 'lenet', mlp: { code: undefined } }, images).sample, [1, 28, 28])
  })

  it('is the caller’s own as it is', () => {
    const own = { ...mlp(6, { hidden: [] }), name: 'mine', sample: [2, 3] }
    assert.equal(chosenNetwork({ network: own }, table), own)
  })

  const cases: [what: string, asked: object, place: typeof table, code: string, message: RegExp][] = [
    ['an unknown name', { network: 'lennet' }, table, 'UNKNOWN_NAME', /'lennet' \(did you mean 'lenet'\?\)/],
    [
      'a published one of other samples',
      { network: 'lenet' },
      table,
      'SHAPE_MISMATCH',
      /^network 'lenet' takes images .*, and of rows those of 784 features, as \[1, 28, 28\]\. made\.csv has 6 features and no shape\. .*--network mlp$/,
    ],
    [
      'one of another shape',
      { network: 'lstm' },
      images,
      'SHAPE_MISMATCH',
      /^fashion-mnist: network 'lstm' takes sequences .*\. Name the network \(--network\): lenet for images, mlp to take each/,
    ],
    [
      'that of images for smaller ones',
      { network: 'lenet' },
      { ...images, sample: [1, 3, 5] },
      'SHAPE_MISMATCH',
      /of at least 4 × 4 pixels, got samples of shape \[1, 3, 5\]\. Name the network \(--network\): mlp to take each/,
    ],
    ['an own one of other samples', { network: lenet() }, table, 'SHAPE_MISMATCH', /784 features, made\.csv has 6/],
    ['sizes of layers of another', { network: 'lenet', mlp: { code: 3 } }, images, 'OUT_OF_RANGE', /'mlp' only/],
    ['sizes of layers of the published one', { mlp: { code: 3 } }, images, 'OUT_OF_RANGE', /'mlp' only/],
    ['sizes that are none', { mlp: { code: 0 } }, table, 'OUT_OF_RANGE', /code must be an integer/],
    ['layers that are no object', { mlp: null }, table, 'WRONG_TYPE', /mlp must be an object/],
    ['what is no network', { network: 7 }, table, 'WRONG_TYPE', /network must be an object, got 7/],
    ['null', { network: null }, table, 'WRONG_TYPE', /network must be an object, got null/],
    [
      'half a network',
      { network: { ...mlp(6), encoder: 1 } },
      table,
      'WRONG_TYPE',
      /network\.encoder must be a function/,
    ],
  ]
  for (const [what, asked, place, code, message] of cases) {
    it(`is not ${what}`, () => {
      assert.throws(() => chosenNetwork(asked as AskedNetwork, place), { name: 'ScoringBiasError', code, message })
    })
  }
})
