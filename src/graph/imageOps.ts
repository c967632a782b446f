import { at } from '../check.js'
import type { ScoringBiasError } from '../errors.js'
import { narrow } from './narrow.js'
import { repeats } from './op.js'
import { concat, maximum, reshape, split } from './ops.js'
import {
  type Dim,
  makeTensor,
  mismatch,
  requireTensors,
  sameShape,
  showShape,
  showType,
  type Tensor,
} from './tensor.js'

/*
 * Operators on images: four axes, [channels, height, width, n], the first three of known size. With the batch as the last
 * axis neighbours in memory are the same pixel of different images, which all are treated alike. Convolutions are
 * cross-correlations of stride 1, float32 only (ONNX Runtime has no other kernel); the three of them are each other's
 * derivatives, since each is linear in either operand. They take images with an axis of length 1 before, too, as ONNX has them
 * (one image with three axes), and give them back so; pooling and upsampling take any axes before the height.
 */

/**
 * y[o, i, j, n] = Σ x[c, i+a−p, j+b−p, n]·w[o, c, a, b] over c, a, b, where x is 0 outside: images x [C, H, W, n] and
 * filters w [O, C, k, l] → [O, H+2p−k+1, W+2p−l+1, n]. Errors: `OUT_OF_RANGE`, `SHAPE_MISMATCH`.
 */
export const conv2d = convolution('conv2d')

/**
 * The adjoint of `conv2d` in its images ("deconvolution"): each element of x [C, H, W, n] adds its multiple of the
 * filters w [C, O, k, l] around its place → [O, H−2p+k−1, W−2p+l−1, n]. Errors: `OUT_OF_RANGE`, `SHAPE_MISMATCH`.
 */
export const convTranspose2d = convolution('convTranspose2d')

/**
 * The adjoint of `conv2d` in its filters: images x [C, H, W, n] and cotangents g [O, H′, W′, n] of its result →
 * [O, C, H+2p−H′+1, W+2p−W′+1]. Errors: `OUT_OF_RANGE`, `SHAPE_MISMATCH`.
 */
export function conv2dFilters(x: Tensor, g: Tensor, padding: number): Tensor {
  const [image, c, height, width, n] = images('conv2dFilters', x)
  const [cotangent, o, outHeight, outWidth, n2] = images('conv2dFilters', g)
  repeats(0)('padding', padding)
  if (n !== n2) throw mismatch('conv2dFilters', `${showShape(x.shape)} and ${showShape(g.shape)} differ in images`)
  const size = [height + 2 * padding - outHeight + 1, width + 2 * padding - outWidth + 1] as const
  requireSize('conv2dFilters', size, x, g)
  return makeTensor({ kind: 'conv2dFilters', padding }, [image, cotangent], x.dtype, [o, c, ...size])
}

/**
 * Maxima of windows of size × size side by side, [..., H, W, n] → [..., ⌊H/size⌋, ⌊W/size⌋, n]. Rows and columns that fill
 * no window are left out. The first of equal values in a window, in row-major order, takes the whole gradient. Errors:
 * `OUT_OF_RANGE`, `SHAPE_MISMATCH`.
 */
export function maxPool2d(x: Tensor, size: number): Tensor {
  const [rows, columns] = windows('maxPool2d', x, size)
  // Columns first: among equal maxima of rows the first then wins.
  const axis = x.shape.length - 3
  const covered = narrow(narrow(x, axis, 0, rows * size), axis + 1, 0, columns * size)
  return pooled(pooled(covered, -2, size), -3, size)
}

/** Every pixel repeated scale × scale times (nearest-neighbour upsampling), [..., H, W, n]. Errors: `OUT_OF_RANGE`, `SHAPE_MISMATCH`. */
export function upsample2d(x: Tensor, scale: number): Tensor {
  plane('upsample2d', x)
  repeats(1)('scale', scale)
  return repeated(repeated(x, -2, scale), -3, scale)
}

/** The elements of x, of any shape, at row-major positions (int64, any shape). */
export function take(x: Tensor, positions: Tensor): Tensor {
  requirePositions('take', x, positions)
  return makeTensor({ kind: 'take' }, [x, positions], x.dtype, positions.shape)
}

/** x with the updates added at row-major positions (int64, the shape of the updates); the adjoint of `take`. */
export function scatterAdd(x: Tensor, positions: Tensor, updates: Tensor): Tensor {
  requirePositions('scatterAdd', x, positions)
  requireTensors('scatterAdd', x, positions, updates)
  if (updates.dtype !== x.dtype || !sameShape(updates.shape, positions.shape))
    throw mismatch('scatterAdd', `${showType(updates)} cannot be added at positions ${showType(positions)}`)
  return makeTensor({ kind: 'scatterAdd' }, [x, positions, updates], x.dtype, x.shape)
}

