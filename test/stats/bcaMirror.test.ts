import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bootstrapReading } from '../../src/stats/bootstrap/bootstrapInterval.js'

test('BCa of mirrored replicates is the mirrored answer where a rank lies on the edge of a level', () => {
  const replicates = new Float64Array(39)
  replicates.set([0.95, 1], 3)
  const options = { method: 'bca', acceleration: 0 } as const
  const one = bootstrapReading(replicates, 0.95, options)
  const other = bootstrapReading(
    replicates.map((x) => -x),
    -0.95,
    options,
  )
  assert.equal(one.pValue, other.pValue)
  for (const alpha of [0.1, 1 - 0.9, 0.05, 0.2]) {
    const [low, high] = one.interval(alpha)
    assert.deepEqual(other.interval(alpha), [-high + 0, -low + 0])
  }
})
