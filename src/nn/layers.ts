import { ScoringBiasError } from '../errors.js'
import * as ops from '../graph/ops.js'
import { type Shape, showShape, type Tensor } from '../graph/tensor.js'
import type { Module } from './module.js'

/** x·W without bias: [R, B, in] → [R, B, out]. The parameter is `name.weight` [in, out], PyTorch's transposed. */
export function linear(name: string, out: number): Module {
  return (x, frame) => {
    const size = features(name, x)
    return ops.matmul(x, frame.parameter(`${name}.weight`, [size, out], size))
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

/** The number of features of activations [R, B, features]. Errors: `SHAPE_MISMATCH`. */
export function features(layer: string, x: Tensor): number {
  const size = x.shape[2]
  if (x.shape.length !== 3 || typeof size !== 'number') {
    throw new ScoringBiasError(
      'SHAPE_MISMATCH',
      `layer '${layer}' takes vectors, got samples of shape ${showShape(sampleShape(x))}`,
    )
  }
  return size
}

function sampleShape(x: Tensor): Shape {
  return x.shape.slice(2)
}
