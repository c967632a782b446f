import { flag, requireInteger, requireOptions } from '../check.js'
import * as images from '../graph/imageOps.js'
import { repeats } from '../graph/op.js'
import { add } from '../graph/ops.js'
import type { Tensor } from '../graph/tensor.js'
import { eachReplica, fitting, imageSizes, requireLayer, samplesLast, samplesSecond } from './layers.js'
import type { Module } from './module.js'
import { perFeature } from './perFeature.js'
import { stridedConvolution } from './stridedConvolution.js'

/** Options of `convolution2d` and `convolutionTranspose2d`. */
export interface ConvolutionOptions {
  /** Height and width of the filters. */
  readonly size: number
  /** Zeros around the image (of a transposed convolution: pixels cut off its result); default 0. */
  readonly padding?: number | undefined
  /** Adds a trained offset to each channel. Default false. */
  readonly bias?: boolean | undefined
}

/** Options of {@link convolution2d}. */
export interface StridedConvolutionOptions extends ConvolutionOptions {
  /** Pixels between two places of a filter, along both axes. Default 1. */
  readonly stride?: number | undefined
}

/**
 * Convolution: images [R, B, in, H, W] → [R, B, out, H′, W′], H′ = ⌊(H + 2·padding − k)/stride⌋ + 1. The parameters are
 * `name.weight` [out, in, k, k] and `name.bias` [out], as PyTorch's Conv2d. Float32 only. Errors: `WRONG_TYPE`, `UNKNOWN_NAME`, `OUT_OF_RANGE`;
 * once applied, `SHAPE_MISMATCH`.
 */
export function convolution2d(name: string, out: number, options: StridedConvolutionOptions): Module {
  requireLayer(name)
  const checks = { ...convolutionChecks, stride: repeats(1) }
  const { stride = 1, ...rest } = requireOptions(`layer '${name}'`, options, checks)
  return convolution(name, out, rest, {
    filters: (channels) => [out, channels],
    apply: (x, w, padding) =>
      stride === 1 ? images.conv2d(x, w, padding) : stridedConvolution(x, w, { stride, padding }),
  })
}

/**
 * Transposed convolution of stride 1: images [R, B, in, H, W] → [R, B, out, H−2p+k−1, W−2p+k−1]. The parameters
 * are `name.weight` [in, out, k, k] and `name.bias` [out], as PyTorch's ConvTranspose2d, and start within ±1/√(out·k²), as there. Float32 only.
 * Errors: as of `convolution2d`.
 */
export function convolutionTranspose2d(name: string, out: number, options: ConvolutionOptions): Module {
  return convolution(name, out, options, { filters: (channels) => [channels, out], apply: images.convTranspose2d })
}

/**
 * Maxima of windows of size × size side by side: [R, B, C, H, W] → [R, B, C, ⌊H/size⌋, ⌊W/size⌋]. The first of equal values in a
 * window takes the whole gradient. Errors: `OUT_OF_RANGE`, `SHAPE_MISMATCH`.
 */
export function maxPool2d(name: string, size: number): Module {
  requireLayer(name)
  repeats(1)(`size of layer '${name}'`, size)
  return (x) => {
    imageSizes(name, x)
    return samplesSecond(fitting(name, x, () => images.maxPool2d(samplesLast(x), size)))
  }
}

/** Every pixel repeated scale × scale times: [R, B, C, H, W] → [R, B, C, scale·H, scale·W]. Errors: `OUT_OF_RANGE`, `SHAPE_MISMATCH`. */
export function upsample2d(name: string, scale: number): Module {
  requireLayer(name)
  repeats(1)(`scale of layer '${name}'`, scale)
  return (x) => {
    imageSizes(name, x)
    return samplesSecond(images.upsample2d(samplesLast(x), scale))
  }
}

const convolutionChecks = { size: repeats(1), padding: repeats(0), bias: flag }

/** Which way a convolution goes. */
interface ConvolutionKind {
  /** The first two axes of its filters. */
  readonly filters: (channels: number) => readonly [rows: number, columns: number]
  readonly apply: (batch: Tensor, filters: Tensor, padding: number) => Tensor
}

/** One replica after the other: ONNX's convolutions share their filters among all images of a batch. */
function convolution(name: string, out: number, options: ConvolutionOptions, kind: ConvolutionKind): Module {
  requireLayer(name, { channels: out })
  const { size, padding = 0, bias = false } = requireOptions(`layer '${name}'`, options, convolutionChecks)
  requireInteger(`size of layer '${name}'`, size, 1)
  return (x, frame) => {
    const [channels] = imageSizes(name, x)
    const [rows, columns] = kind.filters(channels)
    const fanIn = columns * size * size
    const weight = frame.parameter(`${name}.weight`, [rows, columns, size, size], fanIn)
    return fitting(name, x, () => {
      const y = samplesSecond(eachReplica(samplesLast(x), weight, (own, filters) => kind.apply(own, filters, padding)))
      if (!bias) return y
      return add(y, perFeature(frame.parameter(`${name}.bias`, [out], fanIn), y))
    })
  }
}
