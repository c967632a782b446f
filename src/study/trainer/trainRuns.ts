import type { DecoderOutput } from '../../detectors/detectorGraph.js'
import { detector } from '../../detectors/detectors.js'
import type { SamplePool } from '../../detectors/samplePool.js'
import { scoreDivergence } from '../../detectors/scoreDivergence.js'
import type { TrainingSettings } from '../../detectors/settings.js'
import { type RunData, scoreRows, type TrainedReplicas, trainReplicas } from '../../detectors/trainReplicas.js'
import type { Network } from '../../nn/network.js'
import type { Device } from '../../runtime/device.js'
import type { Pool } from '../../runtime/pool.js'
import type { RunTraining } from '../types.js'
import type { UnitResult } from './unit.js'

/** What a run trains on, and the rows that its threshold is set on. */
export interface StudyRun extends RunData {
  readonly validation: Uint32Array
}

export interface TrainRunsOptions {
  readonly detector: string
  readonly network: Network
  readonly decoder: DecoderOutput
  readonly settings: TrainingSettings
  readonly samples: SamplePool
  readonly runs: readonly StudyRun[]
  readonly seed: number
  /** Which runs train side by side, as indices into `runs`; no result depends on it. See `runBlocks`. */
  readonly blocks: readonly (readonly number[])[]
  /** Results that are there already, by block: those blocks are not trained. */
  readonly kept?: ReadonlyMap<readonly number[], UnitResult> | undefined
  /** Given the results of each block as soon as it is trained. */
  readonly onBlock?: ((block: readonly number[], result: UnitResult) => Promise<void>) | undefined
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
 * that diverges is told of in its `training`, and takes nothing from the others. The training sets of a block have one
 * size.
 *
 * The same seed gives the same results with any number of workers and any blocks. Errors: those of `trainReplicas`, and
 * what `onBlock` rejects with.
 */
export async function trainRuns(pool: Pool, options: TrainRunsOptions): Promise<TrainedRuns> {
  const { runs, samples, blocks, kept, onBlock, onSteps, ...common } = options
  const objective = detector(options.detector)
  const rows = Uint32Array.from({ length: samples.nSamples }, (_, row) => row)
  const train = async (block: readonly number[]): Promise<UnitResult> => {
    const own = block.flatMap((i) => runs[i] ?? [])
    return pool.run(`training ${objective.title}, runs ${own.map(({ run }) => run).join(', ')}`, async (worker) => {
      let reported = 0
      const onProgress = (done: number) => {
        onSteps((done - reported) * block.length)
        reported = done
      }
      const trained = await trainReplicas(worker, { ...common, objective, pool: samples, runs: own, onProgress })
      const scored = await scoreRows(worker, trained, samples, rows)
      return {
        device: trained.device,
        runs: scored.map((scores, r) => ({
          training: runTraining(trained, r, scores, own[r]?.validation ?? rows),
          scores,
        })),
      }
    })
  }
  const results = await Promise.all(
    blocks.map(async (block) => {
      const there = kept?.get(block)
      if (there !== undefined) return there
      const result = await train(block)
      await onBlock?.(block, result)
      return result
    }),
  )
  const scores: Float32Array[] = []
  const training: RunTraining[] = []
  for (const [b, result] of results.entries()) {
    for (const [r, run] of result.runs.entries()) {
      const i = blocks[b]?.[r] ?? 0
      scores[i] = run.scores
      training[i] = run.training
    }
  }
  return { scores, training, device: results[0]?.device ?? 'cpu' }
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
