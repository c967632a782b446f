import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { argsort } from '../../src/stats/ranks/argsort.js'
import { ecdf } from '../../src/stats/ranks/ecdf.js'
import { quantiles } from '../../src/stats/ranks/quantiles.js'
import { rank } from '../../src/stats/ranks/rank.js'
import { rates } from '../../src/stats/ranks/rates.js'
import { sort } from '../../src/stats/ranks/sort.js'
import { threshold } from '../../src/stats/ranks/threshold.js'
import type { ThresholdRule } from '../../src/stats/ranks/thresholdRule.js'
import { scoreArrays, targets } from './arbitraries.js'

const inverse = { definition: 'inverse-cdf' } as const

test('sort is an ordered permutation, bit for bit that of the built-in sort', () =>
  fc.assert(
    fc.asyncProperty(scoreArrays(), async (values) => {
      assert.deepEqual(await sort(values), values.slice().sort())
    }),
  ))

test('argsort sorts and is a permutation that keeps ties in order', () =>
  fc.assert(
    fc.asyncProperty(scoreArrays(), async (values) => {
      const order = await argsort(values)
      const expected = Array.from(values, (_, i) => i).sort((a, b) => {
        const [x = 0, y = 0] = [values[a], values[b]]
        return x < y ? -1 : x > y ? 1 : a - b
      })
      assert.deepEqual(Array.from(order), expected)
    }),
  ))

test('ranks: average is the mean of min and max, dense counts the distinct values, ordinal inverts argsort', () =>
  fc.assert(
    fc.asyncProperty(scoreArrays(1), async (values) => {
      const [average, min, max, dense, ordinal] = await Promise.all([
        rank(values),
        rank(values, { ties: 'min' }),
        rank(values, { ties: 'max' }),
        rank(values, { ties: 'dense' }),
        rank(values, { ties: 'ordinal' }),
      ])
      assert.deepEqual(
        average,
        min.map((x, i) => (x + (max[i] ?? 0)) / 2),
      )
      assert.equal(Math.max(...dense), new Set(Array.from(values, (x) => x + 0)).size)
      const order = await argsort(values)
      order.forEach((i, position) => {
        assert.equal(ordinal[i], position + 1)
      })
    }),
  ))

test('the ECDF is monotone, right-continuous with left limits, and 1 at the largest value', () =>
  fc.assert(
    fc.asyncProperty(scoreArrays(1), async (sample) => {
      const points = Float64Array.from(sample).sort()
      const values = await ecdf(sample, points)
      values.forEach((value, i) => {
        const u = points[i] ?? 0
        assert.ok(i === 0 || value >= (values[i - 1] ?? 0))
        // F(u) counts the values that equal u: it jumps at u and is constant to the next value.
        assert.equal(value, points.filter((x) => x <= u).length / points.length)
      })
      assert.equal(values.at(-1), 1)
    }),
  ))

test('the inverse-CDF quantile and the ECDF invert each other', () =>
  fc.assert(
    fc.asyncProperty(scoreArrays(1), fc.double({ min: 0, max: 1, noNaN: true }), async (sample, p) => {
      const values = Float64Array.from(sample)
      assert.deepEqual(
        (await quantiles(sample, await ecdf(sample, values), inverse)).map((x) => x + 0),
        values.map((x) => x + 0),
      )
      const q = await quantiles(sample, p, inverse)
      const [reached = 0] = await ecdf(sample, q)
      assert.ok(reached >= p)
      // Q(p) is the smallest such value.
      const below = Float64Array.from(sample).filter((x) => x < (q[0] ?? 0))
      for (const value of await ecdf(sample, below)) assert.ok(value < p)
    }),
  ))

test('quantiles grow with the probability, between the extremes of the sample', () => {
  const definitions = [
    'inverse-cdf',
    'averaged-inverse-cdf',
    'closest-observation',
    'hazen',
    'weibull',
    'linear',
  ] as const
  return fc.assert(
    fc.asyncProperty(
      scoreArrays(1),
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2 }),
      fc.constantFrom(...definitions),
      async (sample, probabilities, definition) => {
        const sorted = Float64Array.from(sample).sort()
        const values = await quantiles(
          sample,
          probabilities.toSorted((a, b) => a - b),
          { definition },
        )
        values.forEach((value, i) => {
          assert.ok(value >= (sorted[0] ?? 0) && value <= (sorted.at(-1) ?? 0), `${value}`)
          assert.ok(i === 0 || value >= (values[i - 1] ?? 0))
        })
      },
    ),
  )
})

test('the threshold keeps the empirical FPR at most at the target, and no smaller score does', () =>
  fc.assert(
    fc.asyncProperty(scoreArrays(1), targets, async (normal, fpr) => {
      const result = await threshold(normal, { fpr })
      assert.ok(result.observedFpr <= fpr)
      const smaller = Float64Array.from(normal).filter((x) => x < result.threshold)
      const { observedFpr: rest } = await rates({ normal, anomalous: normal }, smaller)
      for (const rate of rest) assert.ok(rate > fpr)
    }),
  ))

test('thresholds fall as the target grows, and a monotone map of the scores maps the threshold', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: -30, max: 30 }), { minLength: 1, maxLength: 200 }),
      targets,
      targets,
      fc.constantFrom<ThresholdRule>('inverse-cdf', 'supremum'),
      async (values, a, b, definition) => {
        const normal = Float64Array.from(values)
        const low = await threshold(normal, { fpr: Math.min(a, b), thresholdRule: definition })
        const high = await threshold(normal, { fpr: Math.max(a, b), thresholdRule: definition })
        assert.ok(high.threshold <= low.threshold)
        const mapped = await threshold(
          Float64Array.from(values, (x) => x ** 3 + 7),
          { fpr: Math.min(a, b), thresholdRule: definition },
        )
        assert.equal(mapped.threshold, low.threshold ** 3 + 7)
        assert.equal(mapped.observedFpr, low.observedFpr)
      },
    ),
  ))
