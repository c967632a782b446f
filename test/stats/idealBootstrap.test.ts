import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { idealBias } from '../../src/stats/bias/idealBias.js'
import { type IdealTpr, idealTpr } from '../../src/stats/bias/idealTpr.js'
import { relativeBias } from '../../src/stats/bias/relativeBias.js'
import type { ScorePair } from '../../src/stats/bias/types.js'
import { bootstrap } from '../../src/stats/bootstrap/bootstrap.js'
import type { ThresholdRule } from '../../src/stats/ranks/thresholdRule.js'
import { detached, normals } from './samples.js'

const addon = createRequire(import.meta.url)('../../build/Release/scoring_bias.node')

interface OracleTpr {
  normal: number[]
  anomalous: number[]
  law: number[]
  mean: number
  standardError: number
  interval: [number, number]
}

interface OracleRow {
  threshold: ThresholdRule
  fpr: number
  baseline: OracleTpr
  candidate: OracleTpr
  mean: number
  standardError: number
  interval: [number, number]
  pValue: number
}

const oracle: OracleRow[] = JSON.parse(readFileSync(new URL('../oracle/ideal_scipy.json', import.meta.url), 'utf8'))

function close(actual: number, expected: number, tolerance: number, what: string): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${what}: got ${actual}, expected ${expected}`)
}

const pair = ({ normal, anomalous }: OracleTpr): ScorePair => ({
  normal: Float64Array.from(normal),
  anomalous: Float64Array.from(anomalous),
})

test('laws, moments, intervals and p-values are those of scipy', async () => {
  assert.equal(oracle.length, 8)
  for (const { threshold, fpr, baseline, candidate, ...expected } of oracle) {
    const what = `${threshold} at ${fpr}`
    const result = await idealBias(
      { baseline: pair(baseline), candidate: pair(candidate) },
      { design: 'independent', thresholdRule: threshold, fpr, level: 0.9 },
    )
    const detectors: [IdealTpr, OracleTpr][] = [
      [result.baseline, baseline],
      [result.candidate, candidate],
    ]
    for (const [ideal, reference] of detectors) {
      assert.equal(ideal.law.length, reference.law.length)
      for (const [j, p] of reference.law.entries()) close(ideal.law[j] ?? Number.NaN, p, 1e-12, `${what}, law[${j}]`)
      close(ideal.mean, reference.mean, 1e-12, `${what}, mean`)
      close(ideal.standardError, reference.standardError, 1e-12, `${what}, standard error`)
      assert.deepEqual(ideal.interval, reference.interval, what)
    }
    close(result.mean, expected.mean, 1e-12, `${what}, mean of ξ`)
    close(result.standardError, expected.standardError, 1e-12, `${what}, standard error of ξ`)
    const quantiles = new Float64Array(2)
    const signs = new Float64Array(2)
    const { law } = result.candidate
    await addon.idealDifference(
      result.baseline.law,
      law,
      Float64Array.of(0.05, 0.95),
      { quantiles, signs },
      new Int32Array(2),
    )
    for (const side of [0, 1] as const) close(quantiles[side] ?? 9, expected.interval[side], 1e-12, `${what}, quantile`)
    close(Math.min(1, 2 * Math.min(...signs)), expected.pValue, 1e-12, `${what}, p-value`)
    const given = {
      thresholdRule: threshold,
      fpr,
      level: 0.9,
      design: 'independent',
      intervalMethod: 'confidence',
    } as const
    const confident = await relativeBias({ baseline: pair(baseline), candidate: pair(candidate) }, given)
    const few = result.warnings.some((warning) => /too few to set a threshold|ideal bootstrap needs/.test(warning))
    const [low, high] = few ? confident.interval : expected.interval
    close(result.interval[0], low, 1e-12, `${what}, lower bound`)
    close(result.interval[1], high, 1e-12, `${what}, upper bound`)
    close(result.pValue, few ? confident.pValue : expected.pValue, 1e-12, `${what}, p-value`)
    assert.equal(result.direction, confident.direction)
  }
})

const scores = {
  baseline: { normal: normals(400, 1), anomalous: normals(120, 2, 1) },
  candidate: { normal: normals(300, 3), anomalous: normals(90, 4, 1.4) },
}

test('replicates of relativeBias come ever closer to it', async () => {
  for (const threshold of ['inverse-cdf', 'supremum', 'linear'] as const) {
    const ideal = await idealBias(scores, { design: 'independent', fpr: 0.1, thresholdRule: threshold })
    const resamples = 20_000
    const options = {
      fpr: 0.1,
      thresholdRule: threshold,
      resamples,
      design: 'independent',
      intervalMethod: 'percentile',
    } as const
    const drawn = await relativeBias(scores, { ...options, replicates: true })
    assert.equal(ideal.xi, drawn.xi)
    assert.equal(ideal.direction, drawn.direction)
    for (const name of ['baseline', 'candidate'] as const) {
      const { threshold, observedTpr, observedFpr } = ideal[name]
      assert.deepEqual({ threshold, observedTpr, observedFpr }, drawn[name])
    }
    const xi = drawn.replicates?.xi ?? assert.fail('replicates were asked for')
    const mean = xi.reduce((sum, x) => sum + x, 0) / resamples
    close(mean, ideal.mean, (5 * ideal.standardError) / Math.sqrt(resamples), `${threshold}, mean`)
    const sd = Math.sqrt(xi.reduce((sum, x) => sum + (x - mean) ** 2, 0) / resamples)
    close(sd / ideal.standardError, 1, 5 / Math.sqrt(2 * resamples), `${threshold}, standard error`)
    // Five standard errors of a quantile at 2.5 % of a normal law, in units of its standard deviation.
    const quantileError = (5 * Math.sqrt(0.025 * 0.975)) / 0.058 / Math.sqrt(resamples)
    for (const side of [0, 1] as const) {
      close(ideal.interval[side], drawn.interval[side], quantileError * ideal.standardError, `${threshold}, bound`)
    }
    close(ideal.pValue, drawn.pValue, (10 * Math.sqrt(ideal.pValue / 2)) / Math.sqrt(resamples) + 1e-3, 'p-value')
  }
})

test('idealTpr agrees with replicates of one detector, and answers to level', async () => {
  const { normal, anomalous } = scores.baseline
  const ideal = await idealTpr(scores.baseline, { fpr: 0.1, level: 0.8 })
  const { tpr } = await bootstrap([{ normal, anomalous: [anomalous] }], { fprs: [0.1], resamples: 20_000 })
  const replicates = tpr ?? assert.fail('TPRs were asked for')
  const inside = replicates.filter((x) => x >= ideal.interval[0] && x <= ideal.interval[1]).length / replicates.length
  const [low, high] = ideal.interval.map((x) => Math.round(x * anomalous.length)) as [number, number]
  const mass = ideal.law.slice(low, high + 1).reduce((sum, p) => sum + p, 0)
  assert.ok(mass >= 0.8 && mass < 0.9)
  close(inside, mass, (5 * 0.4) / Math.sqrt(20_000), 'probability of the interval')
  const { fpr: target, level, nNormal, nAnomalous, tooFew } = ideal
  assert.deepEqual(
    { target, level, nNormal, nAnomalous, tooFew },
    { target: 0.1, level: 0.8, nNormal: 400, nAnomalous: 120, tooFew: false },
  )
})

test('three normals and one anomaly: the whole law by hand', async () => {
  // The largest of three draws is 3, 2 or 1 with probabilities 19, 7 and 1 of 27; only the latter two flag 2.5.
  const ideal = await idealTpr({ normal: Float64Array.of(1, 2, 3), anomalous: Float64Array.of(2.5) })
  close(ideal.law[1] ?? Number.NaN, 8 / 27, 1e-15, 'law[1]')
  close(ideal.mean, 8 / 27, 1e-15, 'mean')
  close(ideal.standardError, Math.sqrt((8 * 19) / 27 ** 2), 1e-15, 'standard error')
  assert.deepEqual(ideal.interval, [0, 1])
  assert.deepEqual([ideal.observedTpr, ideal.threshold, ideal.observedFpr, ideal.tooFew], [0, 3, 0, true])
})

test('ξ changes sign with the exchange of the detectors', async () => {
  const there = await idealBias(scores, { design: 'independent' })
  const back = await idealBias({ baseline: scores.candidate, candidate: scores.baseline }, { design: 'independent' })
  assert.equal(back.xi, -there.xi)
  assert.equal(back.mean, -there.mean)
  assert.equal(back.pValue, there.pValue)
  assert.equal(back.standardError, there.standardError)
  assert.deepEqual(back.baseline.law, there.candidate.law)
})

test('float32 scores, infinite ones and any number of threads give the same law', async () => {
  const rounded = (values: Float64Array) => Float64Array.from(values, Math.fround)
  const given = { normal: rounded(scores.baseline.normal), anomalous: rounded(scores.baseline.anomalous) }
  given.normal[3] = Number.NEGATIVE_INFINITY
  given.anomalous[5] = Number.POSITIVE_INFINITY
  const expected = await idealTpr(given, { threads: 1 })
  const floats = { normal: Float32Array.from(given.normal), anomalous: Float32Array.from(given.anomalous) }
  assert.deepEqual(await idealTpr(floats, { threads: 3 }), expected)
  assert.deepEqual(await idealTpr({ ...given, normal: floats.normal }), expected)
})

test('scores are copied: neither sorted in place nor read late', async () => {
  const given = { normal: scores.baseline.normal.slice(), anomalous: scores.baseline.anomalous.slice() }
  const expected = await idealTpr(given)
  assert.deepEqual(given, scores.baseline)
  const pending = idealTpr(given)
  given.normal.fill(Number.NaN)
  assert.deepEqual(await pending, expected)
})

test('warnings: too few normals, reversed scores, no spread', async () => {
  const few = { ...scores, baseline: { ...scores.baseline, normal: normals(12, 1) } }
  assert.match((await idealBias(few, { design: 'independent' })).warnings.join('\n'), /12 normal samples are too few/)
  const reversed = { ...scores, candidate: { ...scores.candidate, anomalous: normals(90, 4, -4) } }
  assert.match(
    (await idealBias(reversed, { design: 'independent', fpr: 0.1 })).warnings.join('\n'),
    /'candidate' flags a smaller fraction.*That is worse than chance/,
  )
  const certain = { normal: Float64Array.of(1, 1), anomalous: Float64Array.of(2) }
  const result = await idealBias({ baseline: certain, candidate: certain }, { fpr: 0.5 })
  assert.match(result.warnings.join('\n'), /only 0 samples tell the detectors apart\. The ideal bootstrap needs 30\./)
  assert.deepEqual([result.xi, result.interval, result.direction], [0, [-1, 1], 'none'])
  assert.ok(result.pValue > 0.9)
  assert.deepEqual((await idealBias(scores, { design: 'independent' })).warnings, [])
})

/** A value that the types forbid, as plain JavaScript would pass it. */
const untyped = (value: unknown) => value as never

test('every error by its code, naming the argument', async () => {
  const some = Float64Array.of(1, 2, 3)
  const none = new Float64Array(0)
  const bad = Float32Array.of(1, Number.NaN)
  const good = { normal: some, anomalous: some }
  const calls: [() => Promise<unknown>, string, RegExp][] = [
    [() => idealTpr({ normal: none, anomalous: some }), 'EMPTY_SAMPLE', /^normal is empty/],
    [() => idealTpr({ normal: some, anomalous: none }), 'EMPTY_SAMPLE', /^anomalous is empty/],
    [
      () => idealBias({ baseline: good, candidate: { ...good, normal: none } }),
      'EMPTY_SAMPLE',
      /candidate\.normal is empty/,
    ],
    [() => idealTpr({ normal: bad, anomalous: some }), 'NOT_A_NUMBER', /^normal\[1\] is NaN/],
    [() => idealTpr({ normal: some, anomalous: bad }), 'NOT_A_NUMBER', /^anomalous\[1\] is NaN/],
    [
      () => idealBias({ baseline: { ...good, anomalous: bad }, candidate: good }, { design: 'independent' }),
      'NOT_A_NUMBER',
      /baseline\.anomalous\[1\]/,
    ],
    [() => idealTpr(good, { fpr: 1 }), 'OUT_OF_RANGE', /fpr must lie strictly between 0 and 1, got 1/],
    [() => idealBias({ baseline: good, candidate: good }, { level: 0 }), 'OUT_OF_RANGE', /level .* got 0/],
    [() => idealTpr(good, { threads: -1 }), 'OUT_OF_RANGE', /threads/],
    [() => idealTpr(good, untyped({ thresholdRule: 'median' })), 'UNKNOWN_NAME', /unknown threshold rule 'median'/],
    [() => idealTpr(untyped(undefined)), 'WRONG_TYPE', /scores must be an object/],
    [() => idealTpr(untyped({ normal: [1, 2], anomalous: some })), 'WRONG_TYPE', /normal must be a Float32Array/],
    [() => idealBias(untyped({ baseline: good })), 'WRONG_TYPE', /candidate must be an object/],
    [() => idealBias(untyped(undefined)), 'WRONG_TYPE', /scores must be an object/],
    [() => idealTpr({ normal: detached(), anomalous: some }), 'DETACHED', /normal has lost its buffer/],
    [() => idealTpr(good, { signal: AbortSignal.abort('early') }), 'ABORTED', /aborted by the caller/],
    [
      () => idealBias({ baseline: good, candidate: good }, { signal: AbortSignal.abort('early') }),
      'ABORTED',
      /aborted/,
    ],
  ]
  for (const [call, code, message] of calls) await assert.rejects(call, { code, message })
})

test('ABORTED while the law is computed', async () => {
  // The kernels' tests hold that the work itself stops.
  const many = Float32Array.from({ length: 3_000_000 }, (_, i) => i)
  const controller = new AbortController()
  const pending = idealTpr({ normal: many, anomalous: many }, { thresholdRule: 'linear', signal: controller.signal })
  // Queued by now: what follows is noticed by the work itself.
  controller.abort('enough')
  await assert.rejects(pending, { code: 'ABORTED', cause: 'enough' })
})

test('a call that goes past TypeScript throws or rejects and does not crash', async () => {
  const out = (n: number) => new Float64Array(n)
  const some = () => Float64Array.of(1, 2, 3)
  const outputs = { law: out(4), quantiles: out(1), readings: out(5) }
  const tpr = (changes: object, fpr = 0.1) =>
    addon.idealTpr(
      some(),
      some(),
      { rule: 'inverse-cdf', delta: 0.05 },
      fpr,
      Float64Array.of(0.5),
      { ...outputs, ...changes },
      new Int32Array(2),
    )
  assert.equal(await tpr({}), undefined)
  assert.throws(() => addon.idealTpr(), TypeError)
  assert.throws(() => addon.idealDifference(), TypeError)
  assert.throws(() => tpr({ readings: out(4) }), TypeError)
  assert.throws(() => tpr({ quantiles: out(2) }), TypeError)
  assert.throws(() => tpr({ law: new Float32Array(4) }), TypeError)
  await assert.rejects(tpr({ law: out(3) }), { code: 'LENGTH_MISMATCH' })
  await assert.rejects(tpr({}, Number.NaN), { code: 'OUT_OF_RANGE', array: 2 })
  const difference = (law: Float64Array, signs = 2) =>
    addon.idealDifference(law, law, out(1), { quantiles: out(1), signs: out(signs) }, new Int32Array(2))
  assert.equal(await difference(Float64Array.of(0.5, 0.5)), undefined)
  assert.equal(await difference(Float64Array.of(Number.NaN, 2)), undefined)
  assert.throws(() => difference(out(2), 1), TypeError)
  await assert.rejects(difference(out(1)), { code: 'EMPTY_SAMPLE' })
  await assert.rejects(difference(out(3)), { code: 'EMPTY_SAMPLE' })
})
