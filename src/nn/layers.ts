import { at, flag, integer, list, requireInteger, requireOptions, text } from '../check.js'
import { ScoringBiasError } from '../errors.js'
import { customGradient } from '../graph/customGradient.js'
import { mapSlices } from '../graph/mapSlices.js'
import { narrow } from '../graph/narrow.js'
import { leakySlope } from '../graph/op.js'
import * as ops from '../graph/ops.js'
import { type Dim, type Each, showShape, type Tensor, tensor } from '../graph/tensor.js'
import type { Module } from './module.js'
import { elements } from './parameters.js'

/** Options of {@link linear}. */
export interface LinearOptions {
  /** Adds a trained offset to each output. Default false. */
  readonly bias?: boolean | undefined
}

/**
 * x·W, or x·W + b: [R, B, in] → [R, B, out]. The parameters are `name.weight` [in, out], PyTorch's transposed, and
 * `name.bias` [out]. Errors: `WRONG_TYPE`, `UNKNOWN_NAME`, `OUT_OF_RANGE`; once applied, `SHAPE_MISMATCH`.
 */
export function linear(name: string, out: number, options: LinearOptions = {}): Module {
  requireLayer(name, { outputs: out })
  const { bias = false } = requireOptions(`layer '${name}'`, options, { bias: flag })
  return (x, frame) => {
    const size = features(name, x)
    const y = ops.matmul(x, frame.parameter(`${name}.weight`, [size, out], size))
    if (!bias) return y
    const offset = frame.parameter(`${name}.bias`, [out], size)
    // A product with ones, so that the gradient over the batch is one too and no ReduceSum, see `sumFeatures`.
    const ones = ops.expandAs(ops.constant([1], x.dtype, [1, 1, 1]), narrow(x, 2, 0, 1))
    return ops.add(y, ops.matmul(ones, ops.reshape(offset, [at(offset.shape, 0), 1, out])))
  }
}

/** max(x, slope·x), elementwise, for a slope in [0, 1). Errors: `WRONG_TYPE`, `OUT_OF_RANGE`. */
export function leakyRelu(slope = 0.01): Module {
  leakySlope('slope', slope)
  return (x) => ops.leakyRelu(x, slope)
}

/** 1/(1 + e^−x), elementwise. */
export function sigmoid(): Module {
  return (x) => ops.sigmoid(x)
}

/** Samples of another shape with as many elements, in row-major order. Errors: `SHAPE_MISMATCH`. */
export function view(name: string, ...shape: readonly number[]): Module {
  requireLayer(name)
  list(integer(1))(`shape of layer '${name}'`, shape)
  return (x) => {
    if (elements(knownSizes(name, x)) !== elements(shape)) throw mismatch(name, `makes samples ${showShape(shape)}`, x)
    return ops.reshape(x, [...batchAxes(x), ...shape])
  }
}

/** Samples of any shape as vectors, in row-major order. */
export function flatten(name: string): Module {
  requireLayer(name)
  return (x, frame) => view(name, elements(knownSizes(name, x)))(x, frame)
}

/**
 * Sums of a sample's elements times `scale`: [R, B, …sample] → [R, 1, B]. A product with a row instead of a ReduceSum, whose order of
 * summation in ONNX Runtime depends on the alignment of a sample in memory and so on the samples beside it.
 */
export function sumFeatures(x: Tensor, scale = 1): Tensor {
  const size = elements(knownSizes('sumFeatures', x))
  const [replicas, samples] = batchAxes(x)
  const columns = ops.transposeLast(ops.reshape(x, [replicas, samples, size]))
  const row = ops.constant(Array<number>(size).fill(scale), x.dtype, [1, size])
  const last = samplesLast(x)
  const [total] = customGradient([last], [ops.matmul(row, columns)], (_inputs, _outputs, [g]) => {
    if (g === undefined) return []
    const ones = Array<number>(last.shape.length - 2).fill(1)
    const each = ops.reshape(scale === 1 ? g : ops.mul(g, scale), [replicas, ...ones, samples])
    return [ops.expandAs(each, last)]
  })
  return total
}

/** What a layer computes with may hold a number for each unit; more no machine trains. */
const mostUnits = 2 ** 24

