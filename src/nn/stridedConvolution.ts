import { at } from '../check.js'
import { conv2d } from '../graph/imageOps.js'
import { reshape, transpose } from '../graph/ops.js'
import type { Tensor } from '../graph/tensor.js'
import { padAxis } from './padAxis.js'

/** Filters, images and how they meet. */
export interface StridedOptions {
  readonly stride: number
  readonly padding: number
}

/**
 * The convolution of images x [1, C, H, W, n] with filters w [O, C, k, k] at every `stride`-th place of both axes → [1, O, H′, W′, n], H′ =
 * ⌊(H + 2·padding − k)/stride⌋ + 1. The pixels of a block of stride × stride lie side by side as channels, and so do those of the filters: then
 * it is a convolution of stride 1, which computes no place that is left out. Errors: `SHAPE_MISMATCH`.
 */
export function stridedConvolution(x: Tensor, w: Tensor, { stride, padding }: StridedOptions): Tensor {
  const blocks = Math.ceil(Number(at(w.shape, 2)) / stride)
  // Every place of stride 1, which nothing computes.
  const { shape } = conv2d(x, w, padding)
  const padded = [2, 3].reduce((image, axis) => {
    const size = Number(at(x.shape, axis))
    const places = Math.ceil(Number(at(shape, axis)) / stride)
    return padAxis(image, axis, [padding, (places - 1 + blocks) * stride - size - padding])
  }, x)
  const filters = [2, 3].reduce((of, axis) => padAxis(of, axis, [0, blocks * stride - Number(at(w.shape, axis))]), w)
  return conv2d(blocksAsChannels(padded, stride), blocksAsChannels(filters, stride), 0)
}

/** [N, C, s·H, s·W, …] → [N, C·s·s, H, W, …]. */
function blocksAsChannels(x: Tensor, s: number): Tensor {
  const [n, ...sizes] = x.shape
  const [c = 0, height = 0, width = 0] = sizes.slice(0, 3).map(Number)
  const [h, w, rest] = [height / s, width / s, x.shape.slice(4)]
  const apart = reshape(x, [n ?? 0, c, h, s, w, s, ...rest])
  const order = [0, 1, 3, 5, 2, 4, ...rest.map((_, axis) => 6 + axis)]
  return reshape(transpose(apart, order), [n ?? 0, c * s * s, h, w, ...rest])
}
