import { integer, type OptionChecks, oneOf, requireOptions } from '../check.js'
import type { DatasetOptions } from '../data/core/dataset.js'
import type { DatasetName } from '../data/datasets.js'
import { publishedTraining } from '../detectors/publishedTraining.js'
import type { OnProgress } from '../progress.js'
import type { DeviceRequest } from '../runtime/device.js'
import type { UnitStore } from '../study/core/unitStore.js'
import { studyChecks, studyDefaults } from '../study/studyOptions.js'
import { type ReproductionSize, reproductionSizes, type SizeOfReproduction } from './reproductionSizes.js'

export interface ReproduceOptions extends DatasetOptions {
  /** Decides runs, epochs and share where they are not given; default `default`. */
  readonly size?: ReproductionSize | undefined
  /**
   * Of tables and Figure 3, trainings of each detector, 1 … 10,000; of figures of ξ̂ by sample size, at least 2 draws from
   * the scores of one training. Densities show one run.
   */
  readonly runs?: number | undefined
  /** Passes over the training data, 1 … 100,000. */
  readonly epochs?: number | undefined
  /** Passes of the autoencoder pretraining, 0 … 100,000. */
  readonly pretrainEpochs?: number | undefined
  /** Default `auto`. */
  readonly device?: DeviceRequest | undefined
  /** Worker threads that train, 1 … 1,024; no result depends on it. */
  readonly workers?: number | undefined
  /** Root of all randomness, default 0. */
  readonly seed?: number | undefined
  /**
   * Keeps what is trained and has what was, as of `runStudy`: items share equal trainings, and one that was killed goes on
   * from there. Figures of ξ̂ by sample size do not use it.
   */
  readonly store?: string | UnitStore | undefined
  readonly onProgress?: OnProgress | undefined
}

const { dataDir, share, dataSeed, signal, runs, device, workers, seed, store, onProgress } = studyChecks

export const reproduceChecks: OptionChecks<ReproduceOptions> = {
  size: oneOf('size', reproductionSizes),
  epochs: integer(1, 100_000),
  pretrainEpochs: integer(0, 100_000),
  ...{ dataDir, share, dataSeed, signal, runs, device, workers, seed, store, onProgress },
}

/** Options that were checked, with the defaults of those that every item has. */
export interface CheckedReproduceOptions extends ReproduceOptions {
  readonly size: ReproductionSize
  readonly device: DeviceRequest
  readonly seed: number
}

/** Errors: `UNKNOWN_NAME`, `OUT_OF_RANGE`, `WRONG_TYPE`. */
export function checkReproduceOptions(options: ReproduceOptions): CheckedReproduceOptions {
  const { device, seed } = studyDefaults
  return { size: 'default', device, seed, ...requireOptions('reproduce', options, reproduceChecks) }
}

/** The size's own, but for what was asked for. */
export function workAsked(
  { runs, epochs, pretrainEpochs, share }: CheckedReproduceOptions,
  defaults: SizeOfReproduction,
): SizeOfReproduction {
  return {
    runs: runs ?? defaults.runs,
    epochs: epochs ?? defaults.epochs,
    pretrainEpochs: pretrainEpochs ?? defaults.pretrainEpochs,
    share: share ?? defaults.share,
  }
}

/** Whether epochs and samples are the paper's. */
export function isPublished(dataset: DatasetName, { epochs, pretrainEpochs, share }: SizeOfReproduction): boolean {
  const { settings } = publishedTraining(dataset)
  return epochs === settings.epochs && pretrainEpochs === settings.pretrainEpochs && share === 1
}