/** Either convolution: the transposed one has the filters' first two axes exchanged, and undoes the other's sizes. */
function convolution(kind: 'conv2d' | 'convTranspose2d'): (x: Tensor, w: Tensor, padding: number) => Tensor {
  return (x, w, padding) => {
    const [image, c, height, width, n] = images(kind, x)
    requireTensors(kind, w)
    const [first, second, k, l] = w.shape.map(Number)
    const known = w.shape.length === 4 && w.shape.every((dim) => typeof dim === 'number')
    if (!known || first === undefined || second === undefined || k === undefined || l === undefined)
      throw mismatch(kind, `filters ${showShape(w.shape)} must be four axes of known sizes`)
    if (w.dtype !== x.dtype) throw mismatch(kind, `${showType(x)} and ${showType(w)} differ in type`)
    repeats(0)('padding', padding)
    const [o, inner, sign] = kind === 'conv2d' ? [first, second, 1] : [second, first, -1]
    if (c !== inner)
      throw mismatch(kind, `images ${showShape(x.shape)} have ${c} channels, filters ${showShape(w.shape)} ${inner}`)
    const size = [height + sign * (2 * padding - k + 1), width + sign * (2 * padding - l + 1)] as const
    requireSize(kind, size, x, w)
    const y = makeTensor({ kind, padding }, [image, w], x.dtype, [1, o, ...size, n])
    return x.shape.length === 5 ? y : reshape(y, [o, ...size, n])
  }
}

/** Images [1, C, H, W, n], and their axes after the first. */
function images(place: string, x: Tensor): [image: Tensor, channels: number, height: number, width: number, n: Dim] {
  const [height, width] = plane(place, x)
  const [c, , , n] = x.shape.slice(-4)
  const isBatch = x.shape.length === 4 || (x.shape.length === 5 && x.shape[0] === 1)
  if (!isBatch || typeof c !== 'number' || n === undefined) throw noImages(place, x)
  if (x.dtype !== 'float32')
    throw mismatch(place, `needs float32 (ONNX Runtime has no other kernel), got ${showType(x)}`)
  return [reshape(x, [1, c, height, width, n]), c, height, width, n]
}

/** Height and width of images with any axes before. */
function plane(place: string, x: Tensor): [height: number, width: number] {
  requireTensors(place, x)
  const [height, width] = x.shape.slice(-3)
  if (x.shape.length < 4 || typeof height !== 'number' || typeof width !== 'number') throw noImages(place, x)
  return [height, width]
}

function noImages(place: string, { shape }: Tensor): ScoringBiasError {
  return mismatch(place, `${showShape(shape)} is not a batch of images [channels, height, width, n]`)
}

/** How many windows there are below, and beside each other. */
function windows(place: string, x: Tensor, size: number): readonly [rows: number, columns: number] {
  repeats(1)('size', size)
  const [height, width] = plane(place, x)
  const counts = [Math.floor(height / size), Math.floor(width / size)] as const
  requireSize(place, counts, x)
  return counts
}

/** Maxima of stretches of an axis. */
function pooled(x: Tensor, axis: number, size: number): Tensor {
  const place = x.shape.length + axis
  const count = Number(at(x.shape, place)) / size
  const stretches = reshape(x, x.shape.toSpliced(place, 1, count, size))
  const parts = split(stretches, place + 1, Array<number>(size).fill(1))
  return parts.map((part) => reshape(part, x.shape.with(place, count))).reduce((a, b) => maximum(a, b))
}

/** Each element of an axis `scale` times. */
function repeated(x: Tensor, axis: number, scale: number): Tensor {
  const place = x.shape.length + axis
  const single = reshape(x, x.shape.toSpliced(place + 1, 0, 1))
  const copies = concat(Array<Tensor>(scale).fill(single), place + 1)
  return reshape(copies, x.shape.with(place, scale * Number(at(x.shape, place))))
}

function requireSize(place: string, size: readonly [number, number], ...operands: readonly Tensor[]): void {
  if (size[0] < 1 || size[1] < 1) {
    const shapes = operands.map(({ shape }) => showShape(shape)).join(' and ')
    throw mismatch(place, `${shapes} would give images of ${size[0]} × ${size[1]}`)
  }
}

function requirePositions(where: string, x: Tensor, positions: Tensor): void {
  requireTensors(where, x, positions)
  if (positions.dtype !== 'int64') throw mismatch(where, `positions must be int64, got ${showType(positions)}`)
}
