import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as graph from '../../src/rooms/graph.js'

const images = graph.input('images', 'float32', [1, 2, 3, 'B'])
const filters = graph.input('filters', 'float32', [1, 1, 1, 1])
const cotangents = graph.input('cotangents', 'float32', [1, 2, 3, 'B'])
const most = 2 ** 16

const repeated: readonly [name: string, word: string, make: (n: number) => graph.Tensor, most: graph.Shape][] = [
  ['upsample2d', 'scale', (n) => graph.upsample2d(images, n), [1, 2 * most, 3 * most, 'B']],
  ['conv2d', 'padding', (n) => graph.conv2d(images, filters, n), [1, 2 + 2 * most, 3 + 2 * most, 'B']],
  ['conv2dFilters', 'padding', (n) => graph.conv2dFilters(images, cotangents, n), [1, 1, 1 + 2 * most, 1 + 2 * most]],
  [
    'maxPool2d',
    'size',
    (n) => graph.maxPool2d(graph.input('large', 'float32', [1, 2 ** 33, 2 ** 33, 'B']), n),
    [1, 2 ** 17, 2 ** 17, 'B'],
  ],
]

describe('what repeats, pads or divides takes as much as a graph can hold', () => {
  for (const [name, word, make, shape] of repeated)
    it(name, () => {
      assert.deepEqual(make(most).shape, shape)
      const message = new RegExp(`${word} must be an integer from [01] to 65536, got`)
      for (const n of [most + 1, 2 ** 31, 2 ** 32 + 1, 2 ** 53, 1e21, Number.POSITIVE_INFINITY])
        assert.throws(() => make(n), { code: 'OUT_OF_RANGE', message })
    })
  it('convTranspose2d', () => {
    assert.throws(() => graph.convTranspose2d(images, filters, most + 1), { code: 'OUT_OF_RANGE', message: /padding/ })
  })
})

it('scatterAdd requires updates that are there', () => {
  const positions = graph.input('positions', 'int64', [2])
  for (const updates of [undefined, null, 3]) {
    const message = /operand 3 of scatterAdd must be a tensor/
    const make = () => graph.scatterAdd(images, positions, updates as unknown as graph.Tensor)
    assert.throws(make, { code: 'WRONG_TYPE', message })
  }
})
