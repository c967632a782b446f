import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { crop2d } from '../../src/nn/crop.js'
import { lenet } from '../../src/nn/lenet.js'
import { network } from '../../src/nn/networks.js'
import { declare } from '../../src/nn/parameters.js'
import { applied, checkDerivatives, valuesOf } from './layerCheck.js'

describe('lenet for images of any size', () => {
  for (const sample of [
    [1, 8, 8],
    [1, 4, 4],
    [1, 5, 7],
    [3, 32, 32],
    [1, 30, 17],
    [2, 4, 64],
  ] as const) {
    it(`reconstructs ${sample.join(' × ')}`, () => {
      const { encoder, decoder } = lenet({ sample, code: 5 })
      const code = declare(encoder, sample).output
      assert.deepEqual(code, ['R', 'B', 5])
      assert.deepEqual(declare(decoder, code.slice(2)).output, ['R', 'B', ...sample])
    })
  }

  it('is called after its sizes', () => {
    assert.equal(network('lenet', [8, 8]).title, 'lenet 8×8-16-32-128-64')
    assert.equal(network('lenet', [3, 8, 9]).title, 'lenet 3×8×9-16-32-128-64')
    assert.equal(network('lenet').title, 'lenet 28×28-16-32-128-64')
  })

  it('takes one channel first, last or left out', () => {
    for (const sample of [
      [9, 8],
      [1, 9, 8],
      [9, 8, 1],
    ])
      assert.deepEqual(network('lenet', sample).sample, [1, 9, 8])
  })

  it('refuses what is no image, or too small a one', () => {
    const message = /takes images .* of at least 4 × 4 pixels/
    for (const sample of [[3, 8], [8, 8, 3], [64], [1, 1, 8, 8]])
      assert.throws(() => network('lenet', sample), { code: 'SHAPE_MISMATCH', message })
    assert.throws(() => lenet({ sample: [1, 3, 9] }), {
      code: 'OUT_OF_RANGE',
      message: /at least 4 × 4 pixels, got \[1, 3, 9\]/,
    })
    assert.throws(() => lenet({ sample: [1, 0, 9] }), { code: 'OUT_OF_RANGE', message: /sample\[1\]/ })
  })
})

describe('crop2d', () => {
  it('keeps the upper left part', async () => {
    const layer = applied(crop2d('crop', 2, 3), [2, 4, 5])
    const [all] = layer.given.map(({ data }) => data)
    const kept = (all ?? []).filter((_, i) => i % 5 < 3 && Math.floor(i / 5) % 4 < 2)
    assert.deepEqual(await valuesOf(layer), kept)
  })

  it('differentiates', () => checkDerivatives(applied(crop2d('crop', 2, 3), [2, 3, 4])))

  it('refuses images that are smaller', () => {
    assert.throws(() => declare(crop2d('crop', 5, 2), [1, 4, 4]), {
      code: 'SHAPE_MISMATCH',
      message: "layer 'crop' cuts out 5 × 2 pixels, got samples of shape [1, 4, 4]",
    })
  })
})
