import { at, requireInteger } from '../check.js'
import { concat, constant, expandAs, greaterOrEqual, split, where } from './ops.js'
import {
  makeTensor,
  mismatch,
  requireTensors,
  type Shape,
  sameShape,
  showShape,
  showType,
  type Tensor,
} from './tensor.js'

/*
 * Operators on images: four axes, [n, channels, height, width], the last three of known size. ONNX Runtime has float32
 * kernels only for them, the two that address elements by position apart. Convolutions are cross-correlations of stride
 * 1; the three of them are each other's derivatives, since each is linear in either operand.
 */

/**
 * y[n, o, i, j] = Σ x[n, c, i+a−p, j+b−p]·w[o, c, a, b] over c, a, b, where x is 0 outside: images x [N, C, H, W] and
 * filters w [O, C, k, l] → [N, O, H+2p−k+1, W+2p−l+1]. Errors: `SHAPE_MISMATCH`.
 */
export const conv2d = convolution('conv2d')

/**
 * The adjoint of `conv2d` in its images ("deconvolution"): each element of x [N, C, H, W] adds its multiple of the
 * filters w [C, O, k, l] around its place → [N, O, H−2p+k−1, W−2p+l−1]. Errors: `SHAPE_MISMATCH`.
 */
export const convTranspose2d = convolution('convTranspose2d')

/**
 * The adjoint of `conv2d` in its filters: images x [N, C, H, W] and cotangents g [N, O, H′, W′] of its result →
 * [O, C, H+2p−H′+1, W+2p−W′+1]. Errors: `SHAPE_MISMATCH`.
 */
export function conv2dFilters(x: Tensor, g: Tensor, padding: number): Tensor {
  const [n, c, height, width] = images('conv2dFilters', x)
  const [n2, o, outHeight, outWidth] = images('conv2dFilters', g)
  requireInteger('padding', padding, 0)
  if (n !== n2) throw mismatch('conv2dFilters', `${showShape(x.shape)} and ${showShape(g.shape)} differ in images`)
  const size = [height + 2 * padding - outHeight + 1, width + 2 * padding - outWidth + 1] as const
  requireSize('conv2dFilters', size, x, g)
  return makeTensor({ kind: 'conv2dFilters', padding }, [x, g], x.dtype, [o, c, ...size])
}

/**
 * Maxima of windows of size × size side by side. Rows and columns that fill no window are left out. The first of equal
 * values in a window, in row-major order, takes the whole gradient (`unpool2d`). Errors: `SHAPE_MISMATCH`.
 */
export function maxPool2d(x: Tensor, size: number): Tensor {
  return makeTensor({ kind: 'maxPool2d', size }, [x], x.dtype, pooledShape('maxPool2d', x, size))
}

/**
 * The adjoint of `maxPool2d` at x [N, C, H, W]: cotangents g of its maxima [N, C, ⌊H/size⌋, ⌊W/size⌋], each at the place in x
 * of the first value of its window that equals the maximum, else 0. It needs no positions, which not every device's MaxPool
 * gives: the places of the equal values have weights that fall from the first of a window to the last, and the largest
 * wins. Errors: `SHAPE_MISMATCH`.
 */
export function unpool2d(x: Tensor, maxima: Tensor, g: Tensor, size: number): Tensor {
  const shape = pooledShape('unpool2d', x, size)
  requireTensors('unpool2d', maxima, g)
  for (const { dtype, shape: given } of [maxima, g]) {
    if (dtype !== x.dtype || !sameShape(given, shape))
      throw mismatch('unpool2d', `maxima of ${showType(x)} are ${showShape(shape)}, got ${dtype}${showShape(given)}`)
  }
  const [height, width] = [size * Number(at(shape, 2)), size * Number(at(shape, 3))]
  const weights = Array.from({ length: height * width }, (_, i) => {
    const [row, column] = [Math.floor(i / width) % size, (i % width) % size]
    return size ** 2 - row * size - column
  })
  const [upper, below] = divided(x, 2, height)
  const [windows, beside] = divided(upper, 3, width)
  const places = where(greaterOrEqual(windows, upsampled(maxima, size)), constant(weights, x.dtype, [height, width]), 0)
  const first = makeTensor({ kind: 'maxPool2d', size }, [places], x.dtype, shape)
  const winners = where(greaterOrEqual(places, upsampled(first, size)), upsampled(g, size), 0)
  return withZeros(withZeros(winners, beside, 3), below, 2)
}

/** Means of windows of size × size side by side, which must fill the image. Errors: `SHAPE_MISMATCH`. */
export function averagePool2d(x: Tensor, size: number): Tensor {
  const shape = pooledShape('averagePool2d', x, size)
  const [, , height, width] = images('averagePool2d', x)
  if (height % size !== 0 || width % size !== 0)
    throw mismatch('averagePool2d', `windows of ${size} × ${size} do not fill images ${showShape(x.shape)}`)
  return makeTensor({ kind: 'averagePool2d', size }, [x], x.dtype, shape)
}

