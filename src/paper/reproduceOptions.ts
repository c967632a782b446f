import { halfOpen, integer, type OptionChecks, oneOf, requireOptions } from '../check.js'
import type { DatasetOptions } from '../data/core/dataset.js'
import type { Work } from '../data/core/source.js'
import type { DatasetName } from '../data/datasets.js'
import { publishedTraining } from '../detectors/publishedTraining.js'
import { publishedSettings, type TrainingSettings } from '../detectors/settings.js'
import { frozen } from '../frozen.js'
import type { UnitStore } from '../study/core/unit.js'
import type { PairOptions } from '../study/pairOptions.js'
import { studyChecks, studyDefaults } from '../study/studyOptions.js'
import { paperUse } from './paperItems.js'

/** How much of the paper's work is done: `quick` in minutes on two cores, `full` the paper's runs on all samples. */
export type ReproductionSize = 'quick' | 'default' | 'full'
/** How much of the paper's runs, epochs and samples `reproduce` can take. */
export const reproductionSizes: readonly ReproductionSize[] = frozen(['quick', 'default', 'full'])

export interface ReproduceOptions
  extends DatasetOptions,
    Pick<PairOptions, 'device' | 'workers' | 'seed' | 'onProgress'> {
  /** Decides runs, epochs and share where they are not given; default `default`. */
  readonly size?: ReproductionSize | undefined
  /**
   * Of tables and Figure 3, trainings of each detector, 1 … 10,000; of figures of ξ̂ by sample size, at least 2 draws from
   * the scores of one training. Densities show one run.
   */
  readonly runs?: number | undefined
  /** Passes over the training data, 1 … 100,000. */
  readonly epochs?: number | undefined
  /**
   * Passes of the autoencoder pretraining, 0 … 100,000. Default 0, as in the printed figures: the program behind them pretrains an
   * autoencoder, but takes over only weights that have the same name in both networks, and there are none. `runStudy` pretrains.
   */
  readonly pretrainEpochs?: number | undefined
  /** Adam's learning rate, in [0, 1). The paper prints none; the default, 0.001, is the one that repeats its StatLog tables. */
  readonly learningRate?: number | undefined
  /**
   * Keeps what is trained and has what was, as of `runStudy`: items share equal trainings, and one that was killed goes on
   * from there.
   */
  readonly store?: string | UnitStore | undefined
}

const { dataDir, share, dataSeed, signal, runs, device, workers, seed, store, onProgress } = studyChecks

export const reproduceChecks: OptionChecks<ReproduceOptions> = {
  size: oneOf('size', reproductionSizes),
  epochs: integer(1, 100_000),
  pretrainEpochs: integer(0, 100_000),
  learningRate: halfOpen(0, 1),
  ...{ dataDir, share, dataSeed, signal, runs, device, workers, seed, store, onProgress },
}

/** Options that were checked, with the defaults of those that every item has. */
export type CheckedReproduceOptions = ReturnType<typeof checkReproduceOptions>

/** Errors: `UNKNOWN_NAME`, `OUT_OF_RANGE`, `WRONG_TYPE`. */
export function checkReproduceOptions(options: ReproduceOptions) {
  const { device, seed } = studyDefaults
  const size: ReproductionSize = 'default'
  return { size, device, seed, ...requireOptions('reproduce', options, reproduceChecks) }
}

/** What is done for an item: the trainings, and the settings in which they may differ from the published ones. */
export type PaperWork = Required<Work> & Pick<TrainingSettings, 'pretrainEpochs' | 'learningRate'>

/**
 * Epochs of pretraining that reach the paper's detectors. Its program (github.com/ZIYU-DEEP/Bias-in-Deep-Anomaly-Detection-PyTorch) and the one it
 * is built on (lukasruff/Deep-SAD-PyTorch, issue 9) have `encoder.` before every name of the autoencoder, and look its weights up by the
 * names of the detector: none is taken over.
 */
const paperPretrainEpochs = 0

/**
 * What a size stands for on a data set: of tables, or of figures of ξ̂ by sample size, whose detectors are trained once
 * and whose runs, drawn from their scores, cost next to nothing. What the paper's use of the data leaves out is as published.
 */
export function reproductionSize(
  dataset: string,
  size: ReproductionSize,
  of: 'tables' | 'figures' = 'tables',
): Required<Work> {
  return { epochs: publishedSettings.epochs, share: 1, ...paperUse(dataset)[of][size] }
}

/** The size's own, but for what was asked for. */
export function workAsked(options: CheckedReproduceOptions, dataset: string, of?: 'tables' | 'figures'): PaperWork {
  const { runs, epochs, share } = { ...reproductionSize(dataset, options.size, of), ...options }
  const { pretrainEpochs = paperPretrainEpochs, learningRate = publishedSettings.learningRate } = options
  return { runs, epochs, pretrainEpochs, learningRate, share }
}

/** The settings of training that differ from item to item. */
export function settingsOf({ epochs, pretrainEpochs, learningRate }: PaperWork): Partial<TrainingSettings> {
  return { epochs, pretrainEpochs, learningRate }
}

/** Whether epochs and samples are the paper's, which prints no learning rate. */
export function isPublished(dataset: DatasetName, { epochs, share }: PaperWork): boolean {
  return epochs === publishedTraining(dataset).settings.epochs && share === 1
}
