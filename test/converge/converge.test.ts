import assert from 'node:assert/strict'
import { test } from 'node:test'
import { converge } from '../../src/converge/converge.js'
import type { Convergence, ConvergeOptions } from '../../src/converge/types.js'

/** Detectors hardly trained, which is no matter to how their scores converge. */
const quick = {
  dataset: 'synthetic',
  settings: { epochs: 3, pretrainEpochs: 2 },
  sizes: [100, 1000, 4000],
  alphas: [0.1],
  runs: 400,
}

/** What depends on options alone. */
function timeless({ samplingSeconds: _, training, workers: __, ...rest }: Convergence): object {
  return { ...rest, training: { ...training, seconds: 0 } }
}

test('on synthetic data ξ̂ converges as 1/√n, FPR is centred on its target, and the bounds hold', async () => {
  const phases = new Set<string>()
  const study = await converge({ ...quick, workers: 2, onProgress: ({ phase }) => phases.add(phase) })
  assert.deepEqual([...phases], ['training Deep SVDD and Deep SAD', 'drawing samples'])
  assert.deepEqual(study.detectors, { baseline: 'deep-svdd', candidate: 'deep-sad' })
  const { nNormal, nAnomalous } = study.training
  assert.deepEqual([nNormal, nAnomalous], [10_000, 1000])
  // Labelled anomalies of the very law that is tested on cannot but help.
  assert.ok(study.truth.xi > 0.1 && study.truth.standardError < 0.002)
  const [rate] = study.rates
  for (const slope of [rate?.xi?.slope, rate?.fprCandidate?.slope, rate?.fprBaseline?.slope]) {
    assert.ok(Math.abs((slope ?? 0) + 0.5) < 0.05, `slope ${slope}`)
  }
  for (const { n, xi, expected, fprBaseline, fprCandidate, bounds } of study.cells) {
    assert.ok(Math.abs(xi.mean - study.truth.xi) < (4 * xi.sd) / Math.sqrt(400) + 2 / n, `n = ${n}: ${xi.mean}`)
    assert.ok(Math.abs(Math.log(xi.sd / expected.xiSd)) < 0.15, `n = ${n}: ${xi.sd}, expected ${expected.xiSd}`)
    const law = expected.trueFpr ?? assert.fail('the left inverse has a law')
    for (const { mean, sd } of [fprBaseline, fprCandidate]) {
      assert.ok(Math.abs(mean - law.mean) < (4.5 * law.sd) / Math.sqrt(400), `n = ${n}: FPR ${mean}`)
      assert.ok(Math.abs(Math.log(sd / law.sd)) < 0.15, `n = ${n}: sd of FPR ${sd}, by law ${law.sd}`)
    }
    if (n === 4000) assert.ok(Math.abs(fprCandidate.mean - 0.05) < 0.002)
    for (const { version, exceeded } of bounds) assert.ok(exceeded <= study.delta, `${version} at n = ${n}`)
  }
})

test('results do not depend on the number of workers', async () => {
  const options = { ...quick, sizes: [50, 300], runs: 100, settings: { epochs: 1, pretrainEpochs: 1 } }
  const one = await converge({ ...options, workers: 1 })
  assert.deepEqual(timeless(await converge({ ...options, workers: 3 })), timeless(one))
  assert.notDeepEqual((await converge({ ...options, seed: 1 })).cells, one.cells)
})

test('the published test set is fixed, and other detectors are compared the same way', async () => {
  const study = await converge({
    ...quick,
    ...{ baseline: 'ae', candidate: 'abc', test: 'fixed', nTest: 20_000, sizes: [100, 1600], runs: 200 },
  } as ConvergeOptions)
  assert.match(study.warnings[0] ?? '', /^a sigmoid decoder .* decides what AE and ABC detect/)
  for (const { nAnomalous, xi, expected, fprCandidate } of study.cells) {
    assert.equal(nAnomalous, 2000)
    assert.ok(Math.abs(Math.log(xi.sd / expected.xiSd)) < 0.35, `${xi.sd}, expected ${expected.xiSd}`)
    // 20,000 normals have an FPR within 0.006 of the law's.
    assert.ok(Math.abs(fprCandidate.mean - (expected.trueFpr?.mean ?? 0)) < 0.008)
  }
})

test('StatLog draws runs from what training did not see', async () => {
  const study = await converge({
    dataset: 'statlog',
    settings: { epochs: 3, pretrainEpochs: 2 },
    alphas: [0.1],
    runs: 300,
  })
  assert.deepEqual(study.sizes, [100, 200, 500, 1000])
  // Grey soils 1,358 + 626 + 1,508 and red soil with cotton crop 1,533 + 703, less what was trained on.
  assert.deepEqual([study.truth.nNormal, study.truth.nAnomalous], [3492 - 1200, 2236 - 120])
  assert.equal(study.truth.standardError, 0)
  assert.match(study.attribution, /CC BY 4\.0/)
  const fpr = study.cells.at(-1)?.fprCandidate
  assert.ok(Math.abs((fpr?.mean ?? 0) - 51 / 1001) < 0.003)
})

test('refuses what it cannot study before it trains', async () => {
  const cases: [object, string, RegExp][] = [
    [{ dataset: 'synthetics' }, 'UNKNOWN_NAME', /did you mean 'synthetic'\?/],
    [{ candidate: 'deep-svdd' }, 'OUT_OF_RANGE', /different detectors, both are 'deep-svdd'/],
    [{ baseline: 'svm' }, 'UNKNOWN_NAME', /unknown detector 'svm'/],
    [{ settings: { epochs: 0 } }, 'OUT_OF_RANGE', /^epochs/],
    [{ workers: 0 }, 'OUT_OF_RANGE', /^workers/],
    [{ dataSeed: -1 }, 'OUT_OF_RANGE', /^dataSeed/],
    [{ sizes: [0] }, 'OUT_OF_RANGE', /^sizes\[0\]/],
    [
      { sizes: [10_000_000], runs: 500 },
      'OUT_OF_RANGE',
      /^500 runs of 10,000,000 samples take 5,000,000,000 samples of one kind/,
    ],
  ]
  for (const [options, code, message] of cases) {
    const onProgress = () => assert.fail('nothing must have begun')
    await assert.rejects(converge({ ...quick, ...options, onProgress }), { code, message })
  }
})

test('stops when its signal fires, while it trains and while it draws', async () => {
  for (const at of ['training Deep SVDD and Deep SAD', 'drawing samples']) {
    const controller = new AbortController()
    const study = converge({
      ...quick,
      signal: controller.signal,
      onProgress: ({ phase, done }) => phase === at && done > 0 && controller.abort('enough'),
    })
    await assert.rejects(study, { code: 'ABORTED', cause: 'enough' }, at)
  }
})
