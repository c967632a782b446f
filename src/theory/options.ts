import { biasDefaults, defaultDelta } from '../biasDefaults.js'
import { between, integer, type OptionChecks, record, within } from '../check.js'
import { mostSamples } from './solve.js'

/** What the functions of this room take where nothing is given. */
export const theoryDefaults = {
  fpr: biasDefaults.fpr,
  level: biasDefaults.level,
  delta: defaultDelta,
  tpr: 0.5,
  power: 0.8,
} as const

// The checks that several of them share.
export const probability = between(0, 1)
export const rate = within(0, 1)
export const slope = within(0, Number.POSITIVE_INFINITY)
const count = integer(1, mostSamples)

/** What `power`, `precision` and `planSamples` share. */
export interface SizeOptions {
  readonly nNormal?: number | undefined
  readonly nAnomalous?: number | undefined
  /** Confidence level of the interval of ξ, in (0, 1). Default 0.95. */
  readonly level?: number | undefined
}

export const sizeChecks: OptionChecks<SizeOptions> = { nNormal: count, nAnomalous: count, level: probability }

/** One of each for two detectors. */
export interface Detectors<T> {
  readonly baseline: T
  readonly candidate: T
}

/** Requires an object with what is known of two detectors. Errors: `WRONG_TYPE`. */
export function requireDetectors(detectors: Detectors<object>): void {
  record('detectors', detectors)
  record('baseline', detectors.baseline)
  record('candidate', detectors.candidate)
}
