import assert from 'node:assert/strict'
import { test } from 'node:test'
import { samplesAt, usedSamples } from '../../src/detectors/samplePool.js'

const pool = { features: Float32Array.from({ length: 12 }, (_, i) => i), nSamples: 6, sample: [2] }

test('a training pool holds the rows that a set names, once each, and renames them', () => {
  const sets = [
    { run: 0, rows: Uint32Array.of(5, 1) },
    { run: 1, rows: Uint32Array.of(1, 3) },
  ]
  const used = usedSamples({ pool, sets, anomaly: Uint8Array.of(1, 0, 1, 1, 1, 0) })
  assert.deepEqual(used.pool, { features: Float32Array.of(2, 3, 6, 7, 10, 11), nSamples: 3, sample: [2] })
  assert.deepEqual(used.sets, [
    { run: 0, rows: Uint32Array.of(2, 0) },
    { run: 1, rows: Uint32Array.of(0, 1) },
  ])
  assert.deepEqual(used.anomaly, Uint8Array.of(0, 1, 0))
  assert.equal(usedSamples({ pool, sets, anomaly: undefined }).anomaly, undefined)
})

test('where sets name every row, the pool itself is theirs', () => {
  const sets = [
    { run: 0, rows: Uint32Array.of(5, 1, 0) },
    { run: 1, rows: Uint32Array.of(4, 3, 2) },
  ]
  const anomaly = Uint8Array.of(1, 0, 1, 1, 1, 0)
  const used = usedSamples({ pool, sets, anomaly })
  assert.equal(used.pool.features, pool.features)
  assert.deepEqual(used, { pool, sets, anomaly })
})

test('samples are picked in the order asked for', () => {
  assert.deepEqual(samplesAt(pool, Uint32Array.of(4, 0, 4)), Float32Array.of(8, 9, 0, 1, 8, 9))
})
