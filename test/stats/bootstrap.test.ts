import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bootstrap } from '../../src/stats/bootstrap/bootstrap.js'
import { meanSd } from '../../src/stats/meanSd.js'
import { rates } from '../../src/stats/ranks/rates.js'
import { threshold } from '../../src/stats/ranks/threshold.js'
import { normals, scorePair } from './samples.js'

const { baseline, candidate } = scorePair(400, 120)
const detectors = [baseline, candidate].map(({ normal, anomalous }) => ({
  normal,
  anomalous: [anomalous, anomalous.slice(0, 50)],
}))

test('bootstrap returns thresholds [B, F, D] and TPRs [B, F, K, D], each on request', async () => {
  const options = { fprs: [0.05, 0.1], resamples: 20 }
  const both = await bootstrap(detectors, options)
  assert.deepEqual([both.nDetectors, both.nClasses, both.nFprs, both.resamples], [2, 2, 2, 20])
  assert.equal(both.thresholds?.length, 20 * 2 * 2)
  assert.equal(both.tpr?.length, 20 * 2 * 2 * 2)
  const one = await bootstrap(detectors, { ...options, outputs: { thresholds: false } })
  assert.equal(one.thresholds, undefined)
  assert.deepEqual(one.tpr, both.tpr)
  const other = await bootstrap(detectors, { ...options, outputs: { tpr: false } })
  assert.equal(other.tpr, undefined)
  assert.deepEqual(other.thresholds, both.thresholds)
})

test('the observed readings are those of threshold and rates', async () => {
  const fprs = [0.05, 0.1]
  const { observed } = await bootstrap(detectors, { fprs, resamples: 1, thresholdRule: 'linear' })
  for (const [f, fpr] of fprs.entries()) {
    for (const [d, { normal, anomalous }] of detectors.entries()) {
      const { threshold: tau } = await threshold(normal, { fpr, thresholdRule: 'linear' })
      assert.equal(observed.thresholds[f * 2 + d], tau)
      for (const [k, scores] of anomalous.entries()) {
        const expected = await rates({ normal, anomalous: scores }, tau)
        assert.equal(observed.observedFpr[f * 2 + d], expected.observedFpr[0])
        assert.equal(observed.observedTpr[(f * 2 + k) * 2 + d], expected.observedTpr[0])
      }
    }
  }
})

test('replicates centre on the observed TPR with the spread of a binomial and of the threshold', async () => {
  const { observed, tpr } = await bootstrap([detectors[0] ?? assert.fail()], { resamples: 4000, seed: 3 })
  const values = Array.from({ length: 4000 }, (_, b) => tpr?.[b * 2] ?? Number.NaN)
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length
  const sd = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length)
  const p = observed.observedTpr[0] ?? Number.NaN
  const binomial = Math.sqrt((p * (1 - p)) / 120)
  assert.ok(Math.abs(mean - p) < 0.03, `mean ${mean} of ${p}`)
  assert.ok(sd > binomial && sd < 2 * binomial, `sd ${sd}, binomial ${binomial}`)
})

test('samples that a detector excludes change its TPR and nobody else’s', async () => {
  const excluded = new Uint8Array(120)
  excluded.fill(1, 60)
  const [first, second] = detectors
  assert.ok(first !== undefined && second !== undefined)
  const options = { resamples: 50, seed: 1, engine: 'direct' as const }
  const plain = await bootstrap(detectors, options)
  const masked = await bootstrap([{ ...first, excluded: [excluded, undefined] }, second], options)
  const half = await rates({ normal: first.normal, anomalous: (first.anomalous[0] ?? first.normal).slice(0, 60) }, [
    plain.observed.thresholds[0] ?? Number.NaN,
  ])
  assert.equal(masked.observed.observedTpr[0], half.observedTpr[0])
  assert.notEqual(masked.observed.observedTpr[0], plain.observed.observedTpr[0])
  for (let i = 1; i < 4; i++) assert.equal(masked.observed.observedTpr[i], plain.observed.observedTpr[i])
  const others = (values: Float64Array | undefined) => values?.filter((_, i) => i % 4 !== 0)
  assert.deepEqual(others(masked.tpr), others(plain.tpr))
  assert.notDeepEqual(masked.tpr, plain.tpr)
})

test('detectors on samples of their own may differ in number of samples', async () => {
  const pair = [
    { normal: normals(100, 1), anomalous: [normals(30, 2, 1)] },
    { normal: normals(250, 3), anomalous: [normals(70, 4, 1)] },
  ]
  const { tpr } = await bootstrap(pair, { design: 'independent', resamples: 10 })
  tpr?.forEach((value, i) => {
    const flagged = value * (i % 2 === 0 ? 30 : 70)
    assert.ok(Math.abs(flagged - Math.round(flagged)) < 1e-9)
  })
  await assert.rejects(bootstrap(pair, { resamples: 10 }), { code: 'LENGTH_MISMATCH' })
})

