import { ancestors } from './ancestors.js'
import type { Op, ScanBody } from './op.js'
import { type Node, type Scope, showShape, showType, type Tensor } from './tensor.js'

/**
 * The graph that computes named outputs, as text: one line per node in the order of computation, loop bodies
 * indented. Equal graphs print equally, so that tests and diffs can hold on to it.
 */
export function print(outputs: Readonly<Record<string, Tensor>>): string {
  const names = new Map<Tensor, string>()
  const lines: string[] = []
  printScope(Object.values(outputs), undefined, '', names, lines)
  for (const [name, tensor] of Object.entries(outputs))
    lines.push(`return ${name}: ${showType(tensor)} = ${show(tensor, names)}`)
  return `${lines.join('\n')}\n`
}

function printScope(
  outputs: readonly Tensor[],
  scope: Scope | undefined,
  indent: string,
  names: Map<Tensor, string>,
  lines: string[],
): void {
  for (const node of ancestors(outputs)) {
    if (node.scope !== scope || node.op.kind === 'constant' || node.op.kind === 'variable') continue
    for (const tensor of node.outputs) names.set(tensor, node.op.kind === 'input' ? node.op.name : `t${names.size}`)
    lines.push(`${indent}${printNode(node, names)}`)
    if (node.op.kind === 'scan') printBody(node.op.body, `${indent}  `, names, lines)
  }
}

function printNode(node: Node, names: Map<Tensor, string>): string {
  const left = node.outputs.map((tensor) => `${names.get(tensor)}: ${showType(tensor)}`).join(', ')
  const right = node.inputs.map((tensor) => show(tensor, names)).join(', ')
  return `${left} = ${node.op.kind}${attributes(node.op)}(${right})`
}

function printBody(body: ScanBody, indent: string, names: Map<Tensor, string>, lines: string[]): void {
  for (const variable of [...body.states, ...body.slices]) names.set(variable, `t${names.size}`)
  const list = (tensors: readonly Tensor[]) => tensors.map((tensor) => show(tensor, names)).join(', ')
  lines.push(`${indent}state (${list(body.states)}), slice (${list(body.slices)}), for each of ${body.length}:`)
  printScope([...body.nextStates, ...body.outputs], body.scope, indent, names, lines)
  lines.push(`${indent}next (${list(body.nextStates)}), output (${list(body.outputs)})`)
}

/** A constant's elements, once where all are equal, without the shape of a scalar; else the tensor's name. */
function show(tensor: Tensor, names: Map<Tensor, string>): string {
  const { op } = tensor.node
  if (op.kind !== 'constant') return names.get(tensor) ?? '?'
  const [first] = op.data
  if (tensor.shape.length === 0) return String(first)
  if (op.data instanceof Float32Array) return `${showShape(tensor.shape)}{weights}`
  const elements = op.data.length > 1 && op.data.every((x) => x === first) ? `${first} …` : op.data.join(' ')
  return `${showShape(tensor.shape)}{${elements}}`
}

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
    default:
      return ''
  }
}
