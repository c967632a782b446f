import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { sourceUrl } from '../sources.js'

// Every call that is accepted ends: a hanging one would hang this file, so calls run in a thread that is ended after
// them, and what has not answered is named.
const patienceMs = 600_000

const addonPath = createRequire(import.meta.url).resolve('../../build/Release/scoring_bias.node')

/** What `code`, the body of an async function of `(addon, theory, index, random)`, returns in a thread of its own. */
function answerOf(code: string): Promise<unknown> {
  const at = (module: string) => JSON.stringify(sourceUrl(module))
  const source = `
    const { parentPort } = require('node:worker_threads')
    const run = async () => {
      const addon = require(${JSON.stringify(addonPath)})
      const theory = await import(${at('rooms/theory')})
      const random = await import(${at('rooms/random')})
      const index = await import(${at('index')})
      ${code}
    }
    run().then((value) => parentPort.postMessage({ value }), (error) => parentPort.postMessage({ error: String(error) }))`
  return new Promise((resolve, reject) => {
    const worker = new Worker(source, { eval: true })
    const timer = setTimeout(
      () => end(() => reject(new Error(`no answer after ${patienceMs / 1000} s: ${code}`))),
      patienceMs,
    )
    const end = (then: () => void) => {
      clearTimeout(timer)
      worker.terminate().then(then, reject)
    }
    worker.once('error', reject)
    worker.once('message', ({ value, error }) =>
      end(() => (error === undefined ? resolve(value) : reject(new Error(error)))),
    )
  })
}

test('certified numbers of samples for the least targets', async () => {
  const [usual, tiny, tinier, none, certain, half] = (await answerOf(`return [
    index.fewestCertified(0.05, 0.05), index.fewestCertified(1e-16, 0.05), index.fewestCertified(1e-17, 0.05),
    index.fewestCertified(5e-324, 0.05), index.fewestCertified(1e-30, 1 - 2 ** -53), index.fewestCertified(0.5, 0.25),
  ]`)) as number[]
  assert.equal(usual, 59)
  // ln(20)/fpr
  assert.ok(Math.abs((tiny ?? 0) / 2.995732273553991e16 - 1) < 1e-15, `${tiny}`)
  assert.ok(Math.abs((tinier ?? 0) / 2.995732273553991e17 - 1) < 1e-15, `${tinier}`)
  assert.equal(none, Number.POSITIVE_INFINITY)
  // 2⁻⁵³/1e-30
  assert.ok(Math.abs((certain ?? 0) / (2 ** -53 / 1e-30) - 1) < 1e-12, `${certain}`)
  assert.equal(half, 2)
})

test('beta and Student laws of extreme parameters', async () => {
  const [bad, quantile] = (await answerOf(`
    const sizes = [5e-324, 1e-300, 1e-10, 1e-5, 0.01, 0.3, 1, 3, 50, 499, 600, 1e4, 2 ** 31, 2 ** 53, 1e20, 1e300, Infinity, NaN]
    const rates = [0, 5e-324, 1e-300, 1e-17, 0.01, 0.5, 0.99, 1 - 2 ** -53, 1, NaN]
    const bad = []
    const answered = (a) => a >= 1e-10 && a <= 2 ** 53
    for (const name of ['betaCdf', 'betaSurvival', 'betaQuantile', 'betaQuantileUpper'])
      for (const a of sizes)
        for (const b of sizes)
          for (const p of rates) {
            const value = addon[name](p, a, b)
            const asked = answered(a) && answered(b) && p >= 0
            if (asked ? !(value >= 0 && value <= 1) : !Number.isNaN(value)) bad.push([name, p, a, b, value])
          }
    for (const df of sizes)
      for (const p of rates) {
        const value = addon.studentTQuantile(p, df)
        if (Number.isNaN(value) !== !(df >= 1e-9 && p >= 0)) bad.push(['studentTQuantile', p, df, value])
      }
    return [bad, addon.betaQuantile(0.5, 1, 2 ** 53)]`)) as [unknown[], number]
  assert.deepEqual(bad, [])
  // 1 − 0.5 to the power of 2⁻⁵³
  assert.ok(Math.abs(quantile / (Math.LN2 / 2 ** 53) - 1) < 1e-12, `${quantile}`)
})

