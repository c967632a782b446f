import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { ecdf } from '../../src/stats/ranks/ecdf.js'
import { type QuantileDefinition, quantiles } from '../../src/stats/ranks/quantiles.js'

const definitions: QuantileDefinition[] = [
  'inverse-cdf',
  'averaged-inverse-cdf',
  'closest-observation',
  'interpolated-inverse-cdf',
  'hazen',
  'weibull',
  'linear',
  'median-unbiased',
  'normal-unbiased',
]

type Row = [sample: number[], type: number, probabilities: number[], quantiles: number[]]

test('quantiles agree with R’s nine types', async () => {
  const rows: Row[] = JSON.parse(readFileSync(new URL('../oracle/quantiles.json', import.meta.url), 'utf8'))
  assert.equal(rows.length, 72)
  for (const [sample, type, probabilities, expected] of rows) {
    const definition = definitions[type - 1]
    assert.ok(definition !== undefined)
    const actual = await quantiles(Float64Array.from(sample), probabilities, { definition })
    expected.forEach((value, i) => {
      const message = `${definition} of ${sample.length} values at ${probabilities[i]}`
      assert.ok(Math.abs((actual[i] ?? Number.NaN) - value) <= 1e-12 * Math.abs(value), message)
    })
  }
})

test('quantiles of a Float32Array, at one probability and at a typed array of them', async () => {
  const sample = Float32Array.of(4, 1, 3, 2)
  assert.deepEqual(await quantiles(sample, 0.5, { definition: 'linear' }), Float64Array.of(2.5))
  assert.deepEqual(await quantiles(sample, Float64Array.of(0, 1), { definition: 'inverse-cdf' }), Float64Array.of(1, 4))
})

test('ecdf is the fraction of values not above, at any points and for mixed types', async () => {
  const sample = Float64Array.of(3, 1, 1, Number.POSITIVE_INFINITY)
  const points = Float32Array.of(Number.NEGATIVE_INFINITY, 0.5, 1, 2.5, 3, Number.POSITIVE_INFINITY)
  assert.deepEqual(await ecdf(sample, points), Float64Array.of(0, 0, 0.5, 0.5, 0.75, 1))
  assert.deepEqual(await ecdf(Float32Array.of(0.1), Float64Array.of(0.1)), Float64Array.of(0))
})
