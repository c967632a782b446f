import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { compare, compareRange, compareTargets } from '../../../src/index.js'

const kept = Float64Array.of(7, 8, 9, 10)
const anomalous = Float64Array.of(8.5, 9.5, 2)
const cells = { bits: 0, values: Float64Array.of(1, 2, 7, 8, 9, 10), counts: new Float64Array(6).fill(1) }
const part = { name: 'part', nNormal: 6, cuts: Float64Array.of(7, 7), cells: [cells, cells] }
const below = { nNormal: 6, nTest: 0, positions: Float64Array.of(1, 2, 4, 5), parts: [part] }
const scores = {
  ...{ source: 'example', detectors: ['old', 'new'] },
  validation: [kept, kept.toReversed()],
  anomalous: [anomalous, anomalous],
}

describe('normals that were left out', () => {
  const wrong: readonly [what: unknown, message: RegExp][] = [
    [{}, /^below\.nNormal must be a number, got undefined$/],
    [null, /^below must be an object, got null$/],
    [5, /^below must be an object, got 5$/],
    [{ ...below, nNormal: 3 }, /^below\.nNormal must be an integer of at least 4, got 3$/],
    [{ ...below, nTest: -1 }, /^below\.nTest must be/],
    [{ ...below, positions: [1, 2, 4, 5] }, /^below\.positions must be a Float64Array, got Array$/],
    [{ ...below, positions: Float64Array.of(1, 2) }, /^below\.positions must have 4 elements, got 2$/],
    [
      { ...below, positions: Float64Array.of(1, 1, 2, 3) },
      /^below\.positions\[1\] must be an integer from 2 to 5, got 1$/,
    ],
    [
      { ...below, positions: Float64Array.of(1, 2, 3, 6) },
      /^below\.positions\[3\] must be an integer from 4 to 5, got 6$/,
    ],
    [{ ...below, parts: undefined }, /^below\.parts must be an array, got undefined$/],
    [{ ...below, parts: [] }, /^below\.parts is empty/],
    [{ ...below, parts: [{ ...part, name: 1 }] }, /^below\.parts\[0\]\.name must be a string, got 1$/],
    [
      { ...below, parts: [{ ...part, cuts: Float64Array.of(7) }] },
      /^below\.parts\[0\]\.cuts must have 2 elements, got 1$/,
    ],
    [{ ...below, parts: [{ ...part, cells: [cells] }] }, /^below\.parts\[0\]\.cells must have 2 elements, got 1$/],
    [
      { ...below, parts: [{ ...part, cells: [cells, { ...cells, counts: new Float64Array(2) }] }] },
      /^below\.parts\[0\]\.cells\[1\]\.counts must have 6 elements, got 2$/,
    ],
  ]
  for (const [what, message] of wrong) {
    it(`that do not fit are refused: ${message.source}`, async () => {
      const data = { ...scores, below: what } as never
      const refused = { name: 'ScoringBiasError', message }
      await assert.rejects(compare(data), refused)
      await assert.rejects(compareTargets(data, { fprs: [0.2, 0.3] }), refused)
      await assert.rejects(compareRange(data, { fprRange: [0.2, 0.3] }), refused)
    })
  }

  it('need the scores that were kept', async () => {
    const data = { ...scores, validation: undefined, below } as never
    await assert.rejects(compare(data), { name: 'ScoringBiasError', message: /^validation must be an array with/ })
  })
})
