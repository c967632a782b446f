import { requireInteger } from '../check.js'
import { customGradient } from '../graph/customGradient.js'
import {
  add,
  concat,
  constant,
  expandAs,
  gather,
  matmul,
  mul,
  reshape,
  sigmoid,
  split,
  square,
  sub,
  sum,
  tanh,
  transpose,
  transposeLast,
} from '../graph/ops.js'
import { scan } from '../graph/scan.js'
import type { Tensor } from '../graph/tensor.js'
import type { Frame, Module } from './module.js'

/** x */
export function lstm(name: string, hidden: number): Module {
  requireInteger('hidden', hidden, 1)
  return (x, frame) => batchMajor(overTime(name, hidden, timeMajor(x), frame))
}

/** x */
export function lstmStack(name: string, hidden: readonly number[]): Module {
  for (const [i, units] of hidden.entries()) requireInteger(`hidden[${i}]`, units, 1)
  return (x, frame) =>
    batchMajor(hidden.reduce((h, units, i) => overTime(`${name}.${i}`, units, h, frame), timeMajor(x)))
}

function overTime(name: string, hidden: number, x: Tensor, frame: Frame): Tensor {
  const size = Number(x.shape[3])
  const weightIh = frame.parameter(`${name}.weight_ih`, [size, 4 * hidden], hidden)
  const weightHh = frame.parameter(`${name}.weight_hh`, [hidden, 4 * hidden], hidden)
  const biasIh = frame.parameter(`${name}.bias_ih`, [4 * hidden], hidden)
  const biasHh = frame.parameter(`${name}.bias_hh`, [4 * hidden], hidden)
  const [replicas = 1] = weightIh.shape
  const bias = reshape(add(biasIh, biasHh), [replicas, 1, 4 * hidden])
  const inputs = [x, weightIh, weightHh, bias] as const
  const { h, ...saved } = forward(x, weightIh, weightHh, bias, hidden)
  const [y = h] = customGradient(inputs, [h], (_inputs, _outputs, [dh]) =>
    dh === undefined ? [] : backward(x, weightIh, weightHh, hidden, saved, dh),
  )
  return y
}

function forward(x: Tensor, weightIh: Tensor, weightHh: Tensor, bias: Tensor, hidden: number) {
  const projected = add(matmul(x, weightIh), bias)
  const [like = x] = split(gather(projected, constant(0, 'int32')), 2, [hidden, 3 * hidden])
  const zero = expandAs(constant(0, x.dtype), like)
  const { outputs } = scan([zero, zero], [projected], ([h, c], [slice]) => {
    const z = add(matmul(h, weightHh), slice)
    const [zif = z, zg = z, zo = z] = split(z, 2, [2 * hidden, hidden, hidden])
    const inOut = sigmoid(zif)
    const [i = z, f = z] = split(inOut, 2, [hidden, hidden])
    const g = tanh(zg)
    const o = sigmoid(zo)
    const next = add(mul(f, c), mul(i, g))
    const squashed = tanh(next)
    const out = mul(o, squashed)
    return { states: [out, next], outputs: [out, h, c, inOut, g, o, squashed] }
  })
  const [h, previousH, previousC, inputForget, g, o, squashed] = outputs
  return { zero, h, previousH, previousC, inputForget, g, o, squashed }
}

function backward(
  x: Tensor,
  weightIh: Tensor,
  weightHh: Tensor,
  hidden: number,
  { zero, previousH, previousC, inputForget, g, o, squashed }: Omit<ReturnType<typeof forward>, 'h'>,
  dy: Tensor,
): Tensor[] {
  const transposed = transposeLast(weightHh)
  const { outputs } = scan(
    [zero, zero],
    [dy, previousC, inputForget, g, o, squashed],
    ([dh, dc], [dyT, c, ift, gT, oT, tc]) => {
      const [i = ift, f = ift] = split(ift, 2, [hidden, hidden])
      const dhT = add(dyT, dh)
      const dcT = add(dc, mul(mul(dhT, oT), sub(1, square(tc))))
      const dif = mul(concat([mul(dcT, gT), mul(dcT, c)], 2), sub(ift, square(ift)))
      const dg = mul(mul(dcT, i), sub(1, square(gT)))
      const dO = mul(mul(dhT, tc), sub(oT, square(oT)))
      const dz = concat([dif, dg, dO], 2)
      return { states: [matmul(dz, transposed), mul(dcT, f)], outputs: [dz] }
    },
    { reverse: true },
  )
  const [dz] = outputs
  const rows = together(dz)
  const dBias = sum(rows, [1], true)
  return [
    matmul(dz, transposeLast(weightIh)),
    matmul(transposeLast(together(x)), rows),
    matmul(transposeLast(together(previousH)), rows),
    dBias,
  ]
}

/** [R, B, T, F] to [T, R, B, F]. */
function timeMajor(x: Tensor): Tensor {
  return transpose(x, [2, 0, 1, 3])
}

/** [T, R, B, F] to [R, B, T, F]. */
function batchMajor(x: Tensor): Tensor {
  return transpose(x, [1, 2, 0, 3])
}

function together(x: Tensor): Tensor {
  const [t = 1, r = 1, b = 1, f = 1] = x.shape
  return reshape(transpose(x, [1, 0, 2, 3]), [r, typeof b === 'number' ? Number(t) * b : `${t}·${b}`, f])
}
