import type { DatasetName } from '../data/datasets.js'
import { publishedSettings } from '../detectors/settings.js'

/** How much of the paper's work is done: `quick` in minutes on two cores, `full` the paper's 100 runs on all samples. */
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
    quick: { runs: 1, epochs: 5, pretrainEpochs: 3, share: 0.01 },
    default: { runs: 3, epochs: 50, pretrainEpochs: 25, share: 0.05 },
    full,
  },
}

/** Runs, epochs and share of the samples of a size. */
export function reproductionSize(dataset: DatasetName, size: ReproductionSize): SizeOfReproduction {
  return sizes[dataset][size]
}
