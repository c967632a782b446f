import assert from 'node:assert/strict'
import { test } from 'node:test'
import { plannedCases, plannedPowerTable, simulatePlan } from '../../bench/plannedPowerCell.js'

test('what a plan promises is what relativeBias then shows, for one class and for several', async () => {
  const typical = plannedCases[0] ?? assert.fail('there is a case')
  const cells = [
    await simulatePlan(typical, 1, 400),
    await simulatePlan({ ...typical, classes: 3, nNormal: 700 }, 2, 120),
  ]
  for (const { predicted, simulated, firstOrder } of cells) {
    assert.ok(firstOrder > predicted.power + 0.02)
    const error = Math.abs(simulated.power - predicted.power)
    assert.ok(error < 0.02 + 3.5 * simulated.error, `${predicted.power} for ${simulated.power} ± ${simulated.error}`)
    assert.ok(Math.abs(simulated.halfWidth / predicted.halfWidth - 1) < 0.06)
  }
  assert.equal(plannedPowerTable(cells).split('\n').length, 4)
})
