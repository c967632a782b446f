import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { customGradient } from '../../src/graph/customGradient.js'
import { gradients } from '../../src/graph/grad.js'
import { exp, gather, input, mul, reshape, square, sub, sum, transpose } from '../../src/graph/ops.js'
import { print } from '../../src/graph/print.js'
import type { Tensor } from '../../src/graph/tensor.js'
import { lower } from '../../src/onnx/lower.js'
import { evaluate } from './evaluate.js'

/** The operators of a graph, without its inputs. */
function kinds(y: Tensor): string[] {
  return [...print({ y }).matchAll(/= (\w+)[<(]/g)].map(([, kind = '']) => kind).filter((kind) => kind !== 'input')
}

const table = { dims: [3, 2, 2], data: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] }

describe('layouts', () => {
  const x = input('x', 'float64', ['N', 2, 2])
  const rows = input('rows', 'int32', ['R', 'B'])
  const given = [
    { tensor: x, ...table },
    { tensor: rows, dims: [1, 2], data: [2, -3] },
  ]

  it('rows are gathered part by part, counted from either end', async () => {
    const y = transpose(gather(x, rows), [2, 0, 1, 3])
    assert.deepEqual(y.shape, [2, 'R', 'B', 2])
    assert.deepEqual(kinds(y), ['reshape', 'mul', 'add', 'gather'])
    assert.deepEqual((await evaluate(given, { y })).y, [9, 10, 1, 2, 11, 12, 3, 4])
  })

  it('parts that another order follows are put into it', async () => {
    const y = transpose(gather(x, rows), [2, 0, 3, 1])
    assert.deepEqual(kinds(y), ['reshape', 'mul', 'add', 'gather', 'transpose'])
    assert.deepEqual((await evaluate(given, { y })).y, [9, 1, 10, 2, 11, 3, 12, 4])
  })

  it('single elements are gathered with their rows', () => {
    const y = transpose(gather(input('z', 'float64', ['N', 4]), rows), [2, 0, 1])
    assert.deepEqual(kinds(y), ['gather', 'transpose'])
  })

  const a = input('a', 'float64', ['T', 'R', 3, 'B'])
  const turned = (of: Tensor) => transpose(of, [1, 3, 0, 2])

  it('what is transposed alike is computed before', () => {
    const y = transpose(square(sub(turned(exp(a)), turned(a))), [2, 0, 3, 1])
    assert.deepEqual(kinds(y), ['exp', 'sub', 'mul'])
  })

  it('a factor of less than all elements is turned instead of them', async () => {
    const factor = input('factor', 'float64', ['R', 'B', 1, 1])
    const y = mul(turned(a), factor)
    assert.deepEqual(kinds(y), ['transpose', 'mul', 'transpose'])
    const data = [1, 2, 3, 4, 5, 6]
    const values = [
      { tensor: a, dims: [1, 1, 3, 2], data },
      { tensor: factor, dims: [1, 2, 1, 1], data: [10, 100] },
    ]
    assert.deepEqual((await evaluate(values, { y })).y, [10, 30, 50, 200, 400, 600])
  })

  it('the batch comes from the last place after a reshape as well', async () => {
    const s = input('s', 'float64', [2, 1, 2, 'B'])
    const y = reshape(transpose(s, [1, 3, 0, 2]), [1, 'B', 4])
    assert.deepEqual(kinds(y), ['transpose', 'reshape', 'transpose'])
    const data = [1, 2, 3, 4, 5, 6, 7, 8]
    assert.deepEqual((await evaluate([{ tensor: s, dims: [2, 1, 2, 2], data }], { y })).y, [1, 3, 5, 7, 2, 4, 6, 8])
  })

  it('a derivative passes through all of them', async () => {
    const c = input('c', 'float64', [2, 1, 2, 2])
    const [dc] = gradients(sum(square(turned(c)), [0, 1, 2, 3]), [c])
    assert.ok(dc !== undefined)
    const data = [1, 2, 3, 4, 5, 6, 7, 8]
    const { y } = await evaluate([{ tensor: c, dims: [2, 1, 2, 2], data }], { y: dc })
    assert.deepEqual(
      y,
      data.map((one) => 2 * one),
    )
  })

  it('what a stated derivative is stated for is not computed unless something uses it', () => {
    const [y] = customGradient([transpose(a, [0, 1, 3, 2])], [exp(a)], () => [])
    const { node } = lower('test', [a], { y })
    assert.deepEqual(
      node?.map(({ opType }) => opType),
      ['Exp', 'Identity'],
    )
  })
})