/** Requires a name, before it stands in a message, and the sizes of a layer to be integers from 1 on. Errors: `WRONG_TYPE`, `OUT_OF_RANGE`. */
export function requireLayer(name: string, sizes: Readonly<Record<string, number>> = {}): void {
  text('name of a layer', name)
  for (const [what, size] of Object.entries(sizes)) requireInteger(`${what} of layer '${name}'`, size, 1, mostUnits)
}

/** The axes of replicas and of samples that activations have before all others. */
export function batchAxes(x: Tensor): readonly [replicas: Dim, samples: Dim] {
  return [at(x.shape, 0), at(x.shape, 1)]
}

/**
 * Activations [R, B, …sample] with the samples as the last axis, [R, …sample, B]: what is broadcast along rows as long as the
 * batch costs much less than along rows as short as a sample's axes. `samplesSecond` undoes it, and two layers that both
 * work so have nothing to turn between them.
 */
export function samplesLast(x: Tensor): Tensor {
  const axes = x.shape.map((_, axis) => axis)
  return ops.transpose(x, [0, ...axes.slice(2), 1])
}

/** Activations [R, …sample, B] as [R, B, …sample]. */
export function samplesSecond(x: Tensor): Tensor {
  const axes = x.shape.map((_, axis) => axis)
  return ops.transpose(x, [0, axes.length - 1, ...axes.slice(1, -1)])
}

/** A convolution of images [R, C, H, W, B] with filters of each replica. In the loop images are [1, C, H, W, B], which ONNX takes as they are. */
export function eachReplica(x: Tensor, filters: Tensor, convolve: (x: Tensor, filters: Tensor) => Tensor): Tensor {
  const replicas = at(x.shape, 0)
  const single = ops.reshape(x, [replicas, 1, ...x.shape.slice(1)])
  const [y] = mapSlices([single, filters], (slices) => [convolve(...slices)])
  return ops.reshape(y, [replicas, ...y.shape.slice(2)])
}

/** What a layer makes of its input: an operator that refuses it knows neither the layer's name nor its samples, and the error then says both. */
export function fitting<T>(layer: string, x: Tensor, apply: () => T): T {
  try {
    return apply()
  } catch (cause) {
    if (!(cause instanceof ScoringBiasError)) throw cause
    const what = `layer '${layer}' cannot take samples ${showShape(x.shape.slice(2))}`
    throw new ScoringBiasError(cause.code, `${what}: ${cause.message}`, { cause })
  }
}

/** The number of features of activations [R, B, features]. Errors: `SHAPE_MISMATCH`. */
export function features(layer: string, x: Tensor): number {
  return sized(layer, x, 'vectors', ['features'])[0]
}

/** The sizes of images [R, B, channels, height, width]. Errors: `SHAPE_MISMATCH`. */
export function imageSizes(layer: string, x: Tensor): readonly [channels: number, height: number, width: number] {
  return sized(layer, x, 'images', ['channels', 'height', 'width'])
}

/** The sizes of sequences [R, B, steps, features]. Errors: `SHAPE_MISMATCH`. */
export function sequenceSizes(layer: string, x: Tensor): readonly [steps: number, features: number] {
  return sized(layer, x, 'sequences', ['steps', 'features'])
}

function sized<const A extends readonly string[]>(layer: string, x: Tensor, what: string, axes: A): Each<A, number> {
  const sizes: readonly number[] = knownSizes(layer, x)
  const shape = axes.length === 1 ? '' : ` [${axes.join(', ')}]`
  if (sizes.length !== axes.length) throw mismatch(layer, `takes ${what}${shape}`, x)
  return sizes as Each<A, number>
}

function knownSizes(layer: string, x: Tensor): number[] {
  tensor(`input of layer '${layer}'`, x)
  if (x.shape.length < 2) throw mismatch(layer, 'takes activations [replicas, samples, …]', x)
  return x.shape.slice(2).map((dim) => {
    if (typeof dim !== 'number') throw mismatch(layer, 'takes samples of known size', x)
    return dim
  })
}

function mismatch(layer: string, what: string, x: Tensor): ScoringBiasError {
  const got = x.shape.length < 2 ? showShape(x.shape) : `samples of shape ${showShape(x.shape.slice(2))}`
  return new ScoringBiasError('SHAPE_MISMATCH', `layer '${layer}' ${what}, got ${got}`)
}
