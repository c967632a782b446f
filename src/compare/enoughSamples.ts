import { normalQuantile } from '../special.js'
import { type JointBias, standIn } from '../stats/bias/simultaneous.js'

/** Probability with which `enoughSamples` are enough. */
const power = 0.8

/** What is known of one class. */
export interface ClassEvidence extends Pick<JointBias, 'standardError' | 'critical' | 'degenerate'> {
  readonly n: number
  readonly xi: number
  /** Fraction of the class that exactly one of the two detectors flags. */
  readonly discordant: number
}

/**
 * Samples of a class with which its interval would, with probability 0.8, leave 0 out, if ξ is what it seems; infinity
 * where no number of them would.
 *
 * The replicates' variance s² has two parts: that of the class's sample, v/n with v = (fraction flagged by one detector
 * alone) − ξ², the variance of a paired difference of indicators; and what is left, u = max(0, s² − v/n), is the
 * thresholds' and stays when only the class grows. With critical value c and z = Φ⁻¹(0.8), ξ̂ is beyond c standard errors
 * with probability 0.8 when |ξ| = (c + z)·√(v/n′ + u), so n′ = v/((ξ/(c + z))² − u). Where the denominator is not
 * positive, the thresholds vary too much for that class: more normal samples are what is missing.
 *
 * Degenerate replicates show neither part. There n′ is the least number for which the stand-in of {@link simultaneous},
 * with the same ξ at n′ samples, has its centre c + z standard errors from 0.
 */
export function enoughSamples(evidence: ClassEvidence): number {
  const { n, xi, discordant, standardError, critical, degenerate } = evidence
  if (xi === 0) return Number.POSITIVE_INFINITY
  const errors = critical + normalQuantile(power)
  if (degenerate) return leastFrom(n + 1, (size) => reaches(size, xi, errors))
  const perSample = Math.max(0, discordant - xi ** 2)
  const thresholds = Math.max(0, standardError ** 2 - perSample / n)
  const room = (xi / errors) ** 2 - thresholds
  return room > 0 ? Math.max(n + 1, Math.ceil(perSample / room)) : Number.POSITIVE_INFINITY
}

/** Whether the stand-in's centre is so many standard errors from 0. */
function reaches(n: number, xi: number, errors: number): boolean {
  const { centre, standardError } = standIn(n, xi)
  return Math.abs(centre) >= errors * standardError
}

/** The least integer from `first` on that satisfies a condition which all larger ones do. */
function leastFrom(first: number, condition: (n: number) => boolean): number {
  let high = first
  while (!condition(high)) high *= 2
  let low = Math.max(first, Math.floor(high / 2))
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (condition(middle)) high = middle
    else low = middle + 1
  }
  return high
}
