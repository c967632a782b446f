import { at, required, requireInteger, requireOptions } from '../check.js'
import { ScoringBiasError } from '../errors.js'
import { conv2d } from '../graph/imageOps.js'
import { narrow } from '../graph/narrow.js'
import { repeats } from '../graph/op.js'
import { constant, matmul, reshape, transpose } from '../graph/ops.js'
import { showShape, type Tensor } from '../graph/tensor.js'
import { eachReplica, fitting, imageSizes, requireLayer, samplesLast, samplesSecond } from './layers.js'
import type { Module } from './module.js'

/** Options of {@link upsampledConvolutionTranspose2d}. */
export interface UpsampledConvolutionOptions {
  /** How often each row and each column is repeated first. */
  readonly scale: number
  /** Height and width of the filters. */
  readonly size: number
  /** Pixels cut off the result; less than `size`. Default 0. */
  readonly padding?: number | undefined
}

/** The filters of all places are sums by a matrix of at most the square of so many elements: 64 MiB. */
const mostColumns = 2 ** 12

/**
 * `upsample2d` and then `convolutionTranspose2d`, in one: images [R, B, in, H, W] → [R, B, out, sH−2p+k−1, sW−2p+k−1] with the
 * same parameter. A filter of k × k sees only t × t different pixels, t = ⌈(k−1)/s⌉ + 1, where each is repeated. So each of
 * the s × s places in a repeated pixel has a filter of t × t of its own, of sums of the given one's elements, over images that
 * stay small: of 5 × 5 filters after doubling, 9 of 25 products are left. Float32 only. Errors: as of `convolution2d`.
 */
export function upsampledConvolutionTranspose2d(
  name: string,
  out: number,
  options: UpsampledConvolutionOptions,
): Module {
  requireLayer(name, { channels: out })
  const checks = { scale: required(repeats(1)), size: required(repeats(1)), padding: repeats(0) }
  const { scale, size, padding = 0 } = requireOptions(`layer '${name}'`, options, checks)
  requireInteger(`padding of layer '${name}'`, padding, 0, size - 1)
  const reach = Math.ceil((size - 1) / scale)
  if (size * scale * (reach + 1) > mostColumns) {
    const what = `layer '${name}' cannot have filters of ${size} × ${size} after repeating ${scale} × ${scale} times`
    throw new ScoringBiasError('OUT_OF_RANGE', `${what}: they are too many. Take a smaller size or scale`)
  }
  const skipped = Math.floor(padding / scale)
  return (x, frame) => {
    const [channels, height, width] = imageSizes(name, x)
    const given = [scale * height - 2 * padding + size - 1, scale * width - 2 * padding + size - 1] as const
    if (given[0] < 1 || given[1] < 1) {
      const what = `layer '${name}' cannot take samples ${showShape(x.shape.slice(2))}`
      throw new ScoringBiasError('SHAPE_MISMATCH', `${what}: they would give images of ${given[0]} × ${given[1]}`)
    }
    const weight = frame.parameter(`${name}.weight`, [channels, out, size, size], out * size * size)
    const filters = placeFilters(weight, { channels, out, size, scale, reach })
    const places = fitting(name, x, () =>
      eachReplica(samplesLast(x), filters, (own, of) => conv2d(own, of, reach - skipped)),
    )
    const whole = interleaved(places, out, scale)
    const from = padding % scale
    const rows = narrow(whole, 2, from, given[0])
    return samplesSecond(narrow(rows, 3, from, given[1]))
  }
}

/**
 * Filters [R, out·s·s, in, t, t] of all places in a repeated pixel, of a transposed convolution's [R, in, out, k, k]: from
 * place a its element k looks at the pixel ⌊(a − k)/s⌋ further.
 */
function placeFilters(
  weight: Tensor,
  { channels, out, size, scale, reach }: Readonly<Record<'channels' | 'out' | 'size' | 'scale' | 'reach', number>>,
): Tensor {
  const replicas = at(weight.shape, 0)
  const taps = reach + 1
  const columns = (scale * taps) ** 2
  const sums = Array<number>(size ** 2 * columns).fill(0)
  const tap = (place: number, k: number) => Math.floor((place - k) / scale) + reach
  for (let k = 0; k < size; k++)
    for (let l = 0; l < size; l++)
      for (let a = 0; a < scale; a++)
        for (let b = 0; b < scale; b++)
          sums[(k * size + l) * columns + ((a * scale + b) * taps + tap(a, k)) * taps + tap(b, l)] = 1
  const rows = reshape(weight, [replicas, channels, out, size ** 2])
  const summed = matmul(rows, constant(sums, weight.dtype, [size ** 2, columns]))
  const byPlace = transpose(reshape(summed, [replicas, channels, out * scale ** 2, taps ** 2]), [0, 2, 1, 3])
  return reshape(byPlace, [replicas, out * scale ** 2, channels, taps, taps])
}

/** Images [R, out·s·s, H, W, B] of places as [R, out, sH, sW, B]. */
function interleaved(x: Tensor, out: number, scale: number): Tensor {
  const [replicas, samples] = [at(x.shape, 0), at(x.shape, 4)]
  const [height, width] = [Number(at(x.shape, 2)), Number(at(x.shape, 3))]
  const apart = reshape(x, [replicas, out, scale, scale, height, width, samples])
  const beside = transpose(apart, [0, 1, 4, 2, 5, 3, 6])
  return reshape(beside, [replicas, out, height * scale, width * scale, samples])
}
