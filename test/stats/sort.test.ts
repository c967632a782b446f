import assert from 'node:assert/strict'
import { test } from 'node:test'
import { argsort } from '../../src/stats/ranks/argsort.js'
import { rank } from '../../src/stats/ranks/rank.js'
import { sort } from '../../src/stats/ranks/sort.js'
import { normals } from './samples.js'

const { POSITIVE_INFINITY: inf, NEGATIVE_INFINITY: minusInf } = Number

test('sort returns a new array of the same type and leaves the caller’s alone', async () => {
  const floats = Float32Array.of(3, inf, -0, 0, minusInf, 1.5)
  const before = floats.slice()
  const sorted = await sort(floats)
  assert.deepEqual(sorted, Float32Array.of(minusInf, -0, 0, 1.5, 3, inf))
  assert.deepEqual(floats, before)
  assert.deepEqual(await sort(Float64Array.of(2, 1)), Float64Array.of(1, 2))
})

test('sort agrees with the typed arrays’ own sort on a large sample, for any number of threads', async () => {
  const sample = normals(300_000, 1)
  for (const values of [sample, Float32Array.from(sample)]) {
    const expected = values.slice().sort()
    for (const threads of [1, 2, 7]) assert.deepEqual(await sort(values, { threads }), expected)
  }
})

test('an empty array is sorted', async () => {
  assert.deepEqual(await sort(new Float32Array(0)), new Float32Array(0))
  assert.deepEqual(await argsort(new Float64Array(0)), new Uint32Array(0))
  assert.deepEqual(await rank(new Float64Array(0)), new Float64Array(0))
})

test('argsort is stable, and −0 ties with +0', async () => {
  assert.deepEqual(await argsort(Float64Array.of(1, 0, -0, 1, minusInf, 0)), Uint32Array.of(4, 1, 2, 5, 0, 3))
})

test('rank gives ties what the rule says', async () => {
  const values = Float32Array.of(3, -0, 1, 0, 3, 3, -2)
  const expected = {
    average: [6, 2.5, 4, 2.5, 6, 6, 1],
    min: [5, 2, 4, 2, 5, 5, 1],
    max: [7, 3, 4, 3, 7, 7, 1],
    dense: [4, 2, 3, 2, 4, 4, 1],
    ordinal: [5, 2, 4, 3, 6, 7, 1],
  } as const
  for (const ties of ['average', 'min', 'max', 'dense', 'ordinal'] as const) {
    assert.deepEqual(await rank(values, { ties }), Float64Array.from(expected[ties]))
  }
  assert.deepEqual(await rank(values), Float64Array.from(expected.average))
})
