import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compare } from '../../src/compare/compare.js'
import { normals } from '../stats/samples.js'

test('several candidates of whom few samples decide, with classes, by a method of the bootstrap', async () => {
  const scores = (n: number, first: number, shift: number) => [0, 1, 2].map((d) => normals(n, first + d, shift))
  const data = {
    source: 'test',
    detectors: ['old', 'new', 'third'],
    validation: scores(100, 1, 0),
    anomalous: scores(20, 11, 2),
    classes: Array.from({ length: 20 }, (_, i) => `k${i % 2}`),
  }
  const { candidates } = await compare(data, { intervalMethod: 'percentile', resamples: 999, margin: 0.1 })
  const { candidates: whole } = await compare(
    { ...data, classes: undefined },
    { intervalMethod: 'percentile', resamples: 999, margin: 0.1 },
  )
  for (const [i, { overall }] of candidates.entries()) {
    const other = whole[i]?.overall ?? assert.fail()
    // All anomalies are a family over candidates, whatever their classes.
    for (const side of [0, 1] as const) {
      assert.ok(Math.abs(overall.simultaneous[side] - other.simultaneous[side]) < 1e-6)
      assert.ok(Math.abs((overall.gate?.limits[side] ?? 9) - (other.gate?.limits[side] ?? 9)) < 1e-6)
    }
    assert.ok(overall.simultaneous[0] < overall.interval[0] && overall.interval[1] < overall.simultaneous[1])
    assert.ok(Math.abs(overall.pAdjusted - other.pAdjusted) < 1e-6)
  }
})
