import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { loadStatlog } from '../../src/data/sets/statlog.js'
import { detector } from '../../src/detectors/detectors.js'
import { ScoringBiasError } from '../../src/errors.js'
import { paperDetectors, printedName } from '../../src/paper/paperDetectors.js'
import { paperItem, paperItems } from '../../src/paper/paperItems.js'
import { parsePrintedTables, printedTables } from '../../src/paper/printedTables.js'
import { classDistances } from '../../src/study/similarity.js'

const oracle = readFileSync(new URL('../oracle/paper-tables.json', import.meta.url), 'utf8')

test('Tables 3–11 are there as printed', async () => {
  const tables = await printedTables()
  assert.deepEqual(
    tables.map(({ table }) => table),
    [3, 4, 5, 6, 7, 8, 9, 10, 11],
  )
  assert.deepEqual(tables, parsePrintedTables(oracle))
  const [, table4] = tables
  assert.deepEqual(table4?.rows[0]?.tpr['Deep SAD'], { mean: 0.81, sd: 0.02, arrow: 'up' })
  assert.deepEqual(table4?.rows[3]?.class, 'vegetation stubble')
})

test('the detectors are the six of the paper, whichever others there are', async () => {
  const names = paperDetectors.map(printedName)
  assert.deepEqual(names, ['Deep SVDD', 'Deep SAD', 'HSC', 'AE', 'SAE', 'ABC'])
  for (const { rows } of await printedTables()) for (const { tpr } of rows) assert.deepEqual(Object.keys(tpr), names)
  assert.deepEqual(
    paperDetectors.map((name) => detector(name).title),
    names,
  )
})

test('the class names of StatLog are those of the data set', async () => {
  const { classes } = await loadStatlog()
  for (const { table, rows } of await printedTables()) {
    if (table !== 4 && table !== 7) continue
    for (const row of rows) assert.ok(classes.includes(row.class), row.class)
  }
})

for (const [what, text] of [
  ['text that is not JSON', '{'],
  ['a recall above 1', oracle.replace('"mean": 0.09', '"mean": 1.09')],
  ['a detector that is missing', oracle.replace('"Deep SAD"', '"Deep SAT"')],
] as const) {
  test(`${what} is refused`, () => {
    assert.throws(
      () => parsePrintedTables(text),
      (error) => error instanceof ScoringBiasError && error.code === 'BAD_FILE',
    )
  })
}

describe('the scenarios', async () => {
  const tables = await printedTables()
  for (const item of paperItems) {
    if (item.kind !== 'table') continue
    const { name, number, scenario } = item
    test(`${name} is trained on the classes that its printed table names`, () => {
      const printed = tables.find(({ table }) => table === number)
      assert.equal(printed?.normal, scenario.normal)
      assert.equal(printed?.abnormal, scenario.anomaly)
    })
  }

  test('the printed distances between normal and labelled class, but for the misprint of Table 7, are ours', async () => {
    const dataset = await loadStatlog()
    const ours = (anomaly: string) =>
      classDistances(dataset, anomaly).find(({ name }) => name === 'very damp grey soil')?.l2 ?? Number.NaN
    const [table4, table7] = ['table4', 'table7'].map((name) => {
      const item = paperItem(name)
      return item.kind === 'table' ? item.scenario : undefined
    })
    assert.ok(Math.abs(ours('damp grey soil') - (table4?.l2Normal['damp grey soil'] ?? 0)) < 0.01)
    assert.equal(table7?.l2Normal['red soil'], 8.48)
    assert.ok(Math.abs(ours('red soil') - 6.48) < 0.01)
  })
})

test('items are Tables 2–11 and Figures 1–17', () => {
  const expected = [
    ...Array.from({ length: 10 }, (_, i) => `table${i + 2}`),
    ...Array.from({ length: 17 }, (_, i) => `figure${i + 1}`),
  ]
  assert.deepEqual(
    paperItems.map(({ name }) => name),
    expected,
  )
})
