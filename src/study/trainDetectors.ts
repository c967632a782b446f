import { availableParallelism } from 'node:os'
import type { Dataset } from '../data/dataset.js'
import type { Split } from '../data/splits.js'
import type { DecoderOutput } from '../detectors/detectorGraph.js'
import { detector } from '../detectors/detectors.js'
import type { TrainingSettings } from '../detectors/settings.js'
import { trainingSetSize, trainingSteps } from '../detectors/trainReplicas.js'
import type { Network } from '../nn/network.js'
import type { DeviceRequest } from '../runtime/device.js'
import { Pool } from '../runtime/pool.js'
import { blockSize, runBlocks } from './runBlocks.js'
import { type TrainedRuns, trainRuns } from './trainRuns.js'
import type { StudyProgress } from './types.js'

/** A split, and the number of the run that it is for: runs of one number start alike and draw alike. */
export interface NumberedSplit {
  readonly run: number
  readonly split: Split
}

/** A detector, and what each of its trainings trains on. */
export interface DetectorRuns {
  readonly name: string
  readonly runs: readonly NumberedSplit[]
}

export interface TrainDetectorsOptions {
  readonly dataset: Dataset
  readonly network: Network
  readonly decoder: DecoderOutput
  readonly settings: TrainingSettings
  readonly seed: number
  readonly device?: DeviceRequest | undefined
  /** Worker threads; default: one for each processor, at most one for each training. No result depends on it. */
  readonly workers?: number | undefined
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: StudyProgress) => void) | undefined
}

export interface TrainedDetectors {
  /** In the order asked for. */
  readonly trained: readonly TrainedRuns[]
  readonly workers: number
}

/**
 * Trains any number of detectors in one pool of workers, each in all of its runs, and scores all samples with each.
 * Errors: those of `trainRuns` and of the pool.
 */
export async function trainDetectors(
  detectors: readonly DetectorRuns[],
  { dataset, network, decoder, settings, seed, device, workers: asked, signal, onProgress }: TrainDetectorsOptions,
): Promise<TrainedDetectors> {
  const jobs = detectors.map(({ name, runs }) => ({
    detector: name,
    runs: runs.map(({ run, split }) => ({
      run,
      normal: split.trainNormal,
      anomalous: split.trainAnomaly,
      validation: split.validation,
    })),
  }))
  const nTrainings = jobs.reduce((n, { runs }) => n + runs.length, 0)
  const total = jobs
    .flatMap((job) => job.runs.map((run) => trainingSteps(detector(job.detector), settings, run)))
    .reduce((sum, steps) => sum + steps, 0)
  const phase = `training ${detectors.map(({ name }) => detector(name).title).join(', ')}`
  let done = 0
  const onSteps = (steps: number): void => {
    done += steps
    onProgress?.({ phase, done, total })
  }
  onProgress?.({ phase, done, total })
  const samples = { features: dataset.features, nSamples: dataset.labels.length, sample: dataset.sample }
  // A block holds one training at least: more workers would idle.
  const workers = Math.min(asked ?? availableParallelism(), nTrainings)
  const runsPerBlock = blockSize({ network, settings, nRuns: nTrainings, nDetectors: 1, workers })
  const pool = new Pool({ workers, device, signal })
  try {
    const common = { network, decoder, settings, samples, seed, onSteps }
    const blocksOf = ({ detector: name, runs }: (typeof jobs)[number]) =>
      runBlocks(runs, runsPerBlock, (run) => trainingSetSize(detector(name), run))
    const trained = await Promise.all(jobs.map((job) => trainRuns(pool, { ...common, ...job, blocks: blocksOf(job) })))
    return { trained, workers }
  } finally {
    await pool.close()
  }
}
