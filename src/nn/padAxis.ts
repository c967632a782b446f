import { at } from '../check.js'
import { narrow } from '../graph/narrow.js'
import { concat, constant, expandAs } from '../graph/ops.js'
import type { Tensor } from '../graph/tensor.js'

/** A tensor with zeros before and after along an axis of known size. Elements are cut off at the end where `after` is negative. */
export function padAxis(x: Tensor, axis: number, [before, after]: readonly [number, number]): Tensor {
  const size = Number(at(x.shape, axis))
  const kept = narrow(x, axis, 0, size + Math.min(0, after))
  const nZeros = before + Math.max(0, after)
  if (nZeros === 0) return kept
  const first = narrow(x, axis, 0, 1)
  const zero = expandAs(
    constant(
      [0],
      x.dtype,
      x.shape.map(() => 1),
    ),
    first,
  )
  const zeros = (n: number) => Array<Tensor>(n).fill(zero)
  return concat([...zeros(before), kept, ...zeros(Math.max(0, after))], axis)
}
