import { at, invariant } from '../check.js'
import { ScoringBiasError } from '../errors.js'
import { conv2d, conv2dFilters, convTranspose2d, scatterAdd, take } from './imageOps.js'
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
import { inverse } from './permutation.js'
import {
  ancestors,
  isFloat,
  type Node,
  requireTensors,
  type Shape,
  showType,
  type Tensor,
  tensorList,
} from './tensor.js'

type Cotangents = readonly (Tensor | undefined)[]

/**
 * Reverse-mode gradients of Σ `loss` with respect to `targets`, one per target and of its shape. A target that the
 * loss does not depend on gets zeros. Errors: `NOT_DIFFERENTIABLE`.
 *
 * Where the loss has one element per replica and no replica's loss depends on another's parameters, the gradient of
 * the sum is every replica's own gradient, side by side.
 */
export function gradients(loss: Tensor, targets: readonly Tensor[]): Tensor[] {
  requireTensors('gradients', loss)
  if (!isFloat(loss.dtype)) throw new ScoringBiasError('NOT_DIFFERENTIABLE', `a ${showType(loss)} has no gradient`)
  return vectorJacobian([loss], [expandAs(constant(1, loss.dtype), loss)], targets)
}

/**
 * The vector–Jacobian product: cotangents of `targets`, given those of `outputs`.
 * Errors: `NOT_DIFFERENTIABLE`, `LENGTH_MISMATCH`.
 */
export function vectorJacobian(
  outputs: readonly Tensor[],
  given: readonly Tensor[],
  targets: readonly Tensor[],
): Tensor[] {
  for (const [name, tensors] of Object.entries({ outputs, given, targets })) tensorList(name, tensors)
  if (outputs.length !== given.length) {
    throw new ScoringBiasError('LENGTH_MISMATCH', `${given.length} cotangents are given for ${outputs.length} outputs`)
  }
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
  for (const [i, cotangent] of given.entries()) accumulate(at(outputs, i), cotangent)
  for (const node of order.reverse()) {
    const arrived = cotangents.get(node)
    if (arrived === undefined || !active.has(node)) continue
    const needed = node.inputs.map((source) => active.has(source.node))
    if (!needed.includes(true)) continue
    for (const [i, cotangent] of pullBack(node, arrived, needed).entries()) {
      if (cotangent !== undefined && at(needed, i)) accumulate(at(node.inputs, i), cotangent)
    }
  }
  return targets.map((target) => cotangents.get(target.node)?.[target.index] ?? zeros(target))
}

/** An operator where a cotangent arrives: what its rule sees. */
type Applied<K extends OpKind> = Omit<ReturnType<typeof applied>, 'op'> & { readonly op: OpOf<K> }

type Rule<K extends OpKind> = (applied: Applied<K>) => Cotangents

/**
 * The vector–Jacobian product of every operator: given the cotangent of its output, those of its inputs. Rules of
 * operators that broadcast may answer in the broadcast shape; `unbroadcast` sums it back.
 */
