import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { vectorJacobian } from '../../src/graph/grad.js'
import * as ops from '../../src/graph/ops.js'
import type { Tensor } from '../../src/graph/tensor.js'
import { convolution2d, convolutionTranspose2d, upsample2d } from '../../src/nn/imageLayers.js'
import { type Module, sequential } from '../../src/nn/module.js'
import { declare } from '../../src/nn/parameters.js'
import { upsampledConvolutionTranspose2d } from '../../src/nn/upsampledConvolution.js'
import { compile } from '../graph/evaluate.js'

type Sizes = readonly [replicas: number, samples: number, channels: number, height: number, width: number]
type Element = (index: readonly number[]) => number

const count = (dims: readonly number[]) => dims.reduce((a, b) => a * b, 1)
/** Multiples of 1/8 in [-1, 1): sums of some thousand products of two are exact in float32. */
const eighths = (n: number, seed: number) =>
  Array.from({ length: n }, (_, i) => (((Math.imul(i + 7 * seed, 2654435761) >>> 8) % 17) - 8) / 8)

function indices(dims: readonly number[]): number[][] {
  return dims.reduce<number[][]>(
    (all, size) => all.flatMap((index) => Array.from({ length: size }, (_, i) => [...index, i])),
    [[]],
  )
}

/** Elements of an array by index; 0 outside. */
function element(data: readonly number[], dims: readonly number[]): Element {
  return (index) => {
    if (index.some((i, axis) => i < 0 || i >= (dims[axis] ?? 0))) return 0
    return data[index.reduce((at, i, axis) => at * (dims[axis] ?? 0) + i, 0)] ?? assert.fail()
  }
}

/** The layer applied, and its derivative, given x, its filters and the cotangent of its result. */
async function applied(module: Module, sizes: Sizes, named = 'w.weight') {
  const x = ops.input('x', 'float32', sizes)
  const { parameters } = declare(module, sizes.slice(2))
  const shape = [sizes[0], ...(parameters[0]?.shape ?? assert.fail())]
  const weight = ops.input('w', 'float32', shape)
  const y = module(x, {
    mode: 'evaluate',
    weights: undefined,
    valid: undefined,
    parameter: (name) => (name === named ? weight : assert.fail(name)),
    statistics: () => assert.fail(),
    observe: () => {},
  })
  const g = ops.input('g', 'float32', y.shape)
  const [dx = x, dw = x] = vectorJacobian([y], [g], [x, weight])
  const given = (tensor: Tensor, seed: number) => {
    const dims = tensor.shape.map(Number)
    return { tensor, dims, data: eighths(count(dims), seed) }
  }
  const inputs = [given(x, 1), given(weight, 2), given(g, 3)]
  const values = await (await compile([x, weight, g], { y, dx, dw }))(inputs)
  const [xs, ws, gs] = inputs.map(({ data, dims }) => element(data, dims))
  assert.ok(xs && ws && gs)
  return { values, shapes: { y: y.shape.map(Number), x: sizes, w: shape }, xs, ws, gs }
}

