import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { planText } from '../../src/report/plan/planText.js'
import * as theory from '../../src/rooms/theory.js'
import { toleratedAlarms } from '../../src/stats/ranks/thresholdRule.js'
import { binormalSlope } from '../../src/theory/biasVariance.js'
import { normals, scorePair } from '../stats/samples.js'

const count = (n: number) => Float64Array.from({ length: n }, (_, i) => i + 1)

test('identical laws have slope 1, and the window is about the target', async () => {
  const { slope, window, nNormal, nAnomalous, interval } = await theory.rocSlope(
    { normal: count(1000), anomalous: count(1000) },
    { fpr: 0.2 },
  )
  assert.ok(Math.abs(slope - 1) < 1e-12)
  assert.equal(nNormal, nAnomalous)
  assert.ok(
    Math.abs((window[0] + window[1]) / 2 - 0.2) < 1e-12 && nNormal === Math.round(1000 * (window[1] - window[0])),
  )
  assert.ok(interval[0] < 1 && interval[1] > 1)
})

test('the interval is that of its two laws, times the bend', async () => {
  const { interval, bend, nNormal, nAnomalous } = await theory.rocSlope(
    { normal: count(100), anomalous: count(40).map((x) => 60 + x) },
    { fpr: 0.1, level: 0.9 },
  )
  assert.deepEqual([nNormal, nAnomalous], [20, 20])
  // scipy: beta.ppf(0.025, 20, 21)/beta.ppf(0.975, 20, 81), beta.ppf(0.975, 21, 20)/beta.ppf(0.025, 20, 81).
  assert.ok(
    Math.abs(interval[0] / bend - 1.2042047479697395) < 1e-12 &&
      Math.abs(interval[1] / bend - 5.226633773858407) < 1e-12,
    `${interval}`,
  )
})

test('a monotone transformation of the scores changes nothing', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.double({ min: 0.01, max: 0.6, noNaN: true }),
      fc.integer({ min: 0, max: 50 }),
      async (fpr, stream) => {
        const scores = { normal: normals(200, 2 * stream), anomalous: normals(80, 2 * stream + 1, 1) }
        const bent = { normal: scores.normal.map(Math.exp), anomalous: scores.anomalous.map(Math.exp) }
        assert.deepEqual(await theory.rocSlope(bent, { fpr }), await theory.rocSlope(scores, { fpr }))
      },
    ),
    { numRuns: 30 },
  )
})

test('the estimate is near the true slope of Gaussian scores, and the interval covers it', async () => {
  const normal = { mean: 0, sd: 1 }
  for (const [fpr, shift] of [
    [0.05, 1],
    [0.05, 2],
    [0.2, 1],
    [0.3, 0],
  ] as const) {
    const detector = { normal, anomalous: { mean: shift, sd: 1 } }
    const { slope: truth, tpr } = theory.gaussianBias({ baseline: detector, candidate: detector }, fpr).baseline
    assert.ok(Math.abs(binormalSlope(fpr, tpr) / truth - 1) < 1e-12)
    const dataSets = 200
    let [sum, squares, covered] = [0, 0, 0]
    for (let d = 0; d < dataSets; d++) {
      const stream = 20_000 + 2 * d
      const scores = { normal: normals(1000, stream), anomalous: normals(400, stream + 1, shift) }
      const { slope, interval } = await theory.rocSlope(scores, { fpr, threads: 1 })
      sum += slope / truth - 1
      squares += (slope / truth - 1) ** 2
      if (interval[0] <= truth && truth <= interval[1]) covered++
    }
    assert.ok(Math.abs(sum / dataSets) < 0.12, `bias ${sum / dataSets} at ${fpr}, ${shift}`)
    assert.ok(Math.sqrt(squares / dataSets) < 0.35, `error ${Math.sqrt(squares / dataSets)} at ${fpr}, ${shift}`)
    assert.ok(covered / dataSets >= 0.95, `covered ${covered / dataSets} at ${fpr}, ${shift}`)
  }
})

test('small samples bias the slope by no more than the bend leaves', async () => {
  const normal = { mean: 0, sd: 1 }
  for (const [mean, sd, nNormal, nAnomalous, most] of [
    [1, 1, 1000, 200, 0.05],
    [2, 0.5, 1000, 200, 0.05],
    [1, 1, 400, 50, 0.06],
  ] as const) {
    const detector = { normal, anomalous: { mean, sd } }
    const { slope: truth } = theory.gaussianBias({ baseline: detector, candidate: detector }, 0.05).baseline
    const dataSets = 500
    let [sum, squares] = [0, 0]
    for (let d = 0; d < dataSets; d++) {
      const scores = {
        normal: normals(nNormal, 40_000 + 2 * d),
        anomalous: normals(nAnomalous, 40_001 + 2 * d).map((x) => mean + sd * x),
      }
      const { slope } = await theory.rocSlope(scores, { fpr: 0.05, threads: 1 })
      sum += slope / truth - 1
      squares += (slope / truth - 1) ** 2
    }
    // Without the bend: 0.13, 0.12 and 0.16. The standard error is below 0.012.
    assert.ok(Math.abs(sum / dataSets) < most, `${mean}, ${sd}, ${nNormal}: bias ${sum / dataSets}`)
    assert.ok(Math.sqrt(squares / dataSets) < 0.27, `${Math.sqrt(squares / dataSets)}`)
  }
})

