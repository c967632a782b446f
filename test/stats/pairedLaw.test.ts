import assert from 'node:assert/strict'
import { test } from 'node:test'
import { idealBias } from '../../src/stats/bias/idealBias.js'
import { relativeBias } from '../../src/stats/bias/relativeBias.js'
import type { ScorePair } from '../../src/stats/bias/types.js'
import { normals } from './samples.js'

type Pair = { readonly baseline: ScorePair; readonly candidate: ScorePair }

/** Detectors that agree in part: the candidate's scores follow the baseline's. */
function correlated(nNormal: number, nAnomalous: number, correlation: number): Pair {
  const follow = (scores: Float64Array, seed: number, shift: number) => {
    const own = normals(scores.length, seed)
    return scores.map((x, i) => correlation * x + Math.sqrt(1 - correlation ** 2) * (own[i] ?? 0) + shift)
  }
  const [normal, anomalous] = [normals(nNormal, 1), normals(nAnomalous, 2, 1.2)]
  return {
    baseline: { normal, anomalous },
    candidate: { normal: follow(normal, 3, 0), anomalous: follow(anomalous, 4, 0.6) },
  }
}

const close = (actual: number, expected: number, within: number, what: string) =>
  assert.ok(Math.abs(actual - expected) <= within, `${what}: ${actual}, expected ${expected} ± ${within}`)

test('four normals and three anomalies, tied within and across: all 4⁴·3³ resamples', async () => {
  const scores = {
    baseline: { normal: Float64Array.of(3, 2, 2, 1), anomalous: Float64Array.of(2, 3, 1) },
    candidate: { normal: Float64Array.of(2, 2, 1, 2), anomalous: Float64Array.of(2, 1, 3) },
  }
  const { law, mean, standardError } = await idealBias(scores, { fpr: 0.25 })
  const expected = [35 / 864, 163 / 2304, 101 / 576, 559 / 2304, 7 / 24, 33 / 256, 347 / 6912]
  assert.equal(law?.length, 7)
  for (const [i, p] of expected.entries()) close(law[i] ?? Number.NaN, p, 1e-12, `ξ* = ${i - 3}/3`)
  const moment = (power: number) => expected.reduce((sum, p, i) => sum + p * ((i - 3) / 3) ** power, 0)
  close(mean, moment(1), 1e-12, 'mean')
  close(standardError ** 2, moment(2) - moment(1) ** 2, 1e-12, 'variance')
})

test('replicates of relativeBias have this law', async () => {
  const resamples = 40_000
  for (const [rule, correlation] of [
    ['inverse-cdf', 0.7],
    ['supremum', -0.4],
    ['certified', 0.95],
  ] as const) {
    const scores = correlated(600, 150, correlation)
    const options = { fpr: 0.1, thresholdRule: rule } as const
    const ideal = await idealBias(scores, options)
    const drawn = await relativeBias(scores, { ...options, resamples, intervalMethod: 'percentile', replicates: true })
    assert.equal(ideal.xi, drawn.xi)
    assert.equal(ideal.design, drawn.design)
    const law = ideal.law ?? assert.fail('the paired law is given')
    const counts = new Float64Array(law.length)
    for (const xi of drawn.replicates?.xi ?? assert.fail('replicates were asked for')) {
      const place = 150 + Math.round(xi * 150)
      counts[place] = (counts[place] ?? Number.NaN) + 1
    }
    // Kolmogorov's distance of as many draws exceeds this with a probability of 1e-6, on a lattice less often.
    const critical = Math.sqrt(Math.log(2 / 1e-6) / (2 * resamples))
    let [expected, observed] = [0, 0]
    for (const [i, p] of law.entries()) {
      expected += p
      observed += (counts[i] ?? 0) / resamples
      close(observed, expected, critical, `${rule}, P(ξ* ≤ ${i - 150}/150)`)
    }
    close(expected, 1, 1e-9, 'the sum of the law')
    close(drawn.pValue, ideal.pValue, 10 * Math.sqrt(ideal.pValue / resamples) + 1e-3, `${rule}, p-value`)
  }
})

test('exchanged detectors have the mirrored answer', async () => {
  const { baseline, candidate } = correlated(300, 250, 0.5)
  const there = await idealBias({ baseline, candidate }, { fpr: 0.1 })
  const back = await idealBias({ baseline: candidate, candidate: baseline }, { fpr: 0.1 })
  const mirrored = Array.from(back.law ?? []).reverse()
  for (const [i, p] of (there.law ?? []).entries()) close(p, mirrored[i] ?? Number.NaN, 1e-12, `law[${i}]`)
  close(there.mean, -back.mean, 1e-12, 'mean')
  close(there.pValue, back.pValue, 1e-12, 'p-value')
  assert.deepEqual(there.interval, [-back.interval[1], -back.interval[0]])
})

test('monotone maps, single precision where it keeps the order, and threads change no bit', async () => {
  const { baseline, candidate } = correlated(500, 80, 0.8)
  const ranked = (values: ScorePair['normal']) => values.map((x) => Math.round(x * 64) / 64)
  const given = {
    baseline: { normal: ranked(baseline.normal), anomalous: ranked(baseline.anomalous) },
    candidate: { normal: ranked(candidate.normal), anomalous: ranked(candidate.anomalous) },
  }
  const { law } = await idealBias(given, { threads: 1 })
  const mapped = {
    baseline: { normal: given.baseline.normal.map(Math.atan), anomalous: given.baseline.anomalous.map(Math.atan) },
    candidate: {
      normal: Float32Array.from(given.candidate.normal),
      anomalous: Float32Array.from(given.candidate.anomalous),
    },
  }
  assert.deepEqual((await idealBias(mapped, { threads: 3 })).law, law)
})

test('equal detectors never differ: p is 1, the law is all at 0', async () => {
  const { baseline } = correlated(400, 100, 0)
  const { law, mean, standardError, direction, warnings } = await idealBias({ baseline, candidate: baseline })
  close(law?.[100] ?? Number.NaN, 1, 1e-12, 'P(ξ* = 0)')
  assert.deepEqual([mean, standardError, direction], [0, 0, 'none'])
  assert.match(warnings.join('\n'), /only 0 samples tell the detectors apart/)
})

test('what the paired law needs is asked for', async () => {
  const { baseline, candidate } = correlated(50, 20, 0.5)
  const fewer = { normal: candidate.normal.subarray(1), anomalous: candidate.anomalous }
  await assert.rejects(() => idealBias({ baseline, candidate: fewer }), {
    code: 'LENGTH_MISMATCH',
    message: /candidate\.normal has length 49, but baseline\.normal, which it belongs to, has 50/,
  })
  await assert.rejects(() => idealBias({ baseline, candidate }, { thresholdRule: 'linear' }), {
    code: 'OUT_OF_RANGE',
    message: /'linear' puts thresholds between samples.*relativeBias, which draws/,
  })
  const spoilt = { normal: baseline.normal, anomalous: baseline.anomalous.map((x, i) => (i === 7 ? Number.NaN : x)) }
  await assert.rejects(() => idealBias({ baseline, candidate: spoilt }), {
    code: 'NOT_A_NUMBER',
    message: /candidate\.anomalous\[7\] is NaN/,
  })
  await assert.rejects(() => idealBias({ baseline, candidate }, { signal: AbortSignal.abort() }), { code: 'ABORTED' })
  const independent = await idealBias({ baseline, candidate: fewer }, { design: 'independent' })
  assert.equal(independent.law, undefined)
})
