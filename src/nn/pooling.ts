import { requireInteger } from '../check.js'
import { maxPool2d as maximaOf, upsample2d as repeated } from '../graph/imageOps.js'
import { mapSlices } from '../graph/mapSlices.js'
import { imageSizes } from './layers.js'
import type { Module } from './module.js'

/**
 * Maxima of windows of size × size side by side: [R, B, C, H, W] → [R, B, C, ⌊H/size⌋, ⌊W/size⌋]. The first of equal values in a
 * window takes the whole gradient. Errors: `SHAPE_MISMATCH`.
 */
export function maxPool2d(name: string, size: number): Module {
  requireInteger(`size of layer '${name}'`, size, 1)
  return (x) => {
    imageSizes(name, x)
    const [maxima = x] = mapSlices([x], ([images = x]) => maximaOf(images, size))
    return maxima
  }
}

/** Every pixel repeated scale × scale times: [R, B, C, H, W] → [R, B, C, scale·H, scale·W]. Float32 only. Errors: `SHAPE_MISMATCH`. */
export function upsample2d(name: string, scale: number): Module {
  requireInteger(`scale of layer '${name}'`, scale, 1)
  return (x) => {
    imageSizes(name, x)
    const [larger = x] = mapSlices([x], ([images = x]) => [repeated(images, scale)])
    return larger
  }
}
