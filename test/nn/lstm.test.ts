import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gradients } from '../../src/graph/grad.js'
import * as ops from '../../src/graph/ops.js'
import type { Shape, Tensor } from '../../src/graph/tensor.js'
import { linear } from '../../src/nn/layers.js'
import { lstm, lstmStack } from '../../src/nn/lstm.js'
import { lstmNet } from '../../src/nn/lstmNet.js'
import { type Frame, type Module, named, sequential } from '../../src/nn/module.js'
import { declare } from '../../src/nn/parameters.js'
import { compile, type Given } from '../graph/evaluate.js'

const nReplicas = 2
const nSamples = 3

/** A module on float64 samples of a shape, with its inputs: the samples and the parameters, each with elements. */
function applied(module: Module, sample: readonly number[], mode: Frame['mode'] = 'train') {
  const given: Given[] = []
  const named = (name: string, shape: Shape) => {
    const dims = shape.map((dim) => (dim === 'R' ? nReplicas : dim === 'B' ? nSamples : Number(dim)))
    const size = dims.reduce((a, b) => a * b, 1)
    const data = Array.from({ length: size }, (_, i) => Math.sin(1 + 1.7 * i + 0.9 * given.length))
    const tensor = ops.input(name, 'float64', shape)
    given.push({ tensor, dims, data })
    return tensor
  }
  const x = named('x', ['R', 'B', ...sample])
  const y = module(x, {
    mode,
    weights: undefined,
    valid: undefined,
    parameter: (name, shape) => named(name, ['R', ...shape]),
    statistics: () => assert.fail('has no statistics'),
    observe: () => assert.fail('has no statistics'),
  })
  return { y, given }
}

/** Σ weightᵢ·yᵢ with unequal weights, the same for all samples. */
function lossOf(y: Tensor): Tensor {
  const sample = y.shape.slice(2).map(Number)
  const size = sample.reduce((a, b) => a * b, 1)
  const weights = Array.from({ length: size }, (_, i) => Math.cos(3 + 2.3 * i))
  return ops.sum(
    ops.mul(y, ops.constant(weights, 'float64', sample)),
    y.shape.map((_, axis) => axis),
  )
}

/** Compares all gradients with central differences. */
async function checkDerivative(module: Module, sample: readonly number[]): Promise<void> {
  const { y, given } = applied(module, sample)
  const inputs = given.map(({ tensor }) => tensor)
  const loss = lossOf(y)
  const grads = Object.fromEntries(gradients(loss, inputs).map((gradient, i) => [`g${i}`, gradient]))
  const analytic = await (await compile(inputs, { loss, ...grads }))(given)
  const run = await compile(inputs, { loss })
  const h = 2 ** -17
  for (const [i, { data }] of given.entries()) {
    for (const [k, value] of data.entries()) {
      const at = async (moved: number) => {
        const shifted = given.map((each, j) => (j === i ? { ...each, data: data.with(k, moved) } : each))
        return (await run(shifted)).loss?.[0] ?? Number.NaN
      }
      const numeric = ((await at(value + h)) - (await at(value - h))) / (2 * h)
      const got = analytic[`g${i}`]?.[k] ?? Number.NaN
      assert.ok(Math.abs(got - numeric) < 1e-8, `input ${i}, element ${k}: ${got} against ${numeric}`)
    }
  }
}

