import assert from 'node:assert/strict'
import { it } from 'node:test'
import { planReport } from '../../src/report/plan/planReport.js'
import { planText } from '../../src/report/plan/planText.js'
import { planSamples } from '../../src/theory/planSamples.js'

it('a plan says the correlation that it computed with, and the one that the rates do not allow', async () => {
  const plan = planSamples({ xi: 0.2, anomalousCorrelation: 1 })
  // Recalls of 0.5 and 0.7: P(both) is at most 0.5, so that ρ is at most (0.5 − 0.35)/√(0.25 · 0.21).
  const largest = 0.15 / Math.sqrt(0.25 * 0.21)
  assert.ok(Math.abs(plan.expected.anomalousCorrelation - largest) < 1e-12)
  assert.equal(plan.expected.normalCorrelation, 0)
  assert.deepEqual(plan.expected.askedCorrelations, { anomalous: 1 })
  const said =
    /correlation of flags 0\.65 \(1\.00 was asked for, which the rates do not allow\) over anomalies and 0\.00 over normals/
  assert.match(planText(plan).replace(/\s+/g, ' '), said)
  assert.match((await planReport(plan, {})).replace(/\s+/g, ' '), said)
  const least = planSamples({ xi: 0.2, normalCorrelation: -1 }).expected
  // Of two rates of 0.05, P(both) is at least 0: ρ is at least −0.0025/0.0475.
  assert.ok(Math.abs(least.normalCorrelation + 0.0025 / 0.0475) < 1e-12)
  assert.deepEqual(least.askedCorrelations, { normal: -1 })
  const allowed = planSamples({ xi: 0.2, anomalousCorrelation: 0.6 }).expected
  assert.deepEqual([allowed.anomalousCorrelation, allowed.askedCorrelations], [0.6, undefined])
})
