import { at, callback } from '../check.js'
import { ScoringBiasError } from '../errors.js'
import { customGradient } from './customGradient.js'
import { vectorJacobian } from './grad.js'
import { scan } from './scan.js'
import { type Each, isFloat, type Tensor, tensorList } from './tensor.js'

type Tensors = readonly Tensor[]

/**
 * Applies a function to each slice of the first axis of `inputs`, in a loop, and stacks what it returns. Its derivative
 * is a loop as well, over the function's derivative; values that this needs are computed again there.
 *
 * For operators that have no axis for replicas: `mapSlices([x, w], ([x, w]) => [conv2d(x, w, 2)])`.
 * The function must take everything that it uses from its slices, constants apart. Errors: `NOT_DIFFERENTIABLE`.
 */
export function mapSlices<const X extends Tensors, const Y extends Tensors>(
  inputs: X,
  fn: (slices: Each<X, Tensor>) => Y,
): Each<Y, Tensor> {
  tensorList('inputs', inputs)
  callback('the function of mapSlices', fn)
  // As many as there are inputs and outputs, which their types forget from here on.
  return differentiable([...inputs], fn as (slices: Tensors) => Tensors) as Each<Y, Tensor>
}

function differentiable(inputs: Tensors, fn: (slices: Tensors) => Tensors): Tensors {
  const outputs = loop(inputs, fn)
  return customGradient(inputs, outputs, (_inputs, _outputs, cotangents, wanted) => {
    const given = cotangents.flatMap((cotangent, i) => (cotangent === undefined ? [] : [{ i, cotangent }]))
    const targets = inputs.flatMap(({ dtype }, i) => (wanted[i] === true && isFloat(dtype) ? [i] : []))
    const gradients = loop([...inputs, ...given.map(({ cotangent }) => cotangent)], (slices) => {
      const own = slices.slice(0, inputs.length)
      const results = fn(own)
      return vectorJacobian(
        given.map(({ i }) => at(results, i)),
        slices.slice(inputs.length),
        targets.map((i) => at(own, i)),
      )
    })
    const found = new Map(targets.map((i, k) => [i, at(gradients, k)]))
    return inputs.map((_, i) => found.get(i))
  })
}

function loop(inputs: Tensors, fn: (slices: Tensors) => Tensors): Tensors {
  const { outputs } = scan([], inputs, (_states, slices) => ({ states: [], outputs: fn(slices) }))
  const captured = outputs[0]?.node.inputs.length !== inputs.length
  if (captured) {
    throw new ScoringBiasError(
      'NOT_DIFFERENTIABLE',
      'mapSlices: the function uses a value from outside its slices; give it as an input',
    )
  }
  return outputs
}
