import { availableParallelism } from 'node:os'
import type { Dataset } from '../../data/dataset.js'
import type { Split } from '../../data/splits/splits.js'
import { tableDigest } from '../../data/tables/labelledTable.js'
import type { DecoderOutput } from '../../detectors/detectorGraph.js'
import { detector } from '../../detectors/detectors.js'
import type { TrainingSettings } from '../../detectors/settings.js'
import { trainingSetSize, trainingSteps } from '../../detectors/trainReplicas.js'
import type { Network } from '../../nn/network.js'
import type { OnProgress } from '../../progress.js'
import type { Device, DeviceRequest } from '../../runtime/device.js'
import { Pool } from '../../runtime/pool.js'
import type { StudyStore } from '../store/studyStore.js'
import { blockSize, runBlocks, unitSize } from './runBlocks.js'
import { type TrainedRuns, type TrainRunsOptions, trainRuns } from './trainRuns.js'
import { type LabelledRun, type Unit, type UnitResult, unitsOf } from './unit.js'

/** A split, and the number of the run that it is for: runs of one number start alike and draw alike. */
export interface NumberedSplit {
  readonly run: number
  readonly split: Split
  /** The class of the labelled anomalies, or their mixture as `mixtureText` words it. */
  readonly anomaly: string
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
  /** How the splits were made: beside the rows themselves, what names them in a store. */
  readonly origin: { readonly split: string; readonly normal: string }
  /** `tableDigest` of the data set, where it is known. */
  readonly sha256?: string | undefined
  /** Has the results of units that are done, and takes those of every other one as soon as it is trained. */
  readonly store?: StudyStore | undefined
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: OnProgress | undefined
}

export interface TrainedDetectors {
  /** In the order asked for. */
  readonly trained: readonly TrainedRuns[]
  readonly workers: number
}

/** Which runs train side by side, and what becomes of them. */
type Blocks = Pick<TrainRunsOptions, 'blocks' | 'kept' | 'onBlock'>

/**
 * Trains any number of detectors in one pool of workers, each in all of its runs, and scores all samples with each. With
 * a store, units that it has are read from it, and every other one is in it as soon as it is trained; no result depends
 * on that.
 *
 * Errors: those of `trainRuns`, of the pool and of `StudyStore`.
 */
export async function trainDetectors(
  detectors: readonly DetectorRuns[],
  options: TrainDetectorsOptions,
): Promise<TrainedDetectors> {
  const { dataset, network, decoder, settings, seed, store, device, signal, onProgress } = options
  const jobs = detectors.map(({ name, runs }) => ({
    detector: name,
    runs: runs.map(
      ({ run, split, anomaly }): LabelledRun => ({
        run,
        anomaly,
        normal: split.trainNormal,
        anomalous: split.trainAnomaly,
        validation: split.validation,
      }),
    ),
  }))
  const nTrainings = jobs.reduce((n, { runs }) => n + runs.length, 0)
  // A block holds one training at least: more workers would idle.
  const workers = Math.min(options.workers ?? availableParallelism(), nTrainings)

  const phase = `training ${listed(detectors.map(({ name }) => detector(name).title))}`
  let done = 0
  let total = 0
  const onSteps = (steps: number): void => {
    done += steps
    onProgress?.({ phase, done, total })
  }
  const plans: TrainRunsOptions[] = []
  const samples = { features: dataset.features, nSamples: dataset.labels.length, sample: dataset.sample }
  const pool = new Pool({ workers, device, signal })
  try {
    const unstored = unstoredBlocks(blockSize({ network, settings, nRuns: nTrainings, nDetectors: 1, workers }))
    const blocksOf = store === undefined ? unstored : storedBlocks(store, options, await pool.device())
    for (const { detector: name, runs } of jobs) {
      const blocks = await blocksOf(name, runs)
      const steps = runs.map((run) => trainingSteps(detector(name), settings, run))
      const found = [...(blocks.kept?.keys() ?? [])].flat()
      total += sum(steps)
      done += sum(found.map((i) => steps[i] ?? 0))
      plans.push({ detector: name, network, decoder, settings, samples, runs, seed, onSteps, ...blocks })
    }
    onSteps(0)
    return { trained: await Promise.all(plans.map((plan) => trainRuns(pool, plan))), workers }
  } finally {
    await pool.close()
  }
}

/** Blocks that suit the machine, where nothing is kept. */
function unstoredBlocks(size: number) {
  return async (name: string, runs: readonly LabelledRun[]): Promise<Blocks> => ({
    blocks: runBlocks(runs, size, (run) => trainingSetSize(detector(name), run)),
  })
}

/** Blocks that are the units of a store. */
function storedBlocks(
  store: StudyStore,
  { dataset, network, decoder, settings, seed, origin, sha256 = tableDigest(dataset) }: TrainDetectorsOptions,
  device: Device,
) {
  const data = { name: dataset.name, sha256 }
  const size = unitSize({ network, settings })
  return async (name: string, runs: readonly LabelledRun[]): Promise<Blocks> => {
    const setting = { data, ...origin, network, decoder, settings, seed, device, size }
    const units = new Map<readonly number[], Unit>()
    for (const unit of unitsOf(detector(name), runs, setting)) units.set(unit.runs, unit)
    await store.plan([...units.values()])
    const kept = new Map<readonly number[], UnitResult>()
    for (const [block, unit] of units) {
      const result = await store.find(unit, dataset.labels.length)
      if (result !== undefined) kept.set(block, result)
    }
    const onBlock = async (block: readonly number[], result: UnitResult): Promise<void> => {
      const unit = units.get(block)
      if (unit !== undefined) await store.keep(unit, result)
    }
    return { blocks: [...units.keys()], kept, onBlock }
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0)
}

/** `a`, `a and b`, `a, b and c` */
function listed(words: readonly string[]): string {
  return [words.slice(0, -1).join(', '), words.at(-1)].filter((part) => part !== '').join(' and ')
}
