import assert from 'node:assert/strict'
import { test } from 'node:test'
import { binomialInterval } from '../../src/stats/binomialInterval.js'

test('coverage is the level at least, summed over the binomial law', () => {
  for (const n of [1, 5, 23]) {
    const intervals = Array.from({ length: n + 1 }, (_, k) => binomialInterval(k, n, 0.9))
    for (let p = 0.01; p < 1; p += 0.01) {
      let [covered, mass] = [0, (1 - p) ** n]
      for (const [k, [low, high]] of intervals.entries()) {
        if (low <= p && p <= high) covered += mass
        mass *= ((n - k) / (k + 1)) * (p / (1 - p))
      }
      assert.ok(covered >= 0.9 - 1e-12 && covered <= 1 + 1e-12, `${covered} at p = ${p}, n = ${n}`)
    }
  }
})

test('a rate that was never seen has the limit 1 − (δ/2)^(1/n)', () => {
  assert.deepEqual(binomialInterval(0, 20)[0], 0)
  assert.ok(Math.abs(binomialInterval(0, 20)[1] - (1 - 0.025 ** (1 / 20))) < 1e-15)
  const [low, high] = binomialInterval(20, 20)
  assert.ok(high === 1 && Math.abs(low - 0.025 ** (1 / 20)) < 1e-15)
})

test('what is not a count or a level is refused', () => {
  const cases: [() => unknown, string, RegExp][] = [
    [() => binomialInterval(3, 2), 'OUT_OF_RANGE', /successes must be an integer from 0 to 2, got 3/],
    [() => binomialInterval(0, 0), 'OUT_OF_RANGE', /n must be an integer of at least 1/],
    [() => binomialInterval(1.5, 2), 'OUT_OF_RANGE', /successes must be an integer/],
    [() => binomialInterval(1, 2, 1), 'OUT_OF_RANGE', /level must lie strictly between 0 and 1/],
  ]
  for (const [call, code, message] of cases) assert.throws(call, { code, message })
})
