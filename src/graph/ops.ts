import { at, flag, integer, list, requireInteger, requireNumber, text, wrongType } from '../check.js'
import { ScoringBiasError } from '../errors.js'
import { type BinaryKind, type ComparisonKind, leakySlope, type UnaryKind } from './op.js'
import { inverse } from './permutation.js'
import {
  anyShape,
  broadcastShapes,
  type Dim,
  type DType,
  type Each,
  elementType,
  isFloat,
  makeNode,
  makeTensor,
  mismatch,
  requireTensors,
  type Shape,
  sameShape,
  showShape,
  showType,
  type Tensor,
  tensorList,
} from './tensor.js'

/*
 * Every operator refuses operands that are no tensors (`WRONG_TYPE`), and those whose types or shapes do not fit
 * (`SHAPE_MISMATCH`), where it is applied.
 */

/** An operand of an elementwise operator: a tensor, or a number that takes the other operand's type. */
export type Operand = Tensor | number

const naturals = list(integer(0))
const integers = list(integer(-Number.MAX_SAFE_INTEGER))

/**
 * A value given when the graph runs. Sizes that only then are known have names: equal names are equal sizes.
 * Errors: `WRONG_TYPE`, `UNKNOWN_NAME`, `OUT_OF_RANGE`.
 */
export function input(name: string, dtype: DType, shape: Shape): Tensor {
  text('name of an input', name)
  elementType('dtype', dtype)
  anyShape('shape', shape)
  return makeTensor({ kind: 'input', name }, [], dtype, shape)
}

/**
 * A tensor of fixed elements in row-major order, which are copied; without a shape, a scalar.
 * Errors: `WRONG_TYPE`, `UNKNOWN_NAME`, `OUT_OF_RANGE`, `SHAPE_MISMATCH`.
 */
export function constant(
  data: number | readonly number[] | Float32Array,
  dtype: DType,
  shape: readonly number[] = [],
): Tensor {
  elementType('dtype', dtype)
  anyShape('shape', shape)
  const elements = typeof data === 'number' ? [data] : data
  if (!(elements instanceof Float32Array)) requireElements(elements, dtype)
  const size = shape.reduce((product, dim) => product * dim, 1)
  if (elements.length !== size)
    throw mismatch('constant', `${elements.length} elements do not fill the shape ${showShape(shape)}`)
  // Nodes copy lists of numbers themselves.
  const own = elements instanceof Float32Array ? elements.slice() : elements
  return makeTensor({ kind: 'constant', data: own }, [], dtype, shape)
}

/** −x, element by element. */
export const neg = unary('neg')
/** eˣ, element by element. */
export const exp = unary('exp')
/** The natural logarithm. */
export const log = unary('log')
/** √x, element by element. */
export const sqrt = unary('sqrt')
/** 1/(1 + e^−x). */
export const sigmoid = unary('sigmoid')
/** tanh x, element by element. */
export const tanh = unary('tanh')

/** a + b, element by element; shapes are broadcast. */
export const add = binary('add')
/** a − b, element by element; shapes are broadcast. */
export const sub = binary('sub')
/** a · b, element by element; shapes are broadcast. */
export const mul = binary('mul')
/** a / b, element by element; shapes are broadcast. */
export const div = binary('div')
/** aᵇ, element by element; shapes are broadcast. */
export const pow = binary('pow')
/** The larger of a and b, element by element; shapes are broadcast. */
export const maximum = binary('maximum')

/** Whether a > b, element by element; shapes are broadcast. */
export const greater = comparison('greater')
/** Whether a ≥ b, element by element; shapes are broadcast. */
export const greaterOrEqual = comparison('greaterOrEqual')

/** x², element by element. */
export function square(x: Tensor): Tensor {
  return mul(x, x)
}

/** max(x, slope·x), for a slope in [0, 1). Errors: `WRONG_TYPE`, `OUT_OF_RANGE`, `SHAPE_MISMATCH`. */
export function leakyRelu(x: Tensor, slope = 0.01): Tensor {
  requireFloat('leakyRelu', x)
  leakySlope('slope', slope)
  return beforeTranspose(x, (of) => makeTensor({ kind: 'leakyRelu', slope }, [of], of.dtype, of.shape))
}

