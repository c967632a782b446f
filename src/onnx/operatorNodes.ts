import { at } from '../check.js'
import { ScoringBiasError } from '../errors.js'
import type { OpKind, OpOf } from '../graph/op.js'
import { mismatch, type Node, type Shape } from '../graph/tensor.js'
import { convolution, filterGradient, transposedConvolution } from './convolutions.js'
import type { Emitter, Operator } from './emitter.js'
import { type AttributeProto, attribute } from './messages.js'

/** Adds the ONNX nodes of an operator. */
export function emitNode(e: Emitter, node: Node): void {
  // The compiler cannot see that the emission taken at an operator's kind is the one for that operator.
  const emit = emits[node.op.kind] as Emit<OpKind>
  emit(e, node, node.op)
}

type Emit<K extends OpKind> = (e: Emitter, node: Node, op: OpOf<K>) => void

/** Parts of one Split: WebGPU promises a shader no more than eight buffers, and what is split is one of them. */
const mostParts = 7

/** The ONNX nodes of every operator. */
const emits: { readonly [K in OpKind]: Emit<K> } = {
  input: (_e, _node, { name }) => {
    throw new ScoringBiasError('UNKNOWN_NAME', `the outputs need the input '${name}', which is not among the model's`)
  },
  variable: () => {
    throw mismatch('encodeModel', "a loop's variable is used outside it")
  },
  constant: () => {}, // Emitted where it is used, see `Emitter.name`.
  neg: plain('Neg'),
  exp: plain('Exp'),
  log: plain('Log'),
  sqrt: plain('Sqrt'),
  sigmoid: plain('Sigmoid'),
  tanh: plain('Tanh'),
  add: plain('Add'),
  sub: plain('Sub'),
  mul: plain('Mul'),
  div: plain('Div'),
  pow: plain('Pow'),
  maximum: plain('Max'),
  greater: plain('Greater'),
  greaterOrEqual: plain('GreaterOrEqual'),
  where: plain('Where'),
  matmul: plain('MatMul'),
  gather: plain('Gather'),
  leakyRelu: (e, node, { slope }) => {
    const x = at(e.inputs(node), 0)
    // ONNX Runtime's CPU kernel of LeakyRelu exists for float32 only.
    if (at(node.inputs, 0).dtype === 'float32')
      return e.node('LeakyRelu', [x], e.outputs(node), [attribute.float('alpha', slope)])
    const scaled = e.one('Mul', [x, e.constant('float64', [], [slope])])
    e.node('Max', [x, scaled], e.outputs(node))
  },
  clip: (e, node, { low, high }) => {
    const { dtype } = at(node.inputs, 0)
    e.node('Clip', [...e.inputs(node), e.constant(dtype, [], [low]), e.constant(dtype, [], [high])], e.outputs(node))
  },
  cast: plain('Cast', ({ to }) => [attribute.dtype('to', to)]),
  transpose: plain('Transpose', ({ permutation }) => [attribute.ints('perm', permutation)]),
  reshape: (e, node, { shape }) => {
    const from = at(node.inputs, 0).shape
    const target = reshapeTarget(from, shape)
    const isMoved = target.filter((dim) => dim === -1).length > 1
    const sizes = isMoved ? sizesWhenRun(e, node, shape) : e.ints(target)
    e.node('Reshape', [...e.inputs(node), sizes], e.outputs(node))
  },
  expandAs: (e, node) => {
    const [x, like] = e.pair(node)
    e.node('Expand', [x, e.one('Shape', [like])], e.outputs(node))
  },
  sum: (e, node, { axes, keepAxes }) =>
    e.node('ReduceSum', [...e.inputs(node), e.ints(axes)], e.outputs(node), [
      attribute.int('keepdims', keepAxes ? 1 : 0),
    ]),
  split: (e, node, { axis, sizes }) => {
    const outputs = e.outputs(node)
    const splitFrom = (i: number, x: string): void => {
      const isLast = sizes.length - i <= mostParts
      const end = isLast ? sizes.length : i + mostParts - 1
      const rest = isLast ? [] : [e.fresh()]
      const restSize = isLast ? [] : [sizes.slice(end).reduce((sum, size) => sum + size, 0)]
      const parts = e.ints([...sizes.slice(i, end), ...restSize])
      e.node('Split', [x, parts], [...outputs.slice(i, end), ...rest], [attribute.int('axis', axis)])
      for (const remaining of rest) splitFrom(end, remaining)
    }
    splitFrom(0, at(e.inputs(node), 0))
  },
  concat: plain('Concat', ({ axis }) => [attribute.int('axis', axis)]),
  take: (e, node) => {
    const [x, positions] = e.pair(node)
    e.node('Gather', [e.one('Reshape', [x, e.ints([-1])]), positions], e.outputs(node))
  },
  scatterAdd: (e, node) => {
    const inputs = e.inputs(node)
    const flat = inputs.map((name) => e.one('Reshape', [name, e.ints([-1])]))
    const sum = e.one('ScatterElements', flat, [attribute.string('reduction', 'add')])
    e.node('Reshape', [sum, e.one('Shape', [at(inputs, 0)])], e.outputs(node))
  },
  conv2d: convolution,
  convTranspose2d: transposedConvolution,
  conv2dFilters: filterGradient,
  customGradient: (e, node, { nInputs }) => {
    for (const [i, output] of node.outputs.entries()) e.alias(output, at(node.inputs, nInputs + i))
  },
  scan: (e, node, { body, reverse }) => {
    const nStates = body.states.length
    // The loop need not stack what nothing uses.
    const used = node.outputs.map((output, i) => i < nStates || e.isUsed(output))
    const outputs = body.outputs.filter((_, i) => used[nStates + i])
    const directions = (count: number) => Array<number>(count).fill(1)
    e.node(
      'Scan',
      e.inputs(node).slice(0, nStates + body.slices.length),
      e.outputs(node).filter((_, i) => used[i]),
      [
        attribute.graph('body', e.body({ ...body, outputs })),
        attribute.int('num_scan_inputs', body.slices.length),
        ...(reverse ? [attribute.ints('scan_input_directions', directions(body.slices.length))] : []),
        ...(reverse && outputs.length > 0
          ? [attribute.ints('scan_output_directions', directions(outputs.length))]
          : []),
      ],
    )
  },
}

/** An operator that is one node of ONNX with the same operands. */
function plain<O>(opType: Operator, attributes: (op: O) => AttributeProto[] = () => []) {
  return (e: Emitter, node: Node, op: O): void => e.node(opType, e.inputs(node), e.outputs(node), attributes(op))
}

/** ONNX's notation: 0 keeps the size at the same place, and −1 stands for whatever is left. There may be one of these. */
function reshapeTarget(from: Shape, to: Shape): number[] {
  return to.map((dim, axis) => (typeof dim === 'number' ? dim : from[axis] === dim ? 0 : -1))
}

/** The sizes of a shape as a value, where several named ones change their places: each is read off the operand when the graph runs. */
function sizesWhenRun(e: Emitter, node: Node, to: Shape): string {
  const { shape: from } = at(node.inputs, 0)
  const sizes = e.one('Shape', e.inputs(node))
  const parts = to.map((dim) =>
    typeof dim === 'number' ? e.ints([dim]) : e.one('Gather', [sizes, e.ints([from.indexOf(dim)])]),
  )
  return e.one('Concat', parts, [attribute.int('axis', 0)])
}
