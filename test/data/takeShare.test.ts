import assert from 'node:assert/strict'
import { test } from 'node:test'
import { shareCheck, shareOf, takeShare } from '../../src/data/core/dataset.js'
import { shareOfTable, tableDataset } from '../../src/data/tableDataset.js'

const groups = Uint8Array.from({ length: 100 }, (_, row) => (row < 70 ? 0 : row < 99 ? 4 : 9))

test('a share is taken of every group, at least one sample, in order and without repeats', () => {
  const rows = takeShare(groups, 0.2, 0)
  const counts = [0, 4, 9].map((group) => rows.filter((row) => groups[row] === group).length)
  assert.deepEqual(counts, [14, 6, 1])
  assert.deepEqual(rows, Uint32Array.from(new Set(rows)).sort())
  assert.deepEqual(takeShare(groups, 0.2, 0), rows)
  assert.notDeepEqual(takeShare(groups, 0.2, 1), rows)
})

test('the whole is the whole', () => {
  assert.deepEqual([...takeShare(groups, 1, 0)], [...groups.keys()])
})

test('sizes round to the nearest; nothing of nothing', () => {
  assert.deepEqual([shareOf(10, 0.25), shareOf(10, 0.01), shareOf(0, 0.5)], [3, 1, 0])
})

test('shares outside (0, 1] are refused', () => {
  for (const share of [0, -0.1, 1.1, Number.NaN])
    assert.throws(() => shareCheck('share', share), { code: 'OUT_OF_RANGE' })
  assert.throws(() => shareCheck('share', 'half'), { code: 'WRONG_TYPE' })
})

const table = {
  name: 'some/table.csv',
  attribution: '',
  featureNames: ['a', 'b'],
  features: Float32Array.from({ length: 40 }, (_, i) => i),
  classes: ['normal', 'odd'],
  labels: Uint8Array.from({ length: 20 }, (_, row) => row % 2),
}

test('a share of a table keeps samples whole, and all of it is the table itself', () => {
  const { features, labels } = shareOfTable(table, { share: 0.3, dataSeed: 2 })
  assert.deepEqual([labels.length, labels.reduce((a, b) => a + b, 0)], [6, 3])
  for (const [i, label] of labels.entries()) {
    const [a = 0, b = 0] = features.subarray(2 * i, 2 * i + 2)
    assert.deepEqual([b, (a / 2) % 2], [a + 1, label])
  }
  assert.equal(shareOfTable(table, {}), table)
  assert.throws(() => shareOfTable(table, { share: 0 }), { code: 'OUT_OF_RANGE' })
  assert.throws(() => shareOfTable(table, { dataSeed: -1 }), { code: 'OUT_OF_RANGE' })
})

test('a table is a data set of standardised features', () => {
  const { name, defaults, sample, counts, features, raw } = tableDataset(table)
  assert.deepEqual([name, sample, counts], ['table.csv', [2], [10, 10]])
  assert.deepEqual(defaults, { normal: 'normal', anomaly: 'odd' })
  assert.equal(raw, table.features)
  // Over the normal class, so that no anomaly moves it.
  const normal = features.filter((_, i) => table.labels[Math.floor(i / 2)] === 0)
  assert.ok(Math.abs(normal.reduce((a, b) => a + b, 0)) < 1e-5)
  assert.ok(Math.abs(features.reduce((a, b) => a + b, 0)) > 1)
  assert.deepEqual(tableDataset(table, { normal: 'odd' }).defaults, { normal: 'odd', anomaly: 'normal' })
})
