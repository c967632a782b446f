import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { normal } from '../../../src/random/normal.js'
import { roc } from '../../../src/report/compare/rocChart.js'
import { detectorScores } from '../../../src/report/scores/detectorScores.js'
import { scoreAxis } from '../../../src/report/scores/scoreAxis.js'
import { rates } from '../../../src/stats/ranks/rates.js'

const sorted = (n: number, stream: number, mean = 0) => normal(n, { stream, mean }).sort()

describe('the axis of scores', () => {
  it('is linear for negative scores and for those of one size, else logarithmic', () => {
    const scores = sorted(500, 1)
    assert.equal(scoreAxis([scores], 0).scale, 'linear')
    assert.equal(scoreAxis([scores.map((x) => Math.exp(x / 4))], 1).scale, 'linear')
    assert.equal(scoreAxis([scores.map((x) => Math.exp(3 * x))], 1).scale, 'log')
  })

  it('covers the threshold, and is not stretched by one outlier among many', () => {
    const scores = Float64Array.of(...sorted(5000, 1), 1e9)
    const { low, high } = scoreAxis([scores], 7)
    assert.ok(low > -10 && low < -2 && high > 7 && high < 10)
  })

  it('has a length where nothing is finite, all is equal, or the difference overflows', () => {
    const infinite = Float64Array.of(Number.POSITIVE_INFINITY)
    const huge = Float64Array.of(-1.7e308, 1e-310, 1.7e308)
    const wide = Float64Array.of(1e-310, 1, 1.7e308)
    for (const sample of [infinite, huge, wide, Float64Array.of(2, 2, 2), new Float64Array(4)]) {
      const { low, high } = scoreAxis([sample], sample[0] ?? 0)
      assert.ok(Number.isFinite(low) && Number.isFinite(high) && high > low)
      const { normal: curves } = detectorScores({ normal: sample, anomalous: sample }, sample[0] ?? 0)
      assert.ok([...curves.scores, ...curves.density, ...curves.ecdf].every(Number.isFinite))
    }
  })
})

describe('densities and distribution functions of scores', () => {
  it('are near those of the law, for samples of any size', () => {
    for (const n of [3000, 200_000]) {
      const { normal: curves, anomalous } = detectorScores({ normal: sorted(n, 1), anomalous: sorted(n, 2, 1) }, 1.6)
      const peak = curves.density.reduce((a, b) => Math.max(a, b))
      curves.scores.forEach((x, i) => {
        const law = Math.exp(-0.5 * x * x)
        assert.ok(Math.abs((curves.density[i] ?? 0) / peak - law) < 0.08, `density at ${x} of ${n}`)
      })
      const middle = anomalous.scores.findIndex((x) => x >= 1)
      assert.ok(Math.abs((anomalous.ecdf[middle] ?? 0) - 0.5) < 0.05)
      assert.ok(curves.ecdf.every((value, i) => i === 0 || value >= (curves.ecdf[i - 1] ?? 0)))
    }
  })
})

describe('the ROC curve', () => {
  const scores = {
    normal: sorted(150, 1).map((x) => Math.round(10 * x)),
    anomalous: sorted(80, 2, 1).map((x) => Math.round(10 * x)),
  }

  it('passes the best recall at every number of false alarms allowed', async () => {
    const every = await rates(scores, Array.from(new Set(scores.normal)))
    const points = roc(scores, 0.2)
    assert.equal(points.length, 32)
    for (const { fpr, tpr } of points.slice(0, -1)) {
      const allowed = Array.from(every.observedTpr).filter((_, t) => (every.observedFpr[t] ?? 1) <= fpr)
      assert.equal(tpr, Math.max(...allowed))
    }
    assert.deepEqual(points.at(-1), { fpr: 0.2, tpr: points.at(-2)?.tpr })
  })

  it('of a large sample has 300 steps', () => {
    assert.equal(roc({ normal: sorted(50_000, 1), anomalous: scores.anomalous }, 0.2).length, 302)
  })
})
