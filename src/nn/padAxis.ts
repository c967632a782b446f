import { at } from '../check.js'
import { concat, constant, expandAs, split } from '../graph/ops.js'
import type { Tensor } from '../graph/tensor.js'

/** A tensor with zeros before and after along an axis of known size. Elements are cut off at the end where `after` is negative. */
export function padAxis(x: Tensor, axis: number, [before, after]: readonly [number, number]): Tensor {
  const size = Number(at(x.shape, axis))
  const kept = after < 0 ? at(split(x, axis, [size + after, -after]), 0) : x
  const nZeros = before + Math.max(0, after)
  if (nZeros === 0) return kept
  const first = size === 1 ? x : at(split(x, axis, [1, size - 1]), 0)
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
