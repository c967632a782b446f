import assert from 'node:assert/strict'
import { it } from 'node:test'
import { gradients } from '../../src/graph/grad.js'
import {
  conv2d,
  conv2dFilters,
  convTranspose2d,
  maxPool2d,
  scatterAdd,
  take,
  upsample2d,
} from '../../src/graph/imageOps.js'
import * as ops from '../../src/graph/ops.js'
import { scan } from '../../src/graph/scan.js'
import { evaluate } from './evaluate.js'

const x = ops.input('x', 'float64', ['R', 'B', 3])
const matrix = ops.input('w', 'float64', [4, 2])
const images = ops.input('images', 'float32', [2, 6, 5, 'B'])
const filters = (...shape: number[]) => ops.input('filters', 'float32', shape)
const integers = ops.input('i', 'int32', ['B'])

const mistakes: readonly [string, () => unknown, RegExp][] = [
  [
    'sizes that do not broadcast',
    () => ops.add(x, ops.input('y', 'float64', [4])),
    /add: \[R, B, 3\] and \[4\] do not broadcast \(3 against 4\)/,
  ],
  ['a named size against a number', () => ops.add(x, ops.input('y', 'float64', [7, 3])), /B against 7/],
  [
    'types that differ',
    () => ops.mul(x, ops.input('y', 'float32', [3])),
    /mul: float64\[R, B, 3\] and float32\[3\] differ in type/,
  ],
  ['inner sizes of a product', () => ops.matmul(x, matrix), /\[R, B, 3\] × \[4, 2\]: inner sizes 3 and 4 differ/],
  ['a vector in a matrix product', () => ops.matmul(ops.input('v', 'float64', [3]), matrix), /\[3\] is not a matrix/],
  ['a reshape to another size', () => ops.reshape(x, ['R', 'B', 2, 2]), /do not hold the same number of elements/],
  ['a reshape that loses a named size', () => ops.reshape(x, ['R', 3]), /do not hold the same number of elements/],
  ['axes that are no permutation', () => ops.transpose(x, [0, 0, 1]), /\[0, 0, 1\] does not permute/],
  ['a sum over an axis that is not there', () => ops.sum(x, [3]), /has no axis 3/],
  ['sizes of a split', () => ops.split(x, 2, [1, 1]), /do not add up to axis 2/],
  ['a concat of unequal parts', () => ops.concat([x, matrix], 0), /cannot be joined along axis 0/],
  ['float indices', () => ops.gather(matrix, x), /indices must be integers/],
  ['the exponential of integers', () => ops.exp(integers), /exp: needs a floating-point tensor, got int32\[B\]/],
  ['a condition that is no bool', () => ops.where(x, x, x), /condition must be bool/],
  ['elements that do not fill a constant', () => ops.constant([1, 2], 'float64', [3]), /2 elements do not fill/],
  [
    'an expansion to a smaller shape',
    () => ops.expandAs(x, ops.input('y', 'float64', [3])),
    /does not broadcast to \[3\]/,
  ],
  [
    'filters for other channels',
    () => conv2d(images, filters(4, 3, 3, 3), 1),
    /conv2d: images \[2, 6, 5, B\] have 2 channels, filters \[4, 3, 3, 3\] 3/,
  ],
  ['filters larger than the image', () => conv2d(images, filters(4, 2, 3, 9), 1), /would give images of 6 × -1/],
  ['filters that are none', () => conv2d(images, images, 1), /filters \[2, 6, 5, B\] must be four axes of known sizes/],
  [
    'transposed filters for other channels',
    () => convTranspose2d(images, filters(3, 2, 3, 3), 1),
    /images \[2, 6, 5, B\] have 2 channels, filters \[3, 2, 3, 3\] 3/,
  ],
  ['cotangents of other images', () => conv2dFilters(images, filters(1, 6, 5, 4), 1), /differ in images/],
  ['double precision in a convolution', () => conv2d(ops.cast(images, 'float64'), images, 1), /needs float32/],
  ['windows larger than the image', () => maxPool2d(images, 6), /would give images of 1 × 0/],
  ['vectors as images', () => upsample2d(x, 2), /is not a batch of images/],
  ['positions that are no int64', () => take(x, integers), /positions must be int64, got int32\[B\]/],
  [
    'updates that do not match their positions',
    () => scatterAdd(x, ops.input('p', 'int64', [4]), matrix),
    /float64\[4, 2\] cannot be added at positions int64\[4\]/,
  ],
  ['loops over unequal lengths', () => scan([], [x, matrix], () => ({ states: [], outputs: [] })), /differ in length/],
  [
    'a state that changes its shape',
    () =>
      scan([ops.input('s', 'float64', [2])], [matrix], ([s], [row]) => ({
        states: [ops.concat([s, row], 0)],
        outputs: [],
      })),
    /state 0 is float64\[2\] before an iteration and float64\[4\] after it/,
  ],
]
for (const [name, make, message] of mistakes) {
  it(`refuses ${name} where it is written`, () => assert.throws(make, { code: 'SHAPE_MISMATCH', message }))
}

it('has no gradient of an integer', () => {
  assert.throws(() => gradients(integers, [x]), { code: 'NOT_DIFFERENTIABLE' })
})

it('gives zeros for a target that the loss does not depend on', async () => {
  const v = ops.input('v', 'float64', [2])
  const w = ops.input('w', 'float64', [2])
  const [grad] = gradients(ops.sum(ops.square(v), [0]), [w])
  assert.ok(grad)
  const { out } = await evaluate([{ tensor: w, dims: [2], data: [3, 4] }], { out: grad })
  assert.deepEqual(out, [0, 0])
})

it('adds up the gradients of a value used twice', async () => {
  const v = ops.input('v', 'float64', [2])
  const [grad] = gradients(ops.sum(ops.add(ops.mul(v, 3), ops.square(v)), [0]), [v])
  assert.ok(grad)
  const { out } = await evaluate([{ tensor: v, dims: [2], data: [3, -4] }], { out: grad })
  assert.deepEqual(out, [9, -5])
})
