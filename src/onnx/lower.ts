import { at } from '../check.js'
import { ScoringBiasError } from '../errors.js'
import type { OpKind, OpOf, ScanBody } from '../graph/op.js'
import {
  ancestors,
  type DType,
  mismatch,
  type Node,
  type Scope,
  type Shape,
  showShape,
  type Tensor,
} from '../graph/tensor.js'
import {
  type AttributeProto,
  attribute,
  type GraphProto,
  type NodeProto,
  type TensorProto,
  tensorProto,
  valueInfo,
} from './messages.js'

/** The operators of ONNX that graphs are made of. */
export const operators = [
  'Add',
  'Cast',
  'Clip',
  'Concat',
  'Conv',
  'ConvTranspose',
  'Div',
  'Exp',
  'Expand',
  'Gather',
  'Greater',
  'GreaterOrEqual',
  'Identity',
  'LeakyRelu',
  'Log',
  'MatMul',
  'Max',
  'Mul',
  'Neg',
  'Pow',
  'ReduceSum',
  'Reshape',
  'ScatterElements',
  'Scan',
  'Shape',
  'Sigmoid',
  'Split',
  'Sqrt',
  'Sub',
  'Tanh',
  'Transpose',
  'Where',
] as const

type Operator = (typeof operators)[number]

/**
 * The ONNX graph that computes named outputs from the named inputs, which it lists in the given order.
 * Only operators of the standard's default domain are used. Equal graphs give equal bytes.
 */
export function lower(name: string, inputs: readonly Tensor[], outputs: Readonly<Record<string, Tensor>>): GraphProto {
  const given = inputs.map((tensor): Named => [nameOfInput(tensor), tensor])
  const computed = Object.entries(outputs)
  const names = [...given, ...computed].map(([own]) => own)
  const clash = names.find((own, i) => names.indexOf(own) !== i)
  if (clash !== undefined) {
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      `'${clash}' names two inputs or outputs of a model. ONNX wants different names`,
    )
  }
  return new Emitter(undefined, undefined).emit(name, given, computed)
}

type Named = readonly [name: string, tensor: Tensor]

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
    const target = reshapeTarget(at(node.inputs, 0).shape, shape)
    e.node('Reshape', [...e.inputs(node), e.ints(target)], e.outputs(node))
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
  // Images are one image with three axes, the last of which filters do not run over: one product of matrices makes all of
  // them, from stretches of memory as long as the batch.
  conv2d: (e, node, { padding }) => {
    const [x, w] = e.pair(node)
    const filters = e.one('Reshape', [w, e.ints([...knownSizes(at(node.inputs, 1)), 1])])
    e.node('Conv', [x, filters], e.outputs(node), [pads(padding, padding, 0)])
  },
  convTranspose2d: (e, node, { padding: p }) => {
    const [x, w] = e.pair(node)
    const [c, o, k, l] = knownSizes(at(node.inputs, 1))
    if (o < fewChannels || p >= Math.min(k, l)) return spread(e, node, p)
    // A convolution with the filters turned by half a turn, which ONNX Runtime computes much faster.
    const rows = e.one('Reshape', [w, e.ints([c, o, k * l])])
    const turns = e.ints(Array.from({ length: k * l }, (_, i) => k * l - 1 - i))
    const turned = e.one('Gather', [rows, turns], [attribute.int('axis', 2)])
    const exchanged = e.one('Transpose', [turned], [attribute.ints('perm', [1, 0, 2])])
    const filters = e.one('Reshape', [exchanged, e.ints([o, c, k, l, 1])])
    e.node('Conv', [x, filters], e.outputs(node), [pads(k - 1 - p, l - 1 - p, 0)])
  },
  conv2dFilters: (e, node, op) => {
    // Σ over images: a convolution whose filters are the cotangents. With the images' own channels side by side in its
    // columns, dilated by their number, one product of matrices makes them all.
    const [o, c, k, l] = knownSizes(at(node.outputs, 0))
    const sums = c < fewChannels ? filterSumsOfFew(e, node, op) : filterSums(e, node, op)
    const rows = e.one('Reshape', [sums, e.ints([o, k, l, c])])
    e.node('Transpose', [rows], e.outputs(node), [attribute.ints('perm', [0, 3, 1, 2])])
  },
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

/** What an operator computes with: a stated derivative does not need the values that it is stated for. */
function needed({ op, inputs }: Node): readonly Tensor[] {
  return op.kind === 'customGradient' ? inputs.slice(op.nInputs) : inputs
}

/** As much before an axis as after it. */
function pads(...sizes: readonly number[]): AttributeProto {
  return attribute.ints('pads', [...sizes, ...sizes])
}

