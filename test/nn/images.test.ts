import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gradients } from '../../src/graph/grad.js'
import * as ops from '../../src/graph/ops.js'
import type { Tensor } from '../../src/graph/tensor.js'
import { batchNorm, batchNormMaxPool2d } from '../../src/nn/batchNorm.js'
import { crop2d } from '../../src/nn/crop.js'
import { convolution2d, convolutionTranspose2d, maxPool2d, upsample2d } from '../../src/nn/imageLayers.js'
import { flatten, leakyRelu, linear, view } from '../../src/nn/layers.js'
import { lenet } from '../../src/nn/lenet.js'
import { type Module, named, sequential } from '../../src/nn/module.js'
import { declare } from '../../src/nn/parameters.js'
import { compile } from '../graph/evaluate.js'

const [nReplicas, nSamples, nChannels, height, width] = [2, 3, 2, 4, 5]
const dims = [nReplicas, nSamples, nChannels, height, width]
const size = dims.reduce((a, b) => a * b)
const x = ops.input('x', 'float64', dims)
const data = Array.from({ length: size }, (_, i) => Math.sin(1 + 1.7 * i) + 0.3 * Math.cos(0.2 * i * i))
// Two samples and one of padding in the first replica, three samples in the second.
const valid = [1, 1, 0, 1, 1, 1]
const weights = [1 / 2, 1 / 2, 0, 1 / 3, 1 / 3, 1 / 3]

/** A module in training, on images of two replicas. */
function training(module: Module) {
  const frame = {
    mode: 'train',
    weights: ops.constant(weights, 'float64', [nReplicas, 1, nSamples]),
    valid: ops.constant(valid, 'float64', [nReplicas, nSamples, 1]),
    parameter: () => assert.fail('has no parameters'),
    statistics: () => assert.fail('training does not use the running statistics'),
    observed: new Map<string, { mean: Tensor; variance: Tensor }>(),
    observe(name: string, mean: Tensor, variance: Tensor) {
      this.observed.set(name, { mean, variance })
    },
  } as const
  return { y: module(x, frame), observed: frame.observed }
}

async function values(outputs: Readonly<Record<string, Tensor>>, elements: readonly number[] = data) {
  return (await compile([x], outputs))([{ tensor: x, dims, data: elements }])
}

/** Σ weightᵢ·yᵢ with unequal weights that are 0 for padding. */
function lossOf(y: Tensor): Tensor {
  const sample = y.shape.slice(2).map(Number)
  const each = sample.reduce((a, b) => a * b, 1)
  const factors = valid.flatMap((v, n) => Array.from({ length: each }, (_, i) => v * Math.cos(3 + n + 2.3 * i)))
  const weight = ops.constant(factors, 'float64', [nReplicas, nSamples, ...sample])
  return ops.sum(
    ops.mul(y, weight),
    y.shape.map((_, axis) => axis),
  )
}

async function checkDerivative(module: Module): Promise<void> {
  const loss = lossOf(training(module).y)
  const [gradient = loss] = gradients(loss, [x])
  const run = await compile([x], { loss, gradient })
  const at = async (elements: readonly number[]) => run([{ tensor: x, dims, data: elements }])
  const analytic = (await at(data)).gradient ?? []
  const h = 2 ** -17
  for (const [i, value] of data.entries()) {
    const up = (await at(data.with(i, value + h))).loss?.[0] ?? Number.NaN
    const down = (await at(data.with(i, value - h))).loss?.[0] ?? Number.NaN
    const numeric = (up - down) / (2 * h)
    assert.ok(Math.abs((analytic[i] ?? Number.NaN) - numeric) < 1e-8, `element ${i}: ${analytic[i]} against ${numeric}`)
  }
}

