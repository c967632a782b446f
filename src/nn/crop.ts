import { ScoringBiasError } from '../errors.js'
import { narrow } from '../graph/narrow.js'
import { showShape } from '../graph/tensor.js'
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
    return samplesSecond([height, width].reduce((part, size, i) => narrow(part, 2 + i, 0, size), samplesLast(x)))
  }
}
