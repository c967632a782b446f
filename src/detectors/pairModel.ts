import { input, reshape } from '../graph/ops.js'
import { encodeModel } from '../onnx/encode.js'
import { trainedScores } from './trainedScores.js'
import type { TrainedReplicas } from './trainReplicas.js'

/**
 * Two trained detectors as one ONNX model, so that both read a block of samples at once.
 *
 * Input: `x` float32 [N, …sample], as they were trained on it. Outputs: `baseline` and `candidate` float32 [N], larger is
 * more anomalous.
 *
 * @param baseline one replica, of samples of the same shape as the candidate's
 */
export function pairModel(baseline: TrainedReplicas, candidate: TrainedReplicas): Uint8Array {
  const { sample } = baseline.graph.design.network
  const x = input('x', 'float32', ['N', ...sample])
  const batch = reshape(x, [1, 'N', ...sample])
  return encodeModel('score pairs', [x], {
    baseline: trainedScores(baseline, batch),
    candidate: trainedScores(candidate, batch),
  })
}
