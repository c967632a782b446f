import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mlp, mlpOptions } from '../../src/nn/mlp.js'
import { networkDigest } from '../../src/nn/networkDigest.js'
import { network, networkNames } from '../../src/nn/networks.js'
import { declare } from '../../src/nn/parameters.js'

test('a network is known by its name, and takes the samples of its published data set unless told otherwise', () => {
  assert.ok(networkNames.includes('mlp'))
  for (const name of networkNames) {
    const { name: own, sample, encoder, decoder } = network(name)
    assert.equal(own, name)
    const code = declare(encoder, sample).output
    assert.equal(code.length, 3)
    assert.deepEqual(declare(decoder, code.slice(2)).output.slice(2), sample)
  }
  assert.equal(network('mlp').title, 'mlp 36-32-16-8')
  assert.equal(network('mlp', [9]).title, 'mlp 9-32-16-8')
  assert.equal(network('lstm', [12, 16]).title, 'lstm 12×16-64-32-32')
})

test('the title of an mlp names what is not as published, and its options can be read off it', () => {
  const titles = {
    'mlp 5-32-16-8': {},
    'mlp 5-8': { hidden: [] },
    'mlp 5-9-2': { hidden: [9], code: 2, batchNormEpsilon: 1e-4, leakySlope: 0.01 },
    'mlp 5-32-16-8, leaky slope 0': { leakySlope: 0 },
    'mlp 5-32-16-8, batch norm epsilon 1e-7': { batchNormEpsilon: 1e-7 },
    'mlp 5-32-16-8, batch norm epsilon 0.9, leaky slope 0.5': { batchNormEpsilon: 0.9, leakySlope: 0.5 },
  }
  for (const [title, options] of Object.entries(titles)) {
    const made = mlp(5, options)
    assert.equal(made.title, title)
    const again = mlp(5, mlpOptions(title))
    assert.equal(again.title, title)
    assert.equal(networkDigest(again), networkDigest(made))
  }
  for (const title of ['lenet 28×28-16-32-128-64', 'wide 36-64-4', 'mlp 5', 'mlp 5-8, wide'])
    assert.equal(mlpOptions(title), undefined)
})

test('an unknown network, and samples that a network does not take, are refused', () => {
  assert.throws(() => network('mlq'), {
    code: 'UNKNOWN_NAME',
    message: /unknown network 'mlq' \(did you mean 'mlp'\?\)/,
  })
  const message = "network 'mlp' takes vectors, got samples of shape [28, 28]"
  assert.throws(() => network('mlp', [28, 28]), { code: 'SHAPE_MISMATCH', message })
  assert.throws(() => network('lenet', [1, 3, 32]), {
    code: 'SHAPE_MISMATCH',
    message:
      "network 'lenet' takes images [height, width] or [channels, height, width] of at least 4 × 4 pixels, got samples of shape [1, 3, 32]",
  })
  assert.throws(() => network('lstm', [16]), { code: 'SHAPE_MISMATCH', message: /takes sequences \[steps, features\]/ })
  assert.throws(() => network('mlp', []), { code: 'SHAPE_MISMATCH' })
  assert.throws(() => network('mlp', [0]), { code: 'OUT_OF_RANGE' })
})
