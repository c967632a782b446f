import { integer, requireInteger, requireOptions } from '../check.js'
import { ScoringBiasError } from '../errors.js'
import { conv2d, convTranspose2d } from '../graph/imageOps.js'
import { mapSlices } from '../graph/mapSlices.js'
import { showShape, type Tensor } from '../graph/tensor.js'
import { imageSizes, requireLayer } from './layers.js'
import type { Module } from './module.js'

export interface ConvolutionOptions {
  /** Height and width of the filters. */
  readonly size: number
  /** Zeros around the image (of a transposed convolution: pixels cut off its result); default 0. */
  readonly padding?: number | undefined
}

/**
 * Convolution of stride 1 without bias: images [R, B, in, H, W] → [R, B, out, H+2p−k+1, W+2p−k+1]. The parameter is
 * `name.weight` [out, in, k, k], as PyTorch's Conv2d. Float32 only. Errors: `WRONG_TYPE`, `UNKNOWN_NAME`, `OUT_OF_RANGE`;
 * once applied, `SHAPE_MISMATCH`.
 */
export function convolution2d(name: string, out: number, options: ConvolutionOptions): Module {
  const { size, padding } = requireFilters(name, out, options)
  return (x, frame) => {
    const [channels] = imageSizes(name, x)
    const weight = frame.parameter(`${name}.weight`, [out, channels, size, size], channels * size * size)
    return filtered(name, x, weight, (images, filters) => conv2d(images, filters, padding))
  }
}

/**
 * Transposed convolution of stride 1 without bias: images [R, B, in, H, W] → [R, B, out, H−2p+k−1, W−2p+k−1]. The parameter
 * is `name.weight` [in, out, k, k], as PyTorch's ConvTranspose2d, and starts within ±1/√(out·k²), as there. Float32 only.
 * Errors: as of `convolution2d`.
 */
export function convolutionTranspose2d(name: string, out: number, options: ConvolutionOptions): Module {
  const { size, padding } = requireFilters(name, out, options)
  return (x, frame) => {
    const [channels] = imageSizes(name, x)
    const weight = frame.parameter(`${name}.weight`, [channels, out, size, size], out * size * size)
    return filtered(name, x, weight, (images, filters) => convTranspose2d(images, filters, padding))
  }
}

/** One replica after the other: ONNX's convolutions share their filters among all images of a batch. */
function filtered(
  name: string,
  x: Tensor,
  weight: Tensor,
  convolve: (images: Tensor, filters: Tensor) => Tensor,
): Tensor {
  try {
    return mapSlices([x, weight], ([images, filters]) => [convolve(images, filters)])[0]
  } catch (cause) {
    if (!(cause instanceof ScoringBiasError)) throw cause
    throw new ScoringBiasError(
      cause.code,
      `layer '${name}' cannot take samples ${showShape(x.shape.slice(2))}: ${cause.message}`,
      { cause },
    )
  }
}

function requireFilters(name: string, out: number, options: ConvolutionOptions): { size: number; padding: number } {
  requireLayer(name, { channels: out })
  const { size, padding = 0 } = requireOptions(`layer '${name}'`, options, { size: integer(1), padding: integer(0) })
  return { size: requireInteger(`size of layer '${name}'`, size, 1), padding }
}
