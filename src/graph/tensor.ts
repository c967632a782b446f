import { at, type Check, list, oneOf, record, requireInteger, wrongType } from '../check.js'
import { ScoringBiasError } from '../errors.js'
import type { Op } from './op.js'

/** Element types of the graphs; ONNX names them FLOAT, DOUBLE, INT32, INT64 and BOOL. */
export type DType = 'float32' | 'float64' | 'int32' | 'int64' | 'bool'
const dtypes: readonly DType[] = ['float32', 'float64', 'int32', 'int64', 'bool']

/** A size: a number, or the name of a size that is known only when the graph runs. */
export type Dim = number | string
/** Lengths of a tensor's axes: numbers, or names of lengths that are known when the graph runs. */
export type Shape = readonly Dim[]

export interface TensorType {
  readonly dtype: DType
  readonly shape: Shape
}

/**
 * A value of a graph: its element type and shape are known, its elements are not. Tensors are immutable and
 * are made by the functions of `ops.ts`, which infer and check shapes at once, so that a mistake is reported
 * on the line that made it.
 */
export interface Tensor extends TensorType {
  readonly node: Node
  /** Which output of `node` this is. */
  readonly index: number
}

/** One operator applied to tensors. `id` grows with construction, so sorting by it is a topological order. */
export interface Node {
  readonly id: number
  readonly op: Op
  readonly inputs: readonly Tensor[]
  readonly outputs: readonly Tensor[]
  /** The innermost loop body whose variables this node depends on; undefined outside all loops. */
  readonly scope: Scope | undefined
}

/** A loop body under construction. What does not depend on its variables stays outside it, in `parent`. */
export interface Scope {
  readonly depth: number
}

/** As many `V` as `T` has elements. */
export type Each<T extends readonly unknown[], V> = { readonly [K in keyof T]: V }

let nodes = 0

/**
 * Makes a node with one output per given type. Its scope is the deepest among its inputs', or `scope` if given. Lists are copied, and
 * what it gives is frozen: nobody's change of a list that was given, or that the node has, changes the graph.
 */
export function makeNode(op: Op, inputs: readonly Tensor[], types: readonly TensorType[], scope?: Scope): Node {
  const outputs: Tensor[] = []
  const node: Node = {
    ...{ id: nodes++, op: ownLists(op), inputs: ownList(inputs), outputs },
    scope: scope ?? deepestScope(op, inputs),
  }
  for (const [index, { dtype, shape }] of types.entries())
    outputs.push(Object.freeze({ node, index, dtype, shape: ownList(shape) }))
  Object.freeze(outputs)
  return Object.freeze(node)
}

function ownList<T>(list: readonly T[]): readonly T[] {
  return Object.isFrozen(list) ? list : Object.freeze(list.slice())
}

function ownLists(op: Op): Op {
  const own = Object.entries(op).map(([key, value]) => [key, Array.isArray(value) ? ownList(value) : value])
  return Object.freeze(Object.fromEntries(own))
}

/** As `makeNode`, for the many operators that have one output. */
export function makeTensor(op: Op, inputs: readonly Tensor[], dtype: DType, shape: Shape): Tensor {
  return at(makeNode(op, inputs, [{ dtype, shape }]).outputs, 0)
}

function deepestScope(op: Op, inputs: readonly Tensor[]): Scope | undefined {
  let deepest: Scope | undefined
  for (const { node } of inputs) {
    if (node.scope === undefined || node.scope === deepest) continue
    if (deepest !== undefined && node.scope.depth === deepest.depth) {
      throw mismatch(op.kind, 'its inputs are variables of two different loops')
    }
    if (deepest === undefined || node.scope.depth > deepest.depth) deepest = node.scope
  }
  return deepest
}

/**
 * Every node that the tensors depend on, theirs included, in topological order. Loop bodies are not entered.
 *
 * @param sources what a node depends on
 */
export function ancestors(
  tensors: readonly Tensor[],
  sources: (node: Node) => readonly Tensor[] = ({ inputs }) => inputs,
): Node[] {
  const seen = new Set<Node>()
  const stack = tensors.map(({ node }) => node)
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (seen.has(node)) continue
    seen.add(node)
    for (const source of sources(node)) stack.push(source.node)
  }
  return [...seen].sort((a, b) => a.id - b.id)
}

export function isFloat(dtype: DType): dtype is 'float32' | 'float64' {
  return dtype === 'float32' || dtype === 'float64'
}

/** The letters that messages show of the name of a size. */
const longestName = 60

/** `[R, B, 36]`, the way shapes are printed everywhere. */
export function showShape(shape: Shape): string {
  const short = shape.map((dim) =>
    typeof dim === 'string' && dim.length > longestName ? `${dim.slice(0, longestName)}…` : dim,
  )
  return `[${short.join(', ')}]`
}

export function showType(tensor: TensorType): string {
  return `${tensor.dtype}${showShape(tensor.shape)}`
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, i) => dim === b[i])
}

/**
 * The shape that two operands broadcast to, by numpy's rule: shapes are aligned at the right, and a size of 1
 * stretches. A named size matches only itself and 1.
 */
export function broadcastShapes(where: string, a: Shape, b: Shape): Shape {
  if (sameShape(a, b)) return a
  const rank = Math.max(a.length, b.length)
  return Array.from({ length: rank }, (_, i) => {
    const p = alignedDim(a, i + a.length - rank)
    const q = alignedDim(b, i + b.length - rank)
    if (p === q || q === 1) return p
    if (p === 1) return q
    throw mismatch(where, `${showShape(a)} and ${showShape(b)} do not broadcast (${p} against ${q})`)
  })
}

function alignedDim(shape: Shape, axis: number): Dim {
  return axis < 0 ? 1 : at(shape, axis)
}

export function mismatch(where: string, what: string): ScoringBiasError {
  return new ScoringBiasError('SHAPE_MISMATCH', `${where}: ${what}`)
}

function isTensor(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'node' in value && 'dtype' in value && 'shape' in value
}

/** A tensor of a graph. */
export const tensor: Check = (name, value) => {
  if (!isTensor(value)) throw wrongType(name, 'a tensor of a graph', value)
}

/** Requires the operands of an operator to be tensors. Errors: `WRONG_TYPE`. */
export function requireTensors(where: string, ...operands: readonly unknown[]): void {
  const i = operands.findIndex((operand) => !isTensor(operand))
  if (i >= 0) tensor(`operand ${i + 1} of ${where}`, operands[i])
}

/** An array of tensors. */
export const tensorList = list(tensor)

/** An object of tensors by name. */
export const tensorRecord: Check = (name, value) => {
  record(name, value)
  for (const [key, each] of Object.entries(value as object)) tensor(`${name}.${key}`, each)
}

/** An element type. */
export const elementType = oneOf('element type', dtypes)

/** An array of sizes and names of sizes. */
export const anyShape = list((name, value) => {
  if (typeof value === 'number') requireInteger(name, value, 0)
  else if (typeof value !== 'string') throw wrongType(name, 'a number or the name of a size', value)
})