/** x, but at least `low` and at most `high`; NaN stays. */
export function clip(x: Tensor, low: number, high: number): Tensor {
  requireFloat('clip', x)
  requireNumber('low', low)
  requireNumber('high', high)
  if (!(low <= high))
    throw new ScoringBiasError('OUT_OF_RANGE', `clip: low must be at most high, got ${low} and ${high}`)
  return beforeTranspose(x, (of) => makeTensor({ kind: 'clip', low, high }, [of], of.dtype, of.shape))
}

/** Elements of `a` where the condition holds, else of `b`; all three broadcast. */
export function where(condition: Tensor, a: Operand, b: Operand): Tensor {
  requireTensors('where', condition)
  if (condition.dtype !== 'bool') throw mismatch('where', `its condition must be bool, got ${showType(condition)}`)
  const [p, q] = operands('where', a, b)
  const shape = broadcastShapes('where', condition.shape, broadcastShapes('where', p.shape, q.shape))
  return makeTensor({ kind: 'where' }, [condition, p, q], p.dtype, shape)
}

/** The same numbers in another type. */
export function cast(x: Tensor, to: DType): Tensor {
  requireTensors('cast', x)
  elementType('to', to)
  return x.dtype === to ? x : makeTensor({ kind: 'cast', to }, [x], to, x.shape)
}

/** Matrix product of the last two axes, [..., m, k] × [..., k, n] → [..., m, n]; leading axes broadcast. */
export function matmul(a: Tensor, b: Tensor): Tensor {
  requireFloat('matmul', a)
  requireTensors('matmul', a, b)
  if (a.dtype !== b.dtype) throw mismatch('matmul', `${showType(a)} and ${showType(b)} differ in type`)
  const [m, k] = lastTwo('matmul', a)
  const [k2, n] = lastTwo('matmul', b)
  if (k !== k2)
    throw mismatch('matmul', `${showShape(a.shape)} × ${showShape(b.shape)}: inner sizes ${k} and ${k2} differ`)
  const leading = broadcastShapes('matmul', a.shape.slice(0, -2), b.shape.slice(0, -2))
  return makeTensor({ kind: 'matmul' }, [a, b], a.dtype, [...leading, m, n])
}

/**
 * Axes in another order. Transposes meet and cancel: one of another is one, the last two axes of a product are exchanged
 * by exchanging its operands, elementwise operators come before, and rows are gathered part by part where that is what is
 * wanted. So a layer may work on the layout that suits it, and the next one that takes it back costs nothing.
 */
export function transpose(x: Tensor, permutation: readonly number[]): Tensor {
  requireTensors('transpose', x)
  naturals('permutation', permutation)
  const rank = x.shape.length
  const valid = permutation.length === rank && x.shape.every((_, axis) => permutation.includes(axis))
  if (!valid)
    throw mismatch('transpose', `[${permutation.join(', ')}] does not permute the axes of ${showShape(x.shape)}`)
  if (permutation.every((from, to) => from === to)) return x
  const { op, inputs } = x.node
  if (op.kind === 'transpose') {
    const both = permutation.map((axis) => at(op.permutation, axis))
    return transpose(at(inputs, 0), both)
  }
  if (op.kind === 'matmul' && inputs.every(({ shape }) => shape.length === rank) && exchangesLast(permutation))
    return matmul(transposeLast(at(inputs, 1)), transposeLast(at(inputs, 0)))
  if (gathersParts(x, permutation)) {
    const [rows, parts] = [at(inputs, 1), at(inputs, 1).shape.length]
    const rest = permutation.slice(1).map((axis) => (axis < parts ? axis + 1 : axis))
    return transpose(gatherParts(at(inputs, 0), rows), [0, ...rest])
  }
  if (op.kind === 'expandAs' && at(inputs, 0).shape.length === rank && undoes(permutation, at(inputs, 1)))
    return expandAs(transpose(at(inputs, 0), permutation), transpose(at(inputs, 1), permutation))
  const shape = permutation.map((axis) => at(x.shape, axis))
  return makeTensor({ kind: 'transpose', permutation }, [x], x.dtype, shape)
}

