import assert from 'node:assert/strict'
import { test } from 'node:test'
import { distribution } from '../../src/converge/summary.js'

test('quartiles, and whiskers to the furthest values within 1.5 interquartile ranges', async () => {
  // By hand: quartiles 2 and 6 in both samples, so whiskers reach from −4 to 12 at most.
  const box = await distribution(Float64Array.of(9, 1, 2, 3, 4, 6, 7, 5, -4))
  assert.deepEqual(box.quantiles.slice(1, 4), [2, 4, 6])
  assert.deepEqual([box.whiskers, box.min, box.max], [[-4, 9], -4, 9])
  const outlying = await distribution(Float64Array.of(100, 1, 2, 3, 4, 6, 7, 5, -40))
  assert.deepEqual(outlying.quantiles.slice(1, 4), [2, 4, 6])
  assert.deepEqual([outlying.whiskers, outlying.min, outlying.max], [[1, 7], -40, 100])
  const equal = await distribution(Float64Array.of(2, 2))
  assert.deepEqual([equal.sd, equal.whiskers], [0, [2, 2]])
})