test('a window that would end among tied normals holds them all, and so the target', async () => {
  const of = (n: number, scoreOf: (i: number) => number) => Array.from({ length: n }, (_, i) => scoreOf(i))
  const normal = Float64Array.from([...of(30, (i) => 5 + i / 100), ...of(300, () => 3), ...of(670, (i) => i / 1000)])
  const anomalous = Float64Array.from([...of(50, () => 6), ...of(30, () => 4), ...of(20, () => 2)])
  // From an FPR of 0.03 to one of 0.33 the empirical curve is flat.
  const { slope, window, nAnomalous } = await theory.rocSlope({ normal, anomalous }, { fpr: 0.18 })
  assert.deepEqual([slope, window, nAnomalous], [0, [0.03, 0.33], 0])
  const { window: about } = await theory.rocSlope({ normal, anomalous }, { fpr: 0.1 })
  assert.ok(about[0] <= 0.03 && about[1] === 0.33, `${about}`)
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 4, maxLength: 80 }),
      fc.array(fc.integer({ min: 0, max: 14 }), { minLength: 1, maxLength: 30 }),
      fc.double({ min: 0.01, max: 0.9, noNaN: true }),
      async (tied, found, fpr) => {
        try {
          const scores = { normal: Float64Array.from(tied), anomalous: Float64Array.from(found) }
          const { window: own } = await theory.rocSlope(scores, { fpr })
          const tolerated = toleratedAlarms(fpr, tied.length) / tied.length
          assert.ok(own[0] <= tolerated && own[1] >= tolerated, `${own} about ${fpr}`)
        } catch (error) {
          assert.equal((error as { code?: string }).code, 'OUT_OF_RANGE')
        }
      },
    ),
  )
})

test('a pilot gives the rates that planning takes', async () => {
  const rates = await theory.pilotRates(scorePair(400, 200), { fpr: 0.1 })
  const flags = (scores: Float64Array, tau: number) => Array.from(scores, (x) => Number(x > tau))
  const { baseline, candidate } = scorePair(400, 200)
  const taus = [baseline, candidate].map(({ normal }) => normal.toSorted()[359] ?? Number.NaN)
  const [a, b] = [flags(baseline.anomalous, taus[0] ?? 0), flags(candidate.anomalous, taus[1] ?? 0)]
  const share = (values: number[]) => values.reduce((sum, x) => sum + x, 0) / values.length
  const [p, q, both] = [share(a), share(b), share(a.map((x, i) => x * (b[i] ?? 0)))]
  assert.deepEqual([rates.tprBaseline, rates.tprCandidate], [p, q])
  assert.ok(Math.abs(rates.anomalousCorrelation - (both - p * q) / Math.sqrt(p * (1 - p) * q * (1 - q))) < 1e-12)
  assert.ok(rates.normalCorrelation > 0.1 && rates.normalCorrelation < 0.8)
  assert.equal(rates.slopeCandidate, rates.pilot.slopes.candidate.slope)
  // The planned discordance is that of the pilot.
  const { discordance } = theory.biasVariance(rates)
  assert.ok(Math.abs(discordance - share(a.map((x, i) => Math.abs(x - (b[i] ?? 0))))) < 1e-12)
  const plan = theory.planSamples({ ...rates, precision: 0.05 })
  assert.equal(plan.expected.slopeSource, 'pilot')
  assert.equal(plan.expected.pilot?.nAnomalous, 200)
  // What is given beside a pilot goes before it.
  assert.equal(theory.planSamples({ ...rates, slopeBaseline: 3, precision: 0.05 }).expected.slopeSource, 'given')
  const text = planText(plan)
  assert.match(text, /slopes of the ROC curves [\d.]+ and [\d.]+, estimated from the pilot/)
  assert.match(
    text,
    /Pilot: 400 normals and 200 anomalies\. Slopes are read off .* 95 % intervals are [\d.]+ to [\d.]+ and/,
  )
})

test('scores that cannot be used are named', async () => {
  const some = count(20)
  const bad = Float64Array.of(1, 2, Number.NaN)
  const pair = { normal: some, anomalous: some }
  const short = { normal: some, anomalous: count(3) }
  const cases: [() => Promise<unknown>, string, RegExp][] = [
    [() => theory.rocSlope({ normal: bad, anomalous: some }), 'NOT_A_NUMBER', /normal\[2\] is NaN/],
    [() => theory.rocSlope({ normal: some, anomalous: new Float64Array(0) }), 'EMPTY_SAMPLE', /anomalous is empty/],
    [() => theory.rocSlope({ normal: count(1), anomalous: some }), 'OUT_OF_RANGE', /cannot be estimated from 1 normal/],
    [() => theory.rocSlope({ normal: some.map(() => 3), anomalous: some }), 'OUT_OF_RANGE', /tie or are too few/],
    [() => theory.rocSlope(pair, { fpr: 0 }), 'OUT_OF_RANGE', /fpr must lie/],
    [() => theory.pilotRates({ baseline: pair, candidate: short }), 'LENGTH_MISMATCH', /baseline.anomalous has 20/],
    [
      () => theory.certifiedBias({ baseline: pair, candidate: { normal: bad, anomalous: some } }),
      'NOT_A_NUMBER',
      /candidate\.normal\[2\]/,
    ],
  ]
  for (const [call, code, message] of cases) await assert.rejects(call, { code, message })
})
