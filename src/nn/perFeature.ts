import { at } from '../check.js'
import { ScoringBiasError } from '../errors.js'
import { narrow } from '../graph/narrow.js'
import { constant, expandAs, matmul, mul, reshape } from '../graph/ops.js'
import { showShape, type Tensor } from '../graph/tensor.js'
import { batchAxes, features, imageSizes, sequenceSizes } from './layers.js'

/** The number of features of vectors and sequences, or channels of images. Errors: `SHAPE_MISMATCH`. */
export function featureCount(name: string, x: Tensor): number {
  if (x.shape.length === 3) return features(name, x)
  if (x.shape.length === 4) return sequenceSizes(name, x)[1]
  if (x.shape.length === 5) return imageSizes(name, x)[0]
  const what = `layer '${name}' takes vectors, sequences or images, got activations ${showShape(x.shape)}`
  throw new ScoringBiasError('SHAPE_MISMATCH', what)
}

/**
 * A value of each feature [R, size] in the shape of vectors [R, B, F], sequences [R, B, T, F] or images [R, B, C, H, W], as products with ones: so the
 * gradient over batch and places is one too, and not a ReduceSum, whose order depends on the replicas beside, see `sumFeatures`.
 */
export function perFeature(values: Tensor, x: Tensor): Tensor {
  const [replicas, ...sizes] = [at(values.shape, 0), ...x.shape.slice(2).map(Number)]
  const size = Number(at(values.shape, 1))
  const places = sizes.reduce((product, one) => product * one, 1) / size
  const one = constant([1], x.dtype, [1, 1, 1])
  // For each replica its own: ONNX Runtime makes one product of all of them where a factor is the same for all, and then rounds by their number.
  const each = expandAs(one, reshape(narrow(values, 1, 0, 1), [replicas, 1, 1]))
  const ones = (...shape: readonly number[]) => mul(each, constant(Array<number>(places).fill(1), x.dtype, shape))
  const isImage = sizes.length === 3
  const sample = isImage
    ? matmul(reshape(values, [replicas, size, 1]), ones(1, 1, places))
    : matmul(ones(1, places, 1), reshape(values, [replicas, 1, size]))
  const flat = reshape(x, [...batchAxes(x), size * places])
  const column = narrow(flat, 2, 0, 1)
  const batch = expandAs(one, column)
  return reshape(matmul(batch, reshape(sample, [replicas, 1, size * places])), x.shape)
}
