import { callback, list } from '../check.js'
import { ScoringBiasError } from '../errors.js'
import { type Each, makeNode, type Tensor, tensor, tensorList } from './tensor.js'

type Tensors = readonly Tensor[]

/**
 * The derivative of a function: given its inputs, its outputs and the cotangents of the outputs (undefined where
 * the loss does not depend on one), the cotangents of its inputs (undefined where it has no derivative there).
 * `wanted` says of which inputs the cotangent is used at all.
 */
export type Gradient<X extends Tensors = Tensors, Y extends Tensors = Tensors> = (
  inputs: Each<X, Tensor>,
  outputs: Each<Y, Tensor>,
  cotangents: Each<Y, Tensor | undefined>,
  wanted: Each<X, boolean>,
) => readonly (Tensor | undefined)[]

/**
 * Replaces the derivative of `outputs` with respect to `inputs` by a stated one, where that is cheaper or more
 * accurate than what the chain rule through every operator gives. Costs nothing when the graph runs.
 * Errors: `WRONG_TYPE`; once the gradient is asked for, `LENGTH_MISMATCH` where it has more cotangents than inputs.
 */
export function customGradient<const X extends Tensors, const Y extends Tensors>(
  inputs: X,
  outputs: Y,
  gradient: Gradient<X, Y>,
): Each<Y, Tensor> {
  tensorList('inputs', inputs)
  tensorList('outputs', outputs)
  callback('gradient', gradient)
  const op = { kind: 'customGradient', nInputs: inputs.length, gradient: checked(gradient as Gradient) } as const
  // As many as there are outputs, which the type of a node's forgets.
  return [...makeNode(op, [...inputs, ...outputs], outputs).outputs] as Tensors as Each<Y, Tensor>
}

function checked(gradient: Gradient): Gradient {
  return (inputs, ...rest) => {
    const cotangents = gradient(inputs, ...rest)
    list((name, value) => value === undefined || tensor(name, value))('cotangents of customGradient', cotangents)
    if (cotangents.length > inputs.length) {
      throw new ScoringBiasError(
        'LENGTH_MISMATCH',
        `customGradient: ${cotangents.length} cotangents for ${inputs.length} inputs`,
      )
    }
    return cotangents
  }
}
