import { ScoringBiasError } from '../errors.js'
import type { Tensor } from '../graph/tensor.js'
import { Emitter, type Named } from './emitter.js'
import type { GraphProto } from './messages.js'
import { emitNode } from './operatorNodes.js'

/**
 * The ONNX graph that computes named outputs from the named inputs, which it lists in the given order.
 * Only operators of the standard's default domain are used. Equal graphs give equal bytes.
 */
export function lower(name: string, inputs: readonly Tensor[], outputs: Readonly<Record<string, Tensor>>): GraphProto {
  const given = inputs.map((tensor): Named => [nameOfInput(tensor), tensor])
  const computed = Object.entries(outputs)
  const names = [...given, ...computed].map(([own]) => own)
  const clash = names.find((own, i) => names.indexOf(own) !== i)
  if (clash !== undefined) {
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      `'${clash}' names two inputs or outputs of a model. ONNX wants different names`,
    )
  }
  return new Emitter(emitNode).emit(name, given, computed)
}

/** The name that an input of a graph was given. */
export function nameOfInput(tensor: Tensor): string {
  const { op } = tensor.node
  if (op.kind !== 'input') throw new ScoringBiasError('WRONG_TYPE', `a ${op.kind} cannot be an input of a model`)
  return op.name
}
