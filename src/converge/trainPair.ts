import { at, invariant } from '../check.js'
import { detectorGraph } from '../detectors/detectorGraph.js'
import { requireConverged } from '../detectors/divergence.js'
import type { ValidationRecord } from '../detectors/earlyStopping.js'
import type { Objective } from '../detectors/objectives/objective.js'
import type { PairReplica } from '../detectors/savedModel.js'
import { designOf } from '../detectors/trainPhase.js'
import { elements } from '../nn/parameters.js'
import type { Device } from '../runtime/device.js'
import type { Pool } from '../runtime/pool.js'
import type { RemoteSession } from '../runtime/remoteSession.js'
import { outputOf, value } from '../runtime/value.js'
import type { ScorePair } from '../stats/bias/types.js'
import type { TrainedWeights } from '../study/core/unit.js'
import type { Job } from '../study/trainer/trainPieces.js'
import { type TrainScenariosOptions, trainJobs } from '../study/trainer/trainScenarios.js'
import type { Detectors } from '../theory/options.js'
import { samplesPerBlock } from './sampleRuns.js'

export interface PairTraining {
  readonly detectors: Detectors<Objective>
  /** Of which samples are trained on and scored, see `pairJobs`; with weights where fresh samples will be scored. */
  readonly training: TrainScenariosOptions
  /** Rows of the data set; the anomalous ones are for detectors that learn from them. */
  readonly normal: Uint32Array
  readonly anomalous: Uint32Array
  /** Rows to score; the normal ones are also looked at for signs of divergence. */
  readonly scored: Pick<PairTraining, 'normal' | 'anomalous'>
  /** The class of the labelled anomalies, or their mixture in words. */
  readonly anomaly: string
}

/** A detector as trained, and what it makes of the rows to score. */
export interface TrainedOfPair {
  readonly objective: Objective
  readonly device: Device
  readonly weights: TrainedWeights | undefined
  /** Undefined where no samples are held out for a validation loss. */
  readonly validation: ValidationRecord | undefined
  readonly scores: ScorePair
}

/** The trainings of a pair: one run of each detector. */
export function pairJobs({ detectors, normal, anomalous, scored, anomaly, training }: PairTraining) {
  const validation = scored.normal.map((_, place) => place)
  const runs = [{ run: 0, normal, anomalous, validation, anomaly }]
  const jobs: Job[] = [detectors.baseline, detectors.candidate].map((objective) => ({ objective, runs }))
  return { jobs, training: { ...training, scored: Uint32Array.from([...scored.normal, ...scored.anomalous]) } }
}

/** Trains both detectors on the same samples, at once as far as there are workers. Errors: `DIVERGED`, and those of `trainJobs`. */
export async function trainPair(pair: PairTraining): Promise<Detectors<TrainedOfPair>> {
  const { jobs, training } = pairJobs(pair)
  const { trained } = await trainJobs(jobs, training)
  const nNormal = pair.scored.normal.length
  const of = (objective: Objective): TrainedOfPair => {
    const result = trained.find(({ piece }) => piece.work.objective === objective)?.result
    invariant(result !== undefined, `${objective.title} was trained`)
    const { training, scores, weights } = at(result.runs, 0)
    requireConverged(objective.title, [training.run], [training.divergence])
    const parts = { normal: scores.subarray(0, nNormal), anomalous: scores.subarray(nNormal) }
    return { objective, device: result.device, weights, validation: training.validation, scores: parts }
  }
  return { baseline: of(pair.detectors.baseline), candidate: of(pair.detectors.candidate) }
}

/** A detector of a pair as `pairModel` takes it. */
export function replicaOf(
  { objective, weights }: TrainedOfPair,
  training: Pick<TrainScenariosOptions, 'network' | 'decoder' | 'settings'>,
): PairReplica {
  invariant(weights !== undefined, `the weights of ${objective.title} were asked for`)
  return { graph: detectorGraph(designOf(objective, training)), nReplicas: 1, ...weights }
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
): Promise<Detectors<Float32Array>> {
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
