import { at, invariant } from '../check.js'
import { constant, div, greater, greaterOrEqual, input, mul, reshape, square, sub, sum, where } from '../graph/ops.js'
import type { Tensor } from '../graph/tensor.js'
import { elements, frameOf } from '../nn/parameters.js'
import { encodeModel } from '../onnx/encode.js'
import { type DetectorMetadata, encodeMetadata } from './detectorMetadata.js'
import type { TrainedReplicas } from './trainReplicas.js'

/**
 * One trained detector as a self-contained ONNX model: weights as initializers, standardisation inside the graph, and
 * what it is in its metadata.
 *
 * Input: `x` float32 [N, …sample], features as the user has them. Outputs: `score` float32 [N], larger is more
 * anomalous, and `flagged` bool [N], score > threshold. Equal trainings give equal bytes.
 *
 * @param trained one replica
 */
export function savedModel(trained: TrainedReplicas, metadata: DetectorMetadata): Uint8Array {
  const { sample } = trained.graph.design.network
  const x = input('x', 'float32', ['N', ...sample])
  const prepared = standardised(x, metadata)
  const score = orInfinite(trainedScores(trained, reshape(prepared, [1, 'N', ...sample])), prepared)
  const { detector, network, threshold } = metadata
  return encodeModel(
    `${detector} ${network}`,
    [x],
    { score, flagged: greater(score, threshold) },
    { metadata: encodeMetadata(metadata) },
  )
}

/**
 * Two trained detectors as one ONNX model, so that both read a block of samples at once.
 *
 * Input: `x` float32 [N, …sample], as they were trained on it. Outputs: `baseline` and `candidate` float32 [N], larger is
 * more anomalous.
 *
 * @param baseline one replica, of samples of the same shape as the candidate's
 */
export function pairModel(baseline: PairReplica, candidate: PairReplica): Uint8Array {
  const { sample } = baseline.graph.design.network
  const x = input('x', 'float32', ['N', ...sample])
  const batch = reshape(x, [1, 'N', ...sample])
  return encodeModel('score pairs', [x], {
    baseline: trainedScores(baseline, batch),
    candidate: trainedScores(candidate, batch),
  })
}

/** A trained replica, as far as it scores. */
export type PairReplica = Pick<TrainedReplicas, 'graph' | 'nReplicas' | 'parameters' | 'statistics' | 'centre'>

/** The scores [N] of a batch [1, N, …sample] by one trained replica, its weights constants of the graph. */
function trainedScores(trained: PairReplica, batch: Tensor): Tensor {
  const { graph, nReplicas, centre } = trained
  invariant(nReplicas === 1, `a saved detector is one replica, got ${nReplicas}`)
  const { parameters, statistics } = graph.declaration
  const weights = cutter(trained.parameters)
  const running = cutter(trained.statistics)
  const frame = frameOf(
    'evaluate',
    new Map(parameters.map(({ name, shape }) => [name, weights([1, ...shape])])),
    new Map(
      statistics.map(({ name, size }) => [name, { mean: running([1, 1, size]), variance: running([1, 1, size]) }]),
    ),
  )
  const about = centre.length === 0 ? undefined : constant(centre, 'float32', [1, centre.length])
  return reshape(graph.distance(batch, frame, about), [at(batch.shape, 1)])
}

/**
 * Scores in which a sample that is too far out for float32 has an infinite one: where the squares of its features overflow, the
 * network may take one infinity from another, and its score is then NaN.
 */
function orInfinite(score: Tensor, prepared: Tensor): Tensor {
  const size = sum(square(prepared), prepared.shape.map((_, axis) => axis).slice(1))
  const infinity = constant([Number.POSITIVE_INFINITY], 'float32', [1])
  // NaN is not at least itself, and a missing feature that is not filled in makes no square infinite.
  return where(greaterOrEqual(score, score), score, where(greaterOrEqual(size, infinity), infinity, score))
}

/** Cuts consecutive constants off a vector. */
function cutter(flat: Float32Array): (shape: readonly number[]) => Tensor {
  let offset = 0
  return (shape) => {
    const from = offset
    offset += elements(shape)
    return constant(flat.subarray(from, offset), 'float32', shape)
  }
}

function standardised(given: Tensor, metadata: DetectorMetadata): Tensor {
  const { standardisation, sample, features, preparation } = metadata
  const row = (data: readonly number[]) => constant(Float32Array.from(data), 'float32', sample)
  const { impute, unseen = [] } = preparation ?? {}
  // A number is at least itself, and NaN is not.
  const filled = impute ? where(greaterOrEqual(given, given), given, row(impute.values)) : given
  const isUnseen = new Set(unseen)
  const x = isUnseen.size === 0 ? filled : mul(filled, row(features.map((feature) => (isUnseen.has(feature) ? 0 : 1))))
  if (standardisation === null) return x
  const { mean, sd } = standardisation
  return div(sub(x, row(mean)), row(sd))
}
