import { at, invariant } from '../check.js'
import { requireConverged } from '../detectors/divergence.js'
import type { Objective } from '../detectors/objectives/objective.js'
import { scoreDivergence } from '../detectors/scoreDivergence.js'
import { scoreRows, type TrainedReplicas, trainingSteps, trainReplicas } from '../detectors/trainReplicas.js'
import { elements } from '../nn/parameters.js'
import type { OnProgress } from '../progress.js'
import type { Pool } from '../runtime/pool.js'
import type { RemoteSession } from '../runtime/remoteSession.js'
import { outputOf, value } from '../runtime/value.js'
import type { ScorePair } from '../stats/bias/types.js'
import type { UnitWork } from '../study/core/unit.js'
import { type Both, detectorRoles, samplesPerBlock } from './sampleRuns.js'

export interface PairTraining extends Pick<UnitWork, 'network' | 'decoder' | 'settings' | 'samples' | 'seed'> {
  readonly detectors: Both<Objective>
  /** Rows of `samples`; the anomalous ones are for detectors that learn from them. */
  readonly normal: Uint32Array
  readonly anomalous: Uint32Array
  /** Rows to score; the normal ones are also looked at for signs of divergence. */
  readonly scored: Pick<PairTraining, 'normal' | 'anomalous'>
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

/** Samples that one vector instruction may take. */
const vectorLength = 16

/** Opens a model on `n` workers of the pool, and keeps them while `use` runs. */
export function withSessions<T>(
  pool: Pool,
  model: Uint8Array,
  n: number,
  use: (sessions: readonly RemoteSession[]) => Promise<T>,
): Promise<T> {
  const open = (sessions: readonly RemoteSession[]): Promise<T> =>
    sessions.length === n
      ? use(sessions)
      : pool.run('scoring runs', async (worker) => open([...sessions, await worker.open(model, 'loading')]))
  return open([])
}

/**
 * Scores of samples by both detectors of a `pairModel`, piece by piece.
 *
 * @param features [n, …sample]; not changed
 * @returns [n] each
 */
export async function scorePairs(
  session: RemoteSession,
  features: Float32Array,
  sample: readonly number[],
): Promise<Both<Float32Array>> {
  const size = elements(sample)
  const n = features.length / size
  const scores = { baseline: new Float32Array(n), candidate: new Float32Array(n) }
  for (let from = 0; from < n; from += samplesPerBlock) {
    const to = Math.min(n, from + samplesPerBlock)
    // ONNX Runtime computes what does not fill its vectors by other instructions, whose last bits differ.
    const block = new Float32Array(Math.ceil((to - from) / vectorLength) * vectorLength * size)
    block.set(features.subarray(from * size, to * size))
    const outputs = await session.run({ x: value('float32', block, [block.length / size, ...sample]) })
    for (const role of ['baseline', 'candidate'] as const) {
      const { data } = outputOf(outputs, role)
      invariant(data instanceof Float32Array, `the graph's ${role} scores are not float32`)
      scores[role].set(data.subarray(0, to - from), from)
    }
  }
  return scores
}
