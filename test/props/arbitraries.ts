import fc from 'fast-check'
import type { ScoreArray } from '../../src/native.js'

const { POSITIVE_INFINITY: inf, NEGATIVE_INFINITY: minusInf } = Number

/** Few distinct values, so that ties are common, or any values at all; never NaN. */
const value32 = fc.oneof(fc.constantFrom(minusInf, -1, -0, 0, 1, inf), fc.float({ noNaN: true }))
const value64 = fc.oneof(fc.constantFrom(minusInf, -1, -0, 0, 1, inf), fc.double({ noNaN: true }))

/** Arrays of scores of either precision. */
export function scoreArrays(minLength = 0, maxLength = 300): fc.Arbitrary<ScoreArray> {
  return fc.oneof(
    fc.array(value32, { minLength, maxLength }).map((values) => Float32Array.from(values)),
    fc.array(value64, { minLength, maxLength }).map((values) => Float64Array.from(values)),
  )
}

/** Scores of two detectors on the same samples, from a small grid: ties within and between them. */
export const scorePairs = fc
  .tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 15 }))
  .chain(([n0, n1]) => {
    const sample = (n: number) =>
      fc.array(fc.integer({ min: -10, max: 10 }), { minLength: n, maxLength: n }).map((x) => Float64Array.from(x))
    const detector = fc.record({ normal: sample(n0), anomalous: sample(n1) })
    return fc.record({ baseline: detector, candidate: detector })
  })

/** Target false-positive rates. */
export const targets = fc.oneof(
  fc.integer({ min: 1, max: 99 }).map((x) => x / 100),
  fc.double({ min: 1e-6, max: 0.999, noNaN: true }),
)
