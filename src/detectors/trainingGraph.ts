import { at } from '../check.js'
import { vectorJacobian } from '../graph/grad.js'
import { add, cast, div, gather, greaterOrEqual, input, maximum, mul, reshape, sub, sum } from '../graph/ops.js'
import { scan } from '../graph/scan.js'
import type { Tensor } from '../graph/tensor.js'
import { type AdamSettings, adamStep, adamSteps } from '../nn/adam.js'
import {
  drawCount,
  flatInput,
  frameOf,
  packStatistics,
  unpackDraws,
  unpackParameters,
  unpackStatistics,
} from '../nn/parameters.js'
import { encodeModel } from '../onnx/encode.js'
import { type Batch, batchLoss, type DetectorGraph } from './detectorGraph.js'
import { learnsFromAnomalies } from './objectives/objective.js'

/** Share of a new batch in the running statistics of batch norm; PyTorch's default. */
export const publishedMomentum = 0.1

/** What else decides the graph of a stretch of training. */
export interface StretchOptions {
  /** Of batch norm. Default: as published. */
  readonly momentum?: number | undefined
  /**
   * Whether each step is given its samples, for devices that would copy the pool in each iteration of the loop: `samples`
   * [S, R, B, …sample] then take the place of `x`, and `anomalies` [S, R, B] that of `anomaly`. Default false.
   */
  readonly isGathered?: boolean | undefined
  /** Whether each step is given its labels, `anomalies`, alone: rows of one byte are slow to gather. Default: as its samples. */
  readonly isLabelled?: boolean | undefined
}

/**
 * The ONNX model of a stretch of training: S steps of R replicas side by side, one `Scan` whose state is parameters,
 * Adam's moments and batch norm's running statistics. One iteration gathers a batch, runs it forward and backward and
 * takes one step of Adam; everything stays on the device meanwhile.
 *
 * Inputs: `x` [N, …sample]; `anomaly` [N] bool, if the detector learns from labelled anomalies; `batches` int32 [S, R, B],
 * rows of x, where negative ones, counted from its end, are padding that weighs nothing; `step` int32 [S], Adam's step numbers from 1; `learningRate`
 * [S]; `uniforms` [S, R, B, …] in (0, 1), if layers such as dropout draw any; the state `parameters`, `m`, `v` [R, P] and `statistics` [R, Q]; `centre` [R, code] for a hypersphere about
 * a pretrained centre. Outputs: the next state, `nextParameters`, `nextM`, `nextV` and
 * `nextStatistics`, and `losses` [S, R].
 */
export function trainingModel(graph: DetectorGraph, adam: AdamSettings, options: StretchOptions = {}): Uint8Array {
  const { inputs, outputs } = trainingGraph(graph, adam, options)
  return encodeModel(`train ${graph.design.objective.name} ${graph.design.network.name}`, inputs, outputs)
}

