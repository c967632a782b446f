import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { classRows, standardise } from '../../src/data/core/dataset.js'

test('standardise gives every column mean 0 and population standard deviation 1', () => {
  const column = fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 2, maxLength: 60 })
  fc.assert(
    fc.property(column, (x) => {
      fc.pre(new Set(x).size > 1)
      const { features } = standardise(
        x.flatMap((value) => [value, -3 * value]),
        2,
      )
      const z = features.filter((_, i) => i % 2 === 0)
      const mean = z.reduce((sum, value) => sum + value, 0) / z.length
      const variance = z.reduce((sum, value) => sum + (value - mean) ** 2, 0) / z.length
      assert.ok(Math.abs(mean) < 1e-6, `mean ${mean}`)
      assert.ok(Math.abs(variance - 1) < 1e-5, `variance ${variance}`)
      z.forEach((value, row) => {
        // The second column is the first one times −3: the same up to its sign and the rounding to float32.
        const opposite = features[2 * row + 1] ?? Number.NaN
        assert.ok(Math.abs(value + opposite) <= 1e-6 * Math.max(1, Math.abs(value)), `${value} and ${opposite}`)
      })
    }),
  )
})

test('standardise divides by n, not n − 1', () => {
  const { features, standardisation } = standardise([1, 3], 1)
  assert.deepEqual([...features], [-1, 1])
  assert.deepEqual([...standardisation.mean, ...standardisation.sd], [2, 1])
})

test('standardise turns a constant column into zeros', () => {
  const { features, standardisation } = standardise([7, 1, 7, 2], 2)
  assert.deepEqual([features[0], features[2], standardisation.sd[0]], [0, 0, 1])
})

test('standardise refuses no rows and ragged rows', () => {
  assert.throws(() => standardise([], 3), { code: 'EMPTY_SAMPLE' })
  assert.throws(() => standardise([1, 2, 3, 4], 3), { code: 'SHAPE_MISMATCH' })
})

test('classRows lists the rows of one class in increasing order', () => {
  const labels = Uint8Array.of(1, 0, 1, 2)
  assert.deepEqual([...classRows({ labels }, 1)], [0, 2])
  assert.deepEqual([...classRows({ labels }, 3)], [])
})
