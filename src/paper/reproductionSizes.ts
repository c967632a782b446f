import type { Work } from '../data/core/source.js'
import { publishedSettings } from '../detectors/settings.js'
import { paperUse } from './paperUse.js'

/** How much of the paper's work is done: `quick` in minutes on two cores, `full` the paper's runs on all samples. */
export type ReproductionSize = 'quick' | 'default' | 'full'
export const reproductionSizes: readonly ReproductionSize[] = ['quick', 'default', 'full']

/** What a size stands for on one data set. */
export type SizeOfReproduction = Required<Work>

/** Runs, epochs and share of the samples of a table's size. */
export function reproductionSize(dataset: string, size: ReproductionSize): SizeOfReproduction {
  return complete(paperUse(dataset).tables[size])
}

/**
 * Runs, epochs and share of a figure of ξ̂ and FPR by sample size. Its detectors are trained once, its runs are drawn from
 * their scores and cost next to nothing.
 */
export function convergenceSize(dataset: string, size: ReproductionSize): SizeOfReproduction {
  return complete(paperUse(dataset).figures[size])
}

/** What is left out is as published. */
function complete(work: Work): SizeOfReproduction {
  const { epochs, pretrainEpochs } = publishedSettings
  return { epochs, pretrainEpochs, share: 1, ...work }
}
