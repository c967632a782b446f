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
  return (x, frame) => samplesSecond(layer(name, hidden, stepsFirst(name, x), frame))
}

/** Layers `name.0`, `name.1`, … of the given hidden sizes, one after the other, each as `lstm`. */
export function lstmStack(name: string, hidden: readonly number[]): Module {
  requireLayer(name)
  list(anything)(`hidden units of layer '${name}'`, hidden)
  const sizes = hidden.slice()
  for (const [i, units] of sizes.entries()) requireLayer(`${name}.${i}`, { 'hidden units': units })
  return (x, frame) => {
    // Between the layers time stays the first axis, which their loops run over, and the samples the last.
    const steps = sizes.reduce((h, units, i) => layer(`${name}.${i}`, units, h, frame), stepsFirst(`${name}.0`, x))
    return samplesSecond(steps)
  }
}

/** [R, B, T, F] → [T, R, F, B]: gates lie one after the other then, and are cut and joined as long stretches of memory. */
function stepsFirst(name: string, x: Tensor): Tensor {
  sequenceSizes(name, x)
  return transpose(x, [2, 0, 3, 1])
}

/** [T, R, F, B] → [R, B, T, F]. */
function samplesSecond(x: Tensor): Tensor {
  return transpose(x, [1, 3, 0, 2])
}

/** The layer on sequences [T, R, F, B] → [T, R, hidden, B]. */
function layer(name: string, hidden: number, x: Tensor, frame: Frame): Tensor {
  const size = Number(x.shape[2])
  const inputWeight = frame.parameter(`${name}.weight_ih`, [size, 4 * hidden], hidden)
  const recurrentWeight = frame.parameter(`${name}.weight_hh`, [hidden, 4 * hidden], hidden)
  const inputBias = frame.parameter(`${name}.bias_ih`, [4 * hidden], hidden)
  const recurrentBias = frame.parameter(`${name}.bias_hh`, [4 * hidden], hidden)
  const bias = reshape(add(inputBias, recurrentBias), [at(inputBias.shape, 0), 1, 4 * hidden])
  const weights = [inputWeight, concat([recurrentWeight, bias], 1)].map((weight) => cellLast(weight, hidden))
  const { h, ...kept } = forward(x, [at(weights, 0), at(weights, 1)], hidden)
  const [y] = customGradient([x, inputWeight, recurrentWeight, bias], [h], (_inputs, _outputs, [dh]) =>
    dh === undefined ? [] : backward(dh, kept),
  )
  return y
}

/** The columns of a weight [R, …, 4·hidden] in the order i, f, o, g, transposed: the gates with a sigmoid side by side. */
function cellLast(weight: Tensor, hidden: number): Tensor {
  const [inputForget, cell, output] = split(weight, 2, [2 * hidden, hidden, hidden])
  return transposeLast(concat([inputForget, output, cell], 2))
}

/** Undoes `cellLast`. */
function cellThird(weight: Tensor, hidden: number): Tensor {
  const [inputForget, output, cell] = split(transposeLast(weight), 2, [2 * hidden, hidden, hidden])
  return concat([inputForget, cell, output], 2)
}

/** The slices of a sequence [T, R, F, B], as they lie in memory and as they are used: products take them turned, too. */
function slices(x: Tensor): { readonly sequence: Tensor; readonly turn: (slice: Tensor) => Tensor } {
  if (x.node.op.kind !== 'transpose') return { sequence: x, turn: (slice) => slice }
  return { sequence: transposeLast(x), turn: transposeLast }
}

/**
 * All steps, and what their derivative needs. The weights are W_ihᵀ and [W_hh; b]ᵀ, so that two products make the
 * pre-activations, W_ihᵀ·x + [W_hh; b]ᵀ·[h; 1]. One product of all steps' x with W_ih outside the loop was slower: it has to be
 * written to memory and read again.
 */
function forward(x: Tensor, weights: readonly [Tensor, Tensor], hidden: number) {
  const { sequence, turn } = slices(x)
  const [ofInput, ofHidden] = weights
  const first = turn(gather(sequence, constant(0, 'int32')))
  const one = expandAs(constant(1, x.dtype), sum(first, [1], true))
  const zero = mul(one, constant(Array<number>(hidden).fill(0), x.dtype, [hidden, 1]))
  const { outputs } = scan([zero, zero], [sequence], ([h, c], [slice]) => {
    const source = concat([h, one], 1)
    const z = add(matmul(ofInput, turn(slice)), matmul(ofHidden, source))
    const [zGates, zCell] = split(z, 1, [3 * hidden, hidden])
    const gates = sigmoid(zGates)
    const g = tanh(zCell)
    const [i, f, o] = split(gates, 1, [hidden, hidden, hidden])
    const nextC = add(mul(f, c), mul(i, g))
    const squashed = tanh(nextC)
    const nextH = mul(o, squashed)
    return { states: [nextH, nextC], outputs: [nextH, source, c, gates, g, squashed] }
  })
  const [h, source, c, gates, g, squashed] = outputs
  return { h, x, zero, weights, source, c, gates, g, squashed }
}

type Kept = Omit<ReturnType<typeof forward>, 'h'>

/**
 * The cotangents of x, W_ih, W_hh and b, given that of all hidden states: one loop from the last step to the first, which
 * adds up the weights' gradient as it goes. Products over all steps at once after the loop were slower, for the
 * same reason as in `forward`, and need memory for the cotangents of all pre-activations.
 */
function backward(dy: Tensor, { x, zero, weights, ...kept }: Kept): readonly Tensor[] {
  const { sequence, turn } = slices(x)
  const [ofInput, ofHidden] = weights
  const hidden = Number(at(zero.shape, 1))
  const toInput = transposeLast(ofInput)
  const [toHidden] = split(transposeLast(ofHidden), 1, [hidden, 1])
  const none = (like: Tensor) => expandAs(constant(0, like.dtype), like)
  const { states, outputs } = scan(
    [zero, zero, none(ofInput), none(ofHidden)],
    [dy, sequence, kept.source, kept.c, kept.gates, kept.g, kept.squashed],
    ([dhNext, dcNext, dInput, dHidden], [dyt, slice, source, c, gates, g, squashed]) => {
      const [i, f, o] = split(gates, 1, [hidden, hidden, hidden])
      const dh = add(dyt, dhNext)
      const dc = add(dcNext, mul(mul(dh, o), sub(1, square(squashed))))
      const dGates = mul(concat([mul(dc, g), mul(dc, c), mul(dh, squashed)], 1), sub(gates, square(gates)))
      const dz = concat([dGates, mul(mul(dc, i), sub(1, square(g)))], 1)
      const sums = [
        add(dInput, matmul(dz, transposeLast(turn(slice)))),
        add(dHidden, matmul(dz, transposeLast(source))),
      ]
      return { states: [matmul(toHidden, dz), mul(dc, f), ...sums], outputs: [matmul(toInput, dz)] }
    },
    { reverse: true },
  )
  const [dInput, dHidden] = [cellThird(states[2], hidden), cellThird(states[3], hidden)]
  return [outputs[0], dInput, ...split(dHidden, 1, [hidden, 1])]
}
