import { at } from '../check.js'
import { outputOf, value } from '../runtime/value.js'
import { type DetectorGraph, detectorGraph } from './detectorGraph.js'
import type { Divergence, Divergences } from './divergence.js'
import type { Weights } from './fit.js'
import { initialWeights } from './initialise.js'
import { autoencoder } from './objectives/autoencoder.js'
import { rowBlocks, weightValues } from './replicaValues.js'
import { poolValue } from './samplePool.js'
import { encodingModel } from './scoringGraph.js'
import { pretrainingSchedule } from './settings.js'
import { designOf, type ReplicaTraining, trainPhase } from './trainPhase.js'

/** What the training of a detector starts from, and where its hypersphere has its centre. */
export interface Pretrained {
  readonly start: Weights
  /** [R, code] */
  readonly centre: Float32Array
  readonly losses: Float64Array
  readonly divergences: Divergences
}

/**
 * Pretrains an autoencoder on the training sets and takes over its encoder. The centre is the mean code of each replica's
 * training set in evaluation mode, kept away from 0.
 *
 * @param graph the detector's own
 */
export async function pretrain(training: ReplicaTraining, graph: DetectorGraph): Promise<Pretrained> {
  const { options } = training
  const { runs, settings } = options
  const whole = detectorGraph(designOf(autoencoder, options))
  const initial = initialWeights(whole.declaration, runs, options.seed)
  const schedule = pretrainingSchedule(settings)
  const divergences = runs.map(() => undefined)
  const fitted =
    schedule.epochs === 0
      ? { ...initial, losses: new Float64Array(0), divergences }
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
    divergences: fitted.divergences.map((known, r) => known ?? centreDivergence(centre, r, graph.nCode)),
  }
}

async function meanCodes(
  { worker, options, sets }: ReplicaTraining,
  graph: DetectorGraph,
  weights: Weights,
): Promise<Float32Array> {
  const nReplicas = sets.length
  const session = await worker.open(encodingModel(graph), 'encoding')
  await session.bind({ x: poolValue(options.pool), ...weightValues(weights, nReplicas) })
  const sums = new Float64Array(nReplicas * graph.nCode)
  const nSamples = at(sets, 0).rows.length
  for (const [from, to] of rowBlocks(graph, nSamples)) {
    const rows = Int32Array.from(sets.flatMap((set) => [...set.rows.subarray(from, to)]))
    const { data } = outputOf(await session.run({ rows: value('int32', rows, [nReplicas, to - from]) }), 'code')
    const perReplica = (to - from) * graph.nCode
    for (let i = 0; i < data.length; i++) {
      const place = Math.floor(i / perReplica) * graph.nCode + (i % graph.nCode)
      sums[place] = at(sums, place) + Number(data[i])
    }
  }
  await worker.release(session)
  return Float32Array.from(sums, (total) => awayFromZero(total / nSamples, options.settings.centreGuard))
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

function firstColumns(flat: Float32Array, nRows: number, nColumns: number): Float32Array {
  const width = flat.length / nRows
  const columns = new Float32Array(nRows * nColumns)
  for (let r = 0; r < nRows; r++) columns.set(flat.subarray(r * width, r * width + nColumns), r * nColumns)
  return columns
}
