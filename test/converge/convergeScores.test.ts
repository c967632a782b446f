import assert from 'node:assert/strict'
import { test } from 'node:test'
import { convergeScores } from '../../src/converge/convergeScores.js'
import { normal } from '../../src/random/normal.js'
import { relativeBias } from '../../src/stats/bias/relativeBias.js'
import { toleratedAlarms } from '../../src/stats/ranks/thresholdRule.js'
import { gaussianBias } from '../../src/theory/gaussian.js'

/** Independent Gaussian scores of two detectors that shift anomalies by 1 and by 2. */
function gaussianPool(n: number) {
  const draw = (stream: number, mean: number) => normal(n, { seed: 4, stream, mean })
  return {
    baseline: { normal: draw(0, 0), anomalous: draw(1, 1) },
    candidate: { normal: draw(2, 0), anomalous: draw(3, 2) },
  }
}

const pool = gaussianPool(200_000)
/** Where no law is looked at. */
const few = gaussianPool(5000)
const small = { sizes: [100, 400], alphas: [0.1], runs: 50 }

test('runs converge to ξ of the scores, at the rate 1/√n, and FPR follows its Beta law', async () => {
  const study = await convergeScores(pool, { sizes: [200, 1000, 5000], alphas: [0.1, 0.3], runs: 800, seed: 2 })
  assert.equal(study.truth.xi, (await relativeBias(pool, { resamples: 100 })).xi)
  const law = (mean: number) => ({ normal: { mean: 0, sd: 1 }, anomalous: { mean, sd: 1 } })
  const { xi } = gaussianBias({ baseline: law(1), candidate: law(2) }, 0.05)
  assert.ok(Math.abs(study.truth.xi - xi) < 0.01, `${study.truth.xi}, in theory ${xi}`)
  assert.deepEqual(
    study.cells.map(({ n, alpha, nAnomalous }) => [n, alpha, nAnomalous]),
    [
      ...[200, 1000, 5000].map((n) => [n, 0.1, Math.round(n / 9)]),
      ...[200, 1000, 5000].map((n) => [n, 0.3, Math.round((3 * n) / 7)]),
    ],
  )
  for (const { n, xi, error, expected, bounds, fprBaseline, fprCandidate } of study.cells) {
    const standardError = xi.sd / Math.sqrt(800)
    // The threshold of few samples flags more than its share; ξ̂ has a bias of the order 1/n with it.
    assert.ok(Math.abs(xi.mean - study.truth.xi) < 4 * standardError + 2 / n, `n = ${n}: mean ${xi.mean}`)
    assert.ok(Math.abs(Math.log(xi.sd / expected.xiSd)) < 0.12, `n = ${n}: ${xi.sd}, expected ${expected.xiSd}`)
    assert.ok(error.rms < error.quantile)
    const m = toleratedAlarms(0.05, n)
    const [a, b] = [m + 1, n - m]
    const fprSd = Math.sqrt((a * b) / (n + 2)) / (n + 1)
    for (const fpr of [fprBaseline, fprCandidate]) {
      assert.ok(Math.abs(fpr.mean - a / (n + 1)) < (4 * fprSd) / Math.sqrt(800), `n = ${n}: mean FPR ${fpr.mean}`)
      assert.ok(Math.abs(Math.log(fpr.sd / fprSd)) < 0.12, `n = ${n}: sd FPR ${fpr.sd}, by law ${fprSd}`)
    }
    assert.deepEqual(expected.trueFpr, { mean: a / (n + 1), sd: fprSd })
    assert.deepEqual(
      bounds.map(({ version, exceeded }) => [version, exceeded]),
      [
        ['published', 0],
        ['sharp', 0],
      ],
    )
  }
  for (const { alpha, xi, fprCandidate } of study.rates) {
    assert.ok(Math.abs((xi?.slope ?? 0) + 0.5) < 0.05, `α = ${alpha}: ${xi?.slope}`)
    assert.ok(Math.abs((fprCandidate?.slope ?? 0) + 0.5) < 0.05, `α = ${alpha}: FPR ${fprCandidate?.slope}`)
  }
  assert.equal(
    study.nScored,
    study.cells.reduce((sum, { n, nAnomalous }) => sum + 800 * (n + nAnomalous), 0),
  )
})

test('a fixed test set is the same for all runs, and thresholds alone vary', async () => {
  const options = { ...small, test: 'fixed', nTest: 20_000, runs: 400, sizes: [100, 1600] } as const
  const { cells, truth, nTest } = await convergeScores(pool, options)
  assert.equal(nTest, 20_000)
  for (const { nAnomalous, xi, expected } of cells) {
    assert.equal(nAnomalous, 2000)
    // 2,000 anomalies that all runs share: sd of their ξ̂ about 0.014.
    assert.ok(Math.abs(xi.mean - truth.xi) < 0.06, `${xi.mean}, ξ ${truth.xi}`)
    assert.ok(Math.abs(Math.log(xi.sd / expected.xiSd)) < 0.2, `${xi.sd}, expected ${expected.xiSd}`)
  }
  const fresh = await convergeScores(pool, { ...options, test: 'fresh' })
  assert.ok((fresh.cells[0]?.xi.sd ?? 0) > 1.5 * (cells[0]?.xi.sd ?? 0))
  assert.equal(fresh.nTest, undefined)
})

