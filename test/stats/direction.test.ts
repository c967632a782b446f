import assert from 'node:assert/strict'
import { test } from 'node:test'
import { direction } from '../../src/stats/bias/direction.js'

test('direction is up or down only when the interval excludes 0', () => {
  assert.equal(direction([0.01, 0.2]), 'up')
  assert.equal(direction([-0.2, -0.01]), 'down')
  assert.equal(direction([-0.1, 0.1]), 'none')
  assert.equal(direction([0, 0.2]), 'none')
  assert.equal(direction([-0.2, 0]), 'none')
})
