import assert from 'node:assert/strict'
import { test } from 'node:test'
import { groupsTable, simulateGroups } from '../../bench/groupsCell.js'

test('intervals by groups hold where samples of a group are alike, and those by samples do not', async () => {
  const table = { groups: 30, normals: 10, anomalies: 8, sizes: 'unequal', icc: 0.7, candidate: 2 } as const
  const cell = await simulateGroups(table, 90, 80)
  // 95 %, and four standard errors of 80 data sets.
  assert.ok(cell.byGroups >= 0.85, JSON.stringify(cell))
  assert.ok(cell.bySamples < cell.byGroups - 0.08 && cell.length > 1.2 * cell.lengthBySamples, JSON.stringify(cell))
  assert.ok(Math.abs(cell.byGroups + cell.above + cell.below - 1) < 1e-3)
  assert.equal(groupsTable([cell]).split('\n').length, 3)
})
