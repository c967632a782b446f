import { at } from '../check.js'
import type { OpOf } from '../graph/op.js'
import type { Node, Tensor } from '../graph/tensor.js'
import type { Emitter } from './emitter.js'
import { type AttributeProto, attribute } from './messages.js'

/**
 * Images are one image with three axes, the last of which filters do not run over: one product of matrices makes all of
 * them, from stretches of memory as long as the batch.
 */
export function convolution(e: Emitter, node: Node, { padding }: OpOf<'conv2d'>): void {
  const [x, w] = e.pair(node)
  const filters = e.one('Reshape', [w, e.ints([...knownSizes(at(node.inputs, 1)), 1])])
  e.node('Conv', [x, filters], e.outputs(node), [pads(padding, padding, 0)])
}

/**
 * A convolution with the filters turned by half a turn, which ONNX Runtime computes much faster than a transposed one; where
 * channels are few, that.
 */
export function transposedConvolution(e: Emitter, node: Node, { padding: p }: OpOf<'convTranspose2d'>): void {
  const [x, w] = e.pair(node)
  const [c, o, k, l] = knownSizes(at(node.inputs, 1))
  if (o < fewChannels || p >= Math.min(k, l)) {
    spread(e, node, p)
    return
  }
  const rows = e.one('Reshape', [w, e.ints([c, o, k * l])])
  const turns = e.ints(Array.from({ length: k * l }, (_, i) => k * l - 1 - i))
  const turned = e.one('Gather', [rows, turns], [attribute.int('axis', 2)])
  const exchanged = e.one('Transpose', [turned], [attribute.ints('perm', [1, 0, 2])])
  const filters = e.one('Reshape', [exchanged, e.ints([o, c, k, l, 1])])
  e.node('Conv', [x, filters], e.outputs(node), [pads(k - 1 - p, l - 1 - p, 0)])
}

/**
 * Σ over images: a convolution whose filters are the cotangents. With the images' own channels side by side in its
 * columns, dilated by their number, one product of matrices makes them all.
 */
export function filterGradient(e: Emitter, node: Node, op: OpOf<'conv2dFilters'>): void {
  const [o, c, k, l] = knownSizes(at(node.outputs, 0))
  const sums = c < fewChannels ? filterSumsOfFew(e, node, op) : filterSums(e, node, op)
  const rows = e.one('Reshape', [sums, e.ints([o, k, l, c])])
  e.node('Transpose', [rows], e.outputs(node), [attribute.ints('perm', [0, 3, 1, 2])])
}

/** Fewer channels than this do not fill the vectors of a product of matrices: other ways to compute it are faster. */
const fewChannels = 4

/** `convTranspose2d` by ONNX's own, which has no fast kernel for three axes: image by image. */
function spread(e: Emitter, node: Node, p: number): void {
  const [x, w] = e.pair(node)
  const [, c, height, width] = knownSizes(at(node.inputs, 0))
  const [, o, newHeight, newWidth] = knownSizes(at(node.outputs, 0))
  const exchange = attribute.ints('perm', [1, 0])
  const columns = e.one('Reshape', [x, e.ints([c * height * width, -1])])
  const images = e.one('Reshape', [e.one('Transpose', [columns], [exchange]), e.ints([-1, c, height, width])])
  const result = e.one('ConvTranspose', [images, w], [pads(p, p)])
  const rows = e.one('Reshape', [result, e.ints([-1, o * newHeight * newWidth])])
  const last = e.one('Transpose', [rows], [exchange])
  e.node('Reshape', [last, e.ints([1, o, newHeight, newWidth, -1])], e.outputs(node))
}

/** With the images as the innermost of three axes that the filters run over. */
function filterSums(e: Emitter, node: Node, { padding: p }: OpOf<'conv2dFilters'>): string {
  const [x, g] = e.pair(node)
  const [, c, height, width] = knownSizes(at(node.inputs, 0))
  const [, o, h, w] = knownSizes(at(node.inputs, 1))
  const pixels = e.one('Reshape', [x, e.ints([c, -1])])
  const turned = e.one('Transpose', [pixels], [attribute.ints('perm', [1, 0])])
  const image = e.one('Reshape', [turned, e.ints([1, 1, height, width, -1])])
  const filters = e.one('Reshape', [g, e.ints([o, 1, h, w, -1])])
  return e.one('Conv', [image, filters], [pads(p, p, 0), attribute.ints('dilations', [1, 1, c])])
}

/** With the images as channels: where few channels lie side by side, `filterSums` would gather them one by one. */
function filterSumsOfFew(e: Emitter, node: Node, { padding: p }: OpOf<'conv2dFilters'>): string {
  const [x, g] = e.pair(node)
  const [, c, height, width] = knownSizes(at(node.inputs, 0))
  const [, o, h, w] = knownSizes(at(node.inputs, 1))
  // In three axes: ONNX Runtime exchanges two of them much faster than among five.
  const pixels = e.one('Reshape', [x, e.ints([c, height * width, -1])])
  const turned = e.one('Transpose', [pixels], [attribute.ints('perm', [2, 1, 0])])
  const image = e.one('Reshape', [turned, e.ints([1, -1, height, width * c])])
  const columns = e.one('Reshape', [g, e.ints([o, h * w, -1])])
  const rows = e.one('Transpose', [columns], [attribute.ints('perm', [0, 2, 1])])
  const filters = e.one('Reshape', [rows, e.ints([o, -1, h, w])])
  return e.one('Conv', [image, filters], [pads(p, p * c), attribute.ints('dilations', [1, c])])
}

/** As much before an axis as after it. */
function pads(...sizes: readonly number[]): AttributeProto {
  return attribute.ints('pads', [...sizes, ...sizes])
}

/** The first four sizes; −1 for one that has a name. */
function knownSizes({ shape }: Tensor): [number, number, number, number] {
  const size = (axis: number): number => Number(typeof shape[axis] === 'string' ? -1 : at(shape, axis))
  return [size(0), size(1), size(2), size(3)]
}
