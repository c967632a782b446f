import { invariant, requireWithin } from '../check.js'
import { customGradient } from '../graph/customGradient.js'
import { maxPool2d, unpool2d } from '../graph/imageOps.js'
import { mapSlices } from '../graph/mapSlices.js'
import { add, constant, div, matmul, mul, neg, reshape, sqrt, square, sub, transposeLast } from '../graph/ops.js'
import { type Tensor, tensor } from '../graph/tensor.js'
import { batchAxes, features, imageSizes, requireLayer } from './layers.js'
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
    const x = norm.turned(input)
    if (frame.mode === 'evaluate') return norm.turned(normalise(x, norm))
    const { valid, mean, centred, scale } = observe(x, norm)
    const [y] = customGradient([x], [mul(centred, scale)], (_inputs, [normal], [g]) => {
      if (g === undefined) return []
      const common = add(mean(g), mul(normal, mean(mul(g, normal))))
      return [mul(scale, sub(g, mul(valid, common)))]
    })
    return norm.turned(y)
  }
}

/**
 * Batch norm of images followed by max-pooling over windows of size × size, the statistics those of all pixels. Since the
 * normalisation is increasing, the maxima are taken before it, and only they are normalised. Errors: `WRONG_TYPE`,
 * `OUT_OF_RANGE`; once applied, `SHAPE_MISMATCH`.
 */
export function batchNormMaxPool2d(name: string, size: number, epsilon = 1e-4): Module {
  requireNorm(name, epsilon)
  requireLayer(name, { size })
  return (x, frame) => {
    const [, height, width] = imageSizes(name, x)
    const norm = normOf(x, name, epsilon, frame)
    if (frame.mode === 'evaluate') return normalise(pool(x, size), norm)
    const { valid, mean: meanOf, centred, scale } = observe(x, norm)
    const maxima = pool(centred, size)
    const [y] = customGradient([x], [mul(maxima, scale)], (_inputs, [normal], [g]) => {
      if (g === undefined) return []
      // The cotangent of what the pool left out is 0: its means over all pixels are those over the maxima, rescaled.
      const [, pooledHeight, pooledWidth] = imageSizes(name, normal)
      const mean = (of: Tensor) => mul(meanOf(of), (pooledHeight * pooledWidth) / (height * width))
      const factor = neg(mul(scale, valid))
      const slope = mul(mul(factor, scale), mean(mul(g, normal)))
      const everywhere = add(mul(centred, slope), mul(factor, mean(g)))
      return mapSlices([everywhere, centred, maxima, mul(g, scale)], ([all, ...slices]) => [
        add(all, unpool2d(...slices, size)),
      ])
    })
    return y
  }
}

type Norm = ReturnType<typeof normOf>

function requireNorm(name: string, epsilon: number): void {
  requireLayer(name)
  requireWithin(`epsilon of layer '${name}'`, epsilon, 0, Number.POSITIVE_INFINITY)
}

/**
 * A layer of batch norm where it is applied: how activations lie while they are normalised. `turned` is the way to this
 * layout, and back: a vector's features become rows [R, F, B], because what is broadcast along rows as long as the batch
 * costs much less than along rows as short as the features. `perFeature` and `perSample` make values [R, 1, size] and
 * [R, B, 1] broadcast; `means` [R, 1, size] are over samples of weights [R, 1, B], and pixels.
 */
function normOf(x: Tensor, name: string, epsilon: number, frame: Frame) {
  tensor(`input of layer '${name}'`, x)
  const place = { name, epsilon, frame }
  if (x.shape.length === 5) {
    const [size, height, width] = imageSizes(name, x)
    const [replicas, samples] = batchAxes(x)
    return {
      ...place,
      size,
      area: height * width,
      turned: (images: Tensor) => images,
      perFeature: (values: Tensor) => reshape(values, [replicas, 1, size, 1, 1]),
      perSample: (values: Tensor) => reshape(values, [replicas, samples, 1, 1, 1]),
      means: (images: Tensor, weights: Tensor) => matmul(weights, pixelMeans(name, images)),
    }
  }
  const size = features(name, x)
  const [replicas, samples] = batchAxes(x)
  return {
    ...place,
    size,
    area: 1,
    turned: transposeLast,
    perFeature: (values: Tensor) => reshape(values, [replicas, size, 1]),
    perSample: (values: Tensor) => reshape(values, [replicas, 1, samples]),
    means: (rows: Tensor, weights: Tensor) =>
      reshape(matmul(rows, reshape(weights, [replicas, samples, 1])), [replicas, 1, size]),
  }
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

/**
 * Means over the pixels of images, [R, B, C, H, W] → [R, B, C]. A product with a column: faster than a ReduceMean, whose
 * order of summation depends on the alignment in memory besides.
 */
function pixelMeans(name: string, x: Tensor): Tensor {
  const [channels, height, width] = imageSizes(name, x)
  const area = height * width
  const column = constant(Array<number>(area).fill(1 / area), x.dtype, [area, 1])
  const means = matmul(reshape(x, [...batchAxes(x), channels, area]), column)
  return reshape(means, [...batchAxes(x), channels])
}

function pool(x: Tensor, size: number) {
  return mapSlices([x], ([images]) => [maxPool2d(images, size)])[0]
}

function inverseDeviation(variance: Tensor, epsilon: number): Tensor {
  return div(1, sqrt(add(variance, epsilon)))
}
