import type { DetectorScores, ScoreArray } from '../src/index.js'
import { uniform } from '../src/native.js'

/** n independent standard normal variates plus `mean` (Box and Muller 1958), the same for the same stream. */
export function normalVariates<T extends ScoreArray>(out: T, mean: number, stream: number): T {
  const words = new Float64Array(2 * Math.ceil(out.length / 2))
  uniform(1, stream, 0, words, 0, 1)
  for (let i = 0; i < out.length; i++) {
    const pair = i & ~1
    const angle = 2 * Math.PI * (words[pair + 1] ?? 0)
    out[i] = mean + Math.sqrt(-2 * Math.log(words[pair] ?? 0)) * (i === pair ? Math.cos(angle) : Math.sin(angle))
  }
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