/** Of a convolution: y[r, b, o, i, j] = Σ x[r, b, c, i+k−p, j+l−p]·w[r, o, c, k, l], and the two adjoints of it. */
function expected({ xs, ws, gs, shapes }: Awaited<ReturnType<typeof applied>>, p: number) {
  const [, , channels = 0] = shapes.x
  const [, , out = 0, rows = 0, columns = 0] = shapes.y
  const [, , , size = 0] = shapes.w
  const taps = indices([size, size])
  const sum = (parts: readonly number[][], term: (part: number[]) => number) =>
    parts.reduce((total, part) => total + term(part), 0)
  const y = indices(shapes.y).map(([r = 0, b = 0, o = 0, i = 0, j = 0]) =>
    sum(
      indices([channels, size, size]),
      ([c = 0, k = 0, l = 0]) => xs([r, b, c, i + k - p, j + l - p]) * ws([r, o, c, k, l]),
    ),
  )
  const dx = indices(shapes.x).map(([r = 0, b = 0, c = 0, i = 0, j = 0]) =>
    sum(
      taps.flatMap(([k = 0, l = 0]) => Array.from({ length: out }, (_, o) => [k, l, o])),
      ([k = 0, l = 0, o = 0]) => gs([r, b, o, i - k + p, j - l + p]) * ws([r, o, c, k, l]),
    ),
  )
  const dw = indices(shapes.w).map(([r = 0, o = 0, c = 0, k = 0, l = 0]) =>
    sum(
      indices([shapes.x[1], rows, columns]),
      ([b = 0, i = 0, j = 0]) => xs([r, b, c, i + k - p, j + l - p]) * gs([r, b, o, i, j]),
    ),
  )
  return { y, dx, dw }
}

describe('convolutions', () => {
  // Few channels and many take other ways.
  for (const [channels, out, size, padding] of [
    [1, 5, 3, 1],
    [3, 2, 3, 0],
    [5, 4, 5, 2],
    [6, 1, 3, 2],
    [4, 7, 2, 0],
    [8, 8, 3, 1],
  ] as const) {
    it(`are their definition to the bit, and so are their derivatives: ${channels} to ${out} by ${size}, ${padding} around`, async () => {
      const run = await applied(convolution2d('w', out, { size, padding }), [2, 3, channels, 7, 6])
      const { y, dx, dw } = expected(run, padding)
      assert.deepEqual(run.values.y, y)
      assert.deepEqual(run.values.dx, dx)
      assert.deepEqual(run.values.dw, dw)
    })

    it(`transposed: ${out} to ${channels} by ${size}, ${padding} cut off`, async () => {
      // Its result is what a convolution's derivative in its images is, and the other way round.
      const layer = convolutionTranspose2d('w', channels, { size, padding })
      const sizes = [2, 3, out, 7 + 2 * padding - size + 1, 6 + 2 * padding - size + 1] as const
      const run = await applied(layer, sizes)
      assert.deepEqual(run.shapes.y, [2, 3, channels, 7, 6])
      const mirrored = {
        ...run,
        xs: run.gs,
        gs: run.xs,
        shapes: { y: [...sizes], x: [2, 3, channels, 7, 6] as Sizes, w: run.shapes.w },
      }
      const { y, dx, dw } = expected(mirrored, padding)
      assert.deepEqual(run.values.y, dx)
      assert.deepEqual(run.values.dx, y)
      assert.deepEqual(run.values.dw, dw)
    })
  }
})

describe('convolutions of upsampled images', () => {
  for (const [scale, size, padding] of [
    [2, 5, 2],
    [2, 5, 3],
    [2, 5, 0],
    [2, 4, 3],
    [3, 5, 1],
    [3, 4, 2],
    [2, 1, 0],
    [1, 3, 1],
    [4, 2, 1],
  ] as const) {
    it(`are to the bit what the two layers are: ${scale}-fold, by ${size}, ${padding} cut off`, async () => {
      const sizes = [2, 3, 4, 4, 3] as const
      const fused = await applied(upsampledConvolutionTranspose2d('w', 5, { scale, size, padding }), sizes)
      const apart = await applied(
        sequential(upsample2d('up', scale), convolutionTranspose2d('w', 5, { size, padding })),
        sizes,
      )
      assert.deepEqual(fused.shapes, apart.shapes)
      assert.deepEqual(fused.values, apart.values)
    })
  }

  it('refuse to cut off as much as a filter is long', () => {
    assert.throws(() => upsampledConvolutionTranspose2d('up', 1, { scale: 2, size: 5, padding: 5 }), {
      code: 'OUT_OF_RANGE',
      message: "padding of layer 'up' must be an integer from 0 to 4, got 5",
    })
  })
})