/** Fewer channels than this do not fill the vectors of a product of matrices: other ways to compute it are faster. */
const fewChannels = 4

/** `convTranspose2d` by ONNX's own, which has no fast kernel for three axes: image by image. */
function spread(e: Emitter, node: Node, p: number): void {
  const [x, w] = e.pair(node)
  const [, c, height, width] = knownSizes(at(node.inputs, 0))
  const [, o, newHeight, newWidth] = knownSizes(at(node.outputs, 0))
  const exchange = attribute.ints('perm', [1, 0])
  const columns = e.one('Reshape', [x, e.ints([c * height * width, -1])])
  const images = e.one('Reshape', [e.one('Transpose', [columns], [exchange]), e.ints([-1, c, height, width])])
  const result = e.one('ConvTranspose', [images, w], [pads(p, p)])
  const rows = e.one('Reshape', [result, e.ints([-1, o * newHeight * newWidth])])
  const last = e.one('Transpose', [rows], [exchange])
  e.node('Reshape', [last, e.ints([1, o, newHeight, newWidth, -1])], e.outputs(node))
}

/** With the images as the innermost of three axes that the filters run over. */
function filterSums(e: Emitter, node: Node, { padding: p }: OpOf<'conv2dFilters'>): string {
  const [x, g] = e.pair(node)
  const [, c, height, width] = knownSizes(at(node.inputs, 0))
  const [, o, h, w] = knownSizes(at(node.inputs, 1))
  const pixels = e.one('Reshape', [x, e.ints([c, -1])])
  const turned = e.one('Transpose', [pixels], [attribute.ints('perm', [1, 0])])
  const image = e.one('Reshape', [turned, e.ints([1, 1, height, width, -1])])
  const filters = e.one('Reshape', [g, e.ints([o, 1, h, w, -1])])
  return e.one('Conv', [image, filters], [pads(p, p, 0), attribute.ints('dilations', [1, 1, c])])
}

/** With the images as channels: where few channels lie side by side, `filterSums` would gather them one by one. */
function filterSumsOfFew(e: Emitter, node: Node, { padding: p }: OpOf<'conv2dFilters'>): string {
  const [x, g] = e.pair(node)
  const [, c, height, width] = knownSizes(at(node.inputs, 0))
  const [, o, h, w] = knownSizes(at(node.inputs, 1))
  // In three axes: ONNX Runtime exchanges two of them much faster than among five.
  const pixels = e.one('Reshape', [x, e.ints([c, height * width, -1])])
  const turned = e.one('Transpose', [pixels], [attribute.ints('perm', [2, 1, 0])])
  const image = e.one('Reshape', [turned, e.ints([1, -1, height, width * c])])
  const columns = e.one('Reshape', [g, e.ints([o, h * w, -1])])
  const rows = e.one('Transpose', [columns], [attribute.ints('perm', [0, 2, 1])])
  const filters = e.one('Reshape', [rows, e.ints([o, -1, h, w])])
  return e.one('Conv', [image, filters], [pads(p, p * c), attribute.ints('dilations', [1, c])])
}

/** The first four sizes; −1 for one that has a name. */
function knownSizes({ shape }: Tensor): [number, number, number, number] {
  const size = (axis: number): number => Number(typeof shape[axis] === 'string' ? -1 : at(shape, axis))
  return [size(0), size(1), size(2), size(3)]
}

/** An operator that is one node of ONNX with the same operands. */
function plain<O>(opType: Operator, attributes: (op: O) => AttributeProto[] = () => []) {
  return (e: Emitter, node: Node, op: O): void => e.node(opType, e.inputs(node), e.outputs(node), attributes(op))
}

/** Collects the nodes and constants of one graph; the bodies of its loops have emitters of their own. */
class Emitter {
  readonly #nodes: NodeProto[] = []
  readonly #constants = new Map<string, TensorProto>()
  readonly #names: Map<Tensor, string>
  readonly #counter: { next: number }
  readonly #scope: Scope | undefined
  #used: ReadonlySet<Tensor> = new Set()

  constructor(parent: Emitter | undefined, scope: Scope | undefined) {
    // Names are unique over a graph and its bodies, as the standard wants; bodies see the names outside them.
    this.#names = new Map(parent === undefined ? [] : parent.#names)
    this.#counter = parent === undefined ? { next: 0 } : parent.#counter
    this.#scope = scope
  }

