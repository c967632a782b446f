import assert from 'node:assert/strict'
import { test } from 'node:test'
import { direction, meanSd } from '../../src/study/summary.js'

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

test('direction is up or down only when the interval excludes 0', () => {
  assert.equal(direction([0.01, 0.2]), 'up')
  assert.equal(direction([-0.2, -0.01]), 'down')
  assert.equal(direction([-0.1, 0.1]), 'none')
  assert.equal(direction([0, 0.2]), 'none')
  assert.equal(direction([-0.2, 0]), 'none')
})