describe('layers of images', () => {
  it('batch norm makes every channel of every replica mean 0 and variance 1 over samples and pixels', async () => {
    const { y, observed } = training(batchNorm('bn', 0))
    const { mean, variance } = observed.get('bn') ?? assert.fail('reports its statistics')
    const got = await values({ y, mean, variance })
    const area = height * width
    for (const r of [0, 1]) {
      for (const c of [0, 1]) {
        const pick = (of: readonly number[]) =>
          of.filter((_, i) => {
            const n = Math.floor(i / (nChannels * area))
            return valid[n] === 1 && Math.floor(n / nSamples) === r && Math.floor(i / area) % nChannels === c
          })
        const average = (of: readonly number[]) => of.reduce((a, b) => a + b, 0) / of.length
        const raw = pick(data)
        const own = { mean: average(raw), variance: average(raw.map((v) => (v - average(raw)) ** 2)) }
        assert.ok(Math.abs((got.mean?.[2 * r + c] ?? Number.NaN) - own.mean) < 1e-14)
        assert.ok(Math.abs((got.variance?.[2 * r + c] ?? Number.NaN) - own.variance) < 1e-14)
        const normal = pick(got.y ?? [])
        assert.ok(Math.abs(average(normal)) < 1e-14)
        assert.ok(Math.abs(average(normal.map((v) => v * v)) - 1) < 1e-13)
      }
    }
  })

  it('batch norm differentiates', () => checkDerivative(batchNorm('bn')))
  it('max-pooling differentiates', () => checkDerivative(maxPool2d('pool', 2)))
  it('batch norm with max-pooling differentiates', () => checkDerivative(batchNormMaxPool2d('bn', 2)))
  it('views differentiate', () => checkDerivative(sequential(view('view', 4, 5, 2), flatten('flatten'))))

  it('pooling before the normalisation is pooling after it, leaky ReLU on either side', async () => {
    const apart = training(sequential(batchNorm('bn'), leakyRelu(), maxPool2d('pool', 2)))
    const fused = training(sequential(batchNormMaxPool2d('bn', 2), leakyRelu()))
    const [g = x] = gradients(lossOf(apart.y), [x])
    const [h = x] = gradients(lossOf(fused.y), [x])
    const got = await values({ apart: apart.y, fused: fused.y, g, h })
    assert.deepEqual(apart.y.shape, [nReplicas, nSamples, nChannels, 2, 2])
    for (const [i, value] of (got.apart ?? []).entries()) close(got.fused?.[i], value)
    for (const [i, value] of (got.g ?? []).entries()) close(got.h?.[i], value)
  })

  it('the sizes of lenet are the published ones', () => {
    const { encoder, decoder, sample } = lenet()
    const code = declare(encoder, sample)
    assert.deepEqual(code.output, ['R', 'B', 64])
    const { output, parameters } = declare(sequential(named('e', encoder), named('d', decoder)), sample)
    assert.deepEqual(output, ['R', 'B', 1, 28, 28])
    assert.deepEqual(
      parameters.map(({ shape }) => shape.join('×')),
      ['16×1×5×5', '32×16×5×5', '1568×128', '128×64', '64×128', '8×32×5×5', '32×16×5×5', '16×1×5×5'],
    )
  })

  it('name the layer and both shapes where they do not fit', () => {
    const refusal = (module: Module, sample: readonly number[], message: RegExp) =>
      assert.throws(() => declare(module, sample), { code: 'SHAPE_MISMATCH', message })
    refusal(convolution2d('conv.0', 4, { size: 3 }), [7], /layer 'conv.0' takes images .*, got samples of shape \[7\]/)
    refusal(convolution2d('conv.0', 4, { size: 9 }), [1, 8, 8], /'conv.0' cannot take samples \[1, 8, 8\]: .*0 × 0/)
    refusal(convolutionTranspose2d('up', 4, { size: 1, padding: 2 }), [1, 4, 4], /'up' cannot .*\[1, 4, 4\].*0 × 0/)
    refusal(linear('lin', 4), [1, 8, 8], /layer 'lin' takes vectors, got samples of shape \[1, 8, 8\]/)
    refusal(view('view', 2, 3), [7], /layer 'view' makes samples \[2, 3\], got samples of shape \[7\]/)
    refusal(upsample2d('up', 2), [8], /layer 'up' takes images/)
    refusal(maxPool2d('pool', 2), [8], /layer 'pool' takes images/)
    const small = /^layer 'pool' cannot take samples \[1, 4, 1\]: maxPool2d: .* would give images of 2 × 0/
    refusal(maxPool2d('pool', 2), [1, 4, 1], small)
    refusal(batchNormMaxPool2d('pool', 2), [1, 4, 1], small)
    refusal(batchNormMaxPool2d('pool', 2), [8], /layer 'pool' takes images/)
    refusal(batchNorm('norm'), [8, 3], /layer 'norm' takes vectors/)
    refusal(crop2d('crop', 3, 3), [1, 4, 1], /layer 'crop' cuts out 3 × 3 pixels, got samples of shape \[1, 4, 1\]/)
  })

  it('refuse sizes that are none', () => {
    assert.throws(() => convolution2d('conv', 0, { size: 3 }), {
      code: 'OUT_OF_RANGE',
      message: /channels of layer 'conv'/,
    })
    assert.throws(() => convolution2d('conv', 1, { size: 3, padding: -1 }), { code: 'OUT_OF_RANGE' })
    assert.throws(() => maxPool2d('pool', 0), { code: 'OUT_OF_RANGE', message: /size of layer 'pool'/ })
    assert.throws(() => upsample2d('up', 0), { code: 'OUT_OF_RANGE' })
  })
})

function close(actual: number | undefined, expected: number): void {
  assert.ok(Math.abs((actual ?? Number.NaN) - expected) < 1e-12, `${actual}, expected ${expected}`)
}
