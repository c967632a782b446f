import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { customGradient } from '../../src/graph/customGradient.js'
import { gradients } from '../../src/graph/grad.js'
import type { OpKind } from '../../src/graph/op.js'
import * as ops from '../../src/graph/ops.js'
import { print } from '../../src/graph/print.js'
import { scan } from '../../src/graph/scan.js'
import type { DType, Tensor } from '../../src/graph/tensor.js'
import { compile, evaluate, type Given } from './evaluate.js'

interface Case {
  /** Inputs: dims, elements and, unless float64, the element type. */
  readonly inputs: readonly {
    readonly dims: readonly number[]
    readonly data: readonly number[]
    readonly dtype?: DType
  }[]
  readonly build: (...inputs: Tensor[]) => Tensor
  readonly expected: readonly number[]
  /** The printed graph, from the line after the inputs to the one before the last. */
  readonly printed: string
  /** What the derivative does; default `differences`: it agrees with central differences. */
  readonly derivative?: 'differences' | 'zero' | 'refused'
}

const a = { dims: [2, 3], data: [0.5, -1.25, 2, 0.75, 3, -0.5] }
const b = { dims: [3], data: [1.5, -2, 0.25] }
const positive = { dims: [2, 3], data: [0.5, 1.25, 2, 0.75, 3, 0.125] }
const f = (g: (x: number) => number, of: { data: readonly number[] } = a) => of.data.map(g)
const pairs = (g: (x: number, y: number) => number, p = a, q = b) =>
  p.data.map((x, i) => g(x, q.data[i % 3] ?? Number.NaN))

