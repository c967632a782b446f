import assert from 'node:assert/strict'
import { gradients } from '../../src/graph/grad.js'
import * as ops from '../../src/graph/ops.js'
import type { Tensor } from '../../src/graph/tensor.js'
import type { Frame, Module } from '../../src/nn/module.js'
import { elements } from '../../src/nn/parameters.js'
import { compile } from '../graph/evaluate.js'

export const [nReplicas, nSamples] = [2, 3]

/** Numbers without a pattern, the same every time. */
export const numbersOf = (n: number, seed: number) =>
  Array.from({ length: n }, (_, i) => Math.sin(seed + 1.7 * i) + 0.3 * Math.cos(0.2 * i * i + seed))

/** A layer applied to two replicas of three samples, its inputs and parameters given as numbers. */
export function applied(
  module: Module,
  sample: readonly number[],
  options: { dtype?: 'float32' | 'float64'; frame?: Partial<Frame> } = {},
) {
  const { dtype = 'float64', frame } = options
  const given: { tensor: Tensor; dims: readonly number[]; data: readonly number[] }[] = []
  const input = (name: string, dims: readonly number[]) => {
    const tensor = ops.input(name, dtype, dims)
    given.push({ tensor, dims, data: numbersOf(elements(dims), given.length) })
    return tensor
  }
  const x = input('x', [nReplicas, nSamples, ...sample])
  const y = module(x, {
    mode: 'train',
    weights: ops.constant([1 / 2, 1 / 2, 0, 1 / 3, 1 / 3, 1 / 3], dtype, [nReplicas, 1, nSamples]),
    valid: ops.constant([1, 1, 0, 1, 1, 1], dtype, [nReplicas, nSamples, 1]),
    parameter: (name, shape) => input(name, [nReplicas, ...shape]),
    statistics: () => assert.fail('training does not use the running statistics'),
    observe: () => {},
    ...frame,
  } as Frame)
  return { y, given }
}

/** What a layer gives for those numbers, flat. */
export async function valuesOf({ y, given }: ReturnType<typeof applied>): Promise<number[]> {
  const run = await compile(
    given.map(({ tensor }) => tensor),
    { y },
  )
  return (await run(given)).y ?? []
}

/** Holds the derivatives of a layer in its input and in every parameter beside finite differences. */
export async function checkDerivatives(
  { y, given }: ReturnType<typeof applied>,
  tolerance = 1e-8,
  h = 2 ** -17,
): Promise<void> {
  const factors = ops.constant(numbersOf(elements(y.shape.map(Number)), 9), y.dtype, y.shape.map(Number))
  const loss = ops.sum(
    ops.mul(y, factors),
    y.shape.map((_, axis) => axis),
  )
  const tensors = given.map(({ tensor }) => tensor)
  const names = tensors.map((_, i) => `d${i}`)
  const all = gradients(loss, tensors)
  const run = await compile(tensors, { loss, ...Object.fromEntries(names.map((name, i) => [name, all[i] ?? loss])) })
  const got = await run(given)
  for (const [k, { data }] of given.entries()) {
    for (const [i, value] of data.entries()) {
      const at = async (to: number) =>
        (await run(given.map((one, j) => (j === k ? { ...one, data: data.with(i, to) } : one)))).loss?.[0] ?? Number.NaN
      const numeric = ((await at(value + h)) - (await at(value - h))) / (2 * h)
      const analytic = got[`d${k}`]?.[i] ?? Number.NaN
      assert.ok(Math.abs(analytic - numeric) < tolerance, `input ${k}, element ${i}: ${analytic} against ${numeric}`)
    }
  }
}