test('exchanging the detectors changes the sign of ξ̂ and nothing else', async () => {
  const forth = await convergeScores(few, small)
  const back = await convergeScores({ baseline: few.candidate, candidate: few.baseline }, small)
  for (const [i, { xi, fprCandidate }] of forth.cells.entries()) {
    assert.equal(back.cells[i]?.xi.mean, -xi.mean)
    assert.deepEqual(back.cells[i]?.fprBaseline, fprCandidate)
  }
})

test('equal seeds give equal results, others do not', async () => {
  const untimed = async (seed: number) => ({ ...(await convergeScores(few, { ...small, seed })), samplingSeconds: 0 })
  assert.deepEqual(await untimed(5), await untimed(5))
  assert.notDeepEqual((await untimed(5)).cells, (await untimed(6)).cells)
})

test('thresholds as the paper has them', async () => {
  const read = async (threshold: 'inverse-cdf' | 'supremum' | 'linear') =>
    (await convergeScores(pool, { ...small, sizes: [100], runs: 2000, thresholdRule: threshold })).cells[0]
  // At 0.05 of 100, the supremum is one place above the left inverse.
  const supremum = await read('supremum')
  assert.deepEqual(supremum?.expected.trueFpr?.mean, 5 / 101)
  assert.ok(Math.abs((supremum?.fprCandidate.mean ?? 0) - 5 / 101) < 0.002)
  const linear = await read('linear')
  assert.equal(linear?.expected.trueFpr, undefined)
  const [low, high] = [supremum, await read('inverse-cdf')].map((cell) => cell?.fprCandidate.mean ?? 0)
  assert.ok((linear?.fprCandidate.mean ?? 0) > (low ?? 1) && (linear?.fprCandidate.mean ?? 1) < (high ?? 0))
})

test('says when there are too few normals for the target', async () => {
  const { warnings } = await convergeScores(pool, { ...small, sizes: [10, 100] })
  assert.deepEqual(warnings, [
    'runs of 10 normal samples are too few for fpr = 0.05. Among so few, no false alarm is allowed, so the threshold is the largest score. Use larger runs',
  ])
})

test('refuses what makes no study', async () => {
  const cases: [object, string, RegExp][] = [
    [{ sizes: [] }, 'EMPTY_SAMPLE', /^sizes is empty\. Give at least one value/],
    [{ sizes: [100, 1] }, 'OUT_OF_RANGE', /^sizes\[1\] must be an integer/],
    [{ alphas: [0.1, 0.1] }, 'OUT_OF_RANGE', /^alphas has 0\.1 twice/],
    [{ alphas: [1] }, 'OUT_OF_RANGE', /^alphas\[0\] must lie strictly between 0 and 1/],
    [{ runs: 1 }, 'OUT_OF_RANGE', /^runs must be an integer/],
    [{ fpr: 0 }, 'OUT_OF_RANGE', /^fpr/],
    [{ delta: 1 }, 'OUT_OF_RANGE', /^delta/],
    [{ test: 'other' }, 'UNKNOWN_NAME', /fresh, fixed/],
    [{ thresholdRule: 'certified' }, 'UNKNOWN_NAME', /inverse-cdf, supremum, linear/],
    [{ test: 'fixed', nTest: 200_000 }, 'EMPTY_SAMPLE', /takes 200,000 of 200,000 normal scores\./],
  ]
  for (const [options, code, message] of cases) {
    await assert.rejects(convergeScores(pool, { ...small, ...options }), { code, message })
  }
  const uneven = { ...pool, candidate: { ...pool.candidate, normal: pool.candidate.normal.subarray(1) } }
  await assert.rejects(convergeScores(uneven, small), {
    code: 'LENGTH_MISMATCH',
    message: /^baseline\.normal has 200,000/,
  })
  await assert.rejects(convergeScores(pool, { ...small, signal: AbortSignal.abort() }), { code: 'ABORTED' })
})

test('draws the runs that it always drew', async () => {
  const grid = (n: number, step: number, shift: number) =>
    Float64Array.from({ length: n }, (_, i) => ((i * step) % n) / n + shift)
  const scores = {
    baseline: { normal: grid(1009, 31, 0), anomalous: grid(503, 17, 0.2) },
    candidate: { normal: grid(1009, 57, 0), anomalous: grid(503, 91, 0.5) },
  }
  const means = async (kind: 'fresh' | 'fixed') => {
    const study = await convergeScores(scores, {
      ...{ sizes: [100, 300], alphas: [0.1], runs: 40 },
      test: kind,
      nTest: 200,
      seed: 5,
    })
    return study.cells.map(({ xi, fprBaseline, fprCandidate }) => [xi.mean, fprBaseline.mean, fprCandidate.mean])
  }
  assert.deepEqual(await means('fresh'), [
    [0.22045454545454532, 0.05542000267974125, 0.06176338608110306],
    [0.296969696969697, 0.05450761786513088, 0.05279634722326561],
  ])
  assert.deepEqual(await means('fixed'), [
    [0.25000000000000006, 0.03849999999999999, 0.031500000000000014],
    [0.25000000000000006, 0.03275, 0.026375000000000016],
  ])
})

test('the smallest target has bounds, which say nothing', async () => {
  const { cells } = await convergeScores(few, { sizes: [100], alphas: [0.1], runs: 2, fpr: 5e-324 })
  const epsilons = cells[0]?.bounds.map(({ version, epsilon }) => [version, epsilon > 1e300])
  assert.deepEqual(epsilons, [
    ['published', true],
    ['sharp', true],
  ])
})
