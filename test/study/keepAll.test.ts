import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { Unit, UnitResult } from '../../src/study/core/unit.js'
import { DuckdbStore } from '../../src/study/store/duckdbStore.js'

const folder = mkdtempSync(join(tmpdir(), 'keep-all-'))
after(() => rmSync(folder, { recursive: true }))

const unitOf = (id: string, runs: readonly number[]): Unit => ({ id, task: id, config: '{}', runs })
const resultOf = (runs: readonly number[], score: number): UnitResult => ({
  device: 'cpu',
  host: 'here',
  runs: runs.map((run) => ({
    training: { run, losses: Float64Array.of(run), pretrainLosses: new Float64Array(0) },
    scores: Float32Array.of(score, run),
  })),
})

describe('units that a store takes together', () => {
  const units = [unitOf('a', [0, 1]), unitOf('b', [2]), unitOf('c', [3, 4, 5])]
  const [a, b, c] = units as [Unit, Unit, Unit]
  let store: DuckdbStore
  before(async () => {
    store = await DuckdbStore.open(join(folder, 'store.duckdb'))
    await store.plan(units)
  })
  after(() => store.close())

  it('are not there, none of them, where one cannot be kept', async () => {
    // A run comes once in a unit.
    const twice = { unit: c, result: resultOf([3, 3, 5], 0) }
    await assert.rejects(store.keepAll([{ unit: a, result: resultOf(a.runs, 1) }, twice]), { code: 'BAD_FILE' })
    assert.equal(await store.find(a, 2), undefined)
    assert.deepEqual(await store.claim(units), units)
  })

  it('are there afterwards, and whole', async () => {
    await store.keepAll([a, b].map((unit) => ({ unit, result: resultOf(unit.runs, 1) })))
    for (const unit of [a, b]) assert.deepEqual(await store.find(unit, 2), resultOf(unit.runs, 1))
    assert.deepEqual(await store.claim(units), [c])
  })

  it('stay as they were where they are there already', async () => {
    await store.keepAll(units.map((unit) => ({ unit, result: resultOf(unit.runs, 9) })))
    assert.deepEqual(await store.find(a, 2), resultOf(a.runs, 1))
    assert.deepEqual(await store.find(c, 2), resultOf(c.runs, 9))
    await store.keep(b, resultOf(b.runs, 9))
    assert.deepEqual(await store.find(b, 2), resultOf(b.runs, 1))
  })
})
