import { at } from '../check.js'
import type { ScanBody } from '../graph/op.js'
import { ancestors, type DType, mismatch, type Node, type Scope, type Shape, type Tensor } from '../graph/tensor.js'
import { type GraphProto, type NodeProto, type TensorProto, tensorProto, valueInfo } from './messages.js'

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

export type Operator = (typeof operators)[number]

export type Named = readonly [name: string, tensor: Tensor]

/** Adds the nodes of one operator. */
export type EmitNode = (e: Emitter, node: Node) => void

/** Collects the nodes and constants of one graph; the bodies of its loops have emitters of their own. */
export class Emitter {
  readonly #nodes: NodeProto[] = []
  readonly #constants = new Map<string, TensorProto>()
  readonly #names: Map<Tensor, string>
  readonly #counter: { next: number }
  readonly #scope: Scope | undefined
  #used: ReadonlySet<Tensor> = new Set()

  readonly #emitNode: EmitNode

  /** @param emitNode adds the nodes of an operator; the rest is for the body of a loop */
  constructor(emitNode: EmitNode, parent?: Emitter, scope?: Scope) {
    this.#emitNode = emitNode
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
      this.#emitNode(this, node)
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
    const emitter = new Emitter(this.#emitNode, this, scope)
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

/** What an operator computes with: a stated derivative does not need the values that it is stated for. */
function needed({ op, inputs }: Node): readonly Tensor[] {
  return op.kind === 'customGradient' ? inputs.slice(op.nInputs) : inputs
}
