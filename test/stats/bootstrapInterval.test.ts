import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { bootstrapInterval, type IntervalMethod, intervalMethods } from '../../src/stats/bootstrapInterval.js'
import { normals } from './samples.js'

type Row = [
  replicates: number[],
  estimate: number,
  acceleration: number,
  level: number,
  expected: Record<IntervalMethod, [number, number]>,
]

test('intervals agree with R’s arithmetic', async () => {
  const rows: Row[] = JSON.parse(readFileSync(new URL('../oracle/intervals.json', import.meta.url), 'utf8'))
  assert.equal(rows.length, 6)
  for (const [replicates, estimate, acceleration, level, expected] of rows) {
    for (const method of intervalMethods) {
      const { interval } = await bootstrapInterval(Float64Array.from(replicates), estimate, {
        method,
        level,
        acceleration,
      })
      for (const side of [0, 1] as const) {
        const difference = Math.abs(interval[side] - expected[method][side])
        assert.ok(difference < 1e-12, `${method}, ${replicates.length} replicates: ${interval} for ${expected[method]}`)
      }
    }
  }
})

test('the p-value is the least 1 − level whose interval leaves 0 out', async () => {
  const replicates = normals(1999, 11, 2)
  for (const method of intervalMethods) {
    const at = async (level: number) => {
      const { interval } = await bootstrapInterval(replicates, 2.05, { method, level, acceleration: 0.03 })
      return interval[0] <= 0 && interval[1] >= 0
    }
    const { pValue } = await bootstrapInterval(replicates, 2.05, { method, level: 0.95, acceleration: 0.03 })
    assert.ok(pValue > 0.002 && pValue < 0.2, `${method}: ${pValue}`)
    assert.equal(await at(1 - pValue * 0.93), true, `${method} includes 0 a little above the level`)
    assert.equal(await at(1 - pValue * 1.07), false, `${method} leaves it out a little below`)
  }
})

test('degenerate replicates give finite intervals', async () => {
  const same = new Float64Array(99).fill(0.25)
  for (const method of intervalMethods) {
    const { interval } = await bootstrapInterval(same, 0.25, { method, level: 0.95 })
    assert.deepEqual(interval, [0.25, 0.25], method)
  }
  // All on one side of the estimate: the bias correction is large but finite.
  const low = await bootstrapInterval(normals(99, 12), 10, { method: 'bca', level: 0.95, acceleration: 0.2 })
  assert.ok(low.interval.every(Number.isFinite))
})

test('replicates of 0 count against significance on either side', async () => {
  const zeros = new Float64Array(199)
  for (const method of intervalMethods) {
    const { pValue } = await bootstrapInterval(zeros, 0, { method, level: 0.95 })
    assert.equal(pValue, 1, method)
  }
  // What is left of 0 by the rounding of fractions is 0.
  const nearly = Float64Array.from({ length: 199 }, (_, i) => (i % 2 === 0 ? 0.3 - 0.1 - 0.2 : 0.25))
  const { pValue } = await bootstrapInterval(nearly, 0.1, { method: 'percentile', level: 0.95 })
  assert.equal(pValue, 1)
})

test('no resampling p-value is below 2/(B + 1)', async () => {
  const far = normals(999, 13, 50)
  for (const method of ['percentile', 'basic', 'bca'] as const) {
    const { pValue } = await bootstrapInterval(far, 50, { method, level: 0.95 })
    assert.ok(pValue >= 0.002 && pValue < 0.003, `${method}: ${pValue}`)
  }
})
