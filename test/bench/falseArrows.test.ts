import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  addTables,
  falseArrowsTable,
  noTables,
  simulateTable,
  type TableCoverage,
  tables,
} from '../../bench/falseArrowsCell.js'
import { at } from '../../src/check.js'

/** Three classes of 50 at 20 tolerated false alarms. */
async function simulated(law: 'scale' | 'shift', correlation: number, cuts: readonly number[]) {
  const number = tables.findIndex(
    (table) =>
      table.nNormal === 400 &&
      table.classes === 3 &&
      table.size === 50 &&
      table.law === law &&
      table.correlation === correlation,
  )
  let cell: TableCoverage = { ...noTables, ...at(tables, number), number }
  for (const [i, end] of cuts.entries()) {
    cell = addTables(cell, await simulateTable({ number, first: cuts[i - 1] ?? 0, end }))
  }
  return cell
}

test('tables of classes: few false arrows under a null, many right ones elsewhere, and a row for each size', async () => {
  const [nothing, shift] = [await simulated('scale', 0.9, [20, 60]), await simulated('shift', 0.5, [60])]
  assert.deepEqual([nothing.dataSets, shift.dataSets], [60, 60])
  assert.ok(nothing.falseArrows <= 0.15 && nothing.joint >= 0.85, JSON.stringify(nothing))
  assert.equal(nothing.arrows, nothing.falseArrows)
  assert.ok(shift.arrows > 0.5 && shift.falseArrows === 0 && shift.joint >= 0.85, JSON.stringify(shift))
  assert.equal(falseArrowsTable([nothing, shift]).split('\n').length, 3)
})
