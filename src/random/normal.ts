import { finite, type OptionChecks, requireOptions, within } from '../check.js'
import { addon } from '../native.js'
import { type RandomStream, realsToFill, streamChecks, streamOf } from './stream.js'

export interface NormalOptions extends RandomStream {
  /** Default 0. */
  readonly mean?: number | undefined
  /** Standard deviation, at least 0. Default 1. */
  readonly sd?: number | undefined
}

const checks: OptionChecks<NormalOptions> = { ...streamChecks, mean: finite, sd: within(0, Number.POSITIVE_INFINITY) }

/**
 * Normal variates: mean + sd·Φ⁻¹(u), by inversion of one uniform each (Φ⁻¹ by algorithm AS 241, Wichura 1988).
 *
 * They lie within 8.3 standard deviations and rise with the uniforms of the same stream. Synchronous; 12 to 20 ns each.
 *
 * The array to fill, the result and the errors are as {@link RandomStream} says.
 *
 * @example
 * random.normal(1000, { seed: 1, mean: 1.6, sd: 0.8 }) // Float64Array [1000]
 */
export function normal(out: number | Float64Array, options: NormalOptions = {}): Float64Array {
  const { mean = 0, sd = 1, ...stream } = requireOptions('normal', options, checks)
  const values = realsToFill(out)
  addon.normal(...streamOf(stream), values, mean, sd)
  return values
}
