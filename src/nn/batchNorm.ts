import { requireInteger } from '../check.js'
import { customGradient } from '../graph/customGradient.js'
import { maxPool2d, scatterAdd } from '../graph/imageOps.js'
import { mapSlices } from '../graph/mapSlices.js'
import { add, constant, div, matmul, mul, neg, reshape, sqrt, square, sub, transposeLast } from '../graph/ops.js'
import type { Tensor } from '../graph/tensor.js'
import { features, imageSizes } from './layers.js'
import type { Frame, Module } from './module.js'

/**
 * Batch normalisation without affine parameters (Ioffe and Szegedy, 2015): (x − μ)/√(σ² + ε) per replica and feature of
 * vectors [R, B, F] or channel of images [R, B, C, H, W]. In training μ and σ² are the batch's mean and biased variance, of
 * images over all pixels too; in evaluation the running ones.
 *
 * With w the weights of the samples, the derivative is s·(g − valid·(w·g + y·(w·(g∘y)))), s = 1/√(σ² + ε): padding, whose
 * cotangent is 0, neither takes part in the statistics nor receives a gradient. The derivative of the statistics
 * themselves is not given: nothing is trained through them.
 */
export function batchNorm(name: string, epsilon = 1e-4): Module {
  return (input, frame) => {
    const layout = layoutOf(name, input)
    const x = layout.turned(input)
    if (frame.mode === 'evaluate') return layout.turned(normalise(x, layout, frame, name, epsilon))
    const { valid, mean, centred, scale } = observe(x, layout, frame, name, epsilon)
    const [y = x] = customGradient([x], [mul(centred, scale)], (_inputs, [normal = x], [g]) => {
      if (g === undefined) return []
      const common = add(mean(g), mul(normal, mean(mul(g, normal))))
      return [mul(scale, sub(g, mul(valid, common)))]
    })
    return layout.turned(y)
  }
}

/**
 * Batch norm of images followed by max-pooling over windows of size × size, the statistics those of all pixels. Since the
 * normalisation is increasing, the maxima are taken before it, and only they are normalised.
 */
export function batchNormMaxPool2d(name: string, size: number, epsilon = 1e-4): Module {
  requireInteger(`size of layer '${name}'`, size, 1)
  return (x, frame) => {
    const [, height, width] = imageSizes(name, x)
    const layout = layoutOf(name, x)
    if (frame.mode === 'evaluate') {
      const [maxima = x] = pool(x, size)
      return normalise(maxima, layout, frame, name, epsilon)
    }
    const { valid, mean: meanOf, centred, scale } = observe(x, layout, frame, name, epsilon)
    const [maxima = x, positions = x] = pool(centred, size)
    const [y = x] = customGradient([x], [mul(maxima, scale)], (_inputs, [normal = x], [g]) => {
      if (g === undefined) return []
      // The cotangent of what the pool left out is 0: its means over all pixels are those over the maxima, rescaled.
      const [, pooledHeight, pooledWidth] = imageSizes(name, normal)
      const mean = (of: Tensor) => mul(meanOf(of), (pooledHeight * pooledWidth) / (height * width))
      const factor = neg(mul(scale, valid))
      const slope = mul(mul(factor, scale), mean(mul(g, normal)))
      const everywhere = add(mul(centred, slope), mul(factor, mean(g)))
      const [total = x] = mapSlices([everywhere, positions, mul(g, scale)], ([of = x, at = x, updates = x]) => [
        scatterAdd(of, at, updates),
      ])
      return [total]
    })
    return y
  }
}

/** How activations lie while they are normalised. */
interface Layout {
  readonly size: number
  readonly area: number
  /**
   * To this layout, and back: a vector's features become rows [R, F, B], because what is broadcast along rows as long as
   * the batch costs much less than along rows as short as the features. Images stay as they are.
   */
  readonly turned: (x: Tensor) => Tensor
  /** One value for each feature, [R, 1, size], in a shape that broadcasts; and one for each sample, [R, B, 1]. */
  readonly perFeature: (values: Tensor) => Tensor
  readonly perSample: (values: Tensor) => Tensor
  /** Means [R, 1, size] over samples of weights [R, 1, B], and pixels. */
  readonly means: (x: Tensor, weights: Tensor) => Tensor
}

function layoutOf(name: string, x: Tensor): Layout {
  const [replicas = 1, samples = 1] = x.shape
  if (x.shape.length === 5) {
    const [size, height, width] = imageSizes(name, x)
    return {
      size,
      area: height * width,
      turned: (images) => images,
      perFeature: (values) => reshape(values, [replicas, 1, size, 1, 1]),
      perSample: (values) => reshape(values, [replicas, samples, 1, 1, 1]),
      means: (images, weights) => matmul(weights, pixelMeans(name, images)),
    }
  }
  const size = features(name, x)
  return {
    size,
    area: 1,
    turned: transposeLast,
    perFeature: (values) => reshape(values, [replicas, size, 1]),
    perSample: (values) => reshape(values, [replicas, 1, samples]),
    means: (rows, weights) => reshape(matmul(rows, reshape(weights, [replicas, samples, 1])), [replicas, 1, size]),
  }
}

function normalise(x: Tensor, layout: Layout, frame: Frame, name: string, epsilon: number): Tensor {
  const { mean, variance } = frame.statistics(name, layout.size, layout.area)
  return mul(sub(x, layout.perFeature(mean)), layout.perFeature(inverseDeviation(variance, epsilon)))
}

/**
 * The batch's statistics, reported to the frame: means over the batch as a function, which samples are valid, x less its
 * mean, and 1/√(σ² + ε).
 */
function observe(x: Tensor, { perFeature, perSample, means }: Layout, frame: Frame, name: string, epsilon: number) {
  const { weights, valid } = frame
  if (weights === undefined || valid === undefined) throw new Error('training needs the weights of the batch')
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
 * Means over the pixels of images, [R, B, C, H, W] → [R, B, C]; vectors are what they are. A product with a column: faster
 * than a ReduceMean, whose order of summation depends on the alignment in memory besides.
 */
function pixelMeans(name: string, x: Tensor): Tensor {
  if (x.shape.length !== 5) return x
  const [channels, height, width] = imageSizes(name, x)
  const [replicas = 1, samples = 1] = x.shape
  const area = height * width
  const column = constant(Array<number>(area).fill(1 / area), x.dtype, [area, 1])
  const means = matmul(reshape(x, [replicas, samples, channels, area]), column)
  return reshape(means, [replicas, samples, channels])
}

function pool(x: Tensor, size: number): readonly Tensor[] {
  return mapSlices([x], ([images = x]) => maxPool2d(images, size))
}

function inverseDeviation(variance: Tensor, epsilon: number): Tensor {
  return div(1, sqrt(add(variance, epsilon)))
}
