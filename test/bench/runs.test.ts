import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runsTable, simulateRuns } from '../../bench/runsCell.js'

test('tables of studies: few false arrows where training dominates, right ones elsewhere, and a row for each', async () => {
  const table = { rows: 1, classes: 3, nNormal: 200, effects: 'normal' } as const
  const cells = [
    await simulateRuns({ ...table, size: 40, training: 0.5, runs: 3, candidate: 1 }, 1, 60),
    await simulateRuns({ ...table, size: 40, training: 0, runs: 5, candidate: 2 }, 2, 30),
  ] as const
  const [nothing, shift] = cells
  assert.ok(nothing.falseArrows <= 0.15 && nothing.joint >= 0.85, JSON.stringify(nothing))
  assert.equal(nothing.arrows, nothing.falseArrows)
  assert.ok(shift.arrows > 0.5 && shift.falseArrows === 0 && shift.joint >= 0.85, JSON.stringify(shift))
  assert.equal(runsTable(cells).split('\n').length, 4)
})
