import { integer, type OptionChecks, required, requireInteger, requireOptions } from '../check.js'
import { addon } from '../native.js'
import { countsToFill, type RandomStream, streamChecks, streamOf } from './stream.js'

export interface HypergeometricOptions extends RandomStream {
  /** Objects of the kind that is counted, an integer in [0, 2³¹). */
  readonly nGood: number
  /** Objects of the other kind; nGood + nBad < 2³¹. */
  readonly nBad: number
  /** Objects drawn without replacement, at most nGood + nBad. */
  readonly nDraws: number
}

const mostObjects = 2 ** 31 - 1
const count = required(integer(0, mostObjects))
const checks: OptionChecks<HypergeometricOptions> = { ...streamChecks, nGood: count, nBad: count, nDraws: count }

/**
 * Hypergeometric variates: how many good objects are among those drawn without replacement, as in a subsample.
 *
 * Sequential search for a small mean, else the ratio of uniforms (Stadlober, J. Comput. Appl. Math. 31, 1990, algorithm
 * HRUA*). Synchronous; 50 to 300 ns each, whatever the counts.
 *
 * The array to fill, the result and the errors are as {@link RandomStream} says.
 *
 * @example
 * random.hypergeometric(1000, { nGood: 120, nBad: 1086, nDraws: 100, seed: 1 }) // Uint32Array [1000]
 */
export function hypergeometric(out: number | Uint32Array, options: HypergeometricOptions): Uint32Array {
  const { nGood, nBad, nDraws, ...stream } = requireOptions('hypergeometric', options, checks)
  requireInteger('nBad', nBad, 0, mostObjects - nGood)
  requireInteger('nDraws', nDraws, 0, nGood + nBad)
  const counts = countsToFill(out)
  addon.hypergeometric(...streamOf(stream), counts, nGood, nBad, nDraws)
  return counts
}
