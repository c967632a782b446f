import assert from 'node:assert/strict'
import { test } from 'node:test'
import { uniform } from '../../src/random/uniform.js'
import { rates } from '../../src/stats/ranks/rates.js'
import { threshold, thresholds } from '../../src/stats/ranks/threshold.js'
import { fewestCertified, toleratedAlarms } from '../../src/stats/ranks/thresholdRule.js'
import { normals } from './samples.js'

/** ⌊fpr·n⌋ of the decimal number that `String(fpr)` shows, in integers. */
function rationalFloor(fpr: number, n: number): bigint {
  const [, digits = '', exponent = '0'] = /^0?\.?([\d.]+)(?:e(-\d+))?$/.exec(String(fpr)) ?? []
  const places = digits.includes('.')
    ? digits.length - digits.indexOf('.') - 1
    : String(fpr).includes('e')
      ? 0
      : digits.length
  return (BigInt(digits.replace('.', '')) * BigInt(n)) / 10n ** BigInt(places - Number(exponent))
}

test('the oracle reads decimals', () => {
  assert.equal(rationalFloor(0.05, 20), 1n)
  assert.equal(rationalFloor(0.12345678, 100_000_000), 12_345_678n)
  assert.equal(rationalFloor(1e-7, 30_000_000), 3n)
  assert.equal(rationalFloor(2.5e-7, 4_000_000), 1n)
})

test('tolerated false alarms are ⌊fpr·n⌋ of the decimal, at every n up to 10⁵', () => {
  const fprs = [0.05, 0.07, 0.29, 0.3, 0.001, 0.01, 0.1, 0.2, 0.57, 0.58, 0.999, 0.0125, 0.12345678, 2.5e-7]
  for (const fpr of fprs) {
    const wrong = []
    for (let n = 0; n <= 100_000; n++) {
      if (BigInt(toleratedAlarms(fpr, n)) !== rationalFloor(fpr, n)) wrong.push(n)
    }
    assert.deepEqual(wrong, [], `fpr ${fpr}`)
  }
})

test('a fraction k/n computed in double precision tolerates k of n', () => {
  for (const [k, n] of [
    [1, 3],
    [2, 7],
    [49, 98],
    [17, 1001],
  ] as const)
    assert.equal(toleratedAlarms(k / n, n), k)
})

test('threshold is the smallest score whose empirical FPR meets the target', async () => {
  const normal = Float64Array.from({ length: 20 }, (_, i) => 20 - i)
  assert.deepEqual(await threshold(normal, { fpr: 0.05 }), {
    threshold: 19,
    fpr: 0.05,
    observedFpr: 0.05,
    tolerated: 1,
    n: 20,
    tooFew: false,
  })
})

test('the three definitions differ where fpr·n is whole', async () => {
  const normal = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
  const taus = async (fpr: number) => ({
    inverse: (await threshold(normal, { fpr, thresholdRule: 'inverse-cdf' })).threshold,
    supremum: (await threshold(normal, { fpr, thresholdRule: 'supremum' })).threshold,
    linear: (await threshold(normal, { fpr, thresholdRule: 'linear' })).threshold,
  })
  const whole = await taus(0.3)
  assert.deepEqual([whole.inverse, whole.supremum], [7, 8])
  assert.ok(Math.abs(whole.linear - 7.3) < 1e-12) // numpy.quantile(x, 0.7)
  const broken = await taus(0.25)
  assert.deepEqual([broken.inverse, broken.supremum, broken.linear], [8, 8, 7.75])
})

test('many targets from one sort, in their own order', async () => {
  const normal = normals(1000, 9)
  const fprs = [0.2, 0.001, 0.0005, 0.05]
  const all = await thresholds(normal, { fprs })
  assert.deepEqual(
    all.map(({ fpr: target }) => target),
    fprs,
  )
  assert.deepEqual(
    all.map(({ tolerated }) => tolerated),
    [200, 1, 0, 50],
  )
  assert.deepEqual(
    all.map(({ observedFpr: fpr }) => fpr),
    [0.2, 0.001, 0, 0.05],
  )
  assert.deepEqual(
    all.map(({ tooFew }) => tooFew),
    [false, false, true, false],
  )
  for (const [f, fpr] of fprs.entries()) assert.deepEqual(await threshold(normal, { fpr }), all[f])
})

test('ties at the threshold are not flagged', async () => {
  const result = await threshold(Float64Array.of(1, 1, 1, 1), { fpr: 0.5 })
  assert.deepEqual([result.threshold, result.observedFpr, result.tolerated, result.tooFew], [1, 0, 2, false])
})

test('rates are the fractions strictly above each threshold', async () => {
  const scores = { normal: Float64Array.of(1, 2, 3, 4), anomalous: Float32Array.of(3, 5) }
  const taus = [2, Number.NEGATIVE_INFINITY, 3, Number.POSITIVE_INFINITY, 4.5]
  const { observedFpr: fpr, observedTpr: tpr } = await rates(scores, taus)
  assert.deepEqual(fpr, Float64Array.of(0.5, 1, 0.25, 0, 0))
  assert.deepEqual(tpr, Float64Array.of(1, 1, 0.5, 0, 0.5))
  assert.deepEqual(await rates(scores, 2), { observedFpr: Float64Array.of(0.5), observedTpr: Float64Array.of(1) })
})

test('many thresholds give what few give', async () => {
  const scores = { normal: normals(500, 5), anomalous: normals(300, 6, 1) }
  const taus = normals(100, 7)
  const many = await rates(scores, taus)
  for (const i of [0, 50, 99]) {
    const one = await rates(scores, taus[i] ?? 0)
    assert.deepEqual([many.observedFpr[i], many.observedTpr[i]], [one.observedFpr[0], one.observedTpr[0]])
  }
})

test('a certified threshold keeps the true FPR at the target with probability 1 − delta', async () => {
  // With uniform scores the true FPR of a threshold τ is 1 − τ.
  const nSamples = 4000
  for (const [n, fpr, delta] of [
    [59, 0.05, 0.05],
    [500, 0.1, 0.2],
  ] as const) {
    let exceeded = 0
    let pluginExceeded = 0
    for (let replicate = 0; replicate < nSamples; replicate++) {
      const normal = uniform(n, { seed: 8, replicate })
      const { threshold: tau } = await threshold(normal, { fpr, thresholdRule: 'certified', delta })
      const plugin = await threshold(normal, { fpr })
      if (1 - tau > fpr) exceeded++
      if (1 - plugin.threshold > fpr) pluginExceeded++
    }
    assert.ok(exceeded / nSamples < delta + 4 * Math.sqrt((delta * (1 - delta)) / nSamples))
    assert.ok(exceeded / nSamples > delta / 2, 'the threshold is not higher than it need be')
    assert.ok(pluginExceeded / nSamples > 0.35)
  }
})

test('a target that the sample cannot certify is refused, with the number that could', async () => {
  assert.equal(fewestCertified(0.05, 0.05), 59)
  assert.equal(fewestCertified(0.01, 0.05), 299)
  assert.equal(fewestCertified(0.5, 0.5), 1)
  const certified = { fpr: 0.05, thresholdRule: 'certified' } as const
  assert.equal((await threshold(normals(59, 1), certified)).observedFpr, 0)
  await assert.rejects(threshold(normals(58, 1), certified), {
    code: 'OUT_OF_RANGE',
    message: /at least 59 normal scores/,
  })
  await assert.rejects(threshold(normals(99, 1), { fpr: 0.05, delta: 0.1 }), { code: 'OUT_OF_RANGE', message: /delta/ })
})
