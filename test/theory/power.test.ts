import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import * as theory from '../../src/rooms/theory.js'

const rate = fc.double({ min: 0.05, max: 0.95, noNaN: true })
const slope = fc.double({ min: 0.5, max: 10, noNaN: true })
const correlation = fc.double({ min: -0.9, max: 0.9, noNaN: true })
const guesses = fc.record({
  fpr: fc.double({ min: 0.005, max: 0.4, noNaN: true }),
  tprBaseline: fc.double({ min: 0.1, max: 0.6, noNaN: true }),
  slopeBaseline: slope,
  slopeCandidate: slope,
  anomalousCorrelation: correlation,
  normalCorrelation: correlation,
})

test('McNemar’s sample size where thresholds are known', () => {
  // Slopes of 0 leave the paired comparison: n₁ = (1.959964 + 0.841621)²·(0.5 − 0.01)/0.01 = 384.6.
  const found = theory.power({
    ...{ fpr: 0.05, tprBaseline: 0.4, xi: 0.1, power: 0.8, nNormal: 100, slopeBaseline: 0, slopeCandidate: 0 },
  })
  assert.equal(found.nAnomalous, 385)
})

test('whichever of the four is solved for, the others give it back', () => {
  fc.assert(
    fc.property(guesses, fc.double({ min: 0.06, max: 0.3, noNaN: true }), rate, (guess, xi, wanted) => {
      const power = Math.max(wanted, 0.1)
      const many = { ...guess, xi, power, nNormal: 10_000_000 }
      const { nAnomalous } = theory.power(many)
      const reached = theory.power({ ...guess, xi, nNormal: many.nNormal, nAnomalous })
      assert.ok(reached.power >= power - 1e-9)
      if (nAnomalous > 1) {
        assert.ok(
          theory.power({ ...guess, xi, nNormal: many.nNormal, nAnomalous: nAnomalous - 1 }).power < power + 1e-9,
        )
      }
      const again = theory.power({ ...guess, power, nNormal: many.nNormal, nAnomalous })
      // As small as what was asked, but for what rounding up gives away.
      assert.ok(again.xi > 0 && again.xi <= xi + 1e-9)
      const { nNormal } = theory.power({ ...guess, xi, power, nAnomalous: nAnomalous + 1 })
      assert.ok(nNormal <= many.nNormal)
    }),
    { numRuns: 100 },
  )
})

test('power grows with the samples and with ξ, and falls with the level', () => {
  fc.assert(
    fc.property(guesses, fc.integer({ min: 50, max: 5000 }), fc.integer({ min: 20, max: 5000 }), (guess, n0, n1) => {
      const at = (nNormal: number, nAnomalous: number, xi = 0.1, level = 0.95) =>
        theory.power({ ...guess, nNormal, nAnomalous, xi, level }).power
      const here = at(n0, n1) + 1e-12
      assert.ok(at(2 * n0, n1) >= here - 2e-12 && at(n0, 2 * n1) >= here - 2e-12)
      assert.ok(at(n0, n1, 0.1, 0.99) <= here)
      assert.ok(here >= 0.05)
    }),
  )
})

test('a detectable ξ may be a loss', () => {
  const options = { fpr: 0.05, tprBaseline: 0.6, power: 0.8, nNormal: 5000, nAnomalous: 800 } as const
  const [up, down] = [theory.power(options).xi, theory.power({ ...options, direction: 'down' }).xi]
  assert.ok(up > 0.03 && up < 0.15 && down < -0.03 && down > -0.15)
  assert.ok(Math.abs(theory.power({ ...options, power: undefined, xi: down }).power - 0.8) < 1e-9)
})

test('precision round trip', () => {
  fc.assert(
    fc.property(guesses, rate, fc.integer({ min: 100, max: 100_000 }), (guess, tprCandidate, n1) => {
      const asked = { ...guess, tprCandidate, nAnomalous: n1 }
      const { halfWidth } = theory.precision({ ...asked, nNormal: 2000 })
      if (!(halfWidth > 1e-6 && halfWidth < 1)) return
      const { nNormal } = theory.precision({ ...asked, halfWidth })
      // What rounding leaves may be worth one sample.
      assert.ok(nNormal <= 2001 && theory.precision({ ...asked, nNormal }).halfWidth <= halfWidth * (1 + 1e-9))
    }),
  )
})

