import { biasDefaults } from '../biasDefaults.js'
import { number } from './flags.js'

export const fprFlag = ['--fpr <rate>', 'target false-positive rate', number, biasDefaults.fpr] as const
export const levelFlag = ['--level <level>', 'confidence level of the intervals', number, biasDefaults.level] as const
export const resamplesFlag = ['--resamples <n>', 'bootstrap replicates', number, biasDefaults.resamples] as const
export const seedFlag = ['--seed <n>', 'root of all randomness', number, biasDefaults.seed] as const
