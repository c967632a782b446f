import { ScoringBiasError } from '../errors.js'
import { activationBudget } from '../nn/activations.js'
import type { Network } from '../nn/network.js'
import type { Device } from '../runtime/device.js'
import type { JobWorker } from '../runtime/pool.js'
import { outputOf, type Values, value } from '../runtime/value.js'
import { BatchPlan, type Phase, type TrainingSet } from './batchPlan.js'
import { type DecoderOutput, type DetectorDesign, type DetectorGraph, detectorGraph } from './detectorGraph.js'
import type { Divergence, Divergences } from './divergence.js'
import { type Fitted, fit, type Weights } from './fit.js'
import { initialParameters, initialStatistics } from './initialise.js'
import { autoencoder } from './objectives/autoencoder.js'
import { learnsFromAnomalies, type Objective } from './objectives/objective.js'
import { poolValue, type SamplePool, samplesAt, usedSamples } from './samplePool.js'
import { encodingModel, scoringModel } from './scoringGraph.js'
import {
  pretrainingSchedule,
  requireSettings,
  type Schedule,
  type TrainingSettings,
  trainingSchedule,
} from './settings.js'
import { trainingModel } from './trainingGraph.js'

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
  /**
   * One replica for each. All of them train side by side, so their training sets must have one size, and a row that is
   * a labelled anomaly in one of them must not be normal in another.
   */
  readonly runs: readonly RunData[]
  readonly seed: number
  /** Steps taken of steps to take, pretraining included. */
  readonly onProgress?: (done: number, total: number) => void
}

/** R trained replicas of a detector, and the means to score with them. */
export interface TrainedReplicas extends Weights {
  readonly graph: DetectorGraph
  /** Numbers of the runs, [R]. */
  readonly runs: readonly number[]
  readonly nReplicas: number
  /** Centres [R, code] of hypersphere detectors with a pretrained centre, else empty. */
  readonly centre: Float32Array
  /** Mean loss of every epoch, [epochs, R]; of pretraining, [pretrainEpochs, R]. NaN from where a replica diverged. */
  readonly losses: Float64Array
  readonly pretrainLosses: Float64Array
  /** Replicas whose training diverged: their weights and scores mean nothing. `requireConverged` makes them an error. */
  readonly divergences: Divergences
  readonly device: Device
}

/**
 * Trains R replicas of a detector side by side on one worker. Hypersphere detectors about a pretrained centre first
 * pretrain an autoencoder, take over its encoder (running statistics included), and put the centre at the mean code of
 * the training data in evaluation mode, with coordinates |cᵢ| < `centreGuard` moved to ±`centreGuard` so that no unit can be shut to 0.
 *
 * The same seed and run give the same replica, whichever others train beside it, diverged ones included.
 * Errors: `EMPTY_SAMPLE`, `LENGTH_MISMATCH`, `LABEL_CONFLICT`, `OUT_OF_RANGE`, and those of the pool.
 */
export async function trainReplicas(worker: JobWorker, asked: TrainOptions): Promise<TrainedReplicas> {
  const { objective, runs } = asked
  const settings = requireSettings(asked.settings)
  const graph = detectorGraph(designOf(objective, asked))
  const { pool, sets, anomaly } = usedSamples({
    pool: asked.pool,
    sets: trainingSets(objective, runs),
    anomaly: anomalyMask(asked),
  })
  const options = { ...asked, pool }
  const pretrains = objective.centre === 'pretrained'
  const total = Math.max(...runs.map((run) => trainingSteps(objective, settings, run)))
  let done = 0
  const progress = (steps: number): void => {
    done += steps
    asked.onProgress?.(done, total)
  }

  const pretrained = pretrains ? await pretrain(worker, options, sets, progress) : undefined
  const start = pretrained?.encoder ?? initialWeights(graph, options)
  const centre = pretrains ? await meanCodes(worker, graph, start, options, sets) : new Float32Array(0)
  const before = runs.map((_, r) => pretrained?.divergences[r] ?? centreDivergence(centre, r, graph.nCode))
  const phase = { graph, start, schedule: trainingSchedule(settings), phase: 'train', anomaly, centre } as const
  const fitted = await fitPhase(worker, { ...phase, divergences: before }, options, sets, progress)
  return {
    ...fitted,
    graph,
    runs: runs.map(({ run }) => run),
    nReplicas: runs.length,
    centre,
    pretrainLosses: pretrained?.losses ?? new Float64Array(0),
  }
}

