import { at } from '../check.js'
import { ScoringBiasError } from '../errors.js'
import { split } from '../graph/ops.js'
import { showShape, type Tensor } from '../graph/tensor.js'
import { imageSizes, requireLayer, samplesLast, samplesSecond } from './layers.js'
import type { Module } from './module.js'

/**
 * The upper left part of images: [R, B, C, H, W] → [R, B, C, height, width]. Images of that size are returned as they are.
 * Errors: `WRONG_TYPE`, `OUT_OF_RANGE`; once applied, `SHAPE_MISMATCH` for images that are smaller.
 */
export function crop2d(name: string, height: number, width: number): Module {
  requireLayer(name, { height, width })
  return (x) => {
    const [, ...sizes] = imageSizes(name, x)
    if (sizes[0] < height || sizes[1] < width) {
      const got = showShape(x.shape.slice(2))
      throw new ScoringBiasError(
        'SHAPE_MISMATCH',
        `layer '${name}' cuts out ${height} × ${width} pixels, got samples of shape ${got}`,
      )
    }
    return samplesSecond([height, width].reduce((part, size, i) => first(part, 2 + i, size), samplesLast(x)))
  }
}

/** The first elements along an axis of known size. */
function first(x: Tensor, axis: number, size: number): Tensor {
  const all = Number(at(x.shape, axis))
  return all === size ? x : at(split(x, axis, [size, all - size]), 0)
}