/** Every operator: a new one without a case here does not compile. */
const cases: { readonly [K in OpKind]: Case } = {
  input: { inputs: [a], build: (x) => x, expected: a.data, printed: '' },
  variable: {
    inputs: [{ dims: [2], data: [1, 2] }, a],
    build: (x, xs) =>
      scan([x], [ops.transpose(xs, [1, 0])], ([s], [slice]) => ({ states: [slice], outputs: [s] })).outputs[0],
    expected: [1, 2, 0.5, 0.75, -1.25, 3],
    printed: `t2: float64[3, 2] = transpose<1 0>(x1)
t3: float64[2], t4: float64[3, 2] = scan(x0, t2)
  state (t5), slice (t6), for each of 3:
  next (t6), output (t5)`,
    derivative: 'refused',
  },
  constant: {
    inputs: [a],
    build: (x) => ops.add(x, ops.constant([1, 2, 3], 'float64', [3])),
    expected: pairs((x, y) => x + y, a, { dims: [3], data: [1, 2, 3] }),
    printed: 't1: float64[2, 3] = add(x0, [3]{1 2 3})',
  },
  neg: { inputs: [a], build: ops.neg, expected: f((x) => -x), printed: 't1: float64[2, 3] = neg(x0)' },
  exp: { inputs: [a], build: ops.exp, expected: f(Math.exp), printed: 't1: float64[2, 3] = exp(x0)' },
  log: { inputs: [positive], build: ops.log, expected: f(Math.log, positive), printed: 't1: float64[2, 3] = log(x0)' },
  sqrt: {
    inputs: [positive],
    build: ops.sqrt,
    expected: f(Math.sqrt, positive),
    printed: 't1: float64[2, 3] = sqrt(x0)',
  },
  sigmoid: {
    inputs: [a],
    build: ops.sigmoid,
    expected: f((x) => 1 / (1 + Math.exp(-x))),
    printed: 't1: float64[2, 3] = sigmoid(x0)',
  },
  add: { inputs: [a, b], build: ops.add, expected: pairs((x, y) => x + y), printed: 't2: float64[2, 3] = add(x0, x1)' },
  sub: { inputs: [a, b], build: ops.sub, expected: pairs((x, y) => x - y), printed: 't2: float64[2, 3] = sub(x0, x1)' },
  mul: { inputs: [a, b], build: ops.mul, expected: pairs((x, y) => x * y), printed: 't2: float64[2, 3] = mul(x0, x1)' },
  div: { inputs: [a, b], build: ops.div, expected: pairs((x, y) => x / y), printed: 't2: float64[2, 3] = div(x0, x1)' },
  pow: {
    inputs: [positive, b],
    build: ops.pow,
    expected: pairs((x, y) => x ** y, positive),
    printed: 't2: float64[2, 3] = pow(x0, x1)',
  },
  maximum: {
    inputs: [a, b],
    build: ops.maximum,
    expected: pairs(Math.max),
    printed: 't2: float64[2, 3] = maximum(x0, x1)',
  },
  greater: {
    inputs: [a, b],
    build: (x, y) => ops.cast(ops.greater(x, y), 'float64'),
    expected: pairs((x, y) => Number(x > y)),
    printed: 't2: bool[2, 3] = greater(x0, x1)\nt3: float64[2, 3] = cast<float64>(t2)',
    derivative: 'zero',
  },
  greaterOrEqual: {
    inputs: [a, a],
    build: (x, y) => ops.cast(ops.greaterOrEqual(x, y), 'float64'),
    expected: f(() => 1),
    printed: 't2: bool[2, 3] = greaterOrEqual(x0, x1)\nt3: float64[2, 3] = cast<float64>(t2)',
    derivative: 'zero',
  },
  leakyRelu: {
    inputs: [a],
    build: (x) => ops.leakyRelu(x, 0.01),
    expected: f((x) => (x > 0 ? x : 0.01 * x)),
    printed: 't1: float64[2, 3] = leakyRelu<0.01>(x0)',
  },
  where: {
    inputs: [a, a, b],
    build: (c, x, y) => ops.where(ops.greater(c, 0), x, y),
    expected: pairs((x, y) => (x > 0 ? x : y)),
    printed: 't3: bool[2, 3] = greater(x0, 0)\nt4: float64[2, 3] = where(t3, x1, x2)',
  },
  cast: {
    inputs: [a],
    build: (x) => ops.cast(ops.cast(x, 'float32'), 'float64'),
    expected: a.data,
    printed: 't1: float32[2, 3] = cast<float32>(x0)\nt2: float64[2, 3] = cast<float64>(t1)',
  },
  matmul: {
    inputs: [
      { dims: [2, 2, 3], data: [...a.data, ...positive.data] },
      { dims: [3, 2], data: positive.data },
    ],
    build: ops.matmul,
    expected: product([...a.data, ...positive.data], positive.data, 4, 3, 2),
    printed: 't2: float64[2, 2, 2] = matmul(x0, x1)',
  },
  transpose: {
    inputs: [a],
    build: (x) => ops.transpose(x, [1, 0]),
    expected: [0.5, 0.75, -1.25, 3, 2, -0.5],
    printed: 't1: float64[3, 2] = transpose<1 0>(x0)',
  },
  reshape: {
    inputs: [a],
    build: (x) => ops.reshape(x, [3, 1, 2]),
    expected: a.data,
    printed: 't1: float64[3, 1, 2] = reshape(x0)',
  },
  expandAs: {
    inputs: [b, a],
    build: (x, like) => ops.exp(ops.expandAs(x, like)),
    expected: pairs((_x, y) => Math.exp(y)),
    printed: 't2: float64[2, 3] = expandAs(x0, x1)\nt3: float64[2, 3] = exp(t2)',
  },
  sum: { inputs: [a], build: (x) => ops.sum(x, [-1]), expected: [1.25, 3.25], printed: 't1: float64[2] = sum<1>(x0)' },
  gather: {
    inputs: [a, { dims: [3], data: [1, 0, -1], dtype: 'int32' }],
    build: ops.gather,
    expected: [0.75, 3, -0.5, 0.5, -1.25, 2, 0.75, 3, -0.5],
    printed: 't2: float64[3, 3] = gather(x0, x1)',
    derivative: 'refused',
  },
  split: {
    inputs: [a],
    build: (x) => ops.exp(second(ops.split(x, 1, [1, 2]))),
    expected: [-1.25, 2, 3, -0.5].map(Math.exp),
    printed: 't1: float64[2, 1], t2: float64[2, 2] = split<1: 1 2>(x0)\nt3: float64[2, 2] = exp(t2)',
  },
  concat: {
    inputs: [a, positive],
    build: (x, y) => ops.concat([x, y], 1),
    expected: [0.5, -1.25, 2, 0.5, 1.25, 2, 0.75, 3, -0.5, 0.75, 3, 0.125],
    printed: 't2: float64[2, 6] = concat<1>(x0, x1)',
  },
  customGradient: {
    inputs: [a],
    build: (x) => second([x, ...customGradient([x], [ops.exp(x)], (_x, [y = x], [g]) => [g && ops.mul(g, y)])]),
    expected: f(Math.exp),
    printed: 't1: float64[2, 3] = exp(x0)\nt2: float64[2, 3] = customGradient(x0, t1)',
  },
  scan: {
    inputs: [b, a],
    build: (x, xs) => scan([x], [xs], ([s], [slice]) => ({ states: [ops.mul(s, slice)], outputs: [] })).states[0],
    expected: [0.5625, 7.5, -0.25],
    printed: `t2: float64[3] = scan(x0, x1)
  state (t3), slice (t4), for each of 2:
  t5: float64[3] = mul(t3, t4)
  next (t5), output ()`,
    derivative: 'refused',
  },
}

