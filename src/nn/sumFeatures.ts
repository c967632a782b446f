import { customGradient } from '../graph/customGradient.js'
import { constant, expandAs, matmul, mul } from '../graph/ops.js'
import type { Tensor } from '../graph/tensor.js'
import { features } from './layers.js'

/**
 * Sums of features times `scale`: [R, B, F] → [R, B, 1]. A product with a column instead of a ReduceSum, whose order of
 * summation in ONNX Runtime depends on the alignment of a sample in memory and so on the samples beside it.
 */
export function sumFeatures(x: Tensor, scale = 1): Tensor {
  const size = features('sumFeatures', x)
  const column = constant(Array<number>(size).fill(scale), x.dtype, [size, 1])
  const [total = x] = customGradient([x], [matmul(x, column)], (_inputs, _outputs, [g]) => {
    return [g && expandAs(scale === 1 ? g : mul(g, scale), x)]
  })
  return total
}
