import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cells, simulate } from '../../bench/coverageCell.js'
import { trueXi } from '../../bench/laws.js'
import { intervalMethods } from '../../src/stats/bootstrap/bootstrapInterval.js'

test('the true ξ of the simulated laws', () => {
  // scipy.stats, z = norm.ppf(0.95): norm.cdf(2 − z) − norm.cdf(1 − z), the same of t(3), norm.cdf((z + 0.4 − z)/0.3) −
  // norm.cdf(−0.2/0.3), norm.cdf(0.1) − norm.cdf(−0.9) above the step at 1.9, and of the laws at recalls near 0 and 1.
  const expected = [
    ...([
      ['shift', 0.37924900847],
      ['heavy', 0.23915227878],
      ['scale', 0],
      ['steep', 0.65629624273],
    ] as const),
    ...([
      ['five values', 0.35576771193],
      ['saturated', 0.37924900847],
      ['low', 0.07613489819],
      ['high', 0.01134831739],
    ] as const),
  ] as const
  for (const [law, xi] of expected) {
    const own = trueXi({ law, correlation: 0, fpr: 0.05 })
    assert.ok(Math.abs(own - xi) < 1e-9, `${law}: ${own}`)
  }
  // Three in a hundred normals have the largest score: a threshold of one in a hundred is there, and nothing is above.
  assert.equal(trueXi({ law: 'saturated', correlation: 0, fpr: 0.01 }), 0)
})

const easy = cells.findIndex(
  ({ nNormal, nAnomalous, fpr, correlation, law }) =>
    nNormal === 1000 && nAnomalous === 1000 && fpr === 0.2 && correlation === 0.5 && law === 'shift',
)

test('every interval covers the true ξ about as often as it says, in an easy cell', async () => {
  const tallies = await simulate({ number: easy, first: 0, end: 400, methods: intervalMethods })
  for (const method of intervalMethods) {
    const { dataSets, above, below, arrows, length } = tallies[method] ?? assert.fail()
    assert.deepEqual([dataSets, arrows], [400, 400])
    // Four standard errors about 95 %, and some room for what the method itself is off.
    const covered = 1 - (above + below) / 400
    assert.ok(covered > 0.88 && covered < 0.995, `${method}: ${covered}`)
    assert.ok(length / 400 > 0.05 && length / 400 < 0.12, `${method}: ${length / 400}`)
  }
})

test('data sets depend neither on how the work is cut nor on the methods asked for', async () => {
  const methods = ['confidence', 'percentile'] as const
  const whole = await simulate({ number: 250, first: 3, end: 9, methods })
  const parts = await Promise.all([
    simulate({ number: 250, first: 3, end: 5, methods: ['confidence'] }),
    simulate({ number: 250, first: 5, end: 9, methods: ['confidence'] }),
  ])
  const sum = (key: 'above' | 'below' | 'length') =>
    parts.reduce((total, { confidence }) => total + (confidence?.[key] ?? Number.NaN), 0)
  const { above, below, length } = whole.confidence ?? assert.fail()
  assert.deepEqual([sum('above'), sum('below')], [above, below])
  assert.ok(Math.abs(sum('length') - length) < 1e-12)
})
