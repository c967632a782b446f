import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seedsTable, simulateSeeds } from '../../bench/seedsCell.js'

test('tables of trainings: few false arrows where training dominates, right ones elsewhere, and a row for each', async () => {
  const nothing = await simulateSeeds({ baseline: 3, candidate: 6, training: 0.5, mean: 1 }, 91, 60)
  const shift = await simulateSeeds({ baseline: 5, candidate: 5, training: 0, mean: 2 }, 92, 20)
  assert.ok(nothing.falseArrows <= 0.15 && nothing.joint >= 0.85 && nothing.overall >= 0.85, JSON.stringify(nothing))
  assert.equal(nothing.arrows, nothing.falseArrows)
  assert.ok(shift.arrows > 0.5 && shift.falseArrows === 0 && shift.joint >= 0.8, JSON.stringify(shift))
  assert.equal(seedsTable([nothing, shift]).split('\n').length, 4)
})
