import assert from 'node:assert/strict'
import { it } from 'node:test'
import * as ops from '../../src/graph/ops.js'
import { print } from '../../src/graph/print.js'
import { scan } from '../../src/graph/scan.js'
import type { Tensor } from '../../src/graph/tensor.js'

const x = ops.input('x', 'float32', ['B', 3])
const w = ops.input('w', 'float32', [3, 2])

it('prints constants in short: a scalar, equal elements once, weights not at all', () => {
  const constants = [
    ops.constant(-2.5, 'float32'),
    ops.constant([4, 4, 4], 'float32', [3]),
    ops.constant([7], 'float32', [1]),
    ops.constant([1, -0, 3], 'float32', [3]),
    ops.constant(Float32Array.of(1, 1, 1), 'float32', [1, 3]),
    ops.constant(Float32Array.of(0.5), 'float32', []),
  ]
  assert.equal(
    print({ y: constants.reduce((sum: Tensor, c) => ops.add(sum, c), x), last: ops.constant([1, 2], 'int64', [2]) }),
    `x: float32[B, 3] = input()
t1: float32[B, 3] = add(x, -2.5)
t2: float32[B, 3] = add(t1, [3]{4 …})
t3: float32[B, 3] = add(t2, [1]{7})
t4: float32[B, 3] = add(t3, [3]{1 0 3})
t5: float32[B, 3] = add(t4, [1, 3]{weights})
t6: float32[B, 3] = add(t5, 0.5)
return y: float32[B, 3] = t6
return last: int64[2] = [2]{1 2}
`,
  )
})

it('prints loops in loops, indented, with what they take from outside', () => {
  const { states, outputs } = scan([ops.sum(x, [0], true)], [x], ([total], [row]) => {
    const inner = scan([total], [w], ([t], [column]) => ({
      states: [ops.mul(t, ops.sum(column, [0]))],
      outputs: [ops.add(t, row)],
    }))
    return { states: inner.states, outputs: inner.outputs }
  })
  assert.equal(
    print({ end: states[0], all: outputs[0] }),
    `x: float32[B, 3] = input()
w: float32[3, 2] = input()
t2: float32[1, 3] = sum<0 kept>(x)
t3: float32[1, 3], t4: float32[B, 3, 1, 3] = scan(t2, x, w)
  state (t5), slice (t6), for each of B:
  t7: float32[1, 3], t8: float32[3, 1, 3] = scan(t5, w, t6)
    state (t9), slice (t10), for each of 3:
    t11: float32[] = sum<0>(t10)
    t12: float32[1, 3] = mul(t9, t11)
    t13: float32[1, 3] = add(t9, t6)
    next (t12), output (t13)
  next (t7), output (t8)
return end: float32[1, 3] = t3
return all: float32[B, 3, 1, 3] = t4
`,
  )
})

it('refuses what a loop computes outside it', () => {
  let leaked: Tensor | undefined
  scan([x], [w], ([state]) => {
    leaked = ops.neg(state)
    return { states: [state], outputs: [] }
  })
  assert.ok(leaked)
  const tensor = leaked
  assert.throws(() => print({ tensor }), { code: 'SHAPE_MISMATCH', message: /print: a loop's neg is used outside it/ })
})
