import { requireInteger, requireKnown } from '../check.js'
import type { DatasetOptions } from '../data/dataset.js'
import { requireShare } from '../data/splits/takeShare.js'
import type { OnProgress } from '../progress.js'
import { type DeviceRequest, deviceRequests } from '../runtime/device.js'
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
   * A DuckDB file that keeps what is trained and has what was, as of `runStudy`: items share equal trainings, and one that
   * was killed goes on from there. Figures of ξ̂ by sample size do not use it.
   */
  readonly store?: string | undefined
  readonly onProgress?: OnProgress | undefined
}

/** Options that were checked, with the defaults of those that every item has. */
export interface CheckedReproduceOptions extends ReproduceOptions {
  readonly size: ReproductionSize
  readonly device: DeviceRequest
  readonly seed: number
}

/** Errors: `UNKNOWN_NAME`, `OUT_OF_RANGE`, `WRONG_TYPE`. */
export function checkReproduceOptions(options: ReproduceOptions): CheckedReproduceOptions {
  const { size = 'default', device = 'auto', seed = 0, runs, epochs, pretrainEpochs, share, workers } = options
  requireKnown('size', size, reproductionSizes)
  requireKnown('device', device, deviceRequests)
  requireInteger('seed', seed, 0)
  if (runs !== undefined) requireInteger('runs', runs, 1, 10_000)
  if (epochs !== undefined) requireInteger('epochs', epochs, 1, 100_000)
  if (pretrainEpochs !== undefined) requireInteger('pretrainEpochs', pretrainEpochs, 0, 100_000)
  if (share !== undefined) requireShare(share)
  if (workers !== undefined) requireInteger('workers', workers, 1, 1024)
  return { ...options, size, device, seed }
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