/** Scores [R, rows] of rows of the pool: larger is more anomalous. Samples go to the worker in blocks of bounded size. */
export async function scoreRows(
  worker: JobWorker,
  trained: TrainedReplicas,
  pool: SamplePool,
  rows: Uint32Array,
): Promise<Float32Array[]> {
  const { graph, nReplicas, centre } = trained
  const session = await worker.open(scoringModel(graph), 'scoring')
  await session.bind({ ...weightValues(trained, nReplicas), ...centreValue(centre, nReplicas) })
  const scores = Array.from({ length: nReplicas }, () => new Float32Array(rows.length))
  for (const [from, to] of blocks(graph, rows.length)) {
    const nSamples = to - from
    const x = poolValue({ ...pool, features: samplesAt(pool, rows.subarray(from, to)), nSamples })
    const every = Int32Array.from({ length: nReplicas * nSamples }, (_, i) => i % nSamples)
    const outputs = await session.run({ x, rows: value('int32', every, [nReplicas, nSamples]) })
    const data = Float32Array.from(outputOf(outputs, 'score').data, Number)
    for (const [r, row] of scores.entries()) row.set(data.subarray(r * (to - from), (r + 1) * (to - from)), from)
  }
  await worker.release(session)
  return scores
}

function designOf(objective: Objective, { network, decoder, settings }: TrainOptions): DetectorDesign {
  return { objective, network, decoder, dtype: 'float32', loss: settings }
}

function trainingSets(objective: Objective, runs: readonly RunData[]): TrainingSet[] {
  const sets = runs.map(({ run, normal, anomalous }) => {
    if (normal.length === 0) throw new ScoringBiasError('EMPTY_SAMPLE', `run ${run} has no normal samples to train on`)
    if (!learnsFromAnomalies(objective)) return { run, rows: normal }
    if (anomalous.length === 0)
      throw new ScoringBiasError('EMPTY_SAMPLE', `run ${run} has no labelled anomalies to train on`)
    return { run, rows: Uint32Array.from([...normal, ...anomalous]) }
  })
  const [first] = sets
  const other = sets.find(({ rows }) => rows.length !== first?.rows.length)
  if (first !== undefined && other !== undefined) {
    throw new ScoringBiasError(
      'LENGTH_MISMATCH',
      `training sets side by side must have one size: run ${first.run} has ${first.rows.length} samples, ` +
        `run ${other.run} has ${other.rows.length}; train them one after the other`,
    )
  }
  return sets
}

function initialWeights({ declaration }: DetectorGraph, { runs, seed }: TrainOptions): Weights {
  const numbers = runs.map(({ run }) => run)
  return {
    parameters: initialParameters(declaration, numbers, seed),
    statistics: initialStatistics(declaration, runs.length),
  }
}

