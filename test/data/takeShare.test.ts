import assert from 'node:assert/strict'
import { test } from 'node:test'
import { requireShare, shareOf, takeShare } from '../../src/data/takeShare.js'

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
  for (const share of [0, -0.1, 1.1, Number.NaN]) assert.throws(() => requireShare(share), { code: 'OUT_OF_RANGE' })
  assert.throws(() => requireShare('half'), { code: 'WRONG_TYPE' })
})