export function trainingGraph(
  graph: DetectorGraph,
  adam: AdamSettings,
  { momentum = publishedMomentum, isGathered = false, isLabelled = isGathered }: StretchOptions = {},
): { inputs: Tensor[]; outputs: Record<string, Tensor> } {
  const { dtype } = graph.design
  const batches = input('batches', 'int32', ['S', 'R', 'B'])
  const given = stepSamples(graph, { isGathered, isLabelled })
  const step = input('step', 'int32', ['S'])
  const learningRate = input('learningRate', dtype, ['S'])
  const m = flatInput('m', dtype, graph.nParameters)
  const v = flatInput('v', dtype, graph.nParameters)

  const initial = [graph.parameters, m, v, ...present(graph.statistics)] as const
  const { weights: allWeights, valid: allValid, n } = batchWeights(batches, dtype)
  const areas = [...new Set(graph.declaration.statistics.map(({ area }) => area))]
  const unbiases = areas.map((area) => unbiasing(n, area))
  const nDraws = drawCount(graph.declaration)
  const draws = nDraws === 0 ? undefined : input('uniforms', dtype, ['S', 'R', 'B', nDraws])
  const { rate, epsilon } = adamSteps(step, learningRate, adam)
  const { states, outputs } = scan(
    initial,
    [batches, allWeights, allValid, rate, epsilon, ...given.sequences, ...unbiases, ...present(draws)] as const,
    ([theta, m1, v1, running], [indices, weights, valid, stepRate, stepEpsilon, ...rest]) => {
      const factors = rest.slice(given.sequences.length)
      const unbias = new Map(areas.map((area, i) => [area, at(factors, i)]))
      const tensors = unpackParameters(theta, graph.declaration)
      const statistics = running === undefined ? new Map() : unpackStatistics(running, graph.declaration)
      const drawn = draws && unpackDraws(at(factors, areas.length), graph.declaration)
      const frame = frameOf('train', tensors, statistics, { weights, valid, draws: drawn })
      const { loss, terms, cotangent } = batchLoss(graph, given.batch(indices, rest), frame)
      const next = adamStep(
        { parameters: theta, m: m1, v: v1 },
        at(vectorJacobian([terms], [cotangent], [theta]), 0),
        { rate: stepRate, epsilon: stepEpsilon },
        adam,
      )
      const nextRunning =
        running === undefined
          ? []
          : [updated(running, packStatistics(frame.observed, unbias, graph.declaration), momentum)]
      return { states: [next.parameters, next.m, next.v, ...nextRunning], outputs: [loss] }
    },
  )

  const [nextParameters, nextM, nextV, nextStatistics] = states
  const [losses] = outputs
  return {
    inputs: [...given.inputs, batches, step, learningRate, ...present(draws), ...initial, ...present(graph.centre)],
    outputs: { nextParameters, nextM, nextV, ...(nextStatistics && { nextStatistics }), losses },
  }
}

/** Where the samples of the steps come from. */
interface StepSamples {
  readonly inputs: readonly Tensor[]
  /** Of which each step has a slice. */
  readonly sequences: readonly Tensor[]
  /** The batch of a step, of its rows [R, B] and its slices. */
  readonly batch: (rows: Tensor, slices: readonly Tensor[]) => Batch
}

function stepSamples(
  { x, design }: DetectorGraph,
  { isGathered, isLabelled }: Required<Pick<StretchOptions, 'isGathered' | 'isLabelled'>>,
): StepSamples {
  const { objective, dtype, network } = design
  const samples = isGathered ? input('samples', dtype, ['S', 'R', 'B', ...network.sample]) : x
  const labels = isLabelled ? input('anomalies', 'bool', ['S', 'R', 'B']) : input('anomaly', 'bool', ['N'])
  const learns = learnsFromAnomalies(objective)
  const inputs = learns ? [samples, labels] : [samples]
  const isGiven = (of: Tensor) => at(of.shape, 0) === 'S'
  const sequences = inputs.filter(isGiven)
  return {
    inputs,
    sequences,
    batch: (rows, slices) => {
      const ofStep = (of: Tensor) => (isGiven(of) ? at(slices, sequences.indexOf(of)) : gather(of, rows))
      return { samples: ofStep(samples), anomalies: learns ? ofStep(labels) : undefined }
    },
  }
}

function updated(running: Tensor, observed: Tensor, momentum: number): Tensor {
  return add(mul(running, 1 - momentum), mul(observed, momentum))
}

/** For batches [S, R, B]: the samples' weights valid/n [S, R, 1, B], valid [S, R, B, 1], and their number n [S, R, 1, 1]. */
function batchWeights(batches: Tensor, dtype: 'float32' | 'float64'): { weights: Tensor; valid: Tensor; n: Tensor } {
  const valid = cast(greaterOrEqual(batches, 0), dtype)
  const n = sum(valid, [2], true)
  return {
    weights: reshape(div(valid, n), ['S', 'R', 1, 'B']),
    valid: reshape(valid, ['S', 'R', 'B', 1]),
    n: reshape(n, ['S', 'R', 1, 1]),
  }
}

/**
 * The factor that turns the variance of n·area values into the unbiased one of the running statistics (1 for a single
 * value).
 */
function unbiasing(n: Tensor, area: number): Tensor {
  const count = area === 1 ? n : mul(n, area)
  return div(count, maximum(sub(count, 1), 1))
}

function present<T>(value: T | undefined): T[] {
  return value === undefined ? [] : [value]
}