test('theory, ranks and random numbers of extreme arguments answer, or refuse with a code', async () => {
  const failures = await answerOf(`
    const rates = [5e-324, 1e-17, 1e-9, 0.01, 0.5, 1 - 1e-9, 1 - 2 ** -53]
    const counts = [1, 2, 1000, 2 ** 31]
    const failures = []
    const attempt = (name, call) => {
      try { call() } catch (error) {
        if (!['OUT_OF_RANGE', 'WRONG_TYPE'].includes(error.code)) failures.push(name + ': ' + error)
      }
    }
    for (const p of rates) for (const q of rates) {
      attempt('fewestCertified', () => index.fewestCertified(p, q))
      for (const n of [...counts, 2 ** 51, 2 ** 53 - 1]) {
        attempt('toleratedAlarms', () => index.toleratedAlarms(p, n))
        attempt('binomialInterval', () => index.binomialInterval(Math.floor(n * q), n, p))
      }
      for (const slopes of [[0, 0], [1, 3], [1e300, 1e300]]) for (const version of theory.theoremVersions) {
        const known = { version, alpha: p, ...(version === 'published' ? { ratios: slopes } : { slopes }),
          ...(version === 'sharp' || version === 'exact' ? { fpr: q } : {}), ...(version === 'exact' ? { tprs: [p, q] } : {}) }
        attempt(version, () => theory.sampleComplexity({ ...known, epsilon: 0.1, delta: q }))
        attempt(version, () => theory.sampleComplexity({ ...known, n: 2 ** 31, delta: q }))
        attempt(version, () => theory.sampleComplexity({ ...known, n: 100, epsilon: p }))
      }
      const guess = { fpr: p, tprBaseline: q, anomalousCorrelation: 1, normalCorrelation: -1 }
      for (const n of counts) {
        attempt('power', () => theory.power({ ...guess, xi: -q / 2, power: 0.9, nNormal: n }))
        attempt('power', () => theory.power({ ...guess, nNormal: n, nAnomalous: n, power: 0.9 }))
        attempt('precision', () => theory.precision({ ...guess, tprCandidate: 0.5, nNormal: n, halfWidth: p }))
        attempt('binomial', () => random.binomial(3, { n: n - 1, p, seed: 1 }))
        attempt('hypergeometric', () => random.hypergeometric(3, { nGood: Math.floor(n / 4), nBad: Math.floor(n / 3), nDraws: Math.floor(n / 5), seed: 1 }))
      }
      attempt('multinomial', () => random.multinomial(2, { n: 1000, weights: [p, q, 0, 5e-324] }))
    }
    for (const a of [1, 1.5, 1e6, 2 ** 53]) for (const b of [1, 2 ** 53]) attempt('beta', () => random.beta(3, { a, b }))
    return failures`)
  assert.deepEqual(failures, [])
})

test('plans of extreme rates answer, or refuse with a code', async () => {
  const failures = await answerOf(`
    const failures = []
    const cases = [
      { fpr: 1e-17, xi: 0.3 }, { fpr: 1 - 1e-9, xi: 0.3, tprBaseline: 0.2 }, { xi: 1, tprBaseline: 0 }, { xi: -1, tprBaseline: 1 },
      { xi: 0.3, slopeBaseline: 0, slopeCandidate: 0 }, { xi: 0.3, slopeBaseline: 1e300, slopeCandidate: 1e-300 },
      { xi: 0.3, nNormal: 1, nAnomalous: 1 }, { xi: 0.3, nNormal: 19, nAnomalous: 2 ** 31 }, { xi: 0.3, classes: 1000 },
      { precision: 0.1, tprBaseline: 1, tprCandidate: 1 }, { precision: 0.1, anomalousCorrelation: 1, normalCorrelation: 1 },
      { precision: 1e-6 }, { xi: 0.2, level: 1 - 1e-12, power: 1 - 1e-12 }, { xi: 0.2, level: 1e-9, power: 1 - 1e-9 },
      { xi: 0.2, anomalyCost: 5e-324 }, { xi: 0.2, anomalyCost: 1e300 },
    ]
    for (const options of cases) {
      try {
        const { samples } = theory.planSamples(options)
        if (!(samples.halfWidth >= 0 && samples.halfWidth <= 1)) failures.push(JSON.stringify([options, samples]))
        if (samples.power !== undefined && !(samples.power >= 0 && samples.power <= 1)) failures.push(JSON.stringify([options, samples]))
      } catch (error) {
        if (error.code !== 'OUT_OF_RANGE') failures.push(JSON.stringify(options) + ': ' + error.stack)
      }
    }
    return failures`)
  assert.deepEqual(failures, [])
})
