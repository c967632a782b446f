import { constant, div, greater, input, reshape, sub } from '../graph/ops.js'
import type { Tensor } from '../graph/tensor.js'
import { encodeModel } from '../onnx/encode.js'
import { type DetectorMetadata, encodeMetadata } from './detectorMetadata.js'
import { trainedScores } from './trainedScores.js'
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
  const batch = reshape(standardised(x, metadata), [1, 'N', ...sample])
  const score = trainedScores(trained, batch)
  const { detector, network, threshold } = metadata
  return encodeModel(
    `${detector} ${network}`,
    [x],
    { score, flagged: greater(score, threshold) },
    { metadata: encodeMetadata(metadata) },
  )
}

function standardised(x: Tensor, { standardisation, sample }: DetectorMetadata): Tensor {
  if (standardisation === null) return x
  const { mean, sd } = standardisation
  const row = (data: readonly number[]) => constant(Float32Array.from(data), 'float32', sample)
  return div(sub(x, row(mean)), row(sd))
}
