import { biasDefaults } from '../biasDefaults.js'
import { fraction, number } from './flags.js'

export const fprFlag = [
  '--fpr <rate>',
  'target false-positive rate, as 0.01, 1% or 1/100',
  fraction,
  biasDefaults.fpr,
] as const
export const levelFlag = ['--level <level>', 'confidence level of the intervals', fraction, biasDefaults.level] as const
export const resamplesFlag = [
  '--resamples <n>',
  `draws that intervals are read off (default: ${biasDefaults.resamples}, and more where many classes need them)`,
  number,
] as const
export const seedFlag = ['--seed <n>', 'root of all randomness', number, biasDefaults.seed] as const