describe('long short-term memory', () => {
  it('computes its equations step by step', async () => {
    const [steps, size, hidden] = [4, 2, 3]
    const { y, given } = applied(lstm('l', hidden), [steps, size])
    assert.deepEqual(y.shape, ['R', 'B', steps, hidden])
    const run = await compile(
      given.map(({ tensor }) => tensor),
      { y },
    )
    const got = (await run(given)).y ?? []
    const [x = [], wih = [], whh = [], bih = [], bhh = []] = given.map(({ data }) => data)
    const at = (of: readonly number[], i: number) => of[i] ?? Number.NaN
    const sigma = (z: number) => 1 / (1 + Math.exp(-z))
    for (let r = 0; r < nReplicas; r++) {
      for (let b = 0; b < nSamples; b++) {
        let h: number[] = Array(hidden).fill(0)
        let c: number[] = Array(hidden).fill(0)
        for (let t = 0; t < steps; t++) {
          const z = Array.from({ length: 4 * hidden }, (_, k) => {
            let sum = at(bih, r * 4 * hidden + k) + at(bhh, r * 4 * hidden + k)
            for (let i = 0; i < size; i++)
              sum += at(x, ((r * nSamples + b) * steps + t) * size + i) * at(wih, (r * size + i) * 4 * hidden + k)
            for (let i = 0; i < hidden; i++) sum += at(h, i) * at(whh, (r * hidden + i) * 4 * hidden + k)
            return sum
          })
          const gate = (gate: number, j: number) => at(z, gate * hidden + j)
          c = c.map((cj, j) => sigma(gate(1, j)) * cj + sigma(gate(0, j)) * Math.tanh(gate(2, j)))
          h = c.map((cj, j) => sigma(gate(3, j)) * Math.tanh(cj))
          for (const [j, expected] of h.entries()) {
            const value = at(got, ((r * nSamples + b) * steps + t) * hidden + j)
            assert.ok(Math.abs(value - expected) < 1e-14, `h[${r}][${b}][${t}][${j}]: ${value}, expected ${expected}`)
          }
        }
      }
    }
  })

  it('differentiates', () => checkDerivative(lstm('l', 2), [3, 2]))
  it('differentiates over a single step', () => checkDerivative(lstm('l', 2), [1, 3]))
  it('differentiates in a stack', () => checkDerivative(lstmStack('l', [3, 2]), [3, 2]))

  it('is the same layer by layer and stacked, in training and in evaluation', async () => {
    const results = []
    for (const [module, mode] of [
      [lstmStack('l', [3, 2]), 'train'],
      [lstmStack('l', [3, 2]), 'evaluate'],
      [sequential(lstm('l.0', 3), lstm('l.1', 2)), 'train'],
    ] as const) {
      const { y, given } = applied(module, [4, 2], mode)
      const inputs = given.map(({ tensor }) => tensor)
      results.push((await (await compile(inputs, { y }))(given)).y)
    }
    assert.deepEqual(results[1], results[0])
    assert.deepEqual(results[2], results[0])
  })

  it("declares PyTorch's parameters, all within ±1/√hidden", () => {
    assert.deepEqual(declare(lstm('l', 3), [5, 2]).parameters, [
      { name: 'l.weight_ih', shape: [2, 12], fanIn: 3 },
      { name: 'l.weight_hh', shape: [3, 12], fanIn: 3 },
      { name: 'l.bias_ih', shape: [12], fanIn: 3 },
      { name: 'l.bias_hh', shape: [12], fanIn: 3 },
    ])
  })

  it('names the layer and the shapes where they do not fit', () => {
    const refusal = (sample: readonly number[]) => () => declare(lstmStack('l', [3, 2]), sample)
    const message = "layer 'l.0' takes sequences [steps, features], got samples of shape [7]"
    assert.throws(refusal([7]), { code: 'SHAPE_MISMATCH', message })
    assert.throws(refusal([1, 8, 8]), { code: 'SHAPE_MISMATCH', message: /'l.0' .* of shape \[1, 8, 8\]/ })
    assert.throws(() => lstm('l', 0), { code: 'OUT_OF_RANGE', message: /hidden units of layer 'l'/ })
    assert.throws(() => lstmStack('l', [4, 0.5]), { code: 'OUT_OF_RANGE', message: /hidden units of layer 'l.1'/ })
  })
})

describe('a linear layer with bias', () => {
  it('differentiates', () => checkDerivative(linear('fc', 2, { bias: true }), [3]))

  it("starts weights and bias within ±1/√inputs, PyTorch's default", () => {
    assert.deepEqual(declare(linear('fc', 2, { bias: true }), [3]).parameters, [
      { name: 'fc.weight', shape: [3, 2], fanIn: 3 },
      { name: 'fc.bias', shape: [2], fanIn: 3 },
    ])
    assert.equal(declare(linear('fc', 2), [3]).parameters.length, 1)
  })
})

describe('the recurrent network', () => {
  it('has the published sizes', () => {
    const { encoder, decoder, sample, title } = lstmNet()
    assert.equal(title, 'lstm 125×128-64-32-32')
    assert.deepEqual(declare(encoder, sample).output, ['R', 'B', 32])
    const { output, parameters } = declare(sequential(named('e', encoder), named('d', decoder)), sample)
    assert.deepEqual(output, ['R', 'B', 125, 128])
    assert.deepEqual(
      parameters.filter(({ name }) => name.includes('weight')).map(({ shape }) => shape.join('×')),
      [
        ...['128×256', '64×256', '64×128', '32×128', '4000×32'],
        ...['32×4000', '32×256', '64×256', '64×512', '128×512'],
      ],
    )
  })

  it('refuses sizes that are none', () => {
    assert.throws(() => lstmNet([0, 8]), { code: 'OUT_OF_RANGE', message: /steps/ })
    assert.throws(() => lstmNet([8, 8], { code: 0 }), { code: 'OUT_OF_RANGE', message: /code/ })
    assert.throws(() => lstmNet([8, 8], { layers: [] }), { code: 'OUT_OF_RANGE', message: /at least one/ })
  })
})
