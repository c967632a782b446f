import { ScoringBiasError } from '../errors.js'
import type { Op } from './op.js'

/** Element types of the graphs; ONNX names them FLOAT, DOUBLE, INT32, INT64 and BOOL. */
export type DType = 'float32' | 'float64' | 'int32' | 'int64' | 'bool'

/** A size: a number, or the name of a size that is known only when the graph runs. */
export type Dim = number | string
export type Shape = readonly Dim[]

/**
 * A value of a graph: its element type and shape are known, its elements are not. Tensors are immutable and
 * are made by the functions of `ops.ts`, which infer and check shapes at once, so that a mistake is reported
 * on the line that made it.
 */
export interface Tensor {
  readonly node: Node
  /** Which output of `node` this is. */
  readonly index: number
  readonly dtype: DType
  readonly shape: Shape
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

export interface TensorType {
  readonly dtype: DType
  readonly shape: Shape
}

let nodes = 0

/** Makes a node with one output per given type. Its scope is the deepest among its inputs', or `scope` if given. */
export function makeNode(op: Op, inputs: readonly Tensor[], types: readonly TensorType[], scope?: Scope): Node {
  const outputs: Tensor[] = []
  const node: Node = { id: nodes++, op, inputs, outputs, scope: scope ?? deepestScope(op, inputs) }
  for (const [index, { dtype, shape }] of types.entries()) outputs.push({ node, index, dtype, shape })
  return node
}

/** As `makeNode`, for the many operators that have one output. */
export function makeTensor(op: Op, inputs: readonly Tensor[], dtype: DType, shape: Shape, scope?: Scope): Tensor {
  const [tensor] = makeNode(op, inputs, [{ dtype, shape }], scope).outputs
  if (tensor === undefined) throw new Error('a node of one type has one output')
  return tensor
}

function deepestScope(op: Op, inputs: readonly Tensor[]): Scope | undefined {
  let deepest: Scope | undefined
  for (const { node } of inputs) {
    if (node.scope === undefined || node.scope === deepest) continue
    if (deepest !== undefined && node.scope.depth === deepest.depth) {
      throw new ScoringBiasError('SHAPE_MISMATCH', `${op.kind}: its inputs are variables of two different loops`)
    }
    if (deepest === undefined || node.scope.depth > deepest.depth) deepest = node.scope
  }
  return deepest
}

export function isFloat(dtype: DType): dtype is 'float32' | 'float64' {
  return dtype === 'float32' || dtype === 'float64'
}

/** `[R, B, 36]`, the way shapes are printed everywhere. */
export function showShape(shape: Shape): string {
  return `[${shape.join(', ')}]`
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
  const rank = Math.max(a.length, b.length)
  const shape: Dim[] = []
  for (let i = 0; i < rank; i++) {
    const p = a[a.length - rank + i] ?? 1
    const q = b[b.length - rank + i] ?? 1
    if (p !== q && p !== 1 && q !== 1) {
      throw new ScoringBiasError(
        'SHAPE_MISMATCH',
        `${where}: ${showShape(a)} and ${showShape(b)} do not broadcast (${p} against ${q})`,
      )
    }
    shape.push(p === 1 ? q : p)
  }
  return shape
}
