import { at } from '../check.js'
import { counted } from '../counted.js'
import { ScoringBiasError } from '../errors.js'
import type { Device } from '../runtime/device.js'
import type { JobWorker } from '../runtime/pool.js'
import { outputOf, value } from '../runtime/value.js'
import type { TrainingSet } from './batchPlan.js'
import type { DetectorGraph } from './detectorGraph.js'
import { graphOf, modelOf, workingBytes } from './detectorModels.js'
import type { Divergences } from './divergence.js'
import type { ValidationRecord } from './earlyStopping.js'
import { centreValue, floats, type Weights, weightValues } from './fit.js'
import { untrained } from './initialise.js'
import { learnsFromAnomalies, type Objective } from './objectives/objective.js'
import { poolValue, type SamplePool, samplesAt, usedSamples } from './samplePool.js'
import { mostRows, rowBlocks, scoringModel } from './scoringGraph.js'
import { requireSettings, type TrainingSettings, trainingSchedule } from './settings.js'
import {
  designOf,
  pretrain,
  type ReplicaOptions,
  type ReplicaTraining,
  trainingBytes,
  trainPhase,
} from './trainPhase.js'
import { dividedNormals, validationCount } from './validationLoss.js'
import { WorkerSamples } from './workerSamples.js'

/** The training set of one run: its labelled anomalies are used only by detectors that learn from them. */
export interface RunData {
  readonly run: number
  readonly normal: Uint32Array
  readonly anomalous: Uint32Array
}

export interface TrainOptions extends ReplicaOptions {
  /**
   * One replica for each. All of them train side by side, so their training sets must have one size, and a row that is
   * a labelled anomaly in one of them must not be normal in another.
   */
  readonly runs: readonly RunData[]
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
  /** For each replica; absent where no samples are held out. */
  readonly validation?: readonly ValidationRecord[]
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
  const { objective, runs, seed } = asked
  const settings = requireSettings(asked.settings)
  const graph = graphOf(worker, designOf(objective, asked))
  const divided = runs.map((run) => ({ ...run, ...dividedNormals(run, settings, seed) }))
  const used = usedSamples({
    pool: asked.pool,
    sets: [...trainingSets(objective, divided), ...divided.map(({ run, held }) => ({ run, rows: held }))],
    anomaly: anomalyMask(asked),
  })
  const { pool, anomaly } = used
  // Those of the caller stay where they are.
  const samples = new WorkerSamples(worker, pool === asked.pool ? { ...pool, features: pool.features.slice() } : pool)
  const [sets, held] = [used.sets.slice(0, runs.length), used.sets.slice(runs.length)]
  const total = Math.max(...runs.map((run) => trainingSteps(objective, settings, run)))
  let done = 0
  const onSteps = (steps: number): void => {
    done += steps
    asked.onProgress?.(done, total)
  }
  const training = { worker, options: asked, samples, sets, onSteps }
  const numbers = runs.map(({ run }) => run)
  const schedule = trainingSchedule(settings)
  const { start, centre, losses, divergences } =
    objective.centre === 'pretrained'
      ? await pretrainedMeanwhile(training, graph, () => trainingBytes(worker, graph, { schedule, settings }))
      : { ...untrained(graph.declaration, numbers, seed), centre: new Float32Array(0) }
  const nHeld = at(held, 0).rows.length
  const { stopping, ...fitted } = await trainPhase(training, {
    ...{ graph, start, schedule, phase: 'train', divergences, anomaly, centre },
    held: nHeld === 0 ? undefined : held,
  })
  return {
    ...fitted,
    ...(stopping && { validation: stopping.records(nHeld) }),
    graph,
    runs: numbers,
    nReplicas: runs.length,
    centre,
    pretrainLosses: losses,
  }
}

/** Pretrains, and makes what comes next while the worker is busy. */
async function pretrainedMeanwhile(
  training: ReplicaTraining,
  graph: DetectorGraph,
  makeNext: () => Uint8Array,
): ReturnType<typeof pretrain> {
  const [pretrained] = await Promise.all([pretrain(training, graph), Promise.resolve().then(makeNext)])
  return pretrained
}

/**
 * Scores [R, rows] of rows of the pool: larger is more anomalous. A sample that is too far out for float32 has an infinite one, as in a
 * saved model. Samples go to the worker in blocks of bounded size.
 */
