import assert from 'node:assert/strict'
import { test } from 'node:test'
import { meanSd } from '../../src/stats/meanSd.js'

test('meanSd divides by n − 1', () => {
  assert.deepEqual(meanSd([1, 2, 3, 4]), { mean: 2.5, sd: Math.sqrt(5 / 3) })
})

test('meanSd of one value has standard deviation 0, of none is refused', () => {
  assert.deepEqual(meanSd(Float64Array.of(0.3)), { mean: 0.3, sd: 0 })
  assert.throws(() => meanSd([]), { code: 'EMPTY_SAMPLE' })
})

test('meanSd keeps its digits far from zero', () => {
  assert.deepEqual(meanSd([1e9 + 1, 1e9 + 2, 1e9 + 3]), { mean: 1e9 + 2, sd: 1 })
})

test('meanSd of equal values has standard deviation 0, and their mean is each of them', () => {
  assert.deepEqual(meanSd(new Array(100).fill(0.8 - 0.5)), { mean: 0.8 - 0.5, sd: 0 })
  assert.ok(Number.isNaN(meanSd([Number.NaN, Number.NaN]).mean))
})
