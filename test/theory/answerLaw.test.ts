import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { betaCdf } from '../../src/special.js'
import { AnswerLaw } from '../../src/theory/answerLaw.js'
import { binomialQuantile } from '../../src/theory/binomialQuantile.js'
import { bothAbove } from '../../src/theory/binormalPair.js'
import { criticalValue, familyValue } from '../../src/theory/familyValue.js'

test('values of families are those of Dunnett’s and Šidák’s tables', () => {
  // Dunnett (JASA 50, 1955), two-sided 5 %, infinite degrees of freedom, correlation ½.
  for (const [classes, value] of [
    [2, 2.21],
    [3, 2.35],
    [5, 2.51],
    [9, 2.69],
  ] as const) {
    assert.ok(
      Math.abs(familyValue({ level: 0.95, classes: classes }, 0.5) - value) < 0.006,
      `${classes}: ${familyValue({ level: 0.95, classes: classes }, 0.5)}`,
    )
  }
  for (const classes of [1, 2, 10, 100]) {
    const sidak = criticalValue(0.95 ** (1 / classes))
    assert.ok(Math.abs(familyValue({ level: 0.95, classes: classes }, 0) - sidak) < 1e-6)
    assert.ok(Math.abs(familyValue({ level: 0.95, classes: classes }, 1) - criticalValue(0.95)) < 0.01)
  }
})

test('two normal variables exceed 0 together as Sheppard has it, and anything as often as both margins allow', () => {
  for (const r of [-0.99, -0.5, 0, 0.3, 0.9, 0.999]) {
    assert.ok(Math.abs(bothAbove(0, 0, r) - (0.25 + Math.asin(r) / (2 * Math.PI))) < 1e-9)
  }
  // scipy: multivariate_normal.cdf([-1.2, -0.4], cov=[[1, 0.6], [0.6, 1]])
  assert.ok(Math.abs(bothAbove(1.2, 0.4, 0.6) - 0.0882399) < 1e-6, `${bothAbove(1.2, 0.4, 0.6)}`)
})

test('binomial quantiles are near the exact ones', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5000 }),
      fc.double({ min: 0.001, max: 0.999, noNaN: true }),
      fc.double({ min: 0.002, max: 0.998, noNaN: true }),
      (n, p, u) => {
        const k = binomialQuantile(u, n, p)
        // P(Bin(n, p) ≤ j); beyond the search the quantile may be one off.
        const upTo = (j: number) => (j < 0 ? 0 : j >= n ? 1 : betaCdf(1 - p, n - j, j + 1))
        return upTo(k - 2) <= u && upTo(k + 1) >= u
      },
    ),
    { numRuns: 500 },
  )
})

test('with thresholds known the power is that of the sign test', () => {
  const rates = { fpr: 0.05, tprBaseline: 0.4, slopeBaseline: 0, slopeCandidate: 0, normalCorrelation: 0 }
  for (const [tprCandidate, nAnomalous, anomalousCorrelation] of [
    [0.7, 60, 0.3],
    [0.6, 150, 0],
    [0.2, 90, 0.5],
    [0.95, 8, 0],
    [0.95, 6, 0],
    [0.95, 4, 0],
  ] as const) {
    const t = rates.tprBaseline
    const both = t * tprCandidate + anomalousCorrelation * Math.sqrt(t * (1 - t) * tprCandidate * (1 - tprCandidate))
    const discordance = t + tprCandidate - 2 * both
    const right = (Math.max(t, tprCandidate) - both) / discordance
    const mass = (k: number, n: number, p: number) => {
      const below = (j: number) => (j < 0 ? 0 : j >= n ? 1 : betaCdf(1 - p, n - j, j + 1))
      return below(k) - below(k - 1)
    }
    let exact = 0
    for (let n = 1; n <= nAnomalous; n++) {
      const weight = mass(n, nAnomalous, discordance)
      for (let k = 0; k <= n; k++) {
        const above = k === 0 ? 1 : betaCdf(0.5, k, n - k + 1)
        const middle = above - mass(k, n, 0.5) / 2
        if (middle <= 0.025 - 1e-4) exact += weight * mass(k, n, right)
      }
    }
    const { power } = new AnswerLaw({ ...rates, tprCandidate, anomalousCorrelation }).expect(
      { nNormal: 1e6, nAnomalous },
      { level: 0.95, classes: 1, dataSets: 4096, measured: 0 },
    )
    assert.ok(Math.abs(power - exact) < 0.02, `${tprCandidate}: ${power} for ${exact}`)
  }
})

test('no tolerated false alarm, no arrow, however far apart the recalls are', () => {
  const rates = { fpr: 0.05, tprBaseline: 0.2, tprCandidate: 0.9, slopeBaseline: 1, slopeCandidate: 1 }
  const law = new AnswerLaw({ ...rates, anomalousCorrelation: 0, normalCorrelation: 0 })
  const options = { level: 0.95, classes: 1, dataSets: 512, measured: 64 }
  assert.equal(law.expect({ nNormal: 19, nAnomalous: 500 }, options).power, 0)
  assert.ok(law.expect({ nNormal: 2000, nAnomalous: 500 }, options).power > 0.999)
})
