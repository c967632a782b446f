import { at } from '../../check.js'
import {
  bcaReading,
  type IntervalMethod,
  percentileReading,
  type Reading,
  wald,
  zOf,
} from '../bootstrap/bootstrapInterval.js'
import { reflected } from '../bootstrap/shares.js'
import type { ExactLaws } from './exactLaws.js'

export interface LawReadingOptions {
  readonly method: Exclude<IntervalMethod, 'studentized'>
  /** ξ of the samples. */
  readonly xi: number
  readonly n: number
  readonly nCandidate: number
  /** 1 − level, for the shrinkage of `bt2`. */
  readonly alpha: number
}

/** What a method makes of a law in closed form: as `bootstrapReading` does of as many replicates as one likes. */
export function lawReading(exact: ExactLaws, set: number, options: LawReadingOptions): Reading {
  const law = at(exact.laws, set)
  const { method, xi } = options
  switch (method) {
    case 'confidence':
    case 'percentile':
      return percentileReading(law)
    case 'basic':
      return percentileReading(reflected(law, xi))
    case 'normal':
      return law.standardError > 0 ? wald(2 * xi - law.mean, law.standardError) : percentileReading(law)
    case 'bca':
      return bcaReading(law, xi, at(exact.accelerations, set))
    case 'bt2': {
      const { mean, sd } = shrunken(exact, set, options)
      return sd > 0 ? wald(mean, sd) : percentileReading(law)
    }
  }
}

/** Mean and standard deviation of the difference of the recalls drawn towards ½, (n·p* + z²/2)/(n + z²). */
function shrunken(exact: ExactLaws, set: number, { n, nCandidate, alpha }: LawReadingOptions) {
  const square = zOf(alpha) ** 2
  const kept = (size: number) => size / (size + square)
  const { mean, standardError } = at(exact.laws, set)
  // The same number of samples, so that what is added to both recalls cancels.
  if (exact.recalls === undefined) return { mean: kept(n) * mean, sd: kept(n) * standardError }
  const [baseline, candidate] = at(exact.recalls, set)
  const centre = (recall: number, size: number) => (size * recall + square / 2) / (size + square)
  return {
    mean: centre(candidate.mean, nCandidate) - centre(baseline.mean, n),
    sd: Math.hypot(kept(nCandidate) * Math.sqrt(candidate.variance), kept(n) * Math.sqrt(baseline.variance)),
  }
}
