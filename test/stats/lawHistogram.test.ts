import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { at } from '../../src/check.js'
import { exactLaws } from '../../src/stats/bias/exactLaws.js'
import { jointFprs } from '../../src/stats/bias/jointFprs.js'
import { type LawHistogram, lawHistogram } from '../../src/stats/bias/lawHistogram.js'
import { pairNameOf, relativeBias } from '../../src/stats/bias/relativeBias.js'
import { scoreSets } from '../../src/stats/bias/sets.js'
import type { ScorePair } from '../../src/stats/bias/types.js'
import { scorePair } from './samples.js'

const sum = (values: Float64Array) => values.reduce((total, x) => total + x, 0)
const meanOf = ({ width, first, probabilities }: LawHistogram) =>
  sum(probabilities.map((p, i) => p * (first + i) * width))

/** All resamples of n places. */
function resamplesOf(n: number): number[][] {
  let drawn: number[][] = [[]]
  for (let i = 0; i < n; i++) drawn = drawn.flatMap((some) => Array.from({ length: n }, (_, place) => [...some, place]))
  return drawn
}

async function exactLaw({ baseline, candidate }: { baseline: ScorePair; candidate: ScorePair }, fpr: number) {
  const detectors = [baseline, candidate].map(({ normal, anomalous }) => ({ normal, anomalous: [anomalous] }))
  const sets = scoreSets(detectors, undefined, { fprs: [fpr], design: 'paired' }, pairNameOf)
  const of = await exactLaws(sets, { budget: Number.POSITIVE_INFINITY }, pairNameOf)
  assert.ok(of !== undefined)
  const n = baseline.anomalous.length
  return { n, nCandidate: n, law: { of, set: 0 } }
}

describe('the bars of a law', () => {
  it('are the probabilities of the values that all resamples give', async () => {
    const pair = {
      baseline: { normal: Float64Array.of(1, 2, 3, 4), anomalous: Float64Array.of(2.5, 3.5, 5, 0) },
      candidate: { normal: Float64Array.of(2, 1, 4, 3), anomalous: Float64Array.of(5, 3.5, 1.5, 2.5) },
    }
    const counts = new Map<number, number>()
    const resamples = resamplesOf(4)
    for (const normals of resamples) {
      const taus = [pair.baseline, pair.candidate].map(({ normal }) =>
        at(
          normals.map((i) => at(normal, i)).sort((a, b) => b - a),
          1,
        ),
      )
      for (const rows of resamples) {
        const [detected = 0, by = 0] = [pair.baseline, pair.candidate].map(
          ({ anomalous }, d) => rows.filter((row) => at(anomalous, row) > at(taus, d)).length,
        )
        counts.set(by - detected, (counts.get(by - detected) ?? 0) + 1 / 4 ** 8)
      }
    }
    const bars = lawHistogram(await exactLaw(pair, 0.25), false)
    assert.equal(bars.single, true)
    assert.equal(bars.width, 0.25)
    const share = (test: (k: number) => boolean) =>
      [...counts].filter(([k]) => test(k)).reduce((total, [, p]) => total + p, 0)
    const last = bars.first + bars.probabilities.length - 1
    bars.probabilities.forEach((p, i) => {
      const value = bars.first + i
      const beyond = (k: number) => (value === bars.first && k < value) || (value === last && k > value)
      const expected = share((k) => k === value || beyond(k))
      assert.ok(Math.abs(p - expected) < 1e-8, `${value}/4: ${p}, not ${expected}`)
    })
    const signs = [share((k) => k < 0), share((k) => k === 0), share((k) => k > 0)]
    bars.signs.forEach((p, i) => {
      assert.ok(Math.abs(p - at(signs, i)) < 1e-8, `sign ${i}: ${p}`)
    })
  })

  it('sum to 1 and have the mean and the standard deviation of the law, however wide', async () => {
    for (const n of [30, 100, 1001, 5000]) {
      const cell = await exactLaw(scorePair(400, n), 0.05)
      const bars = lawHistogram(cell, false)
      const { mean, standardError } = at(cell.law.of.laws, 0)
      assert.ok(Math.abs(sum(bars.probabilities) - 1) < 1e-7)
      assert.ok(Math.abs(meanOf(bars) - mean) < 0.002, `${n}: ${meanOf(bars)}, not ${mean}`)
      const square = sum(bars.probabilities.map((p, i) => p * ((bars.first + i) * bars.width - mean) ** 2))
      // What lies beyond the ends is drawn in, and a bar spreads over its width (Sheppard).
      const steps = Math.round(bars.width * n)
      const sd = Math.sqrt(square - (bars.width ** 2 * (1 - 1 / steps ** 2)) / 12)
      assert.ok(Math.abs(sd / standardError - 1) < 0.01, `${n}: ${sd}, not ${standardError}`)
      assert.ok(bars.probabilities.length <= 48)
      assert.equal(steps % 2, 1)
      assert.ok(Math.abs(bars.width * n - steps) < 1e-9)
    }
  })

  it('of draws are the shares of the draws, as few and as equal as they may be', () => {
    const draws = Float64Array.from({ length: 1000 }, (_, i) => ((i % 5) - 2) / 10)
    const bars = lawHistogram({ n: 10, nCandidate: 10, law: { draws } }, false)
    assert.deepEqual([bars.first, bars.width, bars.single], [-2, 0.1, true])
    bars.probabilities.forEach((p) => {
      assert.ok(Math.abs(p - 0.2) < 1e-12)
    })
    assert.deepEqual(
      bars.signs.map((p) => p.toFixed(12)),
      [0.4, 0.2, 0.4].map((p) => p.toFixed(12)),
    )
    for (const continuous of [true, false]) {
      const one = lawHistogram({ n: 7, nCandidate: 7, law: { draws: new Float64Array(9).fill(3 / 7) } }, continuous)
      assert.deepEqual([...one.probabilities], [1])
      assert.ok(Math.abs(meanOf(one) - 3 / 7) < 1e-6)
    }
  })
})

