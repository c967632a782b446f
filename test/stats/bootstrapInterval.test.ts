import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { bootstrap } from '../../src/stats/bootstrap/bootstrap.js'
import { bootstrapInterval, intervalMethods } from '../../src/stats/bootstrap/bootstrapInterval.js'
import { optionsOf } from './intervalOptions.js'
import { normals } from './samples.js'

type Bounds = [number, number]

const readRows = <Row>(name: string): Row[] =>
  JSON.parse(readFileSync(new URL(`../oracle/${name}.json`, import.meta.url), 'utf8'))

function assertClose(actual: readonly number[], expected: readonly number[], tolerance: number, what: string): void {
  assert.equal(actual.length, expected.length)
  actual.forEach((value, i) => {
    assert.ok(Math.abs(value - (expected[i] ?? Number.NaN)) <= tolerance, `${what}: ${actual} for ${expected}`)
  })
}

test('intervals and p-values are those that scipy finds by trying every rank', () => {
  type Method = 'percentile' | 'basic' | 'normal' | 'bca'
  type Wanted = [number | null, number | null, number]
  const rows = readRows<[number[], number, number, number, Record<Method, Wanted>]>('intervals')
  assert.equal(rows.length, 7)
  for (const [replicates, estimate, acceleration, level, expected] of rows) {
    for (const method of ['percentile', 'basic', 'normal', 'bca'] as const) {
      const options = optionsOf(method, level, replicates.length, acceleration)
      const { interval, pValue } = bootstrapInterval(Float64Array.from(replicates), estimate, options)
      const [low, high, p] = expected[method]
      const wanted = [low ?? Number.NEGATIVE_INFINITY, high ?? Number.POSITIVE_INFINITY, p]
      for (const [i, value] of [...interval, pValue].entries()) {
        const other = wanted[i] ?? Number.NaN
        assert.ok(
          value === other || Math.abs(value - other) < 1e-12,
          `${method}, ${replicates.length}: ${value} ${other}`,
        )
      }
    }
  }
})

test('studentized intervals agree with R’s boot', async () => {
  const rows = readRows<[number[], number, number, number[], number, Bounds]>('studentized')
  assert.equal(rows.length, 3)
  for (const [replicates, estimate, standardError, errors, level, expected] of rows) {
    const standardErrors = Float64Array.from(errors)
    const options = { method: 'studentized', level, standardError, standardErrors, floor: 1e-9 } as const
    const { interval } = bootstrapInterval(Float64Array.from(replicates), estimate, options)
    assertClose(interval, expected, 1e-12, `${replicates.length} replicates`)
  }
})

test('studentized with equal standard errors is basic', async () => {
  const replicates = normals(999, 14, 0.4)
  const standardErrors = new Float64Array(999).fill(2)
  const options = { method: 'studentized', level: 0.9, standardError: 2, standardErrors, floor: 0.1 } as const
  const studentized = bootstrapInterval(replicates, 0.5, options)
  const basic = bootstrapInterval(replicates, 0.5, { method: 'basic', level: 0.9 })
  assertClose(studentized.interval, basic.interval, 1e-12, 'bounds')
  assert.equal(studentized.pValue, basic.pValue)
})

test('studentized: standard errors below the floor count as the floor', async () => {
  const replicates = Float64Array.of(0.4, 0.5, 0.6, 0.5, 0.3)
  const none = new Float64Array(5)
  const options = { method: 'studentized', level: 0.5, floor: 0.1 } as const
  const degenerate = bootstrapInterval(replicates, 0.5, { ...options, standardError: 0, standardErrors: none })
  const raised = bootstrapInterval(replicates, 0.5, {
    ...options,
    standardError: 0.1,
    standardErrors: none.map(() => 0.1),
  })
  assert.deepEqual(degenerate, raised)
  assert.ok(degenerate.interval.every(Number.isFinite))
  // A replicate that leaves the estimate and claims no error at all pushes the bound out; it does not make it infinite.
  const lone = Float64Array.of(0.1, 0.1, 0, 0.1, 0.1)
  const wide = bootstrapInterval(replicates, 0.5, { ...options, standardError: 0.1, standardErrors: lone })
  assert.ok(wide.interval.every(Number.isFinite))
})

