import type { Network } from '../nn/network.js'
import type { Device } from '../runtime/device.js'
import type { JobWorker } from '../runtime/pool.js'
import { value } from '../runtime/value.js'
import { BatchPlan, type Phase, type TrainingSet } from './batchPlan.js'
import type { DecoderOutput, DetectorDesign, DetectorGraph } from './detectorGraph.js'
import type { Divergences } from './divergence.js'
import { type Fitted, fit, type Weights } from './fit.js'
import type { Objective } from './objectives/objective.js'
import { centreValue } from './replicaValues.js'
import { poolValue, type SamplePool } from './samplePool.js'
import type { Schedule, TrainingSettings } from './settings.js'
import { trainingModel } from './trainingGraph.js'

/** What replicas of a detector are trained on, and how. */
export interface ReplicaOptions {
  readonly objective: Objective
  readonly network: Network
  readonly decoder: DecoderOutput
  readonly settings: TrainingSettings
  readonly pool: SamplePool
  /** One replica for each. */
  readonly runs: readonly { readonly run: number }[]
  readonly seed: number
}

/** Replicas that train side by side on one worker. */
export interface ReplicaTraining {
  readonly worker: JobWorker
  readonly options: ReplicaOptions
  readonly sets: readonly TrainingSet[]
  /** Told how many more steps were taken. */
  readonly onSteps: (steps: number) => void
}

interface PhaseOptions {
  readonly graph: DetectorGraph
  readonly start: Weights
  readonly schedule: Schedule
  readonly phase: Phase
  readonly divergences: Divergences
  /** [N], 1 for labelled anomalies; undefined where nothing is learnt from them. */
  readonly anomaly?: Uint8Array | undefined
  readonly centre?: Float32Array
}

/** Pretraining, or training, of all replicas. */
export async function trainPhase(
  { worker, options, sets, onSteps }: ReplicaTraining,
  { graph, start, schedule, phase, divergences, anomaly, centre = new Float32Array(0) }: PhaseOptions,
): Promise<Fitted & { readonly device: Device }> {
  const { pool, runs, seed, settings } = options
  const session = await worker.open(
    trainingModel(graph, schedule.adam, settings.batchNormMomentum),
    phase === 'train' ? 'training' : 'pretraining',
  )
  await session.bind({
    x: poolValue(pool),
    ...(anomaly && { anomaly: value('bool', anomaly, [pool.nSamples]) }),
    ...centreValue(centre, runs.length),
  })
  const plan = new BatchPlan(sets, { batchSize: schedule.batchSize, seed, phase, nSamples: pool.nSamples })
  const fitted = await fit({ session, plan, schedule, phase, start, divergences, onSteps })
  await worker.release(session)
  return { ...fitted, device: session.device }
}

/** What decides the graphs of the replicas, or of the autoencoder that they start from. */
export function designOf(objective: Objective, { network, decoder, settings }: ReplicaOptions): DetectorDesign {
  return { objective, network, decoder, dtype: 'float32', loss: settings }
}
