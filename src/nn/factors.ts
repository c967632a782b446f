import { customGradient } from '../graph/customGradient.js'
import { constant, matmul, mul, transposeLast } from '../graph/ops.js'
import type { Tensor } from '../graph/tensor.js'

/** Activations [R, B, F] as others times a positive factor of each feature, [R, F, 1]. */
export interface Factored {
  readonly base: Tensor
  readonly factors: Tensor
}

const factored = new WeakMap<Tensor, Factored>()

/**
 * Notes that activations are a product. What can do without it, or take the factors into its weights, which are few, spares
 * the passes over all samples that make the product and derive from it; a product that nothing else uses is not computed.
 */
export function withFactors(x: Tensor, product: Factored): Tensor {
  factored.set(x, product)
  return x
}

/** The product that activations were noted to be. */
export function factorsOf(x: Tensor): Factored | undefined {
  return factored.get(x)
}

/**
 * Rows of weights [R, F, out] times their features' factors [R, F, 1]. The factors' cotangent is a sum by a product of matrices, for
 * the reason in `sumFeatures`.
 */
export function scaledRows(weights: Tensor, factors: Tensor): Tensor {
  const out = Number(weights.shape[2])
  const row = constant(Array<number>(out).fill(1), weights.dtype, [1, out])
  const [scaled] = customGradient([weights, factors], [mul(weights, factors)], (_inputs, _outputs, [g]) => {
    if (g === undefined) return []
    return [mul(g, factors), transposeLast(matmul(row, transposeLast(mul(g, weights))))]
  })
  return scaled
}
