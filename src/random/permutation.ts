import { requireOptions } from '../check.js'
import { addon } from '../native.js'
import { countsToFill, type RandomStream, streamChecks, streamOf } from './stream.js'

/**
 * A uniformly random permutation of 0, …, n − 1, by the inside-out Fisher–Yates shuffle (Knuth, The Art of Computer
 * Programming 2, 3.4.2, algorithm P). Synchronous; about 5 ns an element.
 *
 * @param out n, an integer in [0, 2³²), or the array of length n to fill
 *
 * The result and the errors are as {@link RandomStream} says.
 *
 * @example
 * random.permutation(5, { seed: 1 }) // Uint32Array [5]
 */
export function permutation(out: number | Uint32Array, options: RandomStream = {}): Uint32Array {
  const stream = requireOptions('permutation', options, streamChecks)
  const order = countsToFill(out)
  addon.permutation(...streamOf(stream), order)
  return order
}
