import { frozen } from './frozen.js'
/** What every question about recall at a false-positive rate takes where it is not told otherwise. */
export const biasDefaults = frozen({
  fpr: 0.05,
  thresholdRule: 'inverse-cdf',
  level: 0.95,
  intervalMethod: 'confidence',
  resamples: 10_000,
  seed: 0,
  engine: 'auto',
} as const)

/** δ of certified thresholds and of bounds. */
export const defaultDelta = 0.05
