import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { declare } from '../../src/nn/parameters.js'
import * as nn from '../../src/rooms/nn.js'

/** A value of a kind that the types forbid, as a caller in JavaScript may give it. */
const wrong = <T>(value: unknown): T => value as T

const named: Readonly<Record<string, (name: string) => nn.Module>> = {
  linear: (name) => nn.linear(name, 4),
  view: (name) => nn.view(name, 4),
  flatten: (name) => nn.flatten(name),
  batchNorm: (name) => nn.batchNorm(name),
  affine: (name) => nn.affine(name),
  batchNormAffine: (name) => nn.batchNormAffine(name),
  batchNormMaxPool2d: (name) => nn.batchNormMaxPool2d(name, 2),
  dropout: (name) => nn.dropout(name, 0.5),
  crop2d: (name) => nn.crop2d(name, 4, 4),
  convolution1d: (name) => nn.convolution1d(name, 4, { size: 3 }),
  convolution2d: (name) => nn.convolution2d(name, 4, { size: 3 }),
  convolutionTranspose2d: (name) => nn.convolutionTranspose2d(name, 4, { size: 3 }),
  upsampledConvolutionTranspose2d: (name) => nn.upsampledConvolutionTranspose2d(name, 4, { scale: 2, size: 3 }),
  maxPool2d: (name) => nn.maxPool2d(name, 2),
  upsample2d: (name) => nn.upsample2d(name, 2),
  lstm: (name) => nn.lstm(name, 4),
  lstmStack: (name) => nn.lstmStack(name, [4]),
}

/** Names that no text can be made of, and some that would become one unasked. */
const strangers = [Symbol('stranger'), Object.create(null), undefined, null, 3, [], () => 0, 10n]

describe('a layer refuses a name that is no string', () => {
  for (const [layer, make] of Object.entries(named))
    it(layer, () => {
      const message = /^name of a layer must be a string, got /
      for (const name of strangers) assert.throws(() => make(wrong(name)), { code: 'WRONG_TYPE', message })
    })
})

it('every layer with a name is among them', () => {
  const others = ['leakyRelu', 'sigmoid', 'sequential', 'named', 'mlp', 'lenet', 'lstmNet', 'network', 'networkNames']
  assert.deepEqual([...Object.keys(named), ...others].sort(), Object.keys(nn).sort())
})

const sized: readonly [what: string, make: (n: number) => nn.Module, most: number, message: RegExp][] = [
  ['outputs', (n) => nn.linear('l', n), 2 ** 24, /outputs of layer 'l' must be an integer from 1 to 16777216, got/],
  ['hidden units', (n) => nn.lstm('l', n), 2 ** 24, /hidden units of layer 'l'/],
  ['hidden units of a stack', (n) => nn.lstmStack('l', [4, n]), 2 ** 24, /hidden units of layer 'l\.1'/],
  ['channels', (n) => nn.convolution2d('l', n, { size: 3 }), 2 ** 24, /channels of layer 'l'/],
  ['scale', (n) => nn.upsample2d('l', n), 2 ** 16, /scale of layer 'l' must be an integer from 1 to 65536, got/],
  ['windows', (n) => nn.maxPool2d('l', n), 2 ** 16, /size of layer 'l'/],
  ['windows of a norm', (n) => nn.batchNormMaxPool2d('l', n), 2 ** 16, /size of layer 'l'/],
  ['steps of padding', (n) => nn.convolution1d('l', 4, { size: 3, padding: n }), 2 ** 16, /padding/],
  ['steps of a stride', (n) => nn.convolution1d('l', 4, { size: 3, stride: n }), 2 ** 16, /stride/],
  ['steps of a filter', (n) => nn.convolution1d('l', 4, { size: n }), 2 ** 16, /size/],
  ['pixels of padding', (n) => nn.convolution2d('l', 4, { size: 3, padding: n }), 2 ** 16, /padding/],
  ['pixels of a stride', (n) => nn.convolution2d('l', 4, { size: 3, stride: n }), 2 ** 16, /stride/],
  ['pixels of a filter', (n) => nn.convolutionTranspose2d('l', 4, { size: n }), 2 ** 16, /size/],
]

describe('a layer refuses more than can be computed with, when it is made', () => {
  for (const [what, make, most, message] of sized)
    it(what, () => {
      make(most)
      for (const n of [most + 1, 2 ** 31, 2 ** 32 + 1, 2 ** 53 - 1])
        assert.throws(() => make(n), { code: 'OUT_OF_RANGE', message })
    })
  it('filters for each place of a pixel that is repeated too often', () => {
    const make = (scale: number) => nn.upsampledConvolutionTranspose2d('l', 1, { scale, size: 3 })
    // 3 · 682 · 2 = 4092 numbers a row.
    make(682)
    const message = /layer 'l' cannot have filters of 3 × 3 after repeating 683 × 683 times/
    assert.throws(() => make(683), { code: 'OUT_OF_RANGE', message })
  })
})

describe('upsampling and a transposed convolution in one', () => {
  const shapeOf = (height: number, width: number, padding: number) => {
    const module = nn.upsampledConvolutionTranspose2d('up', 3, { scale: 2, size: 9, padding })
    return declare(module, [2, height, width]).output.slice(2)
  }
  it('gives as many pixels as the two', () => {
    // sH − 2p + k − 1
    assert.deepEqual(shapeOf(5, 6, 8), [3, 2, 4])
    assert.deepEqual(shapeOf(5, 6, 0), [3, 18, 20])
  })
  for (const height of [4, 3, 1])
    it(`refuses images of which padding leaves nothing, ${height} pixels high`, () => {
      const message = new RegExp(`layer 'up' .*\\[2, ${height}, 6\\]: they would give images of ${2 * height - 8} × 4`)
      assert.throws(() => shapeOf(height, 6, 8), { code: 'SHAPE_MISMATCH', message })
    })
})
