import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, it } from 'node:test'
import { at } from '../../src/check.js'
import type { Unit } from '../../src/study/core/unit.js'
import { DuckdbStore } from '../../src/study/store/duckdbStore.js'

const folder = mkdtempSync(join(tmpdir(), 'many-units-'))
after(() => rmSync(folder, { recursive: true }))

it('a store takes the plan of five thousand units, which are those of 25,000 trainings, twice and in parts', async () => {
  const units = Array.from({ length: 5000 }, (_, i): Unit => {
    const id = String(i).padStart(64, '0')
    return { id, task: id, config: '{}', runs: [0], ...(i % 2 === 0 && { title: `unit ${i}`, shard: i % 7 }) }
  })
  const store = await DuckdbStore.open(join(folder, 'store.duckdb'))
  try {
    await store.plan(units.slice(0, 700))
    await store.plan([...units, at(units, 0)])
    assert.equal((await store.claim(units)).length, units.length)
    const training = { run: 0, losses: Float64Array.of(1), pretrainLosses: new Float64Array(0) }
    const result = { device: 'cpu' as const, runs: [{ training, scores: Float32Array.of(2) }] }
    await store.keep(at(units, 4999), result)
    assert.deepEqual(await store.find(at(units, 4999), 1), result)
    assert.equal((await store.claim(units)).length, units.length - 1)
  } finally {
    await store.close()
  }
})
