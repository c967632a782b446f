import { constant, div, greater, input, reshape, sub } from '../graph/ops.js'
import type { Tensor } from '../graph/tensor.js'
import { type Declaration, elements, frameOf, type RunningStatistics } from '../nn/parameters.js'
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
  const { graph, nReplicas, centre } = trained
  if (nReplicas !== 1) throw new Error(`a saved detector is one replica, got ${nReplicas}`)
  const { sample } = graph.design.network
  const x = input('x', 'float32', ['N', ...sample])
  const batch = reshape(standardised(x, metadata), [1, 'N', ...sample])
  const frame = frameOf(
    'evaluate',
    parameters(trained.parameters, graph.declaration),
    statistics(trained.statistics, graph.declaration),
  )
  const about = centre.length === 0 ? undefined : constant(centre, 'float32', [1, centre.length])
  const score = reshape(graph.distance(batch, frame, about), ['N'])
  const { detector, network, threshold } = metadata
  return encodeModel(
    `${detector} ${network}`,
    [x],
    { score, flagged: greater(score, threshold) },
    encodeMetadata(metadata),
  )
}

function standardised(x: Tensor, { standardisation, sample }: DetectorMetadata): Tensor {
  if (standardisation === null) return x
  const { mean, sd } = standardisation
  const row = (data: readonly number[]) => constant(Float32Array.from(data), 'float32', sample)
  return div(sub(x, row(mean)), row(sd))
}

/** The parameters [1, …shape] in a flat vector. */
function parameters(flat: Float32Array, { parameters: specs }: Declaration): Map<string, Tensor> {
  const take = cutter(flat)
  return new Map(specs.map(({ name, shape }) => [name, constant(take(elements(shape)), 'float32', [1, ...shape])]))
}

/** The running statistics [1, 1, size] in a flat vector. */
function statistics(flat: Float32Array, { statistics: specs }: Declaration): Map<string, RunningStatistics> {
  const take = cutter(flat)
  const row = (size: number) => constant(take(size), 'float32', [1, 1, size])
  return new Map(specs.map(({ name, size }) => [name, { mean: row(size), variance: row(size) }]))
}

/** Cuts consecutive parts off a vector. */
function cutter(flat: Float32Array): (size: number) => Float32Array {
  let offset = 0
  return (size) => {
    offset += size
    return flat.subarray(offset - size, offset)
  }
}
