import { integer, requireInteger, requireOptions } from '../check.js'
import { ScoringBiasError } from '../errors.js'
import * as images from '../graph/imageOps.js'
import { showShape } from '../graph/tensor.js'
import { eachReplica, imageSizes, requireLayer, samplesLast, samplesSecond } from './layers.js'
import type { Module } from './module.js'

/** Options of `convolution2d` and `convolutionTranspose2d`. */
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
  return convolution(name, out, options, images.conv2d)
}

/**
 * Transposed convolution of stride 1 without bias: images [R, B, in, H, W] → [R, B, out, H−2p+k−1, W−2p+k−1]. The parameter
 * is `name.weight` [in, out, k, k], as PyTorch's ConvTranspose2d, and starts within ±1/√(out·k²), as there. Float32 only.
 * Errors: as of `convolution2d`.
 */
export function convolutionTranspose2d(name: string, out: number, options: ConvolutionOptions): Module {
  return convolution(name, out, options, images.convTranspose2d)
}

/**
 * Maxima of windows of size × size side by side: [R, B, C, H, W] → [R, B, C, ⌊H/size⌋, ⌊W/size⌋]. The first of equal values in a
 * window takes the whole gradient. Errors: `SHAPE_MISMATCH`.
 */
export function maxPool2d(name: string, size: number): Module {
  requireLayer(name, { size })
  return (x) => {
    imageSizes(name, x)
    return samplesSecond(images.maxPool2d(samplesLast(x), size))
  }
}

/** Every pixel repeated scale × scale times: [R, B, C, H, W] → [R, B, C, scale·H, scale·W]. Errors: `SHAPE_MISMATCH`. */
export function upsample2d(name: string, scale: number): Module {
  requireLayer(name, { scale })
  return (x) => {
    imageSizes(name, x)
    return samplesSecond(images.upsample2d(samplesLast(x), scale))
  }
}

/** One replica after the other: ONNX's convolutions share their filters among all images of a batch. */
function convolution(name: string, out: number, options: ConvolutionOptions, convolve: typeof images.conv2d): Module {
  requireLayer(name, { channels: out })
  const { size, padding = 0 } = requireOptions(`layer '${name}'`, options, { size: integer(1), padding: integer(0) })
  requireInteger(`size of layer '${name}'`, size, 1)
  return (x, frame) => {
    const [channels] = imageSizes(name, x)
    const [rows, columns] = convolve === images.conv2d ? [out, channels] : [channels, out]
    const weight = frame.parameter(`${name}.weight`, [rows, columns, size, size], columns * size * size)
    try {
      return samplesSecond(eachReplica(samplesLast(x), weight, (own, filters) => convolve(own, filters, padding)))
    } catch (cause) {
      if (!(cause instanceof ScoringBiasError)) throw cause
      const what = `layer '${name}' cannot take samples ${showShape(x.shape.slice(2))}`
      throw new ScoringBiasError(cause.code, `${what}: ${cause.message}`, { cause })
    }
  }
}
