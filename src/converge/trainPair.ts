import { at } from '../check.js'
import type { DecoderOutput } from '../detectors/detectorGraph.js'
import { requireConverged } from '../detectors/divergence.js'
import type { Objective } from '../detectors/objectives/objective.js'
import type { SamplePool } from '../detectors/samplePool.js'
import { scoreDivergence } from '../detectors/scoreDivergence.js'
import type { TrainingSettings } from '../detectors/settings.js'
import { scoreRows, type TrainedReplicas, trainingSteps, trainReplicas } from '../detectors/trainReplicas.js'
import type { Network } from '../nn/network.js'
import type { OnProgress } from '../progress.js'
import type { Pool } from '../runtime/pool.js'
import type { ScorePair } from '../stats/bias/types.js'
import { type Both, detectorRoles } from './source.js'

export interface PairTraining {
  readonly detectors: Both<Objective>
  readonly network: Network
  readonly decoder: DecoderOutput
  readonly settings: TrainingSettings
  readonly samples: SamplePool
  /** Rows of `samples`; the anomalous ones are for detectors that learn from them. */
  readonly normal: Uint32Array
  readonly anomalous: Uint32Array
  /** Rows to score; the normal ones are also looked at for signs of divergence. */
  readonly scored: { readonly normal: Uint32Array; readonly anomalous: Uint32Array }
  readonly seed: number
  readonly onProgress?: OnProgress | undefined
}

/** A detector as trained, and what it makes of the rows to score. */
export interface TrainedOfPair {
  readonly trained: TrainedReplicas
  readonly scores: ScorePair
}

/** Trains both detectors on the same samples, at once as far as there are workers. Errors: `DIVERGED`, and those of `trainReplicas`. */
export async function trainPair(pool: Pool, training: PairTraining): Promise<Both<TrainedOfPair>> {
  const { detectors, normal, anomalous, scored, onProgress, samples, ...common } = training
  const run = { run: 0, normal, anomalous }
  const phase = `training ${detectors.baseline.title} and ${detectors.candidate.title}`
  const done = { baseline: 0, candidate: 0 }
  const total = detectorRoles.reduce((sum, role) => sum + trainingSteps(detectors[role], training.settings, run), 0)
  const rows = Uint32Array.from([...scored.normal, ...scored.anomalous])
  const nNormal = scored.normal.length
  const train = (role: keyof Both<unknown>): Promise<TrainedOfPair> => {
    const objective = detectors[role]
    return pool.run(`training ${objective.title}`, async (worker) => {
      const trained = await trainReplicas(worker, {
        ...common,
        objective,
        pool: samples,
        runs: [run],
        onProgress: (steps) => {
          done[role] = steps
          onProgress?.({ phase, done: done.baseline + done.candidate, total })
        },
      })
      requireConverged(objective.title, trained.runs, trained.divergences)
      const scores = at(await scoreRows(worker, trained, samples, rows), 0)
      const { distance } = objective
      requireConverged(objective.title, trained.runs, [
        scoreDivergence({ distance, centre: trained.centre, scores, normal: scored.normal.map((_, place) => place) }),
      ])
      return { trained, scores: { normal: scores.subarray(0, nNormal), anomalous: scores.subarray(nNormal) } }
    })
  }
  const [baseline, candidate] = await Promise.all([train('baseline'), train('candidate')])
  return { baseline, candidate }
}
