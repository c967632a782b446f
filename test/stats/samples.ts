import type { ScoreArray } from '../../src/native.js'
import { normal } from '../../src/random/normal.js'

/** n standard normal variates of a stream, shifted. */
export function normals(n: number, stream: number, shift = 0): Float64Array {
  return normal(n, { seed: 2024, stream, mean: shift })
}

/** Scores of two correlated detectors on the same samples; the candidate separates the anomalies better. */
export function scorePair(n0: number, n1: number) {
  const blend = (a: Float64Array, b: Float64Array, shift: number) =>
    a.map((x, i) => 0.6 * x + 0.8 * (b[i] ?? 0) + shift)
  const [x0, x1] = [normals(n0, 1), normals(n1, 2)]
  return {
    baseline: { normal: x0, anomalous: x1.map((x) => x + 1) },
    candidate: { normal: blend(x0, normals(n0, 3), 0), anomalous: blend(x1, normals(n1, 4), 2) },
  }
}

/** An array whose buffer has been transferred. */
export function detached(length = 4): Float64Array {
  const array = new Float64Array(length)
  structuredClone(array.buffer, { transfer: [array.buffer] })
  return array
}

/** The elements as an array over shared memory. */
export function shared(values: ScoreArray): Float64Array {
  const copy = new Float64Array(new SharedArrayBuffer(8 * values.length))
  copy.set(values)
  return copy
}
