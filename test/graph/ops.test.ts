import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { customGradient } from '../../src/graph/customGradient.js'
import { gradients } from '../../src/graph/grad.js'
import { conv2d, conv2dFilters, convTranspose2d, scatterAdd, take } from '../../src/graph/imageOps.js'
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

/** Two images of two channels of 3 × 3, and 2 × 2 filters of 2 × 3: exact in float32, and so are all sums of products. */
const images = { dims: [2, 3, 3, 2], data: Array.from({ length: 36 }, (_, i) => (((5 * i) % 13) - 6) / 4) }
const filters = { dims: [2, 2, 2, 3], data: Array.from({ length: 24 }, (_, i) => (((3 * i) % 11) - 5) / 2) }

/** In float32, the only type that ONNX Runtime has these operators for, between casts. */
function single(build: (...inputs: Tensor[]) => Tensor): (...inputs: Tensor[]) => Tensor {
  return (...inputs) => ops.cast(build(...inputs.map((x) => ops.cast(x, 'float32'))), 'float64')
}
function cast32(lines: string, second: readonly number[] = filters.dims): string {
  return `t2: float32[2, 3, 3, 2] = cast<float32>(x0)
t3: float32[${second.join(', ')}] = cast<float32>(x1)
t4: float32[1, 2, 3, 3, 2] = reshape(t2)
${lines}`
}

/** Element [c, i, j, n] of images [2, 3, 3, 2]; 0 outside. */
function pixel(x: readonly number[], n: number, c: number, i: number, j: number): number {
  return i < 0 || j < 0 || i > 2 || j > 2 ? 0 : (x[((c * 3 + i) * 3 + j) * 2 + n] ?? Number.NaN)
}
const range = (n: number) => Array.from({ length: n }, (_, i) => i)

/** The definition of `conv2d`, for filters [2, 2, 2, 3]. */
function correlate(x: readonly number[], w: readonly number[], p: number): number[] {
  const at = (n: number, o: number, i: number, j: number) => {
    let sum = 0
    for (const c of range(2))
      for (const k of range(2))
        for (const l of range(3)) sum += pixel(x, n, c, i + k - p, j + l - p) * (w[((o * 2 + c) * 2 + k) * 3 + l] ?? 0)
    return sum
  }
  const [height, width] = [3 + 2 * p - 1, 3 + 2 * p - 2]
  return range(2).flatMap((o) =>
    range(height).flatMap((i) => range(width).flatMap((j) => range(2).map((n) => at(n, o, i, j)))),
  )
}

/** The definition of `convTranspose2d`, for filters [2, 2, 2, 3]: every pixel adds its multiple of the filters. */
function spread(x: readonly number[], w: readonly number[], p: number): number[] {
  const [height, width] = [3 - 2 * p + 1, 3 - 2 * p + 2]
  const y = Array<number>(4 * height * width).fill(0)
  for (const n of range(2))
    for (const o of range(2))
      for (const c of range(2))
        for (const i of range(3))
          for (const j of range(3))
            for (const k of range(2))
              for (const l of range(3)) {
                const [row, column] = [i + k - p, j + l - p]
                if (row < 0 || column < 0 || row >= height || column >= width) continue
                const at = ((o * height + row) * width + column) * 2 + n
                y[at] = (y[at] ?? 0) + pixel(x, n, c, i, j) * (w[((c * 2 + o) * 2 + k) * 3 + l] ?? 0)
              }
  return y
}

/** The definition of `conv2dFilters`, for cotangents [2, 2, 2, 2] and no padding. */
function filterSums(x: readonly number[], g: readonly number[]): number[] {
  const at = (o: number, c: number, k: number, l: number) => {
    let sum = 0
    for (const n of range(2))
      for (const i of range(2))
        for (const j of range(2)) sum += pixel(x, n, c, i + k, j + l) * (g[((o * 2 + i) * 2 + j) * 2 + n] ?? 0)
    return sum
  }
  return range(2).flatMap((o) => range(2).flatMap((c) => range(2).flatMap((k) => range(2).map((l) => at(o, c, k, l)))))
}

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
  tanh: { inputs: [a], build: ops.tanh, expected: f(Math.tanh), printed: 't1: float64[2, 3] = tanh(x0)' },
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
  clip: {
    inputs: [a],
    build: (x) => ops.clip(x, -1, 1.5),
    expected: f((x) => Math.min(Math.max(x, -1), 1.5)),
    printed: 't1: float64[2, 3] = clip<-1 1.5>(x0)',
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
  take: {
    inputs: [a, { dims: [2, 2], data: [5, 0, 2, 2], dtype: 'int64' }],
    build: take,
    expected: [-0.5, 0.5, 2, 2],
    printed: 't2: float64[2, 2] = take(x0, x1)',
  },
  scatterAdd: {
    inputs: [a, { dims: [3], data: [4, 1, 4], dtype: 'int64' }, b],
    build: scatterAdd,
    expected: [0.5, -3.25, 2, 0.75, 4.75, -0.5],
    printed: 't3: float64[2, 3] = scatterAdd(x0, x1, x2)',
  },
  conv2d: {
    inputs: [images, filters],
    build: single((x, w) => conv2d(x, w, 1)),
    expected: correlate(images.data, filters.data, 1),
    printed: cast32(`t5: float32[1, 2, 4, 3, 2] = conv2d<1>(t4, t3)
t6: float32[2, 4, 3, 2] = reshape(t5)
t7: float64[2, 4, 3, 2] = cast<float64>(t6)`),
  },
  convTranspose2d: {
    inputs: [images, filters],
    build: single((x, w) => convTranspose2d(x, w, 1)),
    expected: spread(images.data, filters.data, 1),
    printed: cast32(`t5: float32[1, 2, 2, 3, 2] = convTranspose2d<1>(t4, t3)
t6: float32[2, 2, 3, 2] = reshape(t5)
t7: float64[2, 2, 3, 2] = cast<float64>(t6)`),
  },
  conv2dFilters: {
    inputs: [images, { dims: [2, 2, 2, 2], data: filters.data.slice(0, 16) }],
    build: single((x, g) => conv2dFilters(x, g, 0)),
    expected: filterSums(images.data, filters.data.slice(0, 16)),
    printed: cast32(
      `t5: float32[1, 2, 2, 2, 2] = reshape(t3)
t6: float32[2, 2, 2, 2] = conv2dFilters<0>(t4, t5)
t7: float64[2, 2, 2, 2] = cast<float64>(t6)`,
      [2, 2, 2, 2],
    ),
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
  // Unequal weights: a rule that mixes up elements must not cancel out. Exact in float32.
  const axes = y.shape.map((_, axis) => axis)
  const size = y.shape.reduce<number>((n, dim) => n * Number(dim), 1)
  const weights = ops.constant(
    Array.from({ length: size }, (_, i) => Math.round(64 * Math.sin(1 + i)) / 64),
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
  const singlePrecision = y.node.op.kind === 'cast'
  for (const [i, { tensor, data }] of floats.entries()) {
    const numeric: number[] = []
    for (const [k, x] of data.entries()) {
      const h = singlePrecision ? 2 ** -10 : 2 ** -17
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
      singlePrecision ? 1e-7 : 1e-8,
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
