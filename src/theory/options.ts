import { biasDefaults, defaultDelta } from '../biasDefaults.js'
import { between, integer, record, within } from '../check.js'
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
export const count = integer(1, mostSamples)

/** Requires an object with what is known of two detectors. Errors: `WRONG_TYPE`. */
export function requireDetectors(detectors: { readonly baseline: object; readonly candidate: object }): void {
  record('detectors', detectors)
  record('baseline', detectors.baseline)
  record('candidate', detectors.candidate)
}
