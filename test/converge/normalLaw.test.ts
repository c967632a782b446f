import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { convergeScores } from '../../src/converge/convergeScores.js'
import { normalLaw } from '../../src/converge/normalLaw.js'
import { convergeThresholdRules } from '../../src/converge/types.js'
import { normal } from '../../src/random/normal.js'
import { relativeBias } from '../../src/stats/bias/relativeBias.js'
import { threshold } from '../../src/stats/ranks/threshold.js'

/** Gaussian scores of N normals and 1,000 anomalies by two detectors. */
function gaussianPool(n: number) {
  const draw = (stream: number, count: number, mean: number) => normal(count, { seed: 4, stream, mean })
  return {
    baseline: { normal: draw(0, n, 0), anomalous: draw(1, 1000, 1) },
    candidate: { normal: draw(2, n, 0), anomalous: draw(3, 1000, 2) },
  }
}

test('runs far larger than the pool converge to the ξ of its scores, also where fpr·N is whole', async () => {
  for (const n of [100, 110]) {
    for (const thresholdRule of convergeThresholdRules) {
      const pool = gaussianPool(n)
      const runs = 200
      const asked = { sizes: [1000, 10_000], alphas: [0.001], runs, thresholdRule }
      const { truth, cells } = await convergeScores(pool, asked)
      assert.equal(truth.xi, (await relativeBias(pool, { resamples: 2, thresholdRule })).xi, `${n}, ${thresholdRule}`)
      for (const cell of cells) {
        const m = 0.05 * cell.n
        const sd = Math.sqrt(((m + 1) * (cell.n - m)) / (cell.n + 2)) / (cell.n + 1)
        for (const fpr of [cell.fprBaseline, cell.fprCandidate]) {
          // The true FPR is of the order statistic, or between two of them: mean 0.05 up to 1/n.
          assert.ok(Math.abs(fpr.mean - 0.05) < 1 / cell.n + (4 * sd) / Math.sqrt(runs), `${fpr.mean}`)
          assert.ok(Math.abs(Math.log(fpr.sd / sd)) < 4 / Math.sqrt(2 * runs), `${thresholdRule}: ${fpr.sd}, ${sd}`)
        }
      }
    }
  }
})

test('the error of ξ̂ falls as 1/√n from the pool’s size on', async () => {
  const pool = gaussianPool(100)
  for (const thresholdRule of convergeThresholdRules) {
    const { truth, cells } = await convergeScores(pool, { sizes: [30_000], alphas: [0.2], runs: 150, thresholdRule })
    const [cell] = cells
    assert.ok(cell !== undefined)
    // The two thresholds between which half of the runs would differ are 0.05 to 0.09 apart in ξ.
    assert.ok(Math.abs(cell.xi.mean - truth.xi) < 0.008, `${thresholdRule}: ${cell.xi.mean}, ξ ${truth.xi}`)
    assert.ok(cell.xi.sd / cell.expected.xiSd < 1.3, `${thresholdRule}: ${cell.xi.sd}, ${cell.expected.xiSd}`)
  }
})

test('two detectors with the same scores never differ', async () => {
  const { baseline } = gaussianPool(100)
  const { cells } = await convergeScores({ baseline, candidate: baseline }, { sizes: [100, 1000], runs: 50 })
  for (const { xi } of cells) assert.deepEqual([xi.min, xi.max], [0, 0])
})

test('the law is a distribution: its probabilities are those of its draws, whatever ties and infinities', () => {
  const score = fc.oneof(
    fc.integer({ min: -6, max: 6 }),
    fc.integer({ min: -6e6, max: 6e6 }).map((x) => x / 1e6),
    fc.constantFrom(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, -1e308, 1e308),
  )
  const scores = (minLength: number) =>
    fc.array(score, { minLength, maxLength: 12 }).map((values) => Float64Array.from(values))
  const fprs = fc.constantFrom(0.05, 0.1, 0.25, 0.5, 0.731)
  return fc.assert(
    fc.asyncProperty(scores(2), scores(1), fprs, fc.constantFrom(...convergeThresholdRules), async (...given) => {
      const [normals, anomalous, fpr, thresholdRule] = given
      const law = await normalLaw('a', { normal: normals, anomalous }, { fpr, thresholdRule })
      const steps = 40
      const places = Float64Array.from({ length: normals.length * steps }, (_, i) => (i + 0.5) / steps)
      const drawn = Array.from(law.draw(places))
      const [least, most] = [Math.min(...normals), Math.max(...normals)]
      assert.ok(drawn.every((value) => value >= least && value <= most))
      for (const tau of [...drawn.filter((_, i) => i % 17 === 0), ...normals, ...anomalous, 0.1]) {
        const share = drawn.filter((value) => value > tau).length / drawn.length
        assert.ok(Math.abs(law.above(tau) - share) <= 1.01 / drawn.length, `P(> ${tau}) ${law.above(tau)}, ${share}`)
      }
    }),
    { numRuns: 300 },
  )
})

test('the law’s quantile at the target is the threshold of its scores, by every rule', async () => {
  for (const n of [20, 21, 100, 113]) {
    const scores = { normal: gaussianPool(n).baseline.normal, anomalous: Float64Array.of(0.123) }
    for (const thresholdRule of convergeThresholdRules) {
      const { limits } = await normalLaw('a', scores, { fpr: 0.05, thresholdRule })
      const read = await threshold(scores.normal, { fpr: 0.05, thresholdRule })
      for (const limit of limits) assert.ok(Math.abs(limit - read.threshold) < 1e-7, `${n}, ${thresholdRule}: ${limit}`)
    }
  }
})

test('warns of runs larger than the pool, and of ties that keep ξ̂ from converging', async () => {
  const options = { sizes: [20, 200], alphas: [0.1], runs: 5 }
  const count = (n: number, scale: number) => Float64Array.from({ length: n }, (_, i) => i * scale)
  const fine = { normal: count(110, 1), anomalous: count(15, 8.2) }
  const larger =
    'some runs are larger than the data: 200 normal samples are drawn from 110 and 22 anomalies are drawn from 15, with ' +
    'replacement. Such runs show how ξ̂ converges to the ξ of these scores. They do not show how near that is to the ξ of new ' +
    'samples. Use smaller runs, or more scores'
  assert.deepEqual((await convergeScores({ baseline: fine, candidate: fine }, options)).warnings, [larger])
  assert.deepEqual(
    (await convergeScores({ baseline: fine, candidate: fine }, { ...options, sizes: [20] })).warnings,
    [],
  )
  // Of 20 normals 19 score 0 and one 1: a threshold of 0 flags one in twenty, one of 1 none.
  const coarse = { normal: Float64Array.of(...new Float64Array(19), 1), anomalous: Float64Array.of(1, 1, 0.5) }
  const { warnings } = await convergeScores({ baseline: fine2(), candidate: coarse }, { ...options, sizes: [20] })
  assert.deepEqual(warnings, [
    'the candidate has two thresholds that fit the target equally well, 0 and 1, because scores tie. Runs of any size may take ' +
      'either of them. Of 3 anomalous scores, 3 lie between the two. So ξ̂ does not converge. Use finer scores, or one normal ' +
      'score more or fewer',
  ])

  function fine2() {
    return { normal: count(20, 1), anomalous: count(3, 8.2) }
  }
})

test('names the NaN', async () => {
  const pool = gaussianPool(100)
  pool.candidate.anomalous[7] = Number.NaN
  const message = /^candidate\.anomalous\[7\] is NaN/
  await assert.rejects(convergeScores(pool, { runs: 5 }), { code: 'NOT_A_NUMBER', message })
})
