import assert from 'node:assert/strict'
import { it } from 'node:test'
import { gradients } from '../../src/graph/grad.js'
import * as ops from '../../src/graph/ops.js'
import { print } from '../../src/graph/print.js'
import { scan } from '../../src/graph/scan.js'
import { encodeModel } from '../../src/onnx/encode.js'
import { evaluate } from './evaluate.js'

const w = ops.input('w', 'float64', [2])
const x = ops.input('x', 'float64', [2])
const rates = ops.input('rates', 'float64', ['S'])

/** Gradient descent on (w·x)²; x² does not depend on the iteration. */
function descent() {
  return scan([w], [rates], ([v], [rate]) => {
    const loss = ops.sum(ops.mul(ops.square(v), ops.square(x)), [0])
    const [g = v] = gradients(loss, [v])
    return { states: [ops.sub(v, ops.mul(g, rate))], outputs: [loss, x] }
  })
}

it('computes what does not depend on the iteration once, outside the loop', () => {
  const { states, outputs } = descent()
  const [loss] = outputs
  assert.equal(
    print({ end: states[0], loss }),
    `w: float64[2] = input()
x: float64[2] = input()
rates: float64[S] = input()
t3: float64[2] = mul(x, x)
t4: float64[1] = reshape(1)
t5: float64[2] = mul(t4, t3)
t6: float64[2] = mul(t5, 2)
t7: float64[2], t8: float64[S], t9: float64[S, 2] = scan(w, rates, x, t3, t6)
  state (t10), slice (t11), for each of S:
  t12: float64[2] = mul(t10, t10)
  t13: float64[2] = mul(t12, t3)
  t14: float64[] = sum<0>(t13)
  t15: float64[2] = mul(t6, t10)
  t16: float64[2] = mul(t15, t11)
  t17: float64[2] = sub(t10, t16)
  next (t17), output (t14, x)
return end: float64[2] = t7
return loss: float64[S] = t8
`,
  )
})

it('runs, gradients in its body included, and copies values from outside into its outputs', async () => {
  const { states, outputs } = descent()
  const given = [
    { tensor: w, dims: [2], data: [1, -2] },
    { tensor: x, dims: [2], data: [1, 0.5] },
    { tensor: rates, dims: [3], data: [0.1, 0.2, 0] },
  ]
  const { end, loss, copies } = await evaluate(given, { end: states[0], loss: outputs[0], copies: outputs[1] })
  let v: [number, number] = [1, -2]
  const losses: number[] = []
  for (const rate of [0.1, 0.2, 0]) {
    losses.push(v[0] ** 2 + 0.25 * v[1] ** 2)
    v = [v[0] - 2 * v[0] * rate, v[1] - 2 * v[1] * 0.25 * rate]
  }
  for (const [i, expected] of [...v, ...losses].entries()) {
    assert.ok(Math.abs(([...(end ?? []), ...(loss ?? [])][i] ?? Number.NaN) - expected) < 1e-14)
  }
  assert.deepEqual(copies, [1, 0.5, 1, 0.5, 1, 0.5])
})

it('runs from the last slice to the first if asked, and stacks what an iteration outputs at its slice', async () => {
  const sums = (reverse: boolean) => {
    const start = ops.constant(0, 'float64')
    return scan([start], [rates], ([s], [rate]) => ({ states: [ops.add(ops.mul(s, 2), rate)], outputs: [s] }), {
      reverse,
    })
  }
  const given = [{ tensor: rates, dims: [3], data: [1, 2, 3] }]
  const there = sums(false)
  const back = sums(true)
  const outputs = { a: there.states[0], before: there.outputs[0], b: back.states[0], after: back.outputs[0] }
  const results = await evaluate(given, outputs)
  assert.deepEqual(results, { a: [11], before: [0, 1, 4], b: [17], after: [8, 3, 0] })
  assert.match(print({ b: back.states[0] }), /= scan<reversed>\(0, rates\)/)
  assert.match(print({ a: there.states[0] }), /= scan\(0, rates\)/)
})

it('stacks only what is used', async () => {
  const { states, outputs } = descent()
  const bytes = (used: Readonly<Record<string, typeof w>>) => encodeModel('test', [w, x, rates], used).length
  assert.ok(bytes({ end: states[0] }) < bytes({ end: states[0], loss: outputs[0] }))
  const given = [
    { tensor: w, dims: [2], data: [1, -2] },
    { tensor: x, dims: [2], data: [1, 0.5] },
    { tensor: rates, dims: [2], data: [0.1, 0.2] },
  ]
  const all = await evaluate(given, { end: states[0], loss: outputs[0], copies: outputs[1] })
  const { end, copies } = await evaluate(given, { end: states[0], copies: outputs[1] })
  assert.deepEqual({ end, copies }, { end: all.end, copies: all.copies })
})

it('refuses to mix the variables of two loops', () => {
  const kept: (typeof w)[] = []
  scan([w], [rates], ([v]) => {
    kept.push(v)
    return { states: [v], outputs: [] }
  })
  const leaked = () => scan([w], [rates], ([v]) => ({ states: [ops.add(v, kept[0] ?? v)], outputs: [] }))
  assert.throws(leaked, { code: 'SHAPE_MISMATCH', message: /two different loops/ })
})