  emit(name: string, inputs: readonly Named[], outputs: readonly Named[]): GraphProto {
    for (const [own, tensor] of inputs) this.#names.set(tensor, own)
    for (const [outputName, tensor] of outputs) {
      // An output that is an input, comes from outside, or appears twice is copied by an Identity below.
      const own =
        tensor.node.scope === this.#scope &&
        tensor.node.op.kind !== 'constant' &&
        tensor.node.op.kind !== 'customGradient'
      if (own && !this.#names.has(tensor)) this.#names.set(tensor, outputName)
    }
    const results = outputs.map(([, tensor]) => tensor)
    const given = new Set(inputs.map(([, tensor]) => tensor))
    const nodes = ancestors(results, needed)
    this.#used = new Set([...results, ...nodes.flatMap(needed)])
    for (const node of nodes) {
      if (node.scope !== this.#scope || node.outputs.every((tensor) => given.has(tensor))) continue
      // The compiler cannot see that the emission taken at an operator's kind is the one for that operator.
      const emit = emits[node.op.kind] as Emit<OpKind>
      emit(this, node, node.op)
    }
    for (const [outputName, tensor] of outputs) {
      if (this.name(tensor) !== outputName) this.node('Identity', [this.name(tensor)], [outputName])
    }
    return {
      name,
      node: this.#nodes,
      initializer: [...this.#constants.values()],
      input: inputs.map((named) => valueInfo(...named)),
      output: outputs.map((named) => valueInfo(...named)),
    }
  }

  /** The body of a loop. */
  body({ scope, states, slices, nextStates, outputs }: ScanBody): GraphProto {
    const emitter = new Emitter(this, scope)
    const named = (tensors: readonly Tensor[]) => tensors.map((tensor): Named => [this.fresh(), tensor])
    return emitter.emit('body', named([...states, ...slices]), named([...nextStates, ...outputs]))
  }

  node(
    opType: Operator,
    input: readonly string[],
    output: readonly string[],
    attributes: NodeProto['attribute'] = [],
  ): void {
    this.#nodes.push({ opType, input: [...input], output: [...output], attribute: attributes })
  }

  /** A node of one output that no tensor stands for; returns the output's name. */
  one(opType: Operator, input: readonly string[], attributes: NodeProto['attribute'] = []): string {
    const name = this.fresh()
    this.node(opType, input, [name], attributes)
    return name
  }

  inputs(node: Node): string[] {
    return node.inputs.map((tensor) => this.name(tensor))
  }

  /** Of an operator of two operands. */
  pair(node: Node): [string, string] {
    const inputs = this.inputs(node)
    return [at(inputs, 0), at(inputs, 1)]
  }

  outputs(node: Node): string[] {
    return node.outputs.map((tensor) => {
      const name = this.#names.get(tensor) ?? this.fresh()
      this.#names.set(tensor, name)
      return name
    })
  }

  name(tensor: Tensor): string {
    const { op } = tensor.node
    const name = this.#names.get(tensor)
    if (name !== undefined) return name
    if (op.kind !== 'constant') throw mismatch('encodeModel', `a loop's ${op.kind} is used outside it`)
    if (!(op.data instanceof Float32Array)) return this.constant(tensor.dtype, tensor.shape, op.data)
    // Found again by its tensor: comparing the elements would cost more than storing them.
    const own = this.fresh()
    this.#names.set(tensor, own)
    this.#constants.set(own, tensorProto(own, tensor.dtype, tensor.shape.map(Number), op.data))
    return own
  }

  /** Whether anything in the graph needs the tensor. */
  isUsed(tensor: Tensor): boolean {
    return this.#used.has(tensor)
  }

  alias(tensor: Tensor, source: Tensor): void {
    this.#names.set(tensor, this.name(source))
  }

  constant(dtype: DType, shape: Shape, data: readonly number[]): string {
    const key = `${dtype}[${shape.join()}]${data.map((x) => (Object.is(x, -0) ? '-0' : x)).join()}`
    const known = this.#constants.get(key)?.name
    if (known != null) return known
    const name = this.fresh()
    this.#constants.set(key, tensorProto(name, dtype, shape.map(Number), data))
    return name
  }

  ints(data: readonly number[]): string {
    return this.constant('int64', [data.length], data)
  }

  fresh(): string {
    return `t${this.#counter.next++}`
  }
}

/** The name that an input of a graph was given. */
export function nameOfInput(tensor: Tensor): string {
  const { op } = tensor.node
  if (op.kind !== 'input') throw new ScoringBiasError('WRONG_TYPE', `a ${op.kind} cannot be an input of a model`)
  return op.name
}

/** ONNX's notation: 0 keeps the size at the same place, and one −1 stands for whatever is left. */
function reshapeTarget(from: Shape, to: Shape): number[] {
  const target = to.map((dim, axis) => (typeof dim === 'number' ? dim : from[axis] === dim ? 0 : -1))
  if (target.filter((dim) => dim === -1).length > 1) {
    throw mismatch('encodeModel', `reshape from ${showShape(from)} to ${showShape(to)} moves two named sizes`)
  }
  return target
}
