import { ScoringBiasError } from '../errors.js'
import { elements } from '../nn/parameters.js'
import type { RemoteSession } from '../runtime/remoteSession.js'
import { outputOf, value } from '../runtime/value.js'

/** Scores of n samples, and whether each is above the detector's threshold. */
export interface Scored {
  /** Larger is more anomalous. */
  readonly scores: Float32Array
  /** 1 where the score is strictly greater than the threshold, else 0. */
  readonly flagged: Uint8Array
}

/** Features in a block: enough rows to share the cost of a call, activations that stay small. */
const blockElements = 1 << 17
/** Samples that one vector instruction may take. */
const vectorLength = 16

/**
 * Scores samples with a saved detector's session, block by block.
 *
 * @param features [n, …sample], row-major, as the user has them; copied
 *
 * Errors: `SHAPE_MISMATCH` when the features do not fill whole samples, `NOT_A_NUMBER` with the row where a score is.
 */
export async function scoreSession(
  session: RemoteSession,
  features: Float32Array,
  sample: readonly number[],
): Promise<Scored> {
  const size = elements(sample)
  const n = features.length / size
  if (!Number.isInteger(n)) {
    throw new ScoringBiasError('SHAPE_MISMATCH', `${features.length} features do not fill samples of ${size}`)
  }
  const rows = vectorLength * Math.min(64, Math.max(1, Math.floor(blockElements / size / vectorLength)))
  const scores = new Float32Array(n)
  const flagged = new Uint8Array(n)
  for (let from = 0; from < n; from += rows) {
    const to = Math.min(n, from + rows)
    // ONNX Runtime computes what does not fill its vectors by other instructions, whose last bits differ.
    const block = new Float32Array(Math.ceil((to - from) / vectorLength) * vectorLength * size)
    block.set(features.subarray(from * size, to * size))
    const outputs = await session.run({ x: value('float32', block, [block.length / size, ...sample]) })
    const { data } = outputOf(outputs, 'score')
    const flags = outputOf(outputs, 'flagged').data
    for (let i = from; i < to; i++) {
      const score = Number(data[i - from])
      if (Number.isNaN(score)) throw new ScoringBiasError('NOT_A_NUMBER', `the score of sample ${i} is NaN`)
      scores[i] = score
      flagged[i] = Number(flags[i - from])
    }
  }
  return { scores, flagged }
}