/** Every pixel repeated scale × scale times (nearest-neighbour upsampling). Errors: `SHAPE_MISMATCH`. */
export function upsample2d(x: Tensor, scale: number): Tensor {
  images('upsample2d', x)
  requireInteger('scale', scale, 1)
  return upsampled(x, scale)
}

/** The elements of x, of any shape, at row-major positions (int64, any shape). */
export function take(x: Tensor, positions: Tensor): Tensor {
  requirePositions('take', x, positions)
  return makeTensor({ kind: 'take' }, [x, positions], x.dtype, positions.shape)
}

/** x with the updates added at row-major positions (int64, the shape of the updates); the adjoint of `take`. */
export function scatterAdd(x: Tensor, positions: Tensor, updates: Tensor): Tensor {
  requirePositions('scatterAdd', x, positions, updates)
  if (updates.dtype !== x.dtype || !sameShape(updates.shape, positions.shape))
    throw mismatch('scatterAdd', `${showType(updates)} cannot be added at positions ${showType(positions)}`)
  return makeTensor({ kind: 'scatterAdd' }, [x, positions, updates], x.dtype, x.shape)
}

/** Either convolution: the transposed one has the filters' first two axes exchanged, and undoes the other's sizes. */
function convolution(kind: 'conv2d' | 'convTranspose2d'): (x: Tensor, w: Tensor, padding: number) => Tensor {
  return (x, w, padding) => {
    const [n, c, height, width] = images(kind, x)
    const [first, second, k, l] = images(kind, w)
    if (typeof first !== 'number') throw mismatch(kind, `filters ${showShape(w.shape)} must have known sizes`)
    requireInteger('padding', padding, 0)
    const [o, inner, sign] = kind === 'conv2d' ? [first, second, 1] : [second, first, -1]
    if (c !== inner)
      throw mismatch(kind, `images ${showShape(x.shape)} have ${c} channels, filters ${showShape(w.shape)} ${inner}`)
    const size = [height + sign * (2 * padding - k + 1), width + sign * (2 * padding - l + 1)] as const
    requireSize(kind, size, x, w)
    return makeTensor({ kind, padding }, [x, w], x.dtype, [n, o, ...size])
  }
}

/** As `upsample2d`, in float64 too. */
function upsampled(x: Tensor, scale: number): Tensor {
  const [n, c, height, width] = images('maxPool2d', x)
  return makeTensor({ kind: 'upsample2d', scale }, [x], x.dtype, [n, c, scale * height, scale * width])
}

/** The first `size` rows or columns, and the others if there are any. */
function divided(x: Tensor, axis: number, size: number): readonly [Tensor, Tensor?] {
  const rest = Number(at(x.shape, axis)) - size
  return rest === 0 ? [x] : split(x, axis, [size, rest])
}

/** x, and beside it along an axis as many zeros as `rest` has elements. */
function withZeros(x: Tensor, rest: Tensor | undefined, axis: number): Tensor {
  return rest === undefined ? x : concat([x, expandAs(constant(0, x.dtype), rest)], axis)
}

/** Operators that need no kernel of ONNX Runtime that has float32 only. */
const doublePrecision: ReadonlySet<string> = new Set(['maxPool2d', 'unpool2d'])

/** Axes of a batch of images. */
function images(place: string, x: Tensor): [Shape[number], number, number, number] {
  requireTensors(place, x)
  const [n, c, height, width] = x.shape
  const known = typeof c === 'number' && typeof height === 'number' && typeof width === 'number'
  if (x.shape.length !== 4 || n === undefined || !known)
    throw mismatch(place, `${showShape(x.shape)} is not a batch of images [n, channels, height, width]`)
  if (x.dtype !== 'float32' && !doublePrecision.has(place))
    throw mismatch(place, `needs float32 (ONNX Runtime has no other kernel), got ${showType(x)}`)
  return [n, c, height, width]
}

function pooledShape(place: string, x: Tensor, size: number): Shape {
  requireInteger('size', size, 1)
  const [n, c, height, width] = images(place, x)
  const shape = [Math.floor(height / size), Math.floor(width / size)] as const
  requireSize(place, shape, x)
  return [n, c, ...shape]
}

function requireSize(where: string, size: readonly [number, number], ...operands: readonly Tensor[]): void {
  if (size[0] < 1 || size[1] < 1) {
    const shapes = operands.map(({ shape }) => showShape(shape)).join(' and ')
    throw mismatch(where, `${shapes} would give images of ${size[0]} × ${size[1]}`)
  }
}

function requirePositions(where: string, x: Tensor, positions: Tensor, updates: Tensor = x): void {
  requireTensors(where, x, positions, updates)
  if (positions.dtype !== 'int64') throw mismatch(where, `positions must be int64, got ${showType(positions)}`)
}
