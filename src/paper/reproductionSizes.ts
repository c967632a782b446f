import type { DatasetName } from '../data/datasets.js'
import { publishedSettings } from '../detectors/settings.js'

/** How much of the paper's work is done: `quick` in minutes on two cores, `full` the paper's runs on all samples. */
export type ReproductionSize = 'quick' | 'default' | 'full'
export const reproductionSizes: readonly ReproductionSize[] = ['quick', 'default', 'full']

/** What a size stands for on one data set. */
export interface SizeOfReproduction {
  readonly runs: number
  readonly epochs: number
  readonly pretrainEpochs: number
  readonly share: number
}

const { epochs, pretrainEpochs } = publishedSettings
/** "Mean/std over 100 runs" (Appendix E). */
const full: SizeOfReproduction = { runs: 100, epochs, pretrainEpochs, share: 1 }

const sizes: Record<DatasetName, Record<ReproductionSize, SizeOfReproduction>> = {
  synthetic: { quick: { ...full, runs: 3 }, default: { ...full, runs: 10 }, full },
  statlog: { quick: { ...full, runs: 3 }, default: { ...full, runs: 10 }, full },
  'fashion-mnist': {
    quick: { runs: 1, epochs: 10, pretrainEpochs: 5, share: 0.5 },
    default: { runs: 3, epochs: 50, pretrainEpochs: 25, share: 1 },
    full,
  },
  spectrum: {
    quick: { runs: 1, epochs: 25, pretrainEpochs: 5, share: 0.05 },
    default: { runs: 3, epochs: 50, pretrainEpochs: 25, share: 0.05 },
    full,
  },
}

/** Runs, epochs and share of the samples of a table's size. */
export function reproductionSize(dataset: DatasetName, size: ReproductionSize): SizeOfReproduction {
  return sizes[dataset][size]
}

/** Runs of each cell in the paper's figures of ξ̂ and FPR by sample size. */
export const paperConvergenceRuns: Readonly<Record<DatasetName, number>> = {
  synthetic: 1500,
  statlog: 100,
  'fashion-mnist': 100,
  spectrum: 1000,
}

const published = (dataset: DatasetName): SizeOfReproduction => ({ ...full, runs: paperConvergenceRuns[dataset] })

const convergenceSizes: Record<DatasetName, Record<ReproductionSize, SizeOfReproduction>> = {
  synthetic: {
    quick: { ...full, runs: 100 },
    default: published('synthetic'),
    full: published('synthetic'),
  },
  statlog: { quick: published('statlog'), default: published('statlog'), full: published('statlog') },
  // Samples rather than epochs: runs need them to draw from.
  'fashion-mnist': {
    quick: { runs: 100, epochs: 5, pretrainEpochs: 3, share: 1 },
    default: { runs: 100, epochs: 50, pretrainEpochs: 25, share: 1 },
    full: published('fashion-mnist'),
  },
  spectrum: {
    quick: { runs: 100, epochs: 10, pretrainEpochs: 5, share: 0.1 },
    default: { runs: 1000, epochs: 30, pretrainEpochs: 15, share: 0.2 },
    full: published('spectrum'),
  },
}

/**
 * Runs, epochs and share of a figure of ξ̂ and FPR by sample size. Its detectors are trained once, its runs are drawn from
 * their scores and cost next to nothing.
 */
export function convergenceSize(dataset: DatasetName, size: ReproductionSize): SizeOfReproduction {
  return convergenceSizes[dataset][size]
}
