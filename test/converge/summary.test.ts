import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkScores } from '../../src/converge/convergeOptions.js'
import { summariseCell } from '../../src/converge/summary.js'
import type { ConvergenceTruth } from '../../src/converge/types.js'
import { sampleComplexity } from '../../src/theory/sampleComplexity.js'

const rates = {
  fpr: 0.05,
  tprBaseline: 0.4,
  tprCandidate: 0.6,
  slopeBaseline: 2,
  slopeCandidate: 3,
  anomalousCorrelation: 0,
  normalCorrelation: 0,
}
const truth: ConvergenceTruth = { xi: 0.2, standardError: 0, nNormal: 1000, nAnomalous: 1000, rates }

test('errors are counted from ξ, against ε of the sizes of the cell', async () => {
  const [n, nAnomalous, delta] = [9000, 1000, 0.1]
  const common = { alpha: 0.1, n: 10_000, delta }
  // Steepest chords of concave curves: TPR/fpr.
  const sharp = sampleComplexity({ ...common, version: 'sharp', fpr: 0.05, slopes: [8, 12] }).epsilon
  const published = sampleComplexity({ ...common, version: 'published', ratios: [8, 12] }).epsilon
  assert.ok(sharp < published)
  const between = (sharp + published) / 2
  const xi = Float64Array.of(0.2, 0.2 - between, 0.2 + between, 0.2 + 1.01 * published, 0.2 + 0.99 * sharp)
  const cell = { n, alpha: 0.1, nAnomalous, xi, fpr: { baseline: xi, candidate: xi } }
  const options = checkScores({ delta })
  const summary = await summariseCell(cell, truth, options)
  assert.deepEqual(summary.bounds, [
    { version: 'published', epsilon: published, exceeded: 1 / 5 },
    { version: 'sharp', epsilon: sharp, exceeded: 3 / 5 },
  ])
  const squares = 2 * between ** 2 + (1.01 * published) ** 2 + (0.99 * sharp) ** 2
  assert.ok(Math.abs(summary.error.rms - Math.sqrt(squares / 5)) < 1e-12)
  // Discordance 0.4 + 0.6 − 2·0.24; thresholds independent: 0.05·0.95·(2² + 3²).
  const variance = (0.52 - 0.2 ** 2) / nAnomalous + (0.0475 * 13) / n
  assert.ok(Math.abs(summary.expected.xiSd - Math.sqrt(variance)) < 1e-12)
  const fixed = await summariseCell(cell, truth, { ...options, test: 'fixed' })
  assert.ok(Math.abs(fixed.expected.xiSd - Math.sqrt((0.0475 * 13) / n)) < 1e-12)
})
