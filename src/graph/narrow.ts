import { at } from '../check.js'
import { split } from './ops.js'
import type { Tensor } from './tensor.js'

/** Elements of an axis of known size, from one on; the tensor itself where these are all. */
export function narrow(x: Tensor, axis: number, from: number, length: number): Tensor {
  const size = Number(at(x.shape, axis))
  if (length === size) return x
  const sizes = [from, length, size - from - length].filter((part, i) => i === 1 || part > 0)
  return at(split(x, axis, sizes), from > 0 ? 1 : 0)
}
