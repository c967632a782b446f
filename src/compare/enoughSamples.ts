import { normalQuantile } from '../special.js'
import { zOf } from '../stats/bootstrap/bootstrapInterval.js'

/** Probability with which `enoughSamples` are enough. */
const power = 0.8

/** What is known of one class. */
export interface ClassEvidence {
  readonly n: number
  readonly xi: number
  /** Samples of the class that exactly one of the two detectors flags. */
  readonly deciding: number
  /** How many times more ξ̂ varies because samples come in groups. Default 1. */
  readonly designEffect?: number | undefined
  /** The part of the variance of ξ̂ that is the thresholds' own. */
  readonly thresholdVariance: number
  /** 1 less the level at which the class's simultaneous interval is read. */
  readonly gamma: number
}

/**
 * Samples of a class with which its interval would, with probability 0.8, leave 0 out, if ξ is what it seems; infinity
 * where no number of them would.
 *
 * The variance of ξ̂ has two parts: that of the class's sample, v/n, and that of the thresholds, u, which stays when only
 * the class grows. v = d − x², the variance of a paired difference of indicators, with d the share of samples that one
 * detector alone flags and x the difference, both with the one sample added that the confidence distribution adds, so
 * that a handful of samples of one kind is not taken for certainty. With c = Φ⁻¹(1 − γ/2)
 * and z = Φ⁻¹(0.8), ξ̂ is beyond c standard errors with probability 0.8 when |ξ| = (c + z)·√(v/n′ + u), so
 * n′ = v/((ξ/(c + z))² − u). Of samples in groups, v is as many times as large as the design effect says, for groups of
 * the same sizes. Where the denominator is not positive, the thresholds vary too much for that class: more
 * normal samples are what is missing.
 */
export function enoughSamples({ n, xi, deciding, designEffect = 1, thresholdVariance, gamma }: ClassEvidence): number {
  if (xi === 0) return Number.POSITIVE_INFINITY
  const perSample = designEffect * ((deciding + 1) / (n + 1) - ((n * xi) / (n + 1)) ** 2)
  const room = (xi / (zOf(gamma) + normalQuantile(power))) ** 2 - thresholdVariance
  return room > 0 ? Math.max(n + 1, Math.ceil(perSample / room)) : Number.POSITIVE_INFINITY
}
