import { ScoringBiasError } from '../errors.js'
import type { Network } from '../nn/network.js'
import type { Device } from '../runtime/device.js'
import { type JobWorker, outputOf } from '../runtime/pool.js'
import { type Values, value } from '../runtime/value.js'
import { autoencoder } from './autoencoder.js'
import { BatchPlan, type TrainingSet } from './batchPlan.js'
import { type DecoderOutput, type DetectorGraph, detectorGraph } from './detectorGraph.js'
import { fit, type Weights } from './fit.js'
import { initialParameters, initialStatistics } from './initialise.js'
import type { Objective } from './objective.js'
import { encodingModel, scoringModel } from './scoringGraph.js'
import {
  pretrainingSchedule,
  requireSettings,
  type Schedule,
  type TrainingSettings,
  trainingSchedule,
} from './settings.js'
import { trainingModel } from './trainingGraph.js'

/** The pool of samples that training sets and scores refer to by row. */
export interface SamplePool {
  /** [nSamples, …sample], row-major. */
  readonly features: Float32Array
  readonly nSamples: number
  readonly sample: readonly number[]
}

/** The training set of one run: its labelled anomalies are used only by detectors that learn from them. */
export interface RunData {
  readonly run: number
  readonly normal: Uint32Array
  readonly anomalous: Uint32Array
}

export interface TrainOptions {
  readonly objective: Objective
  readonly network: Network
  readonly decoder: DecoderOutput
  readonly settings: TrainingSettings
  readonly pool: SamplePool
  /** One replica for each; all of them train side by side, so their training sets must have one size. */
  readonly runs: readonly RunData[]
  readonly seed: number
  /** Steps taken of steps to take, pretraining included. */
  readonly onProgress?: (done: number, total: number) => void
}

/** R trained replicas of a detector, and the means to score with them. */
export interface TrainedReplicas extends Weights {
  readonly graph: DetectorGraph
  readonly nReplicas: number
  /** Centres [R, code] of hypersphere detectors with a pretrained centre, else empty. */
  readonly centre: Float32Array
  /** Mean loss of every epoch, [epochs, R]; of pretraining, [pretrainEpochs, R]. */
  readonly losses: Float64Array
  readonly pretrainLosses: Float64Array
  readonly device: Device
}

/**
 * Trains R replicas of a detector side by side on one worker. Hypersphere detectors about a pretrained centre first
 * pretrain an autoencoder, take over its encoder (running statistics included), and put the centre at the mean code of
 * the training data in evaluation mode, with coordinates |cᵢ| < 0.1 moved to ±0.1 so that no unit can be shut to 0.
 *
 * The same seed and run give the same replica, whichever others train beside it.
 * Errors: `DIVERGED`, `EMPTY_SAMPLE`, `OUT_OF_RANGE`, and those of the pool.
 */
export async function trainDetector(worker: JobWorker, options: TrainOptions): Promise<TrainedReplicas> {
  const { objective, network, decoder, runs, seed } = options
  const settings = requireSettings(options.settings)
  const graph = detectorGraph({ objective, network, decoder, dtype: 'float32' })
  const sets = trainingSets(objective, runs)
  const pretrains = objective.centre === 'pretrained'
  const total = Math.max(...runs.map((run) => trainingSteps(objective, settings, run)))
  let done = 0
  const progress = (steps: number): void => {
    done += steps
    options.onProgress?.(done, total)
  }

  const pretrained = pretrains ? await pretrain(worker, options, sets, progress) : undefined
  const start = pretrained?.encoder ?? {
    parameters: initialParameters(
      graph.declaration,
      runs.map(({ run }) => run),
      seed,
    ),
    statistics: initialStatistics(graph.declaration, runs.length),
  }
  const centre = pretrains ? await meanCodes(worker, graph, start, options.pool, sets) : new Float32Array(0)
  const schedule = trainingSchedule(settings)
  const { device, ...fitted } = await fitPhase(worker, graph, start, schedule, options, sets, 'train', progress, centre)
  return {
    ...fitted,
    graph,
    nReplicas: runs.length,
    centre,
    pretrainLosses: pretrained?.losses ?? new Float64Array(0),
    device,
  }
}

/** Scores [R, rows] of rows of the pool: larger is more anomalous. The pool is read in blocks of bounded size. */
export async function scoreRows(
  worker: JobWorker,
  trained: TrainedReplicas,
  pool: SamplePool,
  rows: Uint32Array,
): Promise<Float32Array[]> {
  const { graph, nReplicas, centre } = trained
  const session = await worker.open(scoringModel(graph), 'scoring')
  await session.bind({ x: poolValue(pool), ...weightValues(trained, nReplicas), ...centreValue(centre, nReplicas) })
  const scores = Array.from({ length: nReplicas }, () => new Float32Array(rows.length))
  for (const [from, to] of blocks(rows.length)) {
    const block = Int32Array.from({ length: nReplicas * (to - from) }, (_, i) => rows[from + (i % (to - from))] ?? 0)
    const outputs = await session.run({ rows: value('int32', block, [nReplicas, to - from]) })
    const data = Float32Array.from(outputOf(outputs, 'score').data, Number)
    for (const [r, row] of scores.entries()) row.set(data.subarray(r * (to - from), (r + 1) * (to - from)), from)
  }
  await worker.release(session)
  return scores
}

function trainingSets({ anomalyLoss }: Objective, runs: readonly RunData[]): TrainingSet[] {
  return runs.map(({ run, normal, anomalous }) => {
    if (normal.length === 0) throw new ScoringBiasError('EMPTY_SAMPLE', `run ${run} has no normal samples to train on`)
    if (anomalyLoss === undefined) return { run, rows: normal }
    if (anomalous.length === 0)
      throw new ScoringBiasError('EMPTY_SAMPLE', `run ${run} has no labelled anomalies to train on`)
    return { run, rows: Uint32Array.from([...normal, ...anomalous]) }
  })
}

