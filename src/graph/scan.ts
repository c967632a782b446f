import { at, callback, flag, record, requireOptions } from '../check.js'
import {
  type Dim,
  type Each,
  makeNode,
  mismatch,
  type Node,
  type Scope,
  sameShape,
  showShape,
  showType,
  type Tensor,
  type TensorType,
  tensorList,
} from './tensor.js'

type Like<T extends readonly Tensor[]> = Each<T, Tensor>

/** Options of {@link scan}. */
export interface ScanOptions {
  /** From the last slice to the first; what an iteration outputs is stacked at its slice's place. Default false. */
  readonly reverse?: boolean | undefined
}

let depth = 0

/**
 * A loop over the first axis of `sequences`: each iteration maps the states and its slices to the next states and
 * to outputs, which are stacked along a new first axis. `step` is called once, with variables; whatever in it does
 * not depend on them is computed once, outside the loop. Outputs that nothing uses are neither computed nor stacked.
 * Errors: `WRONG_TYPE`, `UNKNOWN_NAME`, `SHAPE_MISMATCH`.
 */
export function scan<
  const S extends readonly Tensor[],
  const X extends readonly Tensor[],
  const Y extends readonly Tensor[],
>(
  initial: S,
  sequences: X,
  step: (states: Like<S>, slices: Like<X>) => { readonly states: readonly Tensor[]; readonly outputs: Y },
  options: ScanOptions = {},
): { readonly states: Like<S>; readonly outputs: Like<Y> } {
  const { reverse = false } = requireOptions('scan', options, { reverse: flag })
  tensorList('initial', initial)
  tensorList('sequences', sequences)
  callback('step', step)
  const length = commonLength(sequences)
  const scope: Scope = { depth: ++depth }
  try {
    const variable = (type: TensorType) => at(makeNode({ kind: 'variable' }, [], [type], scope).outputs, 0)
    const states = initial.map(variable)
    const slices = sequences.map(({ dtype, shape }) => variable({ dtype, shape: shape.slice(1) }))
    // `map` keeps the number of elements, which the type of its result forgets; so below.
    const next = step(states as Like<S>, slices as Like<X>)
    record('what step returns', next)
    tensorList('next states', next.states)
    tensorList('outputs of step', next.outputs)
    requireSameTypes(initial, next.states)
    const [nextStates, given] = [[...next.states], [...next.outputs]]
    const body = { scope, states, slices, nextStates, outputs: given, length }
    const types = [...nextStates, ...given.map(({ dtype, shape }) => ({ dtype, shape: [length, ...shape] }))]
    const captured = capturedBy(scope, [...nextStates, ...given])
    const { outputs } = makeNode({ kind: 'scan', body, reverse }, [...initial, ...sequences, ...captured], types)
    return { states: outputs.slice(0, initial.length) as Like<S>, outputs: outputs.slice(initial.length) as Like<Y> }
  } finally {
    depth--
  }
}

function commonLength(sequences: readonly Tensor[]): Dim {
  const [first] = sequences
  const length = first?.shape[0]
  if (first === undefined || length === undefined)
    throw mismatch('scan', 'sequences, its inputs, need an axis to loop over')
  for (const { shape } of sequences) {
    if (shape[0] !== length)
      throw mismatch('scan', `sequences ${showShape(first.shape)} and ${showShape(shape)} differ in length`)
  }
  return length
}

function requireSameTypes(initial: readonly Tensor[], next: readonly Tensor[]): void {
  if (initial.length !== next.length) throw mismatch('scan', `${initial.length} states in, ${next.length} out`)
  for (const [i, before] of initial.entries()) {
    const after = at(next, i)
    if (after.dtype !== before.dtype || !sameShape(after.shape, before.shape))
      throw mismatch('scan', `state ${i} is ${showType(before)} before an iteration and ${showType(after)} after it`)
  }
}

/** The values from outside (constants apart) that nodes of the scope use, each once, in order of construction. */
function capturedBy(scope: Scope, outputs: readonly Tensor[]): Tensor[] {
  const captured = new Set<Tensor>()
  const seen = new Set<Node>()
  const visit = (tensor: Tensor): void => {
    const { node } = tensor
    if (node.scope !== scope) {
      if (node.op.kind !== 'constant') captured.add(tensor)
      return
    }
    if (seen.has(node)) return
    seen.add(node)
    for (const source of node.inputs) visit(source)
  }
  for (const output of outputs) visit(output)
  return [...captured].sort((a, b) => a.node.id - b.node.id || a.index - b.index)
}
