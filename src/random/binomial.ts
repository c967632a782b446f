import { integer, type OptionChecks, required, requireOptions, within } from '../check.js'
import { addon } from '../native.js'
import { countsToFill, type RandomStream, streamChecks, streamOf } from './stream.js'

export interface BinomialOptions extends RandomStream {
  /** Number of trials, an integer in [0, 2³¹). */
  readonly n: number
  /** Probability of success in a trial, in [0, 1]. */
  readonly p: number
}

const checks: OptionChecks<BinomialOptions> = {
  ...streamChecks,
  n: required(integer(0, 2 ** 31 - 1)),
  p: required(within(0, 1)),
}

/**
 * Binomial variates: the number of successes in n trials.
 *
 * Sequential search for a small mean of the rarer outcome (Kachitvichyanukul and Schmeiser, CACM 31, 1988, algorithm
 * BINV), else transformed rejection (Hörmann, J. Statist. Comput. Simul. 46, 1993, algorithm BTRD). Synchronous; 15 to
 * 70 ns each, whatever n and p.
 *
 * The array to fill, the result and the errors are as {@link RandomStream} says.
 *
 * @example
 * random.binomial(1000, { n: 20, p: 0.05, seed: 1 }) // Uint32Array [1000]
 */
export function binomial(out: number | Uint32Array, options: BinomialOptions): Uint32Array {
  const { n, p, ...stream } = requireOptions('binomial', options, checks)
  const counts = countsToFill(out)
  addon.binomial(...streamOf(stream), counts, n, p)
  return counts
}