test('bt2 agrees with the exact bootstrap of CRAN’s SenSpe', async () => {
  type Row = ['paired' | 'independent', number[], number[], number[], number[], number, Bounds, number, number]
  const rows = readRows<Row>('bt2')
  assert.equal(rows.length, 4)
  const resamples = 40_000
  for (const [design, normalX, anomalousX, normalY, anomalousY, level, expected, difference, variance] of rows) {
    const detector = (normal: number[], anomalous: number[]) => ({
      normal: Float64Array.from(normal),
      anomalous: [Float64Array.from(anomalous)],
    })
    const detectors = [detector(normalX, anomalousX), detector(normalY, anomalousY)]
    const { observed, tpr = new Float64Array(0) } = await bootstrap(detectors, { fprs: [0.1], design, resamples })
    const xi = (observed.observedTpr[1] ?? 0) - (observed.observedTpr[0] ?? 0)
    assert.ok(Math.abs(xi - difference) < 1e-12)
    const tprBaseline = Float64Array.from({ length: resamples }, (_, b) => tpr[2 * b] ?? 0)
    const replicates = tprBaseline.map((x, b) => (tpr[2 * b + 1] ?? 0) - x)
    const { interval } = bootstrapInterval(replicates, xi, {
      method: 'bt2',
      level,
      tprBaseline,
      nBaseline: anomalousX.length,
      nCandidate: anomalousY.length,
    })
    // Five standard errors of a mean and of z standard deviations, read off that many resamples.
    const tolerance = 5 * Math.sqrt((variance / resamples) * (1 + 2.7 / 2))
    assertClose(interval, expected, tolerance, design)
  }
})

test('bt2 with equal sizes shrinks the normal interval about the mean of the replicates', async () => {
  const n = 30
  const replicates = normals(1999, 15, 0.2).map((x) => x / 10)
  const tprBaseline = new Float64Array(1999).fill(0.3)
  const options = { method: 'bt2', level: 0.95, tprBaseline, nBaseline: n, nCandidate: n } as const
  const bt2 = bootstrapInterval(replicates, 0.02, options)
  const mean = replicates.reduce((sum, x) => sum + x, 0) / replicates.length
  const normal = bootstrapInterval(replicates, mean, { method: 'normal', level: 0.95 })
  const shrinkage = n / (n + 1.959963984540054 ** 2)
  const shrunken = normal.interval.map((x) => x * shrinkage)
  assertClose(bt2.interval, shrunken, 1e-12, 'bounds')
  assert.ok(Math.abs(bt2.pValue - normal.pValue) < 1e-12)
})

test('a combination of data that does not belong together does not compile', () => {
  const data = new Float64Array(3)
  const calls = [
    // @ts-expect-error: studentized needs the standard errors
    () => bootstrapInterval(data, 0, { method: 'studentized', level: 0.9 }),
    // @ts-expect-error: and a floor
    () => bootstrapInterval(data, 0, { method: 'studentized', level: 0.9, standardError: 1, standardErrors: data }),
    // @ts-expect-error: bt2 needs both sizes
    () => bootstrapInterval(data, 0, { method: 'bt2', level: 0.9, tprBaseline: data, nBaseline: 3 }),
    // @ts-expect-error: only bca takes an acceleration
    () => bootstrapInterval(data, 0, { method: 'percentile', level: 0.9, acceleration: 0.1 }),
    // @ts-expect-error: every method needs a level
    () => bootstrapInterval(data, 0, { method: 'basic' }),
  ]
  assert.equal(calls.length, 5)
})

