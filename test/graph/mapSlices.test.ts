import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gradients } from '../../src/graph/grad.js'
import { conv2d } from '../../src/graph/imageOps.js'
import { mapSlices } from '../../src/graph/mapSlices.js'
import * as ops from '../../src/graph/ops.js'
import { print } from '../../src/graph/print.js'
import type { Tensor } from '../../src/graph/tensor.js'
import { evaluate } from './evaluate.js'

const x = ops.input('x', 'float64', ['R', 2])
const w = ops.input('w', 'float64', ['R', 2])
const values = [
  { tensor: x, dims: [3, 2], data: [1, 2, 3, 4, -1, 0.5] },
  { tensor: w, dims: [3, 2], data: [0.5, -1, 2, 0.25, 3, -2] },
]
const both = (tensors: readonly Tensor[]): [Tensor, Tensor] => {
  const [p, q] = tensors
  assert.ok(p && q)
  return [p, q]
}
const powers = (slices: readonly Tensor[]) => {
  const [p, q] = both(slices)
  return [ops.sum(ops.mul(ops.square(p), q), [0]), ops.exp(q)]
}

describe('mapSlices', () => {
  it('gives what the function gives for each slice, and its derivatives', async () => {
    const [energy, exponential] = both(mapSlices([x, w], powers))
    assert.deepEqual([energy.shape, exponential.shape], [['R'], ['R', 2]])
    const [gx, gw] = both(gradients(ops.add(energy, ops.sum(exponential, [1])), [x, w]))
    // The same without a loop.
    const direct = ops.add(ops.sum(ops.mul(ops.square(x), w), [1]), ops.sum(ops.exp(w), [1]))
    const [hx, hw] = both(gradients(direct, [x, w]))
    const result = await evaluate(values, { energy, exponential, gx, gw, hx, hw })
    assert.deepEqual(result.energy, [0.5 - 4, 18 + 4, 3 - 0.5])
    near(result.exponential, values[1]?.data.map(Math.exp))
    near(result.gx, result.hx)
    near(result.gw, result.hw)
  })

  it('computes only the derivatives that are used', () => {
    const images = ops.input('images', 'float32', ['R', 1, 6, 6, 'B'])
    const filters = ops.input('filters', 'float32', ['R', 1, 1, 3, 3])
    const [y] = mapSlices([images, filters], (slices) => [conv2d(...both(slices), 1)])
    assert.ok(y)
    const loss = ops.sum(y, [1, 2, 3, 4])
    const text = (targets: readonly Tensor[]) => print(Object.fromEntries(gradients(loss, targets).entries()))
    assert.match(text([filters]), /conv2dFilters/)
    assert.doesNotMatch(text([filters]), /convTranspose2d/)
    assert.match(text([images]), /convTranspose2d/)
    assert.doesNotMatch(text([images]), /conv2dFilters/)
  })

  it('refuses a function that takes a value past its slices, whose derivative would be lost', () => {
    const outside = ops.input('outside', 'float64', [2])
    assert.throws(() => mapSlices([x], ([p = x]) => [ops.mul(p, outside)]), {
      code: 'NOT_DIFFERENTIABLE',
      message: /from outside its slices/,
    })
  })
})

function near(actual: readonly number[] = [], expected: readonly number[] = []): void {
  assert.equal(actual.length, expected.length)
  for (const [i, y] of expected.entries())
    assert.ok(Math.abs((actual[i] ?? Number.NaN) - y) < 1e-14 * (1 + Math.abs(y)))
}
