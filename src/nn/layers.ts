import { at, flag, integer, list, requireInteger, requireOptions, text } from '../check.js'
import { ScoringBiasError } from '../errors.js'
import { leakySlope } from '../graph/op.js'
import * as ops from '../graph/ops.js'
import { type Dim, type Shape, showShape, type Tensor, tensor } from '../graph/tensor.js'
import type { Module } from './module.js'
import { elements } from './parameters.js'

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
    return ops.add(y, ops.reshape(offset, [at(offset.shape, 0), 1, out]))
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

/** Requires a name, and the sizes of a layer to be integers of at least 1. Errors: `WRONG_TYPE`, `OUT_OF_RANGE`. */
export function requireLayer(name: string, sizes: Readonly<Record<string, number>> = {}): void {
  text('name of a layer', name)
  for (const [what, size] of Object.entries(sizes)) requireInteger(`${what} of layer '${name}'`, size, 1)
}

/** The axes of replicas and of samples that activations have before all others. */
export function batchAxes(x: Tensor): readonly [replicas: Dim, samples: Dim] {
  return [at(x.shape, 0), at(x.shape, 1)]
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
  tensor(`input of layer '${layer}'`, x)
  if (x.shape.length < 2) throw mismatch(layer, 'takes activations [replicas, samples, …]', x)
  return sampleShape(x).map((dim) => {
    if (typeof dim !== 'number') throw mismatch(layer, 'takes samples of known size', x)
    return dim
  })
}

function mismatch(layer: string, what: string, x: Tensor): ScoringBiasError {
  const got = x.shape.length < 2 ? showShape(x.shape) : `samples of shape ${showShape(sampleShape(x))}`
  return new ScoringBiasError('SHAPE_MISMATCH', `layer '${layer}' ${what}, got ${got}`)
}

function sampleShape(x: Tensor): Shape {
  return x.shape.slice(2)
}