/** Exchanges the last two axes. */
export function transposeLast(x: Tensor): Tensor {
  requireTensors('transposeLast', x)
  lastTwo('transposeLast', x)
  const axes = x.shape.map((_, axis) => axis)
  const rank = axes.length
  return transpose(x, [...axes.slice(0, -2), rank - 1, rank - 2])
}

function exchangesLast(permutation: readonly number[]): boolean {
  const rank = permutation.length
  return permutation.every((from, to) => from === (to < rank - 2 ? to : 2 * rank - 3 - to))
}

/**
 * The same elements in another shape. A named size must be in both shapes the same number of times. Of samples whose axis a
 * transpose has brought from the last place to the second it comes before, so that transposes still meet and cancel.
 */
export function reshape(x: Tensor, shape: Shape): Tensor {
  requireTensors('reshape', x)
  anyShape('shape', shape)
  if (sameShape(x.shape, shape)) return x
  const [names, size] = measure(x.shape)
  const [newNames, newSize] = measure(shape)
  if (names !== newNames || size !== newSize) {
    throw mismatch('reshape', `${showShape(x.shape)} and ${showShape(shape)} do not hold the same number of elements`)
  }
  const { op, inputs } = x.node
  if (op.kind === 'reshape') return reshape(at(inputs, 0), shape)
  const [first, batch, ...rest] = shape
  if (op.kind === 'transpose' && bringsBatch(op.permutation) && first === x.shape[0] && batch === x.shape[1]) {
    const [replicas, samples, ...sample] = op.permutation
    const whole = transpose(at(inputs, 0), [Number(replicas), ...sample, Number(samples)])
    const last = reshape(whole, [at(shape, 0), ...rest, at(shape, 1)])
    return transpose(last, [0, shape.length - 1, ...rest.map((_, axis) => axis + 1)])
  }
  return makeTensor({ kind: 'reshape', shape }, [x], x.dtype, shape)
}

/** Whether the last axis, of the samples, becomes the second: elements of a sample may then get another shape before. */
function bringsBatch(permutation: readonly number[]): boolean {
  const last = permutation.length - 1
  return last > 1 && permutation[1] === last
}

/** `x` broadcast to the shape of `like`. */
export function expandAs(x: Tensor, like: Tensor): Tensor {
  requireTensors('expandAs', x, like)
  if (sameShape(x.shape, like.shape)) return x
  if (!sameShape(broadcastShapes('expandAs', x.shape, like.shape), like.shape)) {
    throw mismatch('expandAs', `${showShape(x.shape)} does not broadcast to ${showShape(like.shape)}`)
  }
  return makeTensor({ kind: 'expandAs' }, [x, like], x.dtype, like.shape)
}

/** Sum over axes (negative ones count from the end). */
export function sum(x: Tensor, axes: readonly number[], keepAxes = false): Tensor {
  requireTensors('sum', x)
  integers('axes', axes)
  flag('keepAxes', keepAxes)
  const rank = x.shape.length
  const positive = axes.map((axis) => (axis < 0 ? axis + rank : axis)).sort((a, b) => a - b)
  for (const axis of positive) {
    if (axis < 0 || axis >= rank) throw mismatch('sum', `${showShape(x.shape)} has no axis ${axis}`)
  }
  if (positive.length === 0) return x
  const kept: Dim[] = []
  for (const [axis, dim] of x.shape.entries()) {
    if (!positive.includes(axis)) kept.push(dim)
    else if (keepAxes) kept.push(1)
  }
  return makeTensor({ kind: 'sum', axes: positive, keepAxes }, [x], x.dtype, kept)
}

/** Rows of the first axis of `table` at integer `indices` of any shape; negative ones count from the end. */
export function gather(table: Tensor, indices: Tensor): Tensor {
  requireTensors('gather', table, indices)
  if (indices.dtype !== 'int32' && indices.dtype !== 'int64')
    throw mismatch('gather', `indices must be integers, got ${showType(indices)}`)
  if (table.shape.length === 0) throw mismatch('gather', 'a scalar has no rows')
  return makeTensor({ kind: 'gather' }, [table, indices], table.dtype, [...indices.shape, ...table.shape.slice(1)])
}

