import { ScoringBiasError } from '../errors.js'
import * as ops from '../graph/ops.js'
import { type Shape, showShape, type Tensor } from '../graph/tensor.js'
import type { Module } from './module.js'
import { elements } from './parameters.js'

export interface LinearOptions {
  /** Adds a trained offset to each output. Default false. */
  readonly bias?: boolean
}

/**
 * x·W, or x·W + b: [R, B, in] → [R, B, out]. The parameters are `name.weight` [in, out], PyTorch's transposed, and
 * `name.bias` [out].
 */
export function linear(name: string, out: number, { bias = false }: LinearOptions = {}): Module {
  return (x, frame) => {
    const size = features(name, x)
    const y = ops.matmul(x, frame.parameter(`${name}.weight`, [size, out], size))
    if (!bias) return y
    const offset = frame.parameter(`${name}.bias`, [out], size)
    return ops.add(y, ops.reshape(offset, [offset.shape[0] ?? 1, 1, out]))
  }
}

/** max(x, slope·x), elementwise. */
export function leakyRelu(slope = 0.01): Module {
  return (x) => ops.leakyRelu(x, slope)
}

/** 1/(1 + e^−x), elementwise. */
export function sigmoid(): Module {
  return (x) => ops.sigmoid(x)
}

/** Samples of another shape with as many elements, in row-major order. Errors: `SHAPE_MISMATCH`. */
export function view(name: string, ...shape: readonly number[]): Module {
  return (x) => {
    const [replicas = 1, batch = 1] = x.shape
    if (elements(knownSizes(name, x)) !== elements(shape)) throw mismatch(name, `makes samples ${showShape(shape)}`, x)
    return ops.reshape(x, [replicas, batch, ...shape])
  }
}

/** Samples of any shape as vectors, in row-major order. */
export function flatten(name: string): Module {
  return (x, frame) => view(name, elements(knownSizes(name, x)))(x, frame)
}

/** The number of features of activations [R, B, features]. Errors: `SHAPE_MISMATCH`. */
export function features(layer: string, x: Tensor): number {
  const [size, ...rest] = knownSizes(layer, x)
  if (size === undefined || rest.length > 0) throw mismatch(layer, 'takes vectors', x)
  return size
}

/** The sizes of images [R, B, channels, height, width]. Errors: `SHAPE_MISMATCH`. */
export function imageSizes(layer: string, x: Tensor): readonly [channels: number, height: number, width: number] {
  const [channels, height, width, ...rest] = knownSizes(layer, x)
  if (channels === undefined || height === undefined || width === undefined || rest.length > 0)
    throw mismatch(layer, 'takes images [channels, height, width]', x)
  return [channels, height, width]
}

/** The sizes of sequences [R, B, steps, features]. Errors: `SHAPE_MISMATCH`. */
export function sequenceSizes(layer: string, x: Tensor): readonly [steps: number, features: number] {
  const [steps, size, ...rest] = knownSizes(layer, x)
  if (steps === undefined || size === undefined || rest.length > 0)
    throw mismatch(layer, 'takes sequences [steps, features]', x)
  return [steps, size]
}

function knownSizes(layer: string, x: Tensor): number[] {
  return sampleShape(x).map((dim) => {
    if (typeof dim !== 'number') throw mismatch(layer, 'takes samples of known size', x)
    return dim
  })
}

function mismatch(layer: string, what: string, x: Tensor): ScoringBiasError {
  const got = showShape(sampleShape(x))
  return new ScoringBiasError('SHAPE_MISMATCH', `layer '${layer}' ${what}, got samples of shape ${got}`)
}

function sampleShape(x: Tensor): Shape {
  return x.shape.slice(2)
}
