import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { concordance, concordanceWith, denseRanks } from '../../src/stats/correlation/concordance.js'
import { mantelTest } from '../../src/stats/correlation/mantelTest.js'

test('wide stretches count as pair by pair, with ties and signed zeros, ranked or not', () => {
  const value = fc.oneof(fc.integer({ min: -4, max: 4 }), fc.constant(-0), fc.double({ min: -1, max: 1, noNaN: true }))
  const size = { minLength: 120, maxLength: 120 }
  const order = fc.shuffledSubarray(
    Array.from({ length: 120 }, (_, i) => i),
    size,
  )
  fc.assert(
    fc.property(fc.array(value, size), fc.array(value, size), order, (x, y, places) => {
      const [ranks, moved] = [denseRanks(x), Uint32Array.from(places)]
      for (const width of [60, 120]) {
        const expected = concordance(ranks, denseRanks(y), moved, width)
        const counted = concordanceWith(ranks, width)
        assert.equal(counted(denseRanks(y), moved), expected)
        assert.equal(counted(Float64Array.from(y), moved), expected)
      }
    }),
    { numRuns: 100 },
  )
})

test('Mantel’s test of thirty things ends', () => {
  const table = Array.from({ length: 30 }, (_, i) => Array.from({ length: 30 }, (_unused, j) => (i - j) ** 2 % 31))
  const { tau, pValue } = mantelTest(table, table)
  assert.ok(Math.abs(tau - 1) < 1e-12 && pValue === 1e-4)
})