/** Whether a permutation of gathered rows brings their own first axis, of parts that are no single elements, before all others. */
function gathersParts({ node: { op, inputs } }: Tensor, permutation: readonly number[]): boolean {
  if (op.kind !== 'gather') return false
  const [table, indices] = [at(inputs, 0), at(inputs, 1)]
  const isKnown = table.shape.length > 2 && typeof table.shape[1] === 'number'
  return isKnown && permutation[0] === indices.shape.length
}

/** Whether a tensor is transposed by what a permutation undoes. */
function undoes(permutation: readonly number[], { node: { op } }: Tensor): boolean {
  return op.kind === 'transpose' && sameShape(inverse(op.permutation), permutation)
}

/**
 * The rows of a table [N, parts, …], part by part: [parts, …indices, …]. Rows of the table of all parts, whose numbers are
 * below 2³¹, the elements of the longest typed array.
 */
function gatherParts(table: Tensor, indices: Tensor): Tensor {
  const [rows, parts, ...rest] = [at(table.shape, 0), Number(at(table.shape, 1)), ...table.shape.slice(2)]
  const all = typeof rows === 'number' ? rows * parts : `${rows}·${parts}`
  const flat = makeTensor({ kind: 'reshape', shape: [all, ...rest] }, [table], table.dtype, [all, ...rest])
  const numbers = Array.from({ length: parts }, (_, part) => part)
  const offsets = constant(numbers, indices.dtype, [parts, ...indices.shape.map(() => 1)])
  return gather(flat, add(mul(indices, parts), offsets))
}

/** Consecutive parts of an axis. */
export function split<const S extends readonly number[]>(x: Tensor, axis: number, sizes: S): Each<S, Tensor> {
  requireTensors('split', x)
  requireInteger('axis', axis, 0)
  naturals('sizes', sizes)
  const total = sizes.reduce((a, b) => a + b, 0)
  if (x.shape[axis] !== total)
    throw mismatch('split', `sizes ${showShape(sizes)} do not add up to axis ${axis} of ${showShape(x.shape)}`)
  // What follows has as many elements as the sizes, which the types of its results forget.
  if (sizes.length === 1) return [x] as readonly Tensor[] as Each<S, Tensor>
  const types = sizes.map((size) => ({ dtype: x.dtype, shape: x.shape.with(axis, size) }))
  return [...makeNode({ kind: 'split', axis, sizes }, [x], types).outputs] as readonly Tensor[] as Each<S, Tensor>
}

/** Tensors joined along an axis; all other sizes must agree. */
export function concat(parts: readonly Tensor[], axis: number): Tensor {
  tensorList('parts', parts)
  requireInteger('axis', axis, 0)
  const [first] = parts
  if (first === undefined) throw mismatch('concat', 'there is nothing to join')
  if (parts.length === 1) return first
  let total = 0
  for (const part of parts) {
    const dim = part.shape[axis]
    if (
      typeof dim !== 'number' ||
      part.dtype !== first.dtype ||
      !sameShape(part.shape.with(axis, 0), first.shape.with(axis, 0))
    ) {
      throw mismatch('concat', `${showType(first)} and ${showType(part)} cannot be joined along axis ${axis}`)
    }
    total += dim
  }
  return makeTensor({ kind: 'concat', axis }, parts, first.dtype, first.shape.with(axis, total))
}

function unary(kind: UnaryKind): (x: Tensor) => Tensor {
  return (x) => {
    requireFloat(kind, x)
    return beforeTranspose(x, (of) => makeTensor({ kind }, [of], of.dtype, of.shape))
  }
}

/** An elementwise operator of one operand, on what was transposed to make it. */
function beforeTranspose(x: Tensor, operator: (x: Tensor) => Tensor): Tensor {
  const { op, inputs } = x.node
  return op.kind === 'transpose' ? transpose(operator(at(inputs, 0)), op.permutation) : operator(x)
}

