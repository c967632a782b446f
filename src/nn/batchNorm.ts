import { invariant, requireWithin } from '../check.js'
import { customGradient } from '../graph/customGradient.js'
import { vectorJacobian } from '../graph/grad.js'
import { maxPool2d } from '../graph/imageOps.js'
import { repeats } from '../graph/op.js'
import { add, constant, div, matmul, mul, neg, reshape, sqrt, square, sub } from '../graph/ops.js'
import { type Tensor, tensor } from '../graph/tensor.js'
import { batchAxes, features, fitting, imageSizes, requireLayer, samplesLast, samplesSecond } from './layers.js'
import type { Frame, Module } from './module.js'

/**
 * Batch normalisation without affine parameters (Ioffe and Szegedy, 2015): (x − μ)/√(σ² + ε) per replica and feature of
 * vectors [R, B, F] or channel of images [R, B, C, H, W]. In training μ and σ² are the batch's mean and biased variance, of
 * images over all pixels too; in evaluation the running ones.
 *
 * With w the weights of the samples, the derivative is s·(g − valid·(w·g + y·(w·(g∘y)))), s = 1/√(σ² + ε): padding, whose
 * cotangent is 0, neither takes part in the statistics nor receives a gradient. The derivative of the statistics
 * themselves is not given: nothing is trained through them. Errors: `WRONG_TYPE`, `OUT_OF_RANGE`.
 */
export function batchNorm(name: string, epsilon = 1e-4): Module {
  requireNorm(name, epsilon)
  return (input, frame) => {
    const norm = normOf(input, name, epsilon, frame)
    const x = samplesLast(input)
    if (frame.mode === 'evaluate') return samplesSecond(normalise(x, norm))
    if (x.shape.length === 3) return samplesSecond(normaliseVectors(x, norm))
    const { valid, mean, centred, scale } = observe(x, norm)
    const [y] = customGradient([x], [mul(centred, scale)], (_inputs, [normal], [g]) => {
      if (g === undefined) return []
      const common = add(mean(g), mul(normal, mean(mul(g, normal))))
      return [mul(scale, sub(g, mul(valid, common)))]
    })
    return samplesSecond(y)
  }
}

/**
 * Of vectors [R, F, B] in training, by the scale of every element, 0 for padding: that is a product of a column and a row, which takes less
 * than to broadcast both in each of three places.
 */
function normaliseVectors(x: Tensor, { frame, name, epsilon, perFeature, perSample, means }: Norm): Tensor {
  const { weights, valid } = frame
  invariant(weights !== undefined && valid !== undefined, 'training needs the weights of the batch')
  const mean = (of: Tensor) => perFeature(means(of, weights))
  const centre = mean(x)
  const centred = sub(x, centre)
  const variance = asRow(mean(square(centred)))
  frame.observe(name, asRow(centre), variance)
  const scales = matmul(perFeature(inverseDeviation(variance, epsilon)), perSample(valid))
  const [y] = customGradient([x], [mul(centred, scales)], (_inputs, [normal], [g]) => {
    if (g === undefined) return []
    return [mul(scales, sub(g, add(mean(g), mul(normal, mean(mul(g, normal))))))]
  })
  return y
}

/** Values [R, size, 1] as [R, 1, size]. */
function asRow(values: Tensor): Tensor {
  const [replicas, size] = batchAxes(values)
  return reshape(values, [replicas, 1, size])
}

/**
 * Batch norm of images followed by max-pooling over windows of size × size, the statistics those of all pixels. Since the
 * normalisation is increasing, the maxima are taken before it, and only they are normalised. Errors: `WRONG_TYPE`,
 * `OUT_OF_RANGE`; once applied, `SHAPE_MISMATCH`.
 */
