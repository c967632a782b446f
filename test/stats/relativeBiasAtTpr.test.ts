import assert from 'node:assert/strict'
import { test } from 'node:test'
import { relativeBias } from '../../src/stats/bias/relativeBias.js'
import { relativeBiasAtTpr } from '../../src/stats/bias/relativeBiasAtTpr.js'
import { thresholdAtTpr } from '../../src/stats/ranks/thresholdAtTpr.js'
import { normals, scorePair } from './samples.js'

const fractionAbove = (scores: Float64Array, tau: number) => scores.filter((s) => s > tau).length / scores.length

/** The smallest double above x. */
function nextAbove(x: number): number {
  const view = new DataView(new ArrayBuffer(8))
  if (x === 0) return Number.MIN_VALUE
  view.setFloat64(0, x)
  view.setBigInt64(0, view.getBigInt64(0) + (x > 0 ? 1n : -1n))
  return view.getFloat64(0)
}

test('the threshold is the largest double whose TPR on the anomalies is at least the target', async () => {
  for (const n of [1, 3, 10, 20, 57]) {
    for (const tpr of [0.3, 1 / 3, 2 / 3, 0.7, 0.9, 0.95, 0.99]) {
      for (const round of [(x: number) => x, (x: number) => Math.round(2 * x) / 2]) {
        const pair = { normal: normals(40, 1).map(round), anomalous: normals(n, 2, 1).map(round) }
        const { baseline } = await relativeBiasAtTpr({ baseline: pair, candidate: pair }, { tpr, resamples: 2 })
        const { threshold } = baseline
        assert.equal(baseline.observedTpr, fractionAbove(pair.anomalous, threshold))
        assert.ok(baseline.observedTpr >= tpr, `${n} ${tpr}`)
        assert.ok(fractionAbove(pair.anomalous, nextAbove(threshold)) < tpr, `${n} ${tpr}`)
        assert.equal(baseline.observedFpr, fractionAbove(pair.normal, threshold))
        const alone = await thresholdAtTpr(pair.anomalous, { tpr })
        assert.deepEqual([alone.threshold, alone.observedTpr, alone.n], [threshold, baseline.observedTpr, n])
      }
    }
  }
})

test('xi is the difference in false alarms, with an interval that covers the truth', async () => {
  // Anomalies at +1 and +2 standard deviations: FPR = 1 − Φ(μ − z), z = Φ⁻¹(0.9).
  const truth = 1 - 0.7637383 - (1 - 0.3890954)
  const { baseline, candidate } = scorePair(6000, 3000)
  const options = { tpr: 0.9, resamples: 4000, seed: 3 }
  const result = await relativeBiasAtTpr({ baseline, candidate }, options)
  assert.equal(result.xi, result.candidate.observedFpr - result.baseline.observedFpr)
  assert.ok(result.interval[0] < truth && truth < result.interval[1], `${result.interval} ${truth}`)
  assert.ok(result.interval[1] - result.interval[0] < 0.1)
  assert.deepEqual(
    [result.direction, result.nNormal, result.nAnomalous, result.tpr, result.warnings],
    ['down', 6000, 3000, 0.9, []],
  )
  const mirrored = await relativeBias(
    {
      baseline: { normal: baseline.anomalous.map((x) => -x), anomalous: baseline.normal.map((x) => -x) },
      candidate: { normal: candidate.anomalous.map((x) => -x), anomalous: candidate.normal.map((x) => -x) },
    },
    { ...options, tpr: undefined, fpr: 0.1 } as object,
  )
  assert.deepEqual(result.interval, [-mirrored.interval[1], -mirrored.interval[0]])
  assert.equal(result.pValue, mirrored.pValue)
})

test('errors and warnings speak of the caller’s arrays', async () => {
  const { baseline, candidate } = scorePair(50, 12)
  const run = (options: object, changes: object = {}) =>
    relativeBiasAtTpr({ baseline, candidate: { ...candidate, ...changes } }, { resamples: 200, ...options })
  await assert.rejects(run({ tpr: 1 }), { code: 'OUT_OF_RANGE', message: /tpr.*got 1/ })
  await assert.rejects(run({}, { normal: new Float64Array(0) }), { code: 'EMPTY_SAMPLE', message: /candidate\.normal/ })
  await assert.rejects(run({}, { anomalous: Float64Array.of(1, Number.NaN) }), {
    code: 'NOT_A_NUMBER',
    message: /candidate\.anomalous\[1\]/,
  })
  await assert.rejects(run({}, { normal: normals(49, 1) }), { code: 'LENGTH_MISMATCH', message: /candidate\.normal/ })
  const { warnings } = await run({ tpr: 0.95 })
  assert.match(
    warnings.join(),
    /12 anomalous samples are too few to set a threshold for tpr = 0\.95\. Among so few, none may be missed.*Use at least 20 anomalous samples/,
  )
  const negative = { normal: candidate.normal.map((x) => -x), anomalous: candidate.anomalous.map((x) => -x) }
  const flipped = await relativeBiasAtTpr({ baseline, candidate: negative }, { tpr: 0.75, resamples: 200 })
  assert.match(flipped.warnings.join(), /'candidate' flags a smaller fraction.*That is worse than chance/)
})

test('without a tolerated miss there is no arrow, whatever the interval method', async () => {
  const { baseline, candidate } = scorePair(400, 40)
  for (const n of [1, 10, 19]) {
    for (const intervalMethod of ['confidence', 'percentile', 'bca'] as const) {
      const few = (pair: typeof baseline) => ({ ...pair, anomalous: pair.anomalous.slice(0, n) })
      const scores = { baseline: few(baseline), candidate: few(candidate) }
      const { direction, pValue, interval, warnings } = await relativeBiasAtTpr(scores, { intervalMethod })
      assert.deepEqual([direction, pValue, interval[0] <= 0 && interval[1] >= 0], ['none', 1, true])
      assert.match(warnings[0] ?? '', new RegExp(`^${n} anomalous samples? (is|are) too few`))
    }
  }
})

test('infinite scores and zeros of either sign have a threshold too', async () => {
  const at = async (...scores: number[]) => {
    const {
      threshold: tau,
      observedTpr: tpr,
      tolerated,
      tooFew,
    } = await thresholdAtTpr(Float64Array.from(scores), { tpr: 0.75 })
    return [tau, tpr, tolerated, tooFew]
  }
  assert.deepEqual(await at(4, 5, 6, 7), [4.999999999999999, 0.75, 1, false])
  assert.deepEqual(await at(0, -0, 1, 2), [-Number.MIN_VALUE, 1, 1, false])
  assert.deepEqual(await at(1, Infinity, Infinity, Infinity), [Number.MAX_VALUE, 0.75, 1, false])
  assert.deepEqual(await at(-Infinity, -Infinity, 1, 2), [-Infinity, 1, 1, false])
  assert.deepEqual(await at(-1), [-1.0000000000000002, 1, 0, true])
})
