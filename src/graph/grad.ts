import { ScoringBiasError } from '../errors.js'
import { ancestors } from './ancestors.js'
import { averagePool2d, conv2d, conv2dFilters, convTranspose2d, scatterAdd, take, upsample2d } from './imageOps.js'
import type { OpKind, OpOf } from './op.js'
import {
  add,
  cast,
  clip,
  concat,
  constant,
  div,
  expandAs,
  greater,
  greaterOrEqual,
  log,
  matmul,
  mul,
  neg,
  pow,
  reshape,
  split,
  square,
  sub,
  sum,
  transpose,
  transposeLast,
  where,
} from './ops.js'
import { isFloat, type Node, type Shape, showType, type Tensor } from './tensor.js'

type Cotangents = readonly (Tensor | undefined)[]

/**
 * Reverse-mode gradients of Σ `loss` with respect to `targets`, one per target and of its shape. A target that the
 * loss does not depend on gets zeros. Errors: `NOT_DIFFERENTIABLE`.
 *
 * Where the loss has one element per replica and no replica's loss depends on another's parameters, the gradient of
 * the sum is every replica's own gradient, side by side.
 */
export function gradients(loss: Tensor, targets: readonly Tensor[]): Tensor[] {
  if (!isFloat(loss.dtype)) throw new ScoringBiasError('NOT_DIFFERENTIABLE', `a ${showType(loss)} has no gradient`)
  return vectorJacobian([loss], [expandAs(constant(1, loss.dtype), loss)], targets)
}

/** The vector–Jacobian product: cotangents of `targets`, given those of `outputs`. Errors: `NOT_DIFFERENTIABLE`. */
export function vectorJacobian(
  outputs: readonly Tensor[],
  given: readonly Tensor[],
  targets: readonly Tensor[],
): Tensor[] {
  const wanted = new Set(targets.map(({ node }) => node))
  const active = new Set<Node>()
  const order = ancestors(outputs)
  for (const node of order) {
    if (wanted.has(node) || node.inputs.some((source) => active.has(source.node))) active.add(node)
  }

  const cotangents = new Map<Node, (Tensor | undefined)[]>()
  const accumulate = (tensor: Tensor, cotangent: Tensor): void => {
    const slots = cotangents.get(tensor.node) ?? []
    const sofar = slots[tensor.index]
    const term = unbroadcast(cotangent, tensor.shape)
    slots[tensor.index] = sofar === undefined ? term : add(sofar, term)
    cotangents.set(tensor.node, slots)
  }
  for (const [i, cotangent] of given.entries()) {
    const output = outputs[i]
    if (output !== undefined) accumulate(output, cotangent)
  }
  for (const node of order.reverse()) {
    const arrived = cotangents.get(node)
    if (arrived === undefined || !active.has(node)) continue
    const needed = node.inputs.map((source) => active.has(source.node))
    if (!needed.includes(true)) continue
    for (const [i, cotangent] of pullBack(node, arrived, needed).entries()) {
      const source = node.inputs[i]
      if (cotangent !== undefined && source !== undefined && needed[i] === true) accumulate(source, cotangent)
    }
  }
  return targets.map(
    (target) => cotangents.get(target.node)?.[target.index] ?? expandAs(constant(0, target.dtype), target),
  )
}

/**
 * What a rule sees: the cotangent of the (first) output, the inputs, the (first) output, the node, the cotangents of all
 * outputs, and which inputs' cotangents are used. Operators that nothing uses are left out of the graph, so only loops,
 * which are kept or left out whole, need to look at the last.
 */
type Rule<K extends OpKind> = (
  g: Tensor,
  x: readonly [Tensor, Tensor, Tensor],
  y: Tensor,
  op: OpOf<K>,
  node: Node,
  all: Cotangents,
  wanted: readonly boolean[],
) => Cotangents

/**
 * The vector–Jacobian product of every operator: given the cotangent of its output, those of its inputs. Rules of
 * operators that broadcast may answer in the broadcast shape; `unbroadcast` sums it back.
 */
