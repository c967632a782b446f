import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { columnScale, constantWarnings, runScales, scaleDigest, scaled } from '../../src/data/core/columnScale.js'
import { standardise } from '../../src/data/core/dataset.js'

const every = (n: number) => Uint32Array.from({ length: n }, (_, row) => row)

test('the scale is mean and population deviation over the given rows only', () => {
  const features = Float32Array.from([0, 0, 1, 1, 2, 4, 3, 9])
  const { mean, sd, constant } = columnScale(features, 2, Uint32Array.of(1, 3))
  assert.deepEqual([...mean, ...sd, ...constant], [2, 5, 1, 4])
  assert.deepEqual([...scaled(features, { mean, sd })], [-2, -1.25, -1, -1, 0, -0.25, 1, 1])
})

test('a column that is constant over the rows is centred and not scaled, even one whose mean rounds', () => {
  const features = Float32Array.from([0.1, 1, 0.1, 2, 0.1, 3, 0.6, 4])
  const scale = columnScale(features, 2, every(3))
  assert.deepEqual([scale.constant, scale.sd[0]], [[0], 1])
  assert.equal(scale.mean[0], Math.fround(0.1))
  const column = scaled(features, scale).filter((_, i) => i % 2 === 0)
  assert.deepEqual([...column], [0, 0, 0, Math.fround(Math.fround(0.6) - Math.fround(0.1))])
  assert.deepEqual(columnScale(features, 2, Uint32Array.of(2)).constant, [0, 1])
})

test('so is one that varies by rounding alone, and one of which float32 has no deviation', () => {
  // 1/3 in float32 and its neighbours, as sums in another order give them.
  const third = Math.fround(1 / 3)
  const noisy = Float32Array.from({ length: 30 }, (_, i) => third * (1 + ((i % 3) - 1) * 2 ** -23))
  assert.ok(new Set(noisy).size > 1)
  for (const factor of [1, -1000, 1e-20, 1e20]) {
    const { constant, sd } = columnScale(
      noisy.map((x) => factor * x),
      1,
      every(30),
    )
    assert.deepEqual([constant, sd[0]], [[0], 1], `${factor}`)
    assert.equal(
      standardise(
        noisy.map((x) => factor * x),
        1,
      ).standardisation.sd[0],
      1,
    )
  }
  assert.deepEqual(columnScale(Float32Array.of(0, 1e-40, 0, 1e-40), 1, every(4)).constant, [0])
})

test('a column that varies by more keeps its deviation, however small its unit', () => {
  const column = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 2, maxLength: 40 })
  const unit = fc.constantFrom(1e-30, 1e-12, 1, 1e12, 1e30)
  fc.assert(
    fc.property(column, unit, (integers, factor) => {
      fc.pre(new Set(integers).size > 1)
      const features = Float32Array.from(integers, (x) => x * factor)
      const scale = columnScale(features, 1, every(features.length))
      assert.deepEqual(scale.constant, [])
      const z = [...scaled(features, scale)]
      const squares = z.reduce((sum, x) => sum + x * x, 0)
      assert.ok(Math.abs(squares / z.length - 1) < 1e-4, `${squares / z.length}`)
    }),
  )
})

test('rows outside have no influence, and runs with the same rows share a scale', () => {
  const features = Float32Array.from({ length: 40 }, (_, i) => (i * 7) % 11)
  const rows = Uint32Array.of(0, 3, 5, 8)
  const other = features.map((x, i) => (rows.includes(Math.floor(i / 2)) ? x : 1000 * x))
  assert.deepEqual(columnScale(features, 2, rows), columnScale(other, 2, rows))
  const scaleOf = runScales(features, 2)
  assert.equal(scaleOf(rows), scaleOf(rows.slice()))
  assert.notEqual(scaleDigest(scaleOf(rows)), scaleDigest(scaleOf(Uint32Array.of(0, 3, 5, 9))))
})

test('a warning names the features that were not scaled, five at most', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
  const warned = (...columns: number[]) =>
    constantWarnings(columns, names, 'all 40 samples').map((one) => one.split('.')[0])
  assert.deepEqual(warned(), [])
  assert.deepEqual(warned(1), ["feature 'b' is constant over all 40 samples"])
  assert.deepEqual(warned(1, 2), ["features 'b' and 'c' are constant over all 40 samples"])
  assert.deepEqual(warned(0, 1, 2, 3, 4), ["features 'a', 'b', 'c', 'd' and 'e' are constant over all 40 samples"])
  assert.deepEqual(warned(0, 1, 2, 3, 4, 5, 6), [
    "features 'a', 'b', 'c', 'd', 'e' and 2 more are constant over all 40 samples",
  ])
})
