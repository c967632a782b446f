import { invariant } from '../check.js'
import { elements } from '../nn/parameters.js'
import type { Pool } from '../runtime/pool.js'
import type { RemoteSession } from '../runtime/remoteSession.js'
import { outputOf, value } from '../runtime/value.js'
import { samplesPerBlock } from './sampleRuns.js'
import type { Both } from './source.js'

/** Samples that one vector instruction may take. */
const vectorLength = 16

/** Opens a model on `n` workers of the pool, and keeps them while `use` runs. */
export function withSessions<T>(
  pool: Pool,
  model: Uint8Array,
  n: number,
  use: (sessions: readonly RemoteSession[]) => Promise<T>,
): Promise<T> {
  const open = (sessions: readonly RemoteSession[]): Promise<T> =>
    sessions.length === n
      ? use(sessions)
      : pool.run('scoring runs', async (worker) => open([...sessions, await worker.open(model, 'loading')]))
  return open([])
}

/**
 * Scores of samples by both detectors of a `pairModel`, piece by piece.
 *
 * @param features [n, …sample]; not changed
 * @returns [n] each
 */
export async function scorePairs(
  session: RemoteSession,
  features: Float32Array,
  sample: readonly number[],
): Promise<Both<Float32Array>> {
  const size = elements(sample)
  const n = features.length / size
  const scores = { baseline: new Float32Array(n), candidate: new Float32Array(n) }
  for (let from = 0; from < n; from += samplesPerBlock) {
    const to = Math.min(n, from + samplesPerBlock)
    // ONNX Runtime computes what does not fill its vectors by other instructions, whose last bits differ.
    const block = new Float32Array(Math.ceil((to - from) / vectorLength) * vectorLength * size)
    block.set(features.subarray(from * size, to * size))
    const outputs = await session.run({ x: value('float32', block, [block.length / size, ...sample]) })
    for (const role of ['baseline', 'candidate'] as const) {
      const { data } = outputOf(outputs, role)
      invariant(data instanceof Float32Array, `the graph's ${role} scores are not float32`)
      scores[role].set(data.subarray(0, to - from), from)
    }
  }
  return scores
}
