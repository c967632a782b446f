import { at } from '../check.js'
import type { Network } from '../nn/network.js'
import { drawCount } from '../nn/parameters.js'
import type { Device } from '../runtime/device.js'
import type { JobWorker } from '../runtime/pool.js'
import { outputOf } from '../runtime/value.js'
import { BatchPlan, type TrainingSet } from './batchPlan.js'
import type { DecoderOutput, DetectorDesign, DetectorGraph } from './detectorGraph.js'
import { graphOf, modelOf, workingBytes } from './detectorModels.js'
import type { Divergence } from './divergence.js'
import { Draws } from './draws.js'
import {
  centreValue,
  type FitOptions,
  type Fitted,
  fit,
  floats,
  isFiniteRow,
  type Weights,
  weightValues,
} from './fit.js'
import { untrained } from './initialise.js'
import { autoencoder } from './objectives/autoencoder.js'
import type { Objective } from './objectives/objective.js'
import type { SamplePool } from './samplePool.js'
import { encodingModel, mostRows, rowBlocks } from './scoringGraph.js'
import { pretrainingSchedule, type TrainingSettings } from './settings.js'
import { trainingModel } from './trainingGraph.js'
import { validationLosses } from './validationLoss.js'
import { isGathered, type WorkerSamples } from './workerSamples.js'

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
  readonly options: Omit<ReplicaOptions, 'pool'>
  readonly samples: WorkerSamples
  /** Their rows are those of `samples`. */
  readonly sets: readonly TrainingSet[]
  /** Told how many more steps were taken. */
  readonly onSteps: (steps: number) => void
}

interface PhaseOptions extends Pick<FitOptions, 'start' | 'schedule' | 'phase' | 'divergences'> {
  readonly graph: DetectorGraph
  /** [N], 1 for labelled anomalies; undefined where nothing is learnt from them. */
  readonly anomaly?: Uint8Array | undefined
  readonly centre?: Float32Array
  /** Samples that measure the validation loss of each replica; absent where none do. */
  readonly held?: readonly TrainingSet[] | undefined
}

/** Pretraining, or training, of all replicas. */
export async function trainPhase(
  { worker, options, samples, sets, onSteps }: ReplicaTraining,
  { graph, start, schedule, phase, divergences, anomaly, centre = new Float32Array(0), held }: PhaseOptions,
): Promise<Fitted & { readonly device: Device }> {
  const { runs, seed, settings } = options
  const session = await worker.open(
    trainingBytes(worker, graph, { schedule, settings }),
    phase === 'train' ? 'training' : 'pretraining',
  )
  const plan = new BatchPlan(sets, { batchSize: schedule.batchSize, seed, phase, nSamples: samples.nSamples })
  const given = samples.steps(anomaly, runs.length * plan.batchSize)
  await samples.bind(session, centreValue(centre, runs.length))
  const size = drawCount(graph.declaration)
  const numbers = runs.map(({ run }) => run)
  const draws = size === 0 ? undefined : new Draws({ seed, phase, runs: numbers, size })
  const measured = held && (await validationLosses(worker, { graph, samples, held, centre }))
  const validation = measured && { losses: measured.losses, patience: settings.patience }
  const asked = { validation, given, draws, onSteps }
  const fitted = await fit({ session, plan, schedule, phase, start, divergences, ...asked })
  await measured?.release()
  await worker.release(session, workingBytes(graph, runs.length, plan.batchSize))
  return { ...fitted, device: session.device }
}

/** The model of a phase. */
export function trainingBytes(
  { device }: JobWorker,
  graph: DetectorGraph,
  { schedule: { adam }, settings }: Pick<FitOptions, 'schedule'> & Pick<ReplicaOptions, 'settings'>,
): Uint8Array {
  const options = { momentum: settings.batchNormMomentum, isGathered: isGathered(device), isLabelled: true }
  return modelOf(graph, ['train', adam, options], () => trainingModel(graph, adam, options))
}