export async function scoreRows(
  worker: JobWorker,
  trained: TrainedReplicas,
  pool: SamplePool,
  rows: Uint32Array,
): Promise<Float32Array[]> {
  const { graph, nReplicas, centre } = trained
  const model = modelOf(graph, ['score'], () => scoringModel(graph))
  const session = await worker.open(model, 'scoring')
  await session.bind({ ...weightValues(trained, nReplicas), ...centreValue(centre, nReplicas) })
  const scores = Array.from({ length: nReplicas }, () => new Float32Array(rows.length))
  for (const [from, to] of rowBlocks(graph, rows.length)) {
    const nSamples = to - from
    const x = poolValue({ ...pool, features: samplesAt(pool, rows.subarray(from, to)), nSamples })
    const every = Int32Array.from({ length: nReplicas * nSamples }, (_, i) => i % nSamples)
    const outputs = await session.run({ x, rows: value('int32', every, [nReplicas, nSamples]) })
    const data = floats(outputOf(outputs, 'score'))
    for (const [r, row] of scores.entries()) row.set(data.subarray(r * (to - from), (r + 1) * (to - from)), from)
  }
  await worker.release(session, workingBytes(graph, nReplicas, mostRows(graph, rows.length)))
  for (const row of scores) boundless(row, pool, rows)
  return scores
}

/**
 * Makes the score of a sample infinite where it is NaN and the squares of the sample's features overflow float32: there the network may have
 * taken one infinity from another.
 */
function boundless(scores: Float32Array, pool: SamplePool, rows: Uint32Array): void {
  for (const [i, score] of scores.entries()) {
    if (!Number.isNaN(score)) continue
    const squares = samplesAt(pool, rows.subarray(i, i + 1)).map((x) => x * x)
    if (Math.fround(squares.reduce((a, b) => a + b, 0)) === Number.POSITIVE_INFINITY)
      scores[i] = Number.POSITIVE_INFINITY
  }
}

function trainingSets(objective: Objective, runs: readonly RunData[]): TrainingSet[] {
  const sets = runs.map(({ run, normal, anomalous }) => {
    if (normal.length === 0) throw new ScoringBiasError('EMPTY_SAMPLE', `run ${run} has no normal samples to train on`)
    if (!learnsFromAnomalies(objective)) return { run, rows: normal }
    if (anomalous.length === 0)
      throw new ScoringBiasError('EMPTY_SAMPLE', `run ${run} has no labelled anomalies to train on`)
    const rows = Uint32Array.from([...normal, ...anomalous])
    return objective.batches === 'balanced' ? { run, rows, nAnomalous: anomalous.length } : { run, rows }
  })
  const [first] = sets
  const other = sets.find(({ rows }) => rows.length !== first?.rows.length)
  if (first !== undefined && other !== undefined) {
    throw new ScoringBiasError(
      'LENGTH_MISMATCH',
      `training sets of one call must have equal sizes. Run ${first.run} has ${first.rows.length} samples, ` +
        `and run ${other.run} has ${other.rows.length}. Train them one after the other`,
    )
  }
  return sets
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
      throw new ScoringBiasError(
        'OUT_OF_RANGE',
        `run ${run} has row ${outside}. There are only ${counted(nSamples, 'sample')}. Rows are counted from 0`,
      )
  }
  if (!learnsFromAnomalies(objective)) return undefined
  const mask = new Uint8Array(nSamples)
  for (const { anomalous } of runs) for (const row of anomalous) mask[row] = 1
  for (const { run, normal } of runs) {
    const row = normal.find((row) => mask[row] === 1)
    if (row === undefined) continue
    const other = runs.find(({ anomalous }) => anomalous.includes(row))?.run
    const way = other === run ? 'Give it one label' : 'Train these runs one after the other'
    throw new ScoringBiasError(
      'LABEL_CONFLICT',
      `row ${row} is normal in run ${run} and a labelled anomaly in run ${other}. ${way}`,
    )
  }
  return mask
}

/** Steps of a run's whole training, pretraining included. */
export function trainingSteps(objective: Objective, settings: TrainingSettings, run: RunData): number {
  const nSamples = trainingSetSize(objective, run) - validationCount(run.normal.length, settings)
  const epochs = settings.epochs + (objective.centre === 'pretrained' ? settings.pretrainEpochs : 0)
  return Math.ceil(nSamples / settings.batchSize) * epochs
}

/** Samples that a detector has in a run, those of its validation loss among them. */
export function trainingSetSize(objective: Objective, { normal, anomalous }: RunData): number {
  return normal.length + (learnsFromAnomalies(objective) ? anomalous.length : 0)
}
