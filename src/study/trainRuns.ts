import type { DecoderOutput } from '../detectors/detectorGraph.js'
import { detector } from '../detectors/detectors.js'
import type { SamplePool } from '../detectors/samplePool.js'
import { scoreDivergence } from '../detectors/scoreDivergence.js'
import type { TrainingSettings } from '../detectors/settings.js'
import {
  type RunData,
  scoreRows,
  type TrainedReplicas,
  trainingSetSize,
  trainReplicas,
} from '../detectors/trainReplicas.js'
import type { Network } from '../nn/network.js'
import type { Device } from '../runtime/device.js'
import type { Pool } from '../runtime/pool.js'
import { runBlocks } from './runBlocks.js'
import type { RunTraining } from './types.js'

export interface TrainRunsOptions {
  readonly detector: string
  readonly network: Network
  readonly decoder: DecoderOutput
  readonly settings: TrainingSettings
  readonly samples: SamplePool
  /** What each run trains on, and the rows that its threshold is set on. */
  readonly runs: readonly (RunData & { readonly validation: Uint32Array })[]
  readonly seed: number
  /** Replicas that train side by side at most, see `blockSize`; no result depends on it. */
  readonly runsPerBlock: number
  /** Told how many more of `trainingSteps` are done. */
  readonly onSteps: (steps: number) => void
}

/** What became of every run, and where it was computed. */
export interface TrainedRuns {
  /** Scores of every sample in every run, [runs][samples]; meaningless in a run that diverged. */
  readonly scores: readonly Float32Array[]
  readonly training: readonly RunTraining[]
  readonly device: Device
}

/**
 * Trains a detector in every run, blocks of runs at once on as many workers as the pool has, and scores all samples. A run
 * that diverges is told of in its `training`, and takes nothing from the others. Runs whose training sets differ in size
 * come into different blocks.
 *
 * The same seed gives the same results with any number of workers and any blocks. Errors: those of `trainReplicas`.
 */
export async function trainRuns(pool: Pool, options: TrainRunsOptions): Promise<TrainedRuns> {
  const { runs, samples, runsPerBlock, onSteps, ...common } = options
  const objective = detector(options.detector)
  const rows = Uint32Array.from({ length: samples.nSamples }, (_, row) => row)
  const scores: Float32Array[] = []
  const training: RunTraining[] = []
  const train = async (block: readonly number[]): Promise<Device> => {
    const own = block.flatMap((i) => runs[i] ?? [])
    return pool.run(`training ${objective.title}, runs ${own.map(({ run }) => run).join(', ')}`, async (worker) => {
      let reported = 0
      const onProgress = (done: number) => {
        onSteps((done - reported) * block.length)
        reported = done
      }
      const trained = await trainReplicas(worker, { ...common, objective, pool: samples, runs: own, onProgress })
      for (const [r, row] of (await scoreRows(worker, trained, samples, rows)).entries()) {
        const i = block[r] ?? 0
        scores[i] = row
        training[i] = runTraining(trained, r, row, own[r]?.validation ?? rows)
      }
      return trained.device
    })
  }
  const blocks = runBlocks(runs, runsPerBlock, (run) => trainingSetSize(objective, run))
  const [device = 'cpu'] = await Promise.all(blocks.map(train))
  return { scores, training, device }
}

function runTraining(
  { graph, runs, nReplicas, centre, losses, pretrainLosses, divergences }: TrainedReplicas,
  replica: number,
  scores: Float32Array,
  validation: Uint32Array,
): RunTraining {
  const curve = (all: Float64Array) => all.filter((loss, i) => i % nReplicas === replica && !Number.isNaN(loss))
  const { distance } = graph.design.objective
  const nCentre = centre.length / nReplicas
  const ownCentre = centre.subarray(replica * nCentre, (replica + 1) * nCentre)
  const divergence =
    divergences[replica] ?? scoreDivergence({ distance, centre: ownCentre, scores, normal: validation })
  return {
    run: runs[replica] ?? 0,
    losses: curve(losses),
    pretrainLosses: curve(pretrainLosses),
    ...(divergence && { divergence }),
  }
}
