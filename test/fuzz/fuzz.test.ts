import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { calls } from './calls.js'
import { lacking, roomNames, subjects } from './subjects.js'

test('every export of every room is called, or it is said why not', () => {
  const rooms = readdirSync(new URL('../../src/rooms', import.meta.url)).map((file) => file.replace('.ts', ''))
  assert.deepEqual(roomNames.toSorted(), ['core', ...rooms].toSorted())
  assert.deepEqual(lacking, [])
})

// A few seconds of what `npm run fuzz` does for as long as it is told, with a seed that never changes. A failure is
// made smaller by: npm run fuzz -- --only 'its name' --seed 2021 --runs 6
for (const { name, cost, run } of subjects) {
  if (cost <= 5) test(name, () => run({ seed: 2021, numRuns: Math.ceil(6 / cost), endOnFailure: true }))
}

test('half of the calls are valid, and most of the others are refused', () => {
  assert.ok(calls.valid > 0.4 * (calls.valid + calls.spoilt), JSON.stringify(calls))
  assert.ok(calls.refused > 0.3 * calls.spoilt, JSON.stringify(calls))
})