/** P(Bin(n, p) ≤ k) by its sum. */
function binomialAtMost(n: number, p: number, k: number): number {
  let term = (1 - p) ** n
  let total = term
  for (let j = 1; j <= k; j++) {
    term *= ((n - j + 1) / j) * (p / (1 - p))
    total += term
  }
  return total
}

describe('the joint law of two false-positive rates', () => {
  const pair = scorePair(200, 60)

  it('of the confidence distribution has binomial margins', async () => {
    const { shares, means, sds, draws, correlation } = await jointFprs(pair, { fpr: 0.1, intervalMethod: 'confidence' })
    assert.ok(Math.abs(sum(shares) - 1) < 1e-12)
    const sd = Math.sqrt((0.1 * 0.9) / 200)
    for (const d of [0, 1]) {
      assert.ok(Math.abs(at(means, d) - 0.1) < (4 * sd) / Math.sqrt(draws), `mean ${means[d]}`)
      assert.ok(Math.abs(at(sds, d) / sd - 1) < 4 / Math.sqrt(2 * draws), `sd ${sds[d]}`)
    }
    assert.ok(correlation !== undefined && correlation > 0.1 && correlation < 0.9)
  })

  it('of the bootstrap has the margins of an order statistic of a resample, and its cells the same', async () => {
    const law = await jointFprs(pair, { fpr: 0.1, intervalMethod: 'bca', seed: 3 })
    // More than k normals lie above the threshold where at most 20 of the resample are among the k + 1 largest.
    const mean =
      Array.from({ length: 199 }, (_, k) => binomialAtMost(200, (k + 1) / 200, 20)).reduce((a, b) => a + b) / 200
    for (const d of [0, 1]) {
      const error = (4 * at(law.sds, d)) / Math.sqrt(law.draws)
      assert.ok(Math.abs(at(law.means, d) - mean) < error, `${law.means[d]}, not ${mean}`)
    }
    const { low, width, side, shares } = law
    const middles = shares.map((share, cell) => share * (low + (Math.floor(cell / side) + 0.5) * width - 1 / 400))
    assert.ok(Math.abs(sum(middles) - law.means[1]) < width / 4)
    assert.deepEqual(await jointFprs(pair, { fpr: 0.1, intervalMethod: 'bca', seed: 3 }), law)
  })

  it('of one detector twice lies on the diagonal', async () => {
    const twice = { baseline: pair.baseline, candidate: pair.baseline }
    const { correlation, side, shares } = await jointFprs(twice, { fpr: 0.1, intervalMethod: 'percentile' })
    assert.ok(correlation !== undefined && Math.abs(correlation - 1) < 1e-9)
    shares.forEach((share, cell) => {
      if (Math.floor(cell / side) !== cell % side) assert.equal(share, 0)
    })
  })

  it('has no correlation where a threshold does not vary', async () => {
    const constant = { normal: new Float64Array(200), anomalous: pair.candidate.anomalous }
    const law = await jointFprs({ ...pair, candidate: constant }, { fpr: 0.1, intervalMethod: 'percentile' })
    assert.equal(law.correlation, undefined)
    assert.ok(Math.abs(sum(law.shares) - 1) < 1e-12)
  })
})

it('the confidence distribution in closed form has the bars of its draws', async () => {
  const { compare } = await import('../../src/compare/compare.js')
  const { baseline, candidate } = scorePair(300, 80)
  const data = {
    source: 'memory',
    detectors: ['a', 'b'],
    validation: [baseline.normal, candidate.normal],
    anomalous: [baseline.anomalous, candidate.anomalous],
  }
  const closed = at((await compare(data, { laws: true })).candidates, 0)
  const bars = at(closed.law?.sets ?? [], 0)
  assert.equal(bars.kind, 'confidence')
  const { replicates } = await relativeBias({ baseline, candidate }, { replicates: true, resamples: 40_000 })
  assert.ok(replicates !== undefined)
  const counts = new Float64Array(bars.probabilities.length)
  for (const xi of replicates.xi) {
    const i = Math.min(counts.length - 1, Math.max(0, Math.ceil(xi / bars.width - 0.5) - bars.first))
    counts[i] = at(counts, i) + 1
  }
  bars.probabilities.forEach((p, i) => {
    const error = 4.5 * Math.sqrt((p * (1 - p)) / 40_000) + 1e-4
    assert.ok(Math.abs(at(counts, i) / 40_000 - p) < error, `bar ${i}: ${at(counts, i) / 40_000}, not ${p}`)
  })
  // 2.5 % lie on either side of the interval, which the bars at its ends share out.
  for (const [side, end] of closed.overall.interval.entries()) {
    const i = Math.ceil(end / bars.width - 0.5) - bars.first
    const beyond = bars.probabilities.filter((_, bar) => (side === 0 ? bar < i : bar > i))
    assert.ok(sum(beyond) <= 0.025 + 1e-7 && sum(beyond) + at(bars.probabilities, i) >= 0.025 - 1e-7)
  }
})