const rules: { readonly [K in OpKind]: Rule<K> } = {
  input: () => [],
  variable: () => [],
  constant: () => [],
  neg: ({ g }) => [neg(g)],
  exp: ({ g, y }) => [mul(g, y)],
  log: ({ g, a }) => [div(g, a)],
  sqrt: ({ g, y }) => [div(mul(g, 0.5), y)],
  sigmoid: ({ g, y }) => [mul(g, sub(y, square(y)))],
  tanh: ({ g, y }) => [mul(g, sub(1, square(y)))],
  add: ({ g }) => [g, g],
  sub: ({ g }) => [g, neg(g)],
  // A square, mul(a, a), has both halves of its cotangent at once.
  mul: ({ g, a, b }) => (a === b ? [mul(mul(g, 2), a)] : [mul(g, b), mul(g, a)]),
  div: ({ g, b, y }) => {
    const ga = div(g, b)
    return [ga, neg(mul(ga, y))]
  },
  pow: ({ g, a, b, y }) => [mul(g, mul(b, pow(a, sub(b, 1)))), mul(g, mul(y, log(a)))],
  // At a tie the first operand takes the whole cotangent.
  maximum: ({ g, a, b }) => {
    const ga = mul(g, cast(greaterOrEqual(a, b), g.dtype))
    return [ga, sub(g, ga)]
  },
  greater: () => [],
  greaterOrEqual: () => [],
  // The derivative is 1 or the slope: so is x times a power of two that takes every normal number past 1, clipped. ONNX
  // Runtime takes thrice as long to compare and choose.
  leakyRelu: ({ g, a, op }) => [mul(g, clip(mul(a, a.dtype === 'float32' ? 2 ** 127 : 2 ** 1023), op.slope, 1))],
  clip: ({ g, a, y }) => [where(greater(a, y), 0, where(greater(y, a), 0, g))],
  where: ({ g, a: condition }) => [undefined, where(condition, g, 0), where(condition, 0, g)],
  cast: ({ g, a }) => [isFloat(a.dtype) && isFloat(g.dtype) ? cast(g, a.dtype) : undefined],
  matmul: ({ g, a, b }) => [matmul(g, transposeLast(b)), matmul(transposeLast(a), g)],
  transpose: ({ g, op: { permutation } }) => [transpose(g, inverse(permutation))],
  reshape: ({ g, a }) => [reshape(g, a.shape)],
  expandAs: ({ g }) => [g],
  sum: ({ g, a, op: { axes } }) => {
    const kept = a.shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim))
    return [expandAs(reshape(g, kept), a)]
  },
  gather: () => notDifferentiable('gather', 'take the elements by their row-major positions (take)'),
  split: ({ outputs, cotangents, op }) => [
    concat(
      outputs.map((part, i) => cotangents[i] ?? zeros(part)),
      op.axis,
    ),
  ],
  concat: ({ g, inputs, op: { axis } }) =>
    split(
      g,
      axis,
      inputs.map(({ shape }) => Number(at(shape, axis))),
    ),
  take: ({ g, a, b: positions }) => [scatterAdd(zeros(a), positions, g)],
  scatterAdd: ({ g, b: positions }) => [g, undefined, take(g, positions)],
  conv2d: ({ g, a: x, b: w, op: { padding } }) => [convTranspose2d(g, w, padding), conv2dFilters(x, g, padding)],
  convTranspose2d: ({ g, a: x, b: w, op: { padding } }) => [conv2d(g, w, padding), conv2dFilters(g, x, padding)],
  conv2dFilters: ({ g, a: x, b: h, op: { padding } }) => [convTranspose2d(h, g, padding), conv2d(x, g, padding)],
  customGradient: ({ inputs, outputs, cotangents, wanted, op }) =>
    op.gradient(inputs.slice(0, op.nInputs), outputs, cotangents, wanted),
  scan: () => notDifferentiable('scan', 'give the loop a derivative with customGradient'),
}

function pullBack(node: Node, cotangents: Cotangents, wanted: readonly boolean[]): Cotangents {
  // The compiler cannot see that a rule taken at an operator's kind is the rule for that operator.
  const rule = rules[node.op.kind] as Rule<OpKind>
  return rule(applied(node, cotangents, wanted))
}

/**
 * `a` and `b` are the first two inputs, `y` is the first output and `g` its cotangent; `cotangents` are those of all
 * outputs. `wanted` says which inputs' cotangents are used: operators that nothing uses are left out of the graph, so
 * only loops, which are kept or left out whole, need to look.
 */
function applied({ op, inputs, outputs }: Node, cotangents: Cotangents, wanted: readonly boolean[]) {
  return {
    op,
    inputs,
    outputs,
    cotangents,
    wanted,
    get a() {
      return at(inputs, 0)
    },
    get b() {
      return at(inputs, 1)
    },
    y: at(outputs, 0),
    get g() {
      const [first] = cotangents
      invariant(first !== undefined, `no cotangent of the first output of ${op.kind}`)
      return first
    },
  }
}

function zeros(like: Tensor): Tensor {
  return expandAs(constant(0, like.dtype), like)
}

/** Sums a cotangent over the axes along which a value of this shape was stretched. */
function unbroadcast(g: Tensor, shape: Shape): Tensor {
  const extra = g.shape.length - shape.length
  const leading = Array.from({ length: extra }, (_, axis) => axis)
  const stretched = shape.flatMap((dim, axis) => (dim === 1 && at(g.shape, axis + extra) !== 1 ? [axis + extra] : []))
  return reshape(sum(sum(g, stretched, true), leading), shape)
}

function notDifferentiable(op: string, wayOut: string): never {
  throw new ScoringBiasError('NOT_DIFFERENTIABLE', `${op} has no derivative here: ${wayOut}`)
}