export function batchNormMaxPool2d(name: string, size: number, epsilon = 1e-4): Module {
  requireNorm(name, epsilon)
  repeats(1)(`size of layer '${name}'`, size)
  return (input, frame) => {
    imageSizes(name, input)
    const norm = normOf(input, name, epsilon, frame)
    const x = samplesLast(input)
    const pooled = (of: Tensor) => fitting(name, input, () => maxPool2d(of, size))
    if (frame.mode === 'evaluate') return samplesSecond(normalise(pooled(x), norm))
    const { valid, mean: meanOf, centred, scale } = observe(x, norm)
    const maxima = pooled(centred)
    const [y] = customGradient([x], [mul(maxima, scale)], (_inputs, [normal], [g]) => {
      if (g === undefined) return []
      // The cotangent of what the pool left out is 0: its means over all pixels are those over the maxima, rescaled.
      const mean = (of: Tensor) => mul(meanOf(of), area(of) / area(x))
      const factor = neg(mul(scale, valid))
      const slope = mul(mul(factor, scale), mean(mul(g, normal)))
      const everywhere = add(mul(centred, slope), mul(factor, mean(g)))
      const [winners] = vectorJacobian([maxima], [mul(g, scale)], [centred])
      return [winners && add(everywhere, winners)]
    })
    return samplesSecond(y)
  }
}

type Norm = ReturnType<typeof normOf>

function requireNorm(name: string, epsilon: number): void {
  requireLayer(name)
  requireWithin(`epsilon of layer '${name}'`, epsilon, 0, Number.POSITIVE_INFINITY)
}

/**
 * A layer of batch norm where it is applied, to activations [R, F, B] of features or [R, C, H, W, B] of channels
 * (`samplesLast`). `perFeature` and `perSample` make values [R, 1, size] and [R, B, 1] broadcast; `means` [R, 1, size] are
 * over samples of weights [R, 1, B], and pixels.
 */
function normOf(x: Tensor, name: string, epsilon: number, frame: Frame) {
  tensor(`input of layer '${name}'`, x)
  const [replicas, samples] = batchAxes(x)
  const [size, ...pixels] = x.shape.length === 5 ? imageSizes(name, x) : [features(name, x)]
  const ones = pixels.map(() => 1)
  return {
    name,
    epsilon,
    frame,
    size,
    area: pixels.reduce((a, b) => a * b, 1),
    perFeature: (values: Tensor) => reshape(values, [replicas, size, ...ones, 1]),
    perSample: (values: Tensor) => reshape(values, [replicas, 1, ...ones, samples]),
    /** Products of matrices: faster than a ReduceMean, whose order of summation depends on the alignment in memory besides. */
    means: (of: Tensor, weights: Tensor) => {
      const [, , ...axes] = of.shape.slice(0, -1).map(Number)
      const average = (x: Tensor, length: number) =>
        matmul(constant(Array<number>(length).fill(1 / length), x.dtype, [1, length]), x)
      // Axis by axis: short sums round less.
      const perSample = axes.reduceRight(
        (x, length, i) => average(reshape(x, [replicas, ...of.shape.slice(1, i + 2), length, samples]), length),
        of,
      )
      const sums = matmul(reshape(perSample, [replicas, size, samples]), reshape(weights, [replicas, samples, 1]))
      return reshape(sums, [replicas, 1, size])
    },
  }
}

/** Pixels of activations [R, C, H, W, B]; 1 of [R, F, B]. */
function area({ shape }: Tensor): number {
  return shape.slice(2, -1).reduce<number>((product, dim) => product * Number(dim), 1)
}

function normalise(x: Tensor, { frame, name, epsilon, size, area, perFeature }: Norm): Tensor {
  const { mean, variance } = frame.statistics(name, size, area)
  return mul(sub(x, perFeature(mean)), perFeature(inverseDeviation(variance, epsilon)))
}

/**
 * The batch's statistics, reported to the frame: means over the batch as a function, which samples are valid, x less its
 * mean, and 1/√(σ² + ε).
 */
function observe(x: Tensor, { frame, name, epsilon, perFeature, perSample, means }: Norm) {
  const { weights, valid } = frame
  invariant(weights !== undefined && valid !== undefined, 'training needs the weights of the batch')
  const mean = means(x, weights)
  const centred = sub(x, perFeature(mean))
  const variance = means(square(centred), weights)
  frame.observe(name, mean, variance)
  return {
    valid: perSample(valid),
    mean: (of: Tensor) => perFeature(means(of, weights)),
    centred,
    scale: perFeature(inverseDeviation(variance, epsilon)),
  }
}

function inverseDeviation(variance: Tensor, epsilon: number): Tensor {
  return div(1, sqrt(add(variance, epsilon)))
}
