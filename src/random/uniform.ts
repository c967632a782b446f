import { finite, type OptionChecks, requireOptions } from '../check.js'
import { ScoringBiasError } from '../errors.js'
import { addon } from '../native.js'
import { type RandomStream, realsToFill, streamChecks, streamOf } from './stream.js'

export interface UniformOptions extends RandomStream {
  /** Default 0. */
  readonly low?: number | undefined
  /** Default 1. */
  readonly high?: number | undefined
}

const checks: OptionChecks<UniformOptions> = { ...streamChecks, low: finite, high: finite }

/**
 * Uniform variates between `low` and `high`: low + (high − low)·u with u = (k + ½)·2⁻⁵², k uniform on the 52-bit integers.
 *
 * u is never 0 or 1, but rounding may return a bound when the interval holds few doubles. Synchronous; 5 to 10 ns each.
 *
 * The array to fill, the result and the errors are as {@link RandomStream} says; `OUT_OF_RANGE` also when the interval is
 * empty or infinite.
 *
 * @example
 * random.uniform(1000, { seed: 1, low: -1, high: 1 }) // Float64Array [1000]
 */
export function uniform(out: number | Float64Array, options: UniformOptions = {}): Float64Array {
  const { low = 0, high = 1, ...stream } = requireOptions('uniform', options, checks)
  if (!(low < high) || !Number.isFinite(high - low)) {
    throw new ScoringBiasError('OUT_OF_RANGE', `low must be below high and both finite, got ${low} and ${high}`)
  }
  const values = realsToFill(out)
  addon.uniform(...streamOf(stream), values, low, high)
  return values
}
