import assert from 'node:assert/strict'
import { test } from 'node:test'
import { falseArrowsTable, simulateTable } from '../../bench/falseArrowsCell.js'

test('tables of classes: few false arrows under a null, many right ones elsewhere, and a row for each size', async () => {
  const table = { classes: 3, size: 50, nNormal: 400, correlation: 0.5, method: 'confidence' } as const
  const cells = [
    await simulateTable({ ...table, law: 'scale' }, 1, 60),
    await simulateTable({ ...table, law: 'shift' }, 2, 60),
  ] as const
  const [nothing, shift] = cells
  assert.ok(nothing.falseArrows <= 0.15 && nothing.joint >= 0.85, JSON.stringify(nothing))
  assert.equal(nothing.arrows, nothing.falseArrows)
  assert.ok(shift.arrows > 0.5 && shift.falseArrows === 0 && shift.joint >= 0.85, JSON.stringify(shift))
  assert.equal(falseArrowsTable(cells).split('\n').length, 3)
})