test('progress grows and ends at the total', async () => {
  const seen: number[] = []
  await bootstrap(detectors, {
    resamples: 30_000,
    onProgress: ({ done, total }) => {
      assert.equal(total, 30_000)
      seen.push(done)
    },
  })
  assert.equal(seen.at(-1), 30_000)
  assert.deepEqual(
    seen,
    seen.toSorted((a, b) => a - b),
  )
})

test('an exception from onProgress stops the work and comes back', async () => {
  const failure = new Error('the bar broke')
  const onProgress = () => {
    throw failure
  }
  await assert.rejects(
    bootstrap(detectors, { resamples: 1_000_000, outputs: { thresholds: false }, onProgress }),
    failure,
  )
})

test('the engines have one law: means and spreads agree, and what is read off the samples is the same', async () => {
  const pair = detectors.slice(0, 2)
  const resamples = 20_000
  const [tree, direct] = await Promise.all(
    (['tree', 'direct'] as const).map((engine) =>
      bootstrap(pair, { engine, resamples, fprs: [0.05, 0.2], contrast: [-1, 1] }),
    ),
  )
  assert.deepEqual([tree?.engine, direct?.engine], ['tree', 'direct'])
  assert.deepEqual(tree?.observed, direct?.observed)
  tree?.acceleration?.forEach((a, i) => {
    assert.ok(Math.abs(a - (direct?.acceleration?.[i] ?? Number.NaN)) < 1e-10)
  })
  const width = (tree?.tpr?.length ?? 0) / resamples
  for (let column = 0; column < width; column++) {
    const [one, other] = [tree, direct].map((result) => meanSd(everyNth(result?.tpr, width, column)))
    assert.ok(one !== undefined && other !== undefined)
    assert.ok(Math.abs(one.mean - other.mean) < (5 * Math.hypot(one.sd, other.sd)) / Math.sqrt(resamples))
    assert.ok(Math.abs(one.sd / other.sd - 1) < 0.04)
  }
})

test('auto takes the tree for large samples, and draws indices where the tree cannot', async () => {
  const engineOf = async (n: number, options: object = {}, nDetectors = 2) => {
    const scores = { normal: normals(n, 1), anomalous: [normals(n, 2)] }
    const { engine } = await bootstrap(new Array(nDetectors).fill(scores), { resamples: 1, ...options })
    return engine
  }
  assert.equal(await engineOf(10), 'direct')
  assert.equal(await engineOf(5000), 'tree')
  assert.equal(await engineOf(5000, {}, 3), 'direct')
  assert.equal(await engineOf(5000, { design: 'independent' }, 3), 'tree')
  assert.equal(await engineOf(5000, { engine: 'direct' }), 'direct')
  assert.equal(await engineOf(10, { engine: 'tree' }), 'tree')
})

test('standard errors of the contrast, of the samples and of every replicate', async () => {
  const pair = detectors.slice(0, 2)
  const options = { engine: 'tree', contrast: [-1, 1], resamples: 4000, outputs: { standardErrors: true } } as const
  const { standardError, standardErrors, tpr = new Float64Array(0), nClasses } = await bootstrap(pair, options)
  assert.equal(standardError?.length, nClasses)
  assert.equal(standardErrors?.length, 4000 * nClasses)
  const columns = [0, 1].map((d) => everyNth(tpr, 2 * nClasses, d))
  const { sd } = meanSd(columns[0]?.map((x, b) => (columns[1]?.[b] ?? Number.NaN) - x) ?? [])
  const ratio = (standardError?.[0] ?? Number.NaN) / sd
  assert.ok(ratio > 0.8 && ratio < 1.25, `${ratio}`)
})

test('the acceleration does not depend on the unit of the contrast, and standard errors are in it', async () => {
  const pair = detectors.slice(0, 2)
  const of = (contrast: [number, number]) =>
    bootstrap(pair, { engine: 'tree', contrast, resamples: 20, outputs: { standardErrors: true } })
  const plain = await of([-1, 0.5])
  for (const unit of [1e200, 1e-200]) {
    const scaled = await of([-unit, unit / 2])
    for (const [k, one] of (plain.acceleration ?? []).entries()) {
      assert.ok(Math.abs((scaled.acceleration?.[k] ?? Number.NaN) / one - 1) < 1e-9, `${scaled.acceleration}`)
    }
    for (const [b, one] of (plain.standardErrors ?? []).entries()) {
      const own = (scaled.standardErrors?.[b] ?? Number.NaN) / unit
      assert.ok(Math.abs(own - one) <= 1e-9 * one, `${own} for ${one}`)
    }
  }
  const none = { normal: Float64Array.of(1, 2, 3, 4), anomalous: [Float64Array.of(1, 2, 3, 4)] }
  const { acceleration } = await bootstrap([none, none], { fprs: [0.25], contrast: [1, 1e200], resamples: 10 })
  assert.ok(Number.isFinite(acceleration?.[0]))
})

function everyNth(values: Float64Array | undefined, n: number, first: number): Float64Array {
  return (values ?? new Float64Array(0)).filter((_, i) => i % n === first)
}
