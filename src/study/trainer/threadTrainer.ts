import { at } from '../../check.js'
import { scoreDivergence } from '../../detectors/scoreDivergence.js'
import { scoreRows, type TrainedReplicas, trainReplicas } from '../../detectors/trainReplicas.js'
import type { Device } from '../../runtime/device.js'
import { Pool, type PoolOptions } from '../../runtime/pool.js'
import type { RunTraining } from '../core/types.js'
import type { UnitResult } from '../core/unit.js'
import type { UnitTrainer, UnitWork } from '../core/unitTrainer.js'

/** Trains in threads of this process, one work on each. Close it. Errors: those of `Pool` and `trainReplicas`. */
export class ThreadTrainer implements UnitTrainer {
  readonly workers: number
  readonly #pool: Pool

  constructor(options: PoolOptions & { readonly workers: number }) {
    this.workers = options.workers
    this.#pool = new Pool(options)
  }

  device(): Promise<Device> {
    return this.#pool.device()
  }

  train({ samples, ...work }: UnitWork, onSteps: (steps: number) => void): Promise<UnitResult> {
    const { objective, runs } = work
    const rows = Uint32Array.from({ length: samples.nSamples }, (_, row) => row)
    const label = `training ${objective.title}, runs ${runs.map(({ run }) => run).join(', ')}`
    return this.#pool.run(label, async (worker) => {
      let reported = 0
      const onProgress = (done: number) => {
        onSteps((done - reported) * runs.length)
        reported = done
      }
      const trained = await trainReplicas(worker, { ...work, pool: samples, onProgress })
      const scored = await scoreRows(worker, trained, samples, rows)
      return {
        device: trained.device,
        runs: scored.map((scores, r) => ({
          training: runTraining(trained, r, scores, at(runs, r).validation),
          scores,
        })),
      }
    })
  }

  async close(): Promise<void> {
    await this.#pool.close()
  }
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
    run: at(runs, replica),
    losses: curve(losses),
    pretrainLosses: curve(pretrainLosses),
    ...(divergence && { divergence }),
  }
}