/** The encoder of an autoencoder pretrained on the training sets. */
async function pretrain(
  worker: JobWorker,
  options: TrainOptions,
  sets: readonly TrainingSet[],
  onSteps: (steps: number) => void,
): Promise<Omit<Fitted, keyof Weights> & { readonly encoder: Weights }> {
  const { runs, settings, objective } = options
  const graph = detectorGraph(designOf(autoencoder, options))
  const start = initialWeights(graph, options)
  const schedule = pretrainingSchedule(settings)
  const divergences = runs.map(() => undefined)
  const fitted =
    schedule.epochs === 0
      ? { ...start, losses: new Float64Array(0), divergences }
      : await fitPhase(worker, { graph, start, schedule, phase: 'pretrain', divergences }, options, sets, onSteps)
  // The encoder comes first in the flat vectors of the autoencoder.
  const own = detectorGraph(designOf(objective, options))
  const encoder = {
    parameters: firstColumns(fitted.parameters, runs.length, own.nParameters),
    statistics: firstColumns(fitted.statistics, runs.length, own.nStatistics),
  }
  return { encoder, losses: fitted.losses, divergences: fitted.divergences }
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

async function fitPhase(
  worker: JobWorker,
  { graph, start, schedule, phase, divergences, anomaly, centre = new Float32Array(0) }: PhaseOptions,
  { pool, runs, seed, settings }: TrainOptions,
  sets: readonly TrainingSet[],
  onSteps: (steps: number) => void,
): Promise<Fitted & { readonly device: Device }> {
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

/** The mean code of each replica's training set, kept away from 0. */
async function meanCodes(
  worker: JobWorker,
  graph: DetectorGraph,
  weights: Weights,
  { pool, settings }: TrainOptions,
  sets: readonly TrainingSet[],
): Promise<Float32Array> {
  const nReplicas = sets.length
  const session = await worker.open(encodingModel(graph), 'encoding')
  await session.bind({ x: poolValue(pool), ...weightValues(weights, nReplicas) })
  const sums = new Float64Array(nReplicas * graph.nCode)
  const nSamples = sets[0]?.rows.length ?? 0
  for (const [from, to] of blocks(graph, nSamples)) {
    const rows = Int32Array.from(sets.flatMap((set) => [...set.rows.subarray(from, to)]))
    const { data } = outputOf(await session.run({ rows: value('int32', rows, [nReplicas, to - from]) }), 'code')
    const perReplica = (to - from) * graph.nCode
    for (let i = 0; i < data.length; i++) {
      const at = Math.floor(i / perReplica) * graph.nCode + (i % graph.nCode)
      sums[at] = (sums[at] ?? 0) + Number(data[i])
    }
  }
  await worker.release(session)
  return Float32Array.from(sums, (total) => awayFromZero(total / nSamples, settings.centreGuard))
}

function awayFromZero(coordinate: number, least: number): number {
  // Not `>=`: a coordinate that is not a number must stay one that is not.
  if (!(Math.abs(coordinate) < least)) return coordinate
  return coordinate < 0 ? -least : least
}

function centreDivergence(centre: Float32Array, replica: number, nCode: number): Divergence | undefined {
  const finite = centre.subarray(replica * nCode, (replica + 1) * nCode).every(Number.isFinite)
  return finite ? undefined : { kind: 'not-finite', quantity: 'centre' }
}

/**
 * [N], 1 for the rows that any run has as labelled anomalies; undefined for a detector that does not learn from them.
 * One mask serves all replicas, since each sees the rows of its own training set only.
 * Errors: `OUT_OF_RANGE`, `LABEL_CONFLICT`.
 */
function anomalyMask({ objective, pool, runs }: TrainOptions): Uint8Array | undefined {
  const { nSamples } = pool
  for (const { run, normal, anomalous } of runs) {
    const isOutside = (row: number) => row >= nSamples
    const outside = normal.find(isOutside) ?? anomalous.find(isOutside)
    if (outside !== undefined)
      throw new ScoringBiasError('OUT_OF_RANGE', `run ${run} has row ${outside}, of a pool of ${nSamples} samples`)
  }
  if (!learnsFromAnomalies(objective)) return undefined
  const mask = new Uint8Array(nSamples)
  for (const { anomalous } of runs) for (const row of anomalous) mask[row] = 1
  for (const { run, normal } of runs) {
    const row = normal.find((row) => mask[row] === 1)
    if (row === undefined) continue
    const other = runs.find(({ anomalous }) => anomalous.includes(row))?.run
    const way = other === run ? 'give it one label' : 'train these runs one after the other'
    throw new ScoringBiasError(
      'LABEL_CONFLICT',
      `row ${row} is normal in run ${run} and a labelled anomaly in run ${other}; ${way}`,
    )
  }
  return mask
}

/** Steps of a run's whole training, pretraining included. */
export function trainingSteps(objective: Objective, settings: TrainingSettings, run: RunData): number {
  const nSamples = trainingSetSize(objective, run)
  const epochs = settings.epochs + (objective.centre === 'pretrained' ? settings.pretrainEpochs : 0)
  return Math.ceil(nSamples / settings.batchSize) * epochs
}

/** Samples that a detector trains on in a run. */
export function trainingSetSize(objective: Objective, { normal, anomalous }: RunData): number {
  return normal.length + (learnsFromAnomalies(objective) ? anomalous.length : 0)
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

/**
 * Ranges of rows: at most 1,024, fewer where one replica's activations would exceed `activationBudget`. The number of
 * replicas has no say, so that it cannot change a bit.
 */
function* blocks({ declaration }: DetectorGraph, nRows: number): Generator<[number, number]> {
  const affordable = Math.floor(activationBudget / (4 * declaration.activations))
  const most = Math.max(16, Math.min(1024, affordable))
  for (let from = 0; from < nRows; from += most) yield [from, Math.min(nRows, from + most)]
}