/** What decides the graphs of the replicas, or of the autoencoder that they start from. */
export function designOf(
  objective: Objective,
  { network, decoder, settings }: Pick<ReplicaOptions, 'network' | 'decoder' | 'settings'>,
): DetectorDesign {
  return { objective, network, decoder, dtype: 'float32', loss: settings }
}

/**
 * Pretrains an autoencoder on the training sets and takes over its encoder. The centre is the mean code of each replica's
 * training set in evaluation mode, kept away from 0.
 *
 * @param graph the detector's own
 */
export async function pretrain(training: ReplicaTraining, graph: DetectorGraph) {
  const { options } = training
  const { runs, settings } = options
  const whole = graphOf(training.worker, designOf(autoencoder, options))
  const numbers = runs.map(({ run }) => run)
  const { start: initial, losses, divergences } = untrained(whole.declaration, numbers, options.seed)
  const schedule = pretrainingSchedule(settings)
  const fitted =
    schedule.epochs === 0
      ? { ...initial, losses, divergences }
      : await trainPhase(training, { graph: whole, start: initial, schedule, phase: 'pretrain', divergences })
  // The encoder comes first in the flat vectors of the autoencoder.
  const start = {
    parameters: firstColumns(fitted.parameters, runs.length, graph.nParameters),
    statistics: firstColumns(fitted.statistics, runs.length, graph.nStatistics),
  }
  const centre = await meanCodes(training, graph, start)
  return {
    start,
    centre,
    losses: fitted.losses,
    divergences: fitted.divergences.map((known, r): Divergence | undefined => {
      const finite = isFiniteRow(centre, r, runs.length)
      return known ?? (finite ? undefined : { kind: 'not-finite', quantity: 'centre' })
    }),
  }
}

async function meanCodes(
  { worker, options, samples, sets }: ReplicaTraining,
  graph: DetectorGraph,
  weights: Weights,
): Promise<Float32Array> {
  const nReplicas = sets.length
  const model = modelOf(graph, ['encode'], () => encodingModel(graph))
  const session = await worker.open(model, 'encoding')
  await samples.bind(session, weightValues(weights, nReplicas))
  const sums = new Float64Array(nReplicas * graph.nCode)
  const nSamples = at(sets, 0).rows.length
  for (const [from, to] of rowBlocks(graph, nSamples)) {
    const dims = [nReplicas, to - from]
    const rows = new Int32Array(nReplicas * (to - from))
    for (const [r, set] of sets.entries()) rows.set(set.rows.subarray(from, to), r * (to - from))
    addCodes(sums, floats(outputOf(await session.run(samples.rows(rows, dims)), 'code')), graph.nCode)
  }
  await worker.release(session, workingBytes(graph, nReplicas, mostRows(graph, nSamples)))
  return Float32Array.from(sums, (total) => awayFromZero(total / nSamples, options.settings.centreGuard))
}

/** Adds codes [R, B, code] to their sums [R, code]. */
function addCodes(sums: Float64Array, codes: Float32Array, nCode: number): void {
  const perReplica = (codes.length / sums.length) * nCode
  for (let i = 0, first = 0; first < sums.length; first += nCode) {
    for (const end = i + perReplica; i < end; ) {
      for (let place = first; place < first + nCode; place++) sums[place] = at(sums, place) + at(codes, i++)
    }
  }
}

function awayFromZero(coordinate: number, least: number): number {
  // Not `>=`: a coordinate that is not a number must stay one that is not.
  if (!(Math.abs(coordinate) < least)) return coordinate
  return coordinate < 0 ? -least : least
}

function firstColumns(flat: Float32Array, nRows: number, nColumns: number): Float32Array {
  const width = flat.length / nRows
  const columns = new Float32Array(nRows * nColumns)
  for (let r = 0; r < nRows; r++) columns.set(flat.subarray(r * width, r * width + nColumns), r * nColumns)
  return columns
}
