import { customGradient } from '../graph/customGradient.js'
import { add, div, matmul, mul, sqrt, square, sub } from '../graph/ops.js'
import type { Tensor } from '../graph/tensor.js'
import { features } from './layers.js'
import type { Module } from './module.js'

/**
 * Batch normalisation without affine parameters (Ioffe and Szegedy, 2015): (x − μ)/√(σ² + ε) per feature and replica.
 * In training μ and σ² are the batch's mean and biased variance; in evaluation the running ones.
 */
export function batchNorm(name: string, epsilon = 1e-4): Module {
  return (x, frame) => {
    const running = frame.statistics(name, features(name, x))
    if (frame.mode === 'evaluate') return mul(sub(x, running.mean), inverseDeviation(running.variance, epsilon))
    if (frame.weights === undefined || frame.valid === undefined)
      throw new Error('training needs the weights of the batch')
    const { y, mean, variance } = normalise(x, frame.weights, frame.valid, epsilon)
    frame.observe(name, mean, variance)
    return y
  }
}

/**
 * Normalises x [R, B, F] by its weighted mean and variance over the batch. Reductions over the batch are products
 * with the row of weights, which ONNX Runtime computes much faster than a ReduceSum.
 *
 * With weights w = valid/n, the derivative is s·(g − valid·(w·g + y·(w·(g∘y)))), s = 1/√(σ² + ε): padding, whose
 * cotangent is 0, neither takes part in the statistics nor receives a gradient. The derivative of the statistics
 * themselves is not given: nothing is trained through them.
 */
function normalise(x: Tensor, weights: Tensor, valid: Tensor, epsilon: number) {
  const mean = matmul(weights, x)
  const centred = sub(x, mean)
  const variance = matmul(weights, square(centred))
  const scale = inverseDeviation(variance, epsilon)
  const [y = x] = customGradient([x], [mul(centred, scale)], (_inputs, [normal = x], [g]) => {
    if (g === undefined) return []
    const common = add(matmul(weights, g), mul(normal, matmul(weights, mul(g, normal))))
    return [mul(scale, sub(g, mul(valid, common)))]
  })
  return { y, mean, variance }
}

function inverseDeviation(variance: Tensor, epsilon: number): Tensor {
  return div(1, sqrt(add(variance, epsilon)))
}
