import type { Op, OpKind, OpOf, ScanBody } from './op.js'
import {
  ancestors,
  mismatch,
  type Node,
  type Scope,
  showShape,
  showType,
  type Tensor,
  type TensorType,
  tensorRecord,
} from './tensor.js'

type ShowConstant = (type: TensorType, data: OpOf<'constant'>['data']) => string

/**
 * The graph that computes named outputs, as text: one line per node in the order of computation, loop bodies
 * indented. Equal graphs print equally, so that tests and diffs can hold on to it; weights are left out.
 * Errors: `WRONG_TYPE`; `SHAPE_MISMATCH` for what a loop computes and that is used outside it.
 */
export function print(outputs: Readonly<Record<string, Tensor>>): string {
  return printWith(outputs, inShort)
}

/** As `print`, but with every element of the constants. */
export function printInFull(outputs: Readonly<Record<string, Tensor>>): string {
  return printWith(outputs, (type, data) => {
    const elements = Array.from(data, (x) => (Object.is(x, -0) ? '-0' : String(x)))
    return `${showType(type)}{${elements.join(' ')}}`
  })
}

function printWith(outputs: Readonly<Record<string, Tensor>>, showConstant: ShowConstant): string {
  tensorRecord('outputs', outputs)
  const printer = new Printer(showConstant)
  printer.scope(Object.values(outputs), undefined, '')
  for (const [name, tensor] of Object.entries(outputs))
    printer.lines.push(`return ${name}: ${showType(tensor)} = ${printer.show(tensor)}`)
  return `${printer.lines.join('\n')}\n`
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
    return `${left} = ${op.kind}${attributesOf(op)}(${this.#list(inputs)})`
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

type Attributed<O> = O extends Op ? (Exclude<keyof O, 'kind'> extends never ? never : O['kind']) : never

/** Of every operator that is more than its kind, its operands and the types of its results: what that is. */
const attributes: { readonly [K in Attributed<Op>]: (op: OpOf<K>) => string } = {
  input: () => '',
  constant: () => '',
  leakyRelu: ({ slope }) => `<${slope}>`,
  clip: ({ low, high }) => `<${low} ${high}>`,
  cast: ({ to }) => `<${to}>`,
  transpose: ({ permutation }) => `<${permutation.join(' ')}>`,
  reshape: () => '',
  sum: ({ axes, keepAxes }) => `<${axes.join(' ')}${keepAxes ? ' kept' : ''}>`,
  split: ({ axis, sizes }) => `<${axis}: ${sizes.join(' ')}>`,
  concat: ({ axis }) => `<${axis}>`,
  conv2d: ({ padding }) => `<${padding}>`,
  convTranspose2d: ({ padding }) => `<${padding}>`,
  conv2dFilters: ({ padding }) => `<${padding}>`,
  customGradient: () => '',
  scan: ({ reverse }) => (reverse ? '<reversed>' : ''),
}

function attributesOf(op: Op): string {
  // The compiler cannot see that what is taken at an operator's kind is for that operator.
  const show = attributes as Readonly<Partial<Record<OpKind, (op: Op) => string>>>
  return show[op.kind]?.(op) ?? ''
}