describe('every operator computes, prints and differentiates', () => {
  for (const [kind, given] of Object.entries(cases)) {
    it(kind, async () => {
      const inputs = given.inputs.map(({ dims, dtype }, i) => ops.input(`x${i}`, dtype ?? 'float64', dims))
      const y = given.build(...inputs)
      const lines = print({ y })
        .trimEnd()
        .split('\n')
        .slice(0, -1)
        .filter((line) => !line.endsWith('= input()'))
      // Inputs are numbered too, in the order of their construction.
      assert.equal(lines.join('\n'), given.printed)

      const values: Given[] = inputs.map((tensor, i) => ({
        tensor,
        dims: given.inputs[i]?.dims ?? [],
        data: given.inputs[i]?.data ?? [],
      }))
      const { y: computed = [] } = await evaluate(used(values, y), { y })
      near(computed, given.expected, 1e-14, kind)
      await checkDerivative(y, values, given.derivative ?? 'differences')
    })
  }
})

async function checkDerivative(
  y: Tensor,
  values: readonly Given[],
  kind: NonNullable<Case['derivative']>,
): Promise<void> {
  const floats = values.filter(({ tensor }) => tensor.dtype === 'float64')
  const inputs = floats.map(({ tensor }) => tensor)
  // Unequal weights: a rule that mixes up elements must not cancel out.
  const axes = y.shape.map((_, axis) => axis)
  const size = y.shape.reduce<number>((n, dim) => n * Number(dim), 1)
  const weights = ops.constant(
    Array.from({ length: size }, (_, i) => Math.sin(1 + i)),
    'float64',
    y.shape.map(Number),
  )
  const loss = ops.sum(ops.mul(y, weights), axes)
  if (kind === 'refused') {
    assert.throws(() => gradients(loss, inputs), { code: 'NOT_DIFFERENTIABLE' })
    return
  }
  const grads = Object.fromEntries(gradients(loss, inputs).map((grad, i) => [`g${i}`, grad]))
  const run = await compile(
    values.map(({ tensor }) => tensor),
    { loss, ...grads },
  )
  const analytic = await run(values)
  // Through a float32 (cast), differences need larger steps and the gradient itself has 24 bits.
  const single = y.node.op.kind === 'cast'
  for (const [i, { tensor, data }] of floats.entries()) {
    const numeric: number[] = []
    for (const [k, x] of data.entries()) {
      const h = single ? 2 ** -10 : 2 ** -17
      const at = async (moved: number) => {
        const shifted = values.map((given) =>
          given.tensor === tensor ? { ...given, data: given.data.with(k, moved) } : given,
        )
        return (await run(shifted)).loss?.[0] ?? Number.NaN
      }
      numeric.push(((await at(x + h)) - (await at(x - h))) / (2 * h))
    }
    near(
      analytic[`g${i}`] ?? [],
      kind === 'zero' ? data.map(() => 0) : numeric,
      single ? 1e-7 : 1e-8,
      `derivative to input ${i}`,
    )
  }
}

/** A graph must not be given inputs that it does not have; those that nothing uses are left out of it. */
function used(values: readonly Given[], y: Tensor): Given[] {
  const text = print({ y })
  return values.filter(({ tensor }) => tensor.node.op.kind === 'input' && text.includes(`${tensor.node.op.name}:`))
}

function near(actual: readonly number[], expected: readonly number[], tolerance: number, what: string): void {
  assert.equal(actual.length, expected.length, `number of elements of ${what}`)
  for (const [i, x] of expected.entries()) {
    const error = Math.abs((actual[i] ?? Number.NaN) - x) / Math.max(1, Math.abs(x))
    assert.ok(error <= tolerance, `${what}[${i}]: ${actual[i]}, expected ${x}`)
  }
}

function product(p: readonly number[], q: readonly number[], m: number, k: number, n: number): number[] {
  return Array.from({ length: m * n }, (_, i) => {
    let sum = 0
    for (let l = 0; l < k; l++) sum += (p[Math.floor(i / n) * k + l] ?? 0) * (q[l * n + (i % n)] ?? 0)
    return sum
  })
}

function second(tensors: readonly Tensor[]): Tensor {
  const [, tensor] = tensors
  assert.ok(tensor)
  return tensor
}
