import { at } from '../check.js'
import { ScoringBiasError } from '../errors.js'
import { reshape } from '../graph/ops.js'
import { encodeModel } from '../onnx/encode.js'
import { permutation } from '../random/permutation.js'
import type { JobWorker } from '../runtime/pool.js'
import { outputOf } from '../runtime/value.js'
import type { TrainingSet } from './batchPlan.js'
import type { DetectorGraph } from './detectorGraph.js'
import { modelOf, workingBytes } from './detectorModels.js'
import { centreValue, type Weights, weightValues } from './fit.js'
import { lossDefaults } from './objectives/objective.js'
import { evaluation, mostRows, rowBlocks, stateOf } from './scoringGraph.js'
import type { TrainingSettings } from './settings.js'
import type { WorkerSamples } from './workerSamples.js'

/** Philox stream of the draw of held-out samples; used for nothing else. */
const validationStream = 0x5641_4c49

/** How many of n normal samples measure the validation loss: the share, rounded, at least one. */
export function validationCount(n: number, { validationShare }: Pick<TrainingSettings, 'validationShare'>): number {
  return validationShare === undefined ? 0 : Math.max(1, Math.round(validationShare * n))
}

/** How many of a run's n normal samples are trained on, and how many measure the validation loss where some do. */
export function trainedCounts(
  n: number,
  settings: Pick<TrainingSettings, 'validationShare'>,
): { readonly nNormal: number; readonly nHeldOut?: number } {
  const nHeldOut = validationCount(n, settings)
  return { nNormal: n - nHeldOut, ...(nHeldOut > 0 && { nHeldOut }) }
}

/** A run, and the normal samples that it may train on, in the order of its training set. */
export interface RunNormals {
  readonly run: number
  readonly normal: Uint32Array
}

/**
 * A run's normal samples, divided by chance: those that are trained on, in their order, and those that measure the validation loss; a pure
 * function of the seed and the run. Errors: `EMPTY_SAMPLE` where none is left to train on.
 */
export function dividedNormals(
  { run, normal }: RunNormals,
  settings: Pick<TrainingSettings, 'validationShare'>,
  seed: number,
): { readonly normal: Uint32Array; readonly held: Uint32Array } {
  const nHeld = validationCount(normal.length, settings)
  if (nHeld === 0) return { normal, held: new Uint32Array(0) }
  if (nHeld >= normal.length) {
    throw new ScoringBiasError(
      'EMPTY_SAMPLE',
      `run ${run} has ${normal.length} normal samples. A validationShare of ${settings.validationShare} leaves none to train on. Take a smaller share`,
    )
  }
  const places = permutation(normal.length, { seed, stream: validationStream, replicate: run }).subarray(0, nHeld)
  const isHeld = new Set(places)
  return {
    normal: normal.filter((_, place) => !isHeld.has(place)),
    held: normal.filter((_, place) => isHeld.has(place)),
  }
}

/** How many of some rows a run trains on as normal samples. Errors: those of `dividedNormals`. */
export function trainedAmong(
  rows: Uint32Array,
  run: RunNormals,
  settings: Pick<TrainingSettings, 'validationShare'>,
  seed: number,
): number {
  const isTrained = new Set(dividedNormals(run, settings, seed).normal)
  return rows.reduce((n, row) => n + Number(isTrained.has(row)), 0)
}

/**
 * The ONNX model of the losses that rows of a pool have as normal samples, batch norm in evaluation mode: inputs as of `scoringModel`, output
 * `loss` [R, B]. Of a detector of pairs it is that of a sample with itself.
 */
function validationModel(graph: DetectorGraph): Uint8Array {
  const { objective, network, loss: settings = lossDefaults } = graph.design
  const { rows, batch, frame } = evaluation(graph)
  const loss = reshape(objective.loss.normal(graph.distance(batch, frame), settings), ['R', 'B'])
  const inputs = [graph.x, rows, ...stateOf(graph), ...(graph.centre === undefined ? [] : [graph.centre])]
  return encodeModel(`validate ${objective.name} ${network.name}`, inputs, { loss })
}

/** Samples that one vector instruction may take, see `scoreSession`. */
const vectorLength = 16

interface ValidationLossOptions {
  readonly graph: DetectorGraph
  readonly samples: WorkerSamples
  /** Of equally many rows. */
  readonly held: readonly TrainingSet[]
  readonly centre: Float32Array
}

/** Opens a session that computes the mean losses [R] of held-out samples for some weights. Release it. */
export async function validationLosses(worker: JobWorker, { graph, samples, held, centre }: ValidationLossOptions) {
  const nReplicas = held.length
  const nHeld = at(held, 0).rows.length
  const model = modelOf(graph, ['validate'], () => validationModel(graph))
  const session = await worker.open(model, 'validation')
  await samples.bind(session, centreValue(centre, nReplicas))
  const losses = async ({ parameters, statistics }: Weights): Promise<number[]> => {
    const sums = new Float64Array(nReplicas)
    for (const [from, to] of rowBlocks(graph, nHeld)) {
      const n = Math.ceil((to - from) / vectorLength) * vectorLength
      const rows = Int32Array.from({ length: nReplicas * n }, (_, i) => {
        const { rows: own } = at(held, Math.floor(i / n))
        return at(own, Math.min(from + (i % n), to - 1))
      })
      // Copies: what goes to the worker is moved there.
      const weights = weightValues({ parameters: parameters.slice(), statistics: statistics.slice() }, nReplicas)
      const asked = samples.rows(rows, [nReplicas, n])
      const { data } = outputOf(await session.run({ ...asked, ...weights }), 'loss')
      for (let i = 0; i < data.length; i++) {
        if (i % n < to - from) sums[Math.floor(i / n)] = at(sums, Math.floor(i / n)) + Number(data[i])
      }
    }
    return Array.from(sums, (sum) => sum / nHeld)
  }
  const bytes = workingBytes(graph, nReplicas, mostRows(graph, nHeld))
  return { losses, release: () => worker.release(session, bytes) }
}
