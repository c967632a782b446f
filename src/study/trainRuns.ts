import type { DecoderOutput } from '../detectors/detectorGraph.js'
import { detector } from '../detectors/detectors.js'
import type { TrainingSettings } from '../detectors/settings.js'
import { type RunData, type SamplePool, scoreRows, trainDetector } from '../detectors/trainDetector.js'
import type { Network } from '../nn/network.js'
import type { Device } from '../runtime/device.js'
import type { Pool } from '../runtime/pool.js'

/**
 * Replicas that train side by side. Fixed, not fitted to the machine: five share the cost of each operator's call
 * (the MLP takes 74 µs a step and replica, alone 106), their activations still fit a core's cache, and a study of five runs still
 * keeps two cores busy.
 */
const runsPerBlock = 5

export interface TrainRunsOptions {
  readonly detector: string
  readonly network: Network
  readonly decoder: DecoderOutput
  readonly settings: TrainingSettings
  readonly samples: SamplePool
  readonly runs: readonly RunData[]
  readonly seed: number
  /** Told how many more of `trainingSteps` are done. */
  readonly onSteps: (steps: number) => void
}

/** Scores of every sample in every run, and where they were computed. */
export interface RunsScores {
  /** [runs][samples]. */
  readonly scores: readonly Float32Array[]
  readonly device: Device
}

/**
 * Trains a detector in every run, blocks of runs at once on as many workers as the pool has, and scores all samples.
 * The same seed gives the same scores with any number of workers. Errors: those of `trainDetector`.
 */
export async function trainRuns(pool: Pool, options: TrainRunsOptions): Promise<RunsScores> {
  const { runs, samples, onSteps, ...training } = options
  const objective = detector(options.detector)
  const rows = Uint32Array.from({ length: samples.nSamples }, (_, row) => row)
  const blocks = await Promise.all(
    blocksOf(runs).map((block) =>
      pool.run(`training ${objective.title}, runs ${block[0]?.run} to ${block.at(-1)?.run}`, async (worker) => {
        let reported = 0
        const onProgress = (done: number) => {
          onSteps((done - reported) * block.length)
          reported = done
        }
        const trained = await trainDetector(worker, { ...training, objective, pool: samples, runs: block, onProgress })
        return { scores: await scoreRows(worker, trained, samples, rows), device: trained.device }
      }),
    ),
  )
  return { scores: blocks.flatMap(({ scores }) => scores), device: blocks[0]?.device ?? 'cpu' }
}

/** How many blocks a study of two detectors trains: more workers than that would idle. */
export function blockCount(nRuns: number): number {
  return 2 * Math.ceil(nRuns / runsPerBlock)
}

function blocksOf(runs: readonly RunData[]): RunData[][] {
  const blocks: RunData[][] = []
  for (let from = 0; from < runs.length; from += runsPerBlock) blocks.push(runs.slice(from, from + runsPerBlock))
  return blocks
}
