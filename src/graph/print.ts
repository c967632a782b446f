import { ancestors } from './ancestors.js'
import type { Op, OpOf, ScanBody } from './op.js'
import {
  mismatch,
  type Node,
  type Scope,
  showShape,
  showType,
  type Tensor,
  type TensorType,
  tensorRecord,
} from './tensor.js'

/** How a constant of a type and with these elements is written. */
export type ShowConstant = (type: TensorType, data: OpOf<'constant'>['data']) => string

/**
 * The graph that computes named outputs, as text: one line per node in the order of computation, loop bodies
 * indented. Equal graphs print equally, so that tests and diffs can hold on to it; weights are left out.
 * Errors: `WRONG_TYPE`; `SHAPE_MISMATCH` for what a loop computes and that is used outside it.
 */
export function print(outputs: Readonly<Record<string, Tensor>>): string {
  return printWith(outputs, inShort)
}

/** As `print`, with constants written in a way of the caller's. */
export function printWith(outputs: Readonly<Record<string, Tensor>>, showConstant: ShowConstant): string {
  tensorRecord('outputs', outputs)
  const printer = new Printer(showConstant)
  printer.scope(Object.values(outputs), undefined, '')
  for (const [name, tensor] of Object.entries(outputs))
    printer.lines.push(`return ${name}: ${showType(tensor)} = ${printer.show(tensor)}`)
  return `${printer.lines.join('\n')}\n`
}

/** Every element, and −0 as itself. */
export const inFull: ShowConstant = (type, data) => {
  const elements = Array.from(data, (x) => (Object.is(x, -0) ? '-0' : String(x)))
  return `${showType(type)}{${elements.join(' ')}}`
}

class Printer {
  readonly lines: string[] = []
  readonly #names = new Map<Tensor, string>()
  readonly #showConstant: ShowConstant

  constructor(showConstant: ShowConstant) {
    this.#showConstant = showConstant
  }

  scope(outputs: readonly Tensor[], scope: Scope | undefined, indent: string): void {
    for (const node of ancestors(outputs)) {
      const { op } = node
      if (node.scope !== scope || op.kind === 'constant' || op.kind === 'variable') continue
      for (const tensor of node.outputs) this.#names.set(tensor, op.kind === 'input' ? op.name : `t${this.#names.size}`)
      this.lines.push(`${indent}${this.#node(node)}`)
      if (op.kind === 'scan') this.#body(op.body, `${indent}  `)
    }
  }

  /** The tensor's name; a constant's elements. */
  show(tensor: Tensor): string {
    const { op } = tensor.node
    if (op.kind === 'constant') return this.#showConstant(tensor, op.data)
    const name = this.#names.get(tensor)
    if (name !== undefined) return name
    throw mismatch('print', `a loop's ${tensor.node.op.kind} is used outside it`)
  }

  #list(tensors: readonly Tensor[]): string {
    return tensors.map((tensor) => this.show(tensor)).join(', ')
  }

  #node({ op, inputs, outputs }: Node): string {
    const left = outputs.map((tensor) => `${this.show(tensor)}: ${showType(tensor)}`).join(', ')
    return `${left} = ${op.kind}${attributes(op)}(${this.#list(inputs)})`
  }

  #body({ scope, states, slices, nextStates, outputs, length }: ScanBody, indent: string): void {
    for (const variable of [...states, ...slices]) this.#names.set(variable, `t${this.#names.size}`)
    this.lines.push(`${indent}state (${this.#list(states)}), slice (${this.#list(slices)}), for each of ${length}:`)
    this.scope([...nextStates, ...outputs], scope, indent)
    this.lines.push(`${indent}next (${this.#list(nextStates)}), output (${this.#list(outputs)})`)
  }
}

/** Elements once where all are equal, without the shape of a scalar. */
function inShort({ shape }: TensorType, data: OpOf<'constant'>['data']): string {
  const [first] = data
  if (shape.length === 0) return String(first)
  if (data instanceof Float32Array) return `${showShape(shape)}{weights}`
  const elements = data.length > 1 && data.every((x) => x === first) ? `${first} …` : data.join(' ')
  return `${showShape(shape)}{${elements}}`
}

/** What an operator is besides its kind, its operands and the types of its results. */
function attributes(op: Op): string {
  switch (op.kind) {
    case 'leakyRelu':
      return `<${op.slope}>`
    case 'clip':
      return `<${op.low} ${op.high}>`
    case 'cast':
      return `<${op.to}>`
    case 'transpose':
      return `<${op.permutation.join(' ')}>`
    case 'sum':
      return `<${op.axes.join(' ')}${op.keepAxes ? ' kept' : ''}>`
    case 'split':
      return `<${op.axis}: ${op.sizes.join(' ')}>`
    case 'concat':
      return `<${op.axis}>`
    case 'conv2d':
    case 'convTranspose2d':
    case 'conv2dFilters':
      return `<${op.padding}>`
    case 'maxPool2d':
    case 'averagePool2d':
      return `<${op.size}>`
    case 'upsample2d':
      return `<${op.scale}>`
    case 'scan':
      return op.reverse ? '<reversed>' : ''
    case 'input':
    case 'variable':
    case 'constant':
    case 'neg':
    case 'exp':
    case 'log':
    case 'sqrt':
    case 'sigmoid':
    case 'tanh':
    case 'add':
    case 'sub':
    case 'mul':
    case 'div':
    case 'pow':
    case 'maximum':
    case 'greater':
    case 'greaterOrEqual':
    case 'where':
    case 'matmul':
    case 'reshape':
    case 'expandAs':
    case 'gather':
    case 'take':
    case 'scatterAdd':
    case 'customGradient':
      return ''
  }
}