test('the p-value is the least 1 − level whose interval leaves 0 out', async () => {
  const replicates = normals(1999, 11, 2)
  for (const method of intervalMethods) {
    const at = (level: number) => {
      const { interval } = bootstrapInterval(replicates, 2.05, optionsOf(method, level, 1999, 0.03))
      return interval[0] <= 0 && interval[1] >= 0
    }
    const { pValue } = bootstrapInterval(replicates, 2.05, optionsOf(method, 0.95, 1999, 0.03))
    assert.ok(pValue > 0.002 && pValue < 0.2, `${method}: ${pValue}`)
    assert.equal(at(1 - pValue * 0.93), true, `${method} includes 0 a little above the level`)
    assert.equal(at(1 - pValue * 1.07), false, `${method} leaves it out a little below`)
  }
})

test('degenerate replicates give finite intervals', async () => {
  const same = new Float64Array(99).fill(0.25)
  for (const method of intervalMethods) {
    const { interval, pValue } = bootstrapInterval(same, 0.25, optionsOf(method, 0.95, 99))
    assert.deepEqual(interval, [0.25, 0.25], method)
    // All that 99 resamples can say, whatever a division by no spread would.
    if (method !== 'studentized') assertClose([pValue], [0.02], 1e-12, method)
  }
  const thirds = new Float64Array(99).fill(1 / 3)
  const { interval } = bootstrapInterval(thirds, 1 / 3, { method: 'normal', level: 0.95 })
  assertClose(interval, [1 / 3, 1 / 3], 1e-12, 'what rounding leaves of no spread')
  // All on one side of the estimate: no replicate is far enough on the other, and the p-value says as much.
  const far = bootstrapInterval(normals(99, 12), 10, { method: 'bca', level: 0.95, acceleration: 0.2 })
  assert.ok(!far.interval.some(Number.isNaN) && far.interval[0] <= far.interval[1])
  assert.equal(far.interval[0] > 0 || far.interval[1] < 0, far.pValue <= 0.05)
})

test('replicates of 0 count against significance on either side', async () => {
  const zeros = new Float64Array(199)
  for (const method of intervalMethods) {
    const { pValue } = bootstrapInterval(zeros, 0, optionsOf(method, 0.95, 199))
    assert.equal(pValue, 1, method)
  }
  // What is left of 0 by the rounding of fractions is 0.
  const nearly = Float64Array.from({ length: 199 }, (_, i) => (i % 2 === 0 ? 0.3 - 0.1 - 0.2 : 0.25))
  const { pValue } = bootstrapInterval(nearly, 0.1, { method: 'percentile', level: 0.95 })
  assert.equal(pValue, 1)
})

test('a bound that is 0 is exactly 0, though the level is rounded', async () => {
  // 1 − 0.95 is a little more than 0.05: rank 50 of 1,999 must not mix with rank 51.
  const replicates = Float64Array.from({ length: 1999 }, (_, i) => (i < 50 ? 0 : 0.1))
  const { interval } = bootstrapInterval(replicates, 0.1, { method: 'percentile', level: 0.95 })
  assert.deepEqual(interval, [0, 0.1])
})

test('a p-value of BCa whose correction leaves too few replicates does not contradict its interval', () => {
  // All replicates lie above 0, and the correction reads them where there are none.
  const replicates = Float64Array.from({ length: 999 }, (_, i) => 0.94 + (0.06 * i) / 998)
  const { interval, pValue } = bootstrapInterval(replicates, 0.95, { method: 'bca', level: 0.95 })
  assert.equal(interval[0] > 0, pValue <= 0.05)
  assert.ok(pValue > 0)
})

test('no resampling p-value is below 2/(B + 1)', async () => {
  const far = normals(999, 13, 50)
  for (const method of ['percentile', 'basic', 'bca', 'studentized'] as const) {
    const { pValue } = bootstrapInterval(far, 50, optionsOf(method, 0.95, 999))
    assert.ok(pValue >= 0.002 && pValue < 0.003, `${method}: ${pValue}`)
  }
})
