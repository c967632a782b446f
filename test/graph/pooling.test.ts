import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gradients, vectorJacobian } from '../../src/graph/grad.js'
import { maxPool2d } from '../../src/graph/imageOps.js'
import * as ops from '../../src/graph/ops.js'
import type { DType } from '../../src/graph/tensor.js'
import { batchNorm, batchNormMaxPool2d } from '../../src/nn/batchNorm.js'
import { compile } from './evaluate.js'

const [n, c] = [3, 2]

/** Maxima of images [c, height, width, n] by the definition, and where in x: the first of equal ones, as ONNX's Indices of MaxPool. */
function pooled(x: readonly number[], height: number, width: number, size: number) {
  const maxima: number[] = []
  const positions: number[] = []
  const place = (plane: number, i: number, j: number, image: number) => ((plane * height + i) * width + j) * n + image
  for (let plane = 0; plane < c; plane++) {
    for (let i = 0; i + size <= height; i += size) {
      for (let j = 0; j + size <= width; j += size) {
        for (let image = 0; image < n; image++) {
          let best = place(plane, i, j, image)
          for (let k = 0; k < size * size; k++) {
            const at = place(plane, i + Math.floor(k / size), j + (k % size), image)
            if (value(x, at) > value(x, best)) best = at
          }
          maxima.push(value(x, best))
          positions.push(best)
        }
      }
    }
  }
  return { maxima, positions }
}

function value(x: readonly number[], at: number): number {
  return x[at] ?? assert.fail(`no element ${at}`)
}

/** Few values, both zeros and infinities among them, so that most windows have ties. */
const few = [-1, -0, 0, 0.5, 0.5, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
const tied = (size: number, seed: number) => {
  let state = seed
  return Array.from({ length: size }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return few[Math.floor((state / 2 ** 32) * few.length)] ?? assert.fail()
  })
}

describe('max-pooling', () => {
  for (const dtype of ['float32', 'float64'] as const satisfies readonly DType[]) {
    for (const [height, width, size] of [
      [4, 6, 2],
      [5, 7, 2],
      [6, 6, 3],
      [8, 5, 3],
      [3, 4, 1],
      [9, 4, 4],
    ] as const) {
      it(`gives the cotangent to the first of equal maxima: ${dtype}, ${height} × ${width} by ${size}`, async () => {
        const x = ops.input('x', dtype, [c, height, width, n])
        const y = maxPool2d(x, size)
        const g = ops.input('g', dtype, y.shape)
        const [dx = x] = vectorJacobian([y], [g], [x])
        const run = await compile([x, g], { y, dx })
        for (let seed = 1; seed <= 20; seed++) {
          const data = tied(n * c * height * width, seed)
          const { maxima, positions } = pooled(data, height, width, size)
          const cotangents = maxima.map((_, i) => Math.fround(Math.sin(seed + i)))
          const expected = data.map(() => 0)
          for (const [i, position] of positions.entries()) expected[position] = value(cotangents, i)
          const got = await run([
            { tensor: x, dims: x.shape.map(Number), data },
            { tensor: g, dims: y.shape.map(Number), data: cotangents },
          ])
          // Zeros of both signs are equal: which of them is the maximum, no value that follows tells.
          assert.deepEqual(got.y?.map(unsigned), maxima.map(unsigned))
          assert.deepEqual(got.dx?.map(unsigned), expected)
        }
      })
    }
  }

  it('agrees with batch norm before it in float64 where images fill no last window', async () => {
    const [height, width] = [5, 7]
    const x = ops.input('x', 'float64', [1, n, c, height, width])
    const frame = {
      mode: 'train',
      weights: ops.constant([0.25, 0.25, 0.5], 'float64', [1, 1, n]),
      valid: ops.constant([1, 1, 1], 'float64', [1, n, 1]),
      parameter: () => assert.fail(),
      statistics: () => assert.fail(),
      observe: () => {},
    } as const
    const fused = batchNormMaxPool2d('bn', 2)(x, frame)
    const normal = ops.transpose(batchNorm('bn')(x, frame), [0, 2, 3, 4, 1])
    const apart = ops.transpose(maxPool2d(normal, 2), [0, 4, 1, 2, 3])
    const factors = ops.constant(
      Array.from({ length: n * c * 6 }, (_, i) => Math.cos(2.3 * i)),
      'float64',
      [n, c, 2, 3],
    )
    const lossOf = (y: typeof x) => ops.sum(ops.mul(ops.reshape(y, [n, c, 2, 3]), factors), [0, 1, 2, 3])
    const [a = x] = gradients(lossOf(fused), [x])
    const [b = x] = gradients(lossOf(apart), [x])
    const data = Array.from({ length: n * c * height * width }, (_, i) => Math.sin(1 + 1.7 * i))
    const got = await (await compile([x], { a, b }))([{ tensor: x, dims: x.shape.map(Number), data }])
    for (const [i, expected] of (got.b ?? assert.fail()).entries())
      assert.ok(Math.abs((got.a?.[i] ?? Number.NaN) - expected) < 1e-13, `element ${i}`)
  })
})

function unsigned(x: number): number {
  return x === 0 ? 0 : x
}
