import { biasDefaults } from '../biasDefaults.js'
import { fraction, number } from './flags.js'

export const fprFlag = [
  '--fpr <rate>',
  'target false-positive rate, as 0.01, 1% or 1/100',
  fraction,
  biasDefaults.fpr,
] as const
export const levelFlag = ['--level <level>', 'confidence level of the intervals', fraction, biasDefaults.level] as const
export const resamplesFlag = ['--resamples <n>', 'bootstrap replicates', number, biasDefaults.resamples] as const
export const seedFlag = ['--seed <n>', 'root of all randomness', number, biasDefaults.seed] as const
