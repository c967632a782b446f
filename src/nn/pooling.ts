import { maxPool2d as maximaOf, upsample2d as repeated } from '../graph/imageOps.js'
import { mapSlices } from '../graph/mapSlices.js'
import { imageSizes, requireLayer } from './layers.js'
import type { Module } from './module.js'

/**
 * Maxima of windows of size × size side by side: [R, B, C, H, W] → [R, B, C, ⌊H/size⌋, ⌊W/size⌋]. The first of equal values in a
 * window takes the whole gradient. Errors: `SHAPE_MISMATCH`.
 */
export function maxPool2d(name: string, size: number): Module {
  requireLayer(name, { size })
  return (x) => {
    imageSizes(name, x)
    return mapSlices([x], ([images]) => maximaOf(images, size))[0]
  }
}

/** Every pixel repeated scale × scale times: [R, B, C, H, W] → [R, B, C, scale·H, scale·W]. Float32 only. Errors: `SHAPE_MISMATCH`. */
export function upsample2d(name: string, scale: number): Module {
  requireLayer(name, { scale })
  return (x) => {
    imageSizes(name, x)
    return mapSlices([x], ([images]) => [repeated(images, scale)])[0]
  }
}
