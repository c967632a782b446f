import { customGradient } from '../graph/customGradient.js'
import { constant, expandAs, matmul, mul, transposeLast } from '../graph/ops.js'
import type { Tensor } from '../graph/tensor.js'
import { features } from './layers.js'

/**
 * Sums of features times `scale`: [R, B, F] → [R, 1, B]. A product with a row instead of a ReduceSum, whose order of
 * summation in ONNX Runtime depends on the alignment of a sample in memory and so on the samples beside it.
 */
export function sumFeatures(x: Tensor, scale = 1): Tensor {
  const size = features('sumFeatures', x)
  const columns = transposeLast(x)
  const row = constant(Array<number>(size).fill(scale), x.dtype, [1, size])
  const [total] = customGradient([columns], [matmul(row, columns)], (_inputs, _outputs, [g]) => {
    return [g && expandAs(scale === 1 ? g : mul(g, scale), columns)]
  })
  return total
}