test('detectors that always agree leave no noise, ones that never do the most', () => {
  const common = { fpr: 0.1, tprBaseline: 0.5, tprCandidate: 0.5, slopeBaseline: 2, slopeCandidate: 2 }
  const at = (both: number) => theory.biasVariance({ ...common, anomalousCorrelation: both, normalCorrelation: both })
  assert.ok(at(1).perAnomaly < 1e-15 && at(1).perNormal < 1e-15)
  assert.ok(Math.abs(at(0).perNormal - 0.72) < 1e-12 && at(0).perAnomaly === 0.5)
  // Two sets of false alarms cannot overlap less than not at all: q₀₁ = 0.
  assert.ok(Math.abs(at(-1).perNormal - (0.72 + 8 * 0.01)) < 1e-12 && at(-1).perAnomaly === 1)
})

test('what cannot be had is refused with what could', () => {
  const guess = { fpr: 0.05, tprBaseline: 0.4 }
  const cases: [() => unknown, RegExp][] = [
    [
      () => theory.power({ ...guess, xi: 0.1, power: 0.8, nNormal: 50 }),
      /^nNormal must be at least \d+, however many anomalies there are, got 50\. .* larger xi, or for less power$/,
    ],
    [() => theory.power({ ...guess, xi: 0.1, power: 0.8, nAnomalous: 5 }), /^nAnomalous must be at least \d+/],
    [() => theory.power({ ...guess, power: 0.8, nNormal: 10, nAnomalous: 3 }), /no ξ from tprBaseline = 0.4 up/],
    [
      () => theory.power({ fpr: 0.05, tprBaseline: 1, nNormal: 1000, nAnomalous: 100, power: 0.8 }),
      /^no recall is further up than tprBaseline = 1\. Give direction: 'down'/,
    ],
    [
      () => theory.power({ fpr: 0.05, tprBaseline: 0, nNormal: 1000, nAnomalous: 100, power: 0.8, direction: 'down' }),
      /^no recall is further down than tprBaseline = 0\. Give direction: 'up'/,
    ],
    [() => theory.power({ ...guess, xi: 0.7, power: 0.8, nNormal: 50 }), /tprBaseline \+ xi must lie in \[0, 1\]/],
    [
      () => theory.power({ ...guess, xi: 0.1, power: 0.04, nNormal: 50 }),
      /power at level [\d.]+ must lie strictly between 0\.0?[15] and 1,/,
    ],
    [() => theory.power({ ...guess, xi: 0.1, power: 0.8 }), /give three of nNormal, nAnomalous, xi and power .* got 2/],
    [
      () => theory.precision({ ...guess, tprCandidate: 0.5, nNormal: 5 }),
      /give two of nNormal, nAnomalous and halfWidth/,
    ],
    [() => theory.biasVariance({ ...guess, tprCandidate: 1.5 }), /tprCandidate must lie in \[0, 1\], got 1.5/],
    [() => theory.biasVariance({ ...guess, tprCandidate: 0.5, slopeBaseline: -1 }), /slopeBaseline must be at least 0/],
    [() => theory.biasVariance({ ...guess, tprCandidate: 0.5, normalCorrelation: 2 }), /normalCorrelation must lie/],
  ]
  for (const [call, message] of cases) assert.throws(call, { code: 'OUT_OF_RANGE', message })
  // The least number that the message names does, and one less does not.
  const least = (() => {
    try {
      theory.power({ ...guess, xi: 0.1, power: 0.8, nNormal: 50 })
    } catch (error) {
      return Number(/at least (\d+)/.exec(String(error))?.[1])
    }
    return Number.NaN
  })()
  assert.ok(theory.power({ ...guess, xi: 0.1, power: 0.8, nNormal: least }).nAnomalous > 0)
  assert.throws(() => theory.power({ ...guess, xi: 0.1, power: 0.8, nNormal: least - 1 }))
})
