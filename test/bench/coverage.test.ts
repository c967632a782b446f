import assert from 'node:assert/strict'
import { test } from 'node:test'
import { simulateCell, trueXi } from '../../bench/coverageCell.js'
import { intervalMethods } from '../../src/stats/bootstrap/bootstrapInterval.js'

test('the true ξ of the simulated laws', () => {
  const cell = { nNormal: 1, nAnomalous: 1, correlation: 0 } as const
  // scipy.stats: norm.cdf(2 − z) − norm.cdf(1 − z) with z = norm.ppf(0.95), and the same of t(3).
  assert.ok(Math.abs(trueXi({ ...cell, fpr: 0.05, law: 'gaussian' }) - 0.37924900847) < 1e-9)
  assert.ok(Math.abs(trueXi({ ...cell, fpr: 0.05, law: 't3' }) - 0.23915227878) < 1e-9)
})

test('every interval covers the true ξ about as often as it says, in an easy cell', async () => {
  const cell = { nNormal: 1000, nAnomalous: 200, fpr: 0.1, correlation: 0.5, law: 'gaussian' } as const
  const { methods, dataSets, xi } = await simulateCell(cell, 3, 400)
  assert.deepEqual([dataSets, xi], [400, Number(trueXi(cell).toFixed(6))])
  for (const method of intervalMethods) {
    const { covered, above, below, meanLength, degenerate } = methods[method]
    assert.ok(Math.abs(covered + above + below - 1) < 1e-9)
    // Four standard errors about 95 %, and some room for what the method itself is off.
    assert.ok(covered > 0.88 && covered < 0.995, `${method}: ${covered}`)
    assert.ok(meanLength > 0.1 && meanLength < 0.25 && degenerate === 0)
  }
})