const rules: { readonly [K in OpKind]: Rule<K> } = {
  input: () => [],
  variable: () => [],
  constant: () => [],
  neg: (g) => [neg(g)],
  exp: (g, _x, y) => [mul(g, y)],
  log: (g, [x]) => [div(g, x)],
  sqrt: (g, _x, y) => [div(mul(g, 0.5), y)],
  sigmoid: (g, _x, y) => [mul(g, sub(y, square(y)))],
  tanh: (g, _x, y) => [mul(g, sub(1, square(y)))],
  add: (g) => [g, g],
  sub: (g) => [g, neg(g)],
  // A square, mul(a, a), has both halves of its cotangent at once.
  mul: (g, [a, b]) => (a === b ? [mul(mul(g, 2), a)] : [mul(g, b), mul(g, a)]),
  div: (g, [, b], y) => {
    const ga = div(g, b)
    return [ga, neg(mul(ga, y))]
  },
  pow: (g, [a, b], y) => [mul(g, mul(b, pow(a, sub(b, 1)))), mul(g, mul(y, log(a)))],
  // At a tie the first operand takes the whole cotangent.
  maximum: (g, [a, b]) => {
    const first = greaterOrEqual(a, b)
    return [where(first, g, 0), where(first, 0, g)]
  },
  greater: () => [],
  greaterOrEqual: () => [],
  // The derivative is 1 or the slope: so is x times a power of two that takes every normal number past 1, clipped. ONNX
  // Runtime takes thrice as long to compare and choose.
  leakyRelu: (g, [x], _y, { slope }) => [mul(g, clip(mul(x, x.dtype === 'float32' ? 2 ** 127 : 2 ** 1023), slope, 1))],
  clip: (g, [x], y) => [where(greater(x, y), 0, where(greater(y, x), 0, g))],
  where: (g, [condition]) => [undefined, where(condition, g, 0), where(condition, 0, g)],
  cast: (g, [x]) => [isFloat(x.dtype) && isFloat(g.dtype) ? cast(g, x.dtype) : undefined],
  matmul: (g, [a, b]) => [matmul(g, transposeLast(b)), matmul(transposeLast(a), g)],
  transpose: (g, _x, _y, { permutation }) => [
    transpose(
      g,
      permutation.map((_, axis) => permutation.indexOf(axis)),
    ),
  ],
  reshape: (g, [x]) => [reshape(g, x.shape)],
  expandAs: (g) => [g],
  sum: (g, [x], _y, { axes }) => [
    expandAs(
      reshape(
        g,
        x.shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim)),
      ),
      x,
    ),
  ],
  gather: () => notDifferentiable('gather', 'scatter-add is not among the operators; compute on the rows instead'),
  split: (_g, _x, _y, { axis }, { outputs }, all) => [
    concat(
      outputs.map((part, i) => all[i] ?? expandAs(constant(0, part.dtype), part)),
      axis,
    ),
  ],
  concat: (g, _x, _y, { axis }, { inputs }) =>
    split(
      g,
      axis,
      inputs.map(({ shape }) => Number(shape[axis])),
    ),
  take: (g, [x, positions]) => [scatterAdd(expandAs(constant(0, x.dtype), x), positions, g)],
  scatterAdd: (g, [, positions]) => [g, undefined, take(g, positions)],
  conv2d: (g, [x, w], _y, { padding }) => [convTranspose2d(g, w, padding), conv2dFilters(x, g, padding)],
  convTranspose2d: (g, [x, w], _y, { padding }) => [conv2d(g, w, padding), conv2dFilters(g, x, padding)],
  conv2dFilters: (g, [x, h], _y, { padding }) => [convTranspose2d(h, g, padding), conv2d(x, g, padding)],
  maxPool2d: (g, [x], _y, _op, { outputs: [, positions] }) => [
    positions && scatterAdd(expandAs(constant(0, x.dtype), x), positions, g),
  ],
  averagePool2d: (g, _x, _y, { size }) => [mul(upsample2d(g, size), 1 / size ** 2)],
  upsample2d: (g, _x, _y, { scale }) => [mul(averagePool2d(g, scale), scale ** 2)],
  customGradient: (_g, _x, _y, { nInputs, gradient }, { inputs, outputs }, all, wanted) =>
    gradient(inputs.slice(0, nInputs), outputs, all, wanted),
  scan: () => notDifferentiable('scan', 'give the loop a derivative with customGradient'),
}

function pullBack(node: Node, cotangents: Cotangents, wanted: readonly boolean[]): Cotangents {
  // The compiler cannot see that a rule taken at an operator's kind is the rule for that operator.
  const rule = rules[node.op.kind] as Rule<OpKind>
  const [y] = node.outputs
  const g = cotangents[0] ?? cotangents.find((cotangent) => cotangent !== undefined)
  if (y === undefined || g === undefined) return []
  const [a = y, b = y, c = y] = node.inputs
  return rule(g, [a, b, c], y, node.op, node, cotangents, wanted)
}

/** Sums a cotangent over the axes along which a value of this shape was stretched. */
function unbroadcast(g: Tensor, shape: Shape): Tensor {
  const extra = g.shape.length - shape.length
  const leading = Array.from({ length: extra }, (_, axis) => axis)
  const stretched = shape.flatMap((dim, axis) => (dim === 1 && g.shape[axis + extra] !== 1 ? [axis + extra] : []))
  return reshape(sum(sum(g, stretched, true), leading), shape)
}

function notDifferentiable(op: string, wayOut: string): never {
  throw new ScoringBiasError('NOT_DIFFERENTIABLE', `${op} has no derivative here: ${wayOut}`)
}
