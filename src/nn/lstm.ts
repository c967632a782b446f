import { anything, at, list } from '../check.js'
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
import { requireLayer, sequenceSizes } from './layers.js'
import type { Frame, Module } from './module.js'

/**
 * A layer of long short-term memory (Hochreiter and Schmidhuber, 1997; with the forget gate of Gers et al., 2000), as
 * PyTorch's nn.LSTM: hidden states of all steps, [R, B, T, F] → [R, B, T, hidden]. From h = c = 0, for each step,
 *
 *     i, f, g, o = σ, σ, tanh, σ of x·W_ih + b_ih + h·W_hh + b_hh
 *     c ← f∘c + i∘g
 *     h ← o∘tanh(c)
 *
 * The parameters are `name.weight_ih` [F, 4·hidden] and `name.weight_hh` [hidden, 4·hidden], PyTorch's transposed, and
 * `name.bias_ih` and `name.bias_hh` [4·hidden], with the gates in the order i, f, g, o; all start within ±1/√hidden,
 * PyTorch's default. For each step of each sample training keeps F + 8·hidden + 1 numbers until the gradient is done,
 * evaluation only the hidden state. Errors: `WRONG_TYPE`, `OUT_OF_RANGE`; once applied, `SHAPE_MISMATCH` where samples are no sequences [T, F].
 */
export function lstm(name: string, hidden: number): Module {
  requireLayer(name, { 'hidden units': hidden })
  return (x, frame) => batchMajor(layer(name, hidden, timeMajor(name, x), frame))
}

/** Layers `name.0`, `name.1`, … of the given hidden sizes, one after the other, each as `lstm`. */
export function lstmStack(name: string, hidden: readonly number[]): Module {
  requireLayer(name)
  list(anything)(`hidden units of layer '${name}'`, hidden)
  for (const [i, units] of hidden.entries()) requireLayer(`${name}.${i}`, { 'hidden units': units })
  return (x, frame) => {
    // Between the layers time stays the first axis, which their loops run over.
    const steps = hidden.reduce((h, units, i) => layer(`${name}.${i}`, units, h, frame), timeMajor(`${name}.0`, x))
    return batchMajor(steps)
  }
}

/** [R, B, T, F] → [T, R, B, F]. */
function timeMajor(name: string, x: Tensor): Tensor {
  sequenceSizes(name, x)
  return transpose(x, [2, 0, 1, 3])
}

/** [T, R, B, F] → [R, B, T, F]. */
function batchMajor(x: Tensor): Tensor {
  return transpose(x, [1, 2, 0, 3])
}

/** The layer on time-major sequences, [T, R, B, F] → [T, R, B, hidden]. */
function layer(name: string, hidden: number, x: Tensor, frame: Frame): Tensor {
  const size = Number(x.shape[3])
  const inputWeight = frame.parameter(`${name}.weight_ih`, [size, 4 * hidden], hidden)
  const recurrentWeight = frame.parameter(`${name}.weight_hh`, [hidden, 4 * hidden], hidden)
  const inputBias = frame.parameter(`${name}.bias_ih`, [4 * hidden], hidden)
  const recurrentBias = frame.parameter(`${name}.bias_hh`, [4 * hidden], hidden)
  const bias = reshape(add(inputBias, recurrentBias), [at(inputBias.shape, 0), 1, 4 * hidden])
  const { h, ...kept } = forward(x, concat([inputWeight, recurrentWeight, bias], 1), hidden)
  const [y] = customGradient([x, inputWeight, recurrentWeight, bias], [h], (_inputs, _outputs, [dh]) =>
    dh === undefined ? [] : backward(dh, inputWeight, recurrentWeight, kept),
  )
  return y
}

/**
 * All steps, and what their derivative needs. `weight` is [W_ih; W_hh; b], so that one product [x, h, 1]·weight makes the
 * pre-activations. One product of all steps' x with W_ih outside the loop was slower: it has to be written
 * to memory and read again, and leaves a second product and a sum to every step.
 */
function forward(x: Tensor, weight: Tensor, hidden: number) {
  const one = expandAs(constant(1, x.dtype), sum(gather(x, constant(0, 'int32')), [2], true))
  const zero = mul(one, constant(Array<number>(hidden).fill(0), x.dtype, [hidden]))
  const { outputs } = scan([zero, zero], [x], ([h, c], [xt]) => {
    const source = concat([xt, h, one], 2)
    const z = matmul(source, weight)
    const [zInputForget, zCell, zOutput] = split(z, 2, [2 * hidden, hidden, hidden])
    const inputForget = sigmoid(zInputForget)
    const g = tanh(zCell)
    const o = sigmoid(zOutput)
    const [i, f] = split(inputForget, 2, [hidden, hidden])
    const nextC = add(mul(f, c), mul(i, g))
    const squashed = tanh(nextC)
    const nextH = mul(o, squashed)
    return { states: [nextH, nextC], outputs: [nextH, source, c, inputForget, g, o, squashed] }
  })
  const [h, source, c, inputForget, g, o, squashed] = outputs
  return { h, zero, weight, source, c, inputForget, g, o, squashed }
}

type Kept = Omit<ReturnType<typeof forward>, 'h'>

/**
 * The cotangents of x, W_ih, W_hh and b, given that of all hidden states: one loop from the last step to the first, which
 * adds up the weights' gradient as it goes. Products over all steps at once after the loop were slower, for the
 * same reason as in `forward`, and need memory for the cotangents of all pre-activations.
 */
function backward(dy: Tensor, inputWeight: Tensor, recurrentWeight: Tensor, kept: Kept): readonly Tensor[] {
  const { zero, weight, source } = kept
  const size = Number(inputWeight.shape[1])
  const hidden = Number(recurrentWeight.shape[1])
  const toInput = transposeLast(inputWeight)
  const toHidden = transposeLast(recurrentWeight)
  const { states, outputs } = scan(
    [zero, zero, expandAs(constant(0, dy.dtype), weight)],
    [dy, source, kept.c, kept.inputForget, kept.g, kept.o, kept.squashed],
    ([dhNext, dcNext, dWeight], [dyt, xh, c, inputForget, g, o, squashed]) => {
      const [i, f] = split(inputForget, 2, [hidden, hidden])
      const dh = add(dyt, dhNext)
      const dc = add(dcNext, mul(mul(dh, o), sub(1, square(squashed))))
      const dInputForget = mul(concat([mul(dc, g), mul(dc, c)], 2), sub(inputForget, square(inputForget)))
      const dCell = mul(mul(dc, i), sub(1, square(g)))
      const dOutput = mul(mul(dh, squashed), sub(o, square(o)))
      const dz = concat([dInputForget, dCell, dOutput], 2)
      return {
        states: [matmul(dz, toHidden), mul(dc, f), add(dWeight, matmul(transposeLast(xh), dz))],
        outputs: [matmul(dz, toInput)],
      }
    },
    { reverse: true },
  )
  return [outputs[0], ...split(states[2], 1, [size, hidden, 1])]
}
