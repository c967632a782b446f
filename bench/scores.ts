import type { ScoreArray } from '../src/native.js'
import * as random from '../src/rooms/random.js'
import type { DetectorScores } from '../src/stats/bootstrap/bootstrap.js'

/** Independent normal variates with the given mean, the same for the same stream. */
export function normalVariates<T extends ScoreArray>(out: T, mean: number, stream: number): T {
  out.set(random.normal(out.length, { seed: 1, stream, mean }))
  return out
}

/** Baseline and candidate, float32 scores of the same samples with a correlation of about 0.7. */
export function correlatedDetectors(nNormal: number, nAnomalous: number): [DetectorScores, DetectorScores] {
  const pair = (n: number, mean: number, stream: number): [Float32Array, Float32Array] => {
    const shared = normalVariates(new Float32Array(n), 0, stream)
    const detector = (own: number, shift: number) =>
      normalVariates(new Float32Array(n), shift, own).map((x, i) => x + 1.5 * (shared[i] ?? 0))
    return [detector(stream + 1, mean), detector(stream + 2, 1.2 * mean)]
  }
  const [baselineNormal, candidateNormal] = pair(nNormal, 0, 0)
  const [baselineAnomalous, candidateAnomalous] = pair(nAnomalous, 3, 3)
  return [
    { normal: baselineNormal, anomalous: [baselineAnomalous] },
    { normal: candidateNormal, anomalous: [candidateAnomalous] },
  ]
}