function binary(kind: BinaryKind): (a: Operand, b: Operand) => Tensor {
  const apply = (a: Operand, b: Operand): Tensor => {
    const [x, y] = operands(kind, a, b)
    // With a scalar it makes no difference when a value is expanded, but to the cost.
    const { op, inputs } = x.node
    if (op.kind === 'expandAs' && y.shape.length === 0) return expandAs(apply(at(inputs, 0), y), at(inputs, 1))
    const [p, q] = unexpanded(x, y)
    const permutation = commonPermutation(p, q)
    if (permutation === undefined) return makeTensor({ kind }, [p, q], p.dtype, broadcastShapes(kind, p.shape, q.shape))
    const back = inverse(permutation)
    return transpose(apply(transpose(p, back), p === q ? transpose(p, back) : transpose(q, back)), permutation)
  }
  return apply
}

/** What has transposed both operands; also where it costs little to have the other one without. */
function commonPermutation(a: Tensor, b: Tensor): readonly number[] | undefined {
  const rank = a.shape.length
  if (b.shape.length !== rank) return undefined
  const isSmall = (x: Tensor, beside: Tensor) => x.shape.some((dim, axis) => dim === 1 && beside.shape[axis] !== 1)
  const found = [
    [a, b],
    [b, a],
  ].flatMap((pair) => {
    const [x, other] = [at(pair, 0), at(pair, 1)]
    const { op } = x.node
    if (op.kind !== 'transpose' || isSmall(x, other)) return []
    const { permutation } = op
    // Samples, that nothing is derived to, are turned once; what is computed would be, and then its cotangent.
    const back = inverse(permutation)
    const isFree = undoes(back, other) || isSmall(other, x) || gathersParts(other, back)
    return isFree ? [permutation] : []
  })
  return found[0]
}

function comparison(kind: ComparisonKind): (a: Operand, b: Operand) => Tensor {
  return (a, b) => {
    const [p, q] = operands(kind, a, b)
    return makeTensor({ kind }, [p, q], 'bool', broadcastShapes(kind, p.shape, q.shape))
  }
}

function operands(where: string, a: Operand, b: Operand): [Tensor, Tensor] {
  if (typeof a === 'number') {
    if (typeof b === 'number') throw mismatch(where, 'at least one operand must be a tensor')
    requireTensors(where, b)
    return [constant(a, b.dtype), b]
  }
  requireTensors(where, a)
  const q = typeof b === 'number' ? constant(b, a.dtype) : b
  requireTensors(where, a, q)
  if (a.dtype !== q.dtype) throw mismatch(where, `${showType(a)} and ${showType(q)} differ in type`)
  return [a, q]
}

/** Elementwise operators broadcast by themselves: an operand need not be expanded to the other's shape first. */
function unexpanded(a: Tensor, b: Tensor): [Tensor, Tensor] {
  if (a.node.op.kind === 'expandAs' && sameShape(a.shape, b.shape)) return [at(a.node.inputs, 0), b]
  if (b.node.op.kind === 'expandAs' && sameShape(a.shape, b.shape)) return [a, at(b.node.inputs, 0)]
  return [a, b]
}

/** The named sizes of a shape, sorted and joined, and the product of the others. */
function measure(shape: Shape): [string, number] {
  const names = shape.filter((dim) => typeof dim === 'string').sort()
  const size = shape.reduce<number>((product, dim) => (typeof dim === 'number' ? product * dim : product), 1)
  return [names.join('·'), size]
}

function lastTwo(where: string, x: Tensor): [Dim, Dim] {
  const [m, k] = x.shape.slice(-2)
  if (m === undefined || k === undefined) throw mismatch(where, `${showShape(x.shape)} is not a matrix`)
  return [m, k]
}

/** Of an integer type, integers. There may be many: an element gets its name only once it is wrong. */
function requireElements(elements: readonly number[], dtype: DType): void {
  if (!Array.isArray(elements)) throw wrongType('data', 'an array of numbers or a Float32Array', elements)
  const isWrong = isFloat(dtype) ? (x: number) => typeof x !== 'number' : (x: number) => !Number.isSafeInteger(x)
  const i = elements.findIndex(isWrong)
  if (i >= 0) (isFloat(dtype) ? requireNumber : integer(-Number.MAX_SAFE_INTEGER))(`data[${i}]`, elements[i])
}

function requireFloat(where: string, x: Tensor): void {
  requireTensors(where, x)
  if (!isFloat(x.dtype)) throw mismatch(where, `needs a floating-point tensor, got ${showType(x)}`)
}
