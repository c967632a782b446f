import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { loadStatlog } from '../../src/data/sets/statlog.js'
import { classDistances } from '../../src/study/similarity.js'

interface PrintedTable {
  table: number
  abnormal: string
  rows: { class: string; l2: Record<string, number> }[]
}

const printed: PrintedTable[] = JSON.parse(
  readFileSync(new URL('../oracle/paper-tables.json', import.meta.url), 'utf8'),
)
/** The paper's tables call vegetation stubble "vegetable soil". */
const ourName = (name: string): string => (name === 'vegetable soil' ? 'vegetation stubble' : name)

for (const number of [4, 7]) {
  test(`class distances are those printed in Table ${number}, in the same order`, async () => {
    const table = printed.find(({ table }) => table === number)
    assert.ok(table)
    const ours = classDistances(await loadStatlog(), table.abnormal).filter(
      ({ name }) => name !== 'very damp grey soil',
    )
    assert.deepEqual(
      ours.map(({ name }) => name),
      table.rows.map((row) => ourName(row.class)),
    )
    for (const [i, row] of table.rows.entries()) {
      const l2 = ours[i]?.l2 ?? Number.NaN
      assert.ok(Math.abs(l2 - (row.l2[table.abnormal] ?? Number.NaN)) < 0.01, `${row.class}: ${l2}`)
    }
  })
}

test('class distances from damp grey soil, the normal class among them', async () => {
  const ours = classDistances(await loadStatlog(), 'damp grey soil')
  assert.deepEqual(
    ours.map(({ l2 }) => l2.toFixed(2)),
    ['0.00', '3.63', '4.39', '4.42', '5.44', '11.46'],
  )
  assert.equal(ours[1]?.name, 'very damp grey soil')
})

test('a class without samples has no distance; ties go to the anomaly class, then by name', () => {
  const data = {
    name: 'tiny',
    title: 'tiny',
    attribution: '',
    simulated: false,
    defaults: { normal: 'a', anomaly: 'c' },
    sample: [1],
    counts: [1, 2, 1, 0],
    split: { trained: [4, 5] },
    distance: 'euclidean',
    classes: ['a', 'b', 'c', 'none'],
    features: Float32Array.of(1, 0, 2, 1),
    labels: Uint8Array.of(0, 1, 1, 2),
  } as const
  assert.deepEqual(classDistances(data, 'c'), [
    { name: 'c', l2: 0 },
    { name: 'a', l2: 0 },
    { name: 'b', l2: 0 },
  ])
  assert.throws(() => classDistances(data, 'd'), { code: 'UNKNOWN_CLASS', message: /known: a, b, c, none/ })
})