/** The encoder of an autoencoder pretrained on the training sets. */
async function pretrain(
  worker: JobWorker,
  options: TrainOptions,
  sets: readonly TrainingSet[],
  onSteps: (steps: number) => void,
) {
  const { network, decoder, runs, seed, settings, objective } = options
  const graph = detectorGraph({ objective: autoencoder, network, decoder, dtype: 'float32' })
  const start = {
    parameters: initialParameters(
      graph.declaration,
      runs.map(({ run }) => run),
      seed,
    ),
    statistics: initialStatistics(graph.declaration, runs.length),
  }
  const schedule = pretrainingSchedule(settings)
  const { losses, ...fitted } =
    schedule.epochs === 0
      ? { ...start, losses: new Float64Array(0) }
      : await fitPhase(worker, graph, start, schedule, options, sets, 'pretrain', onSteps, new Float32Array(0))
  // The encoder comes first in the flat vectors of the autoencoder.
  const own = detectorGraph({ objective, network, decoder, dtype: 'float32' })
  const encoder = {
    parameters: firstColumns(fitted.parameters, runs.length, own.nParameters),
    statistics: firstColumns(fitted.statistics, runs.length, own.nStatistics),
  }
  return { encoder, losses }
}

async function fitPhase(
  worker: JobWorker,
  graph: DetectorGraph,
  start: Weights,
  schedule: Schedule,
  { pool, runs, seed }: TrainOptions,
  sets: readonly TrainingSet[],
  phase: 'pretrain' | 'train',
  onSteps: (steps: number) => void,
  centre: Float32Array,
) {
  const session = await worker.open(trainingModel(graph, schedule.adam), phase === 'train' ? 'training' : 'pretraining')
  const anomaly = graph.design.objective.anomalyLoss && {
    anomaly: value('bool', anomalyMask(pool, runs), [pool.nSamples]),
  }
  await session.bind({ x: poolValue(pool), ...anomaly, ...centreValue(centre, runs.length) })
  const plan = new BatchPlan(sets, schedule.batchSize, seed, phase)
  const fitted = await fit({ session, plan, schedule, nReplicas: runs.length, start, onSteps })
  await worker.release(session)
  return { ...fitted, device: session.device }
}

/** The mean code of each replica's training set, kept away from 0. */
async function meanCodes(
  worker: JobWorker,
  graph: DetectorGraph,
  weights: Weights,
  pool: SamplePool,
  sets: readonly TrainingSet[],
): Promise<Float32Array> {
  const nReplicas = sets.length
  const session = await worker.open(encodingModel(graph), 'encoding')
  await session.bind({ x: poolValue(pool), ...weightValues(weights, nReplicas) })
  const sums = new Float64Array(nReplicas * graph.nCode)
  const nSamples = sets[0]?.rows.length ?? 0
  for (const [from, to] of blocks(nSamples)) {
    const rows = Int32Array.from(sets.flatMap((set) => [...set.rows.subarray(from, to)]))
    const { data } = outputOf(await session.run({ rows: value('int32', rows, [nReplicas, to - from]) }), 'code')
    const perReplica = (to - from) * graph.nCode
    for (let i = 0; i < data.length; i++) {
      const at = Math.floor(i / perReplica) * graph.nCode + (i % graph.nCode)
      sums[at] = (sums[at] ?? 0) + Number(data[i])
    }
  }
  await worker.release(session)
  return Float32Array.from(sums, (total) => awayFromZero(total / nSamples))
}

function awayFromZero(coordinate: number): number {
  if (Math.abs(coordinate) >= 0.1) return coordinate
  return coordinate < 0 ? -0.1 : 0.1
}

/** Rows are labelled anomalies if any run trains on them as such: a row has the same label in every run. */
function anomalyMask(pool: SamplePool, runs: readonly RunData[]): Uint8Array {
  const mask = new Uint8Array(pool.nSamples)
  for (const { anomalous } of runs) for (const row of anomalous) mask[row] = 1
  return mask
}

/** Steps of a run's whole training, pretraining included. */
export function trainingSteps(
  objective: Objective,
  settings: TrainingSettings,
  { normal, anomalous }: RunData,
): number {
  const nSamples = normal.length + (objective.anomalyLoss === undefined ? 0 : anomalous.length)
  const epochs = settings.epochs + (objective.centre === 'pretrained' ? settings.pretrainEpochs : 0)
  return Math.ceil(nSamples / settings.batchSize) * epochs
}

function poolValue({ features, nSamples, sample }: SamplePool) {
  return value('float32', features, [nSamples, ...sample])
}

function weightValues({ parameters, statistics }: Weights, nReplicas: number): Values {
  const row = (data: Float32Array) => value('float32', data, [nReplicas, data.length / nReplicas])
  return { parameters: row(parameters), ...(statistics.length > 0 && { statistics: row(statistics) }) }
}

function centreValue(centre: Float32Array, nReplicas: number): Values {
  return centre.length === 0 ? {} : { centre: value('float32', centre, [nReplicas, centre.length / nReplicas]) }
}

function firstColumns(flat: Float32Array, nRows: number, nColumns: number): Float32Array {
  const width = flat.length / nRows
  const columns = new Float32Array(nRows * nColumns)
  for (let r = 0; r < nRows; r++) columns.set(flat.subarray(r * width, r * width + nColumns), r * nColumns)
  return columns
}

/** Ranges of at most 1,024 rows. */
function* blocks(nRows: number): Generator<[number, number]> {
  for (let from = 0; from < nRows; from += 1024) yield [from, Math.min(nRows, from + 1024)]
}
