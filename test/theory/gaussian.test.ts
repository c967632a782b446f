import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import * as theory from '../../src/rooms/theory.js'
import { normalCdf, normalQuantile } from '../../src/special.js'

const law = fc.record({
  mean: fc.double({ min: -3, max: 3, noNaN: true }),
  sd: fc.double({ min: 0.3, max: 3, noNaN: true }),
})
const detector = fc.record({ normal: law, anomalous: law })
const fprs = fc.double({ min: 0.001, max: 0.999, noNaN: true })

const close = (a: number, b: number, tolerance = 1e-12) => assert.ok(Math.abs(a - b) < tolerance, `${a} for ${b}`)

test('Corollary 2 is Proposition 1 with Gaussian laws', () => {
  const laws = ({ normal, anomalous }: theory.GaussianDetector): theory.ScoreLaws => ({
    normalQuantile: (p) => normal.mean + normal.sd * normalQuantile(p),
    anomalousCdf: (s) => normalCdf((s - anomalous.mean) / anomalous.sd),
  })
  fc.assert(
    fc.property(detector, detector, fprs, (baseline, candidate, fpr) => {
      const { xi } = theory.gaussianBias({ baseline, candidate }, fpr)
      close(xi, theory.biasOfLaws({ baseline: laws(baseline), candidate: laws(candidate) }, fpr))
      close(theory.gaussianBias({ baseline: candidate, candidate: baseline }, fpr).xi, -xi)
    }),
  )
})

test('another unit of a detector’s scores changes its threshold alone', () => {
  fc.assert(
    fc.property(detector, fprs, fc.double({ min: 0.1, max: 10, noNaN: true }), (given, fpr, unit) => {
      const change = ({ mean, sd }: theory.GaussianLaw) => ({ mean: unit * mean + 5, sd: unit * sd })
      const changed = { normal: change(given.normal), anomalous: change(given.anomalous) }
      const { baseline, candidate } = theory.gaussianBias({ baseline: given, candidate: changed }, fpr)
      close(candidate.tpr, baseline.tpr)
      // Dozens of standard deviations out, a density multiplies the rounding of its argument by that argument squared, and
      // then has no digits left at all.
      close(candidate.slope, baseline.slope, 1e-10 * baseline.slope + 1e-300)
      close((candidate.threshold - 5) / unit, baseline.threshold)
    }),
  )
})

test('the slope is the derivative of recall by FPR', () => {
  const one = { normal: { mean: 0, sd: 1 }, anomalous: { mean: 1.3, sd: 0.7 } }
  const at = (fpr: number) => theory.gaussianBias({ baseline: one, candidate: one }, fpr).baseline
  for (const fpr of [0.01, 0.05, 0.3, 0.8]) {
    const h = 1e-6
    assert.ok(Math.abs((at(fpr + h).tpr - at(fpr - h).tpr) / (2 * h) - at(fpr).slope) < 1e-6)
  }
})

test('means of any size leave recall and slope their digits', () => {
  const readingOf = (mean: number, sd: number, shift: number) => {
    const detector = { normal: { mean, sd }, anomalous: { mean: mean + shift, sd } }
    return theory.gaussianBias({ baseline: detector, candidate: detector }, 0.05).baseline
  }
  const { tpr, slope } = readingOf(0, 1, 2)
  close(tpr, 0.6387600313123353)
  for (const mean of [1.7e12, 1e15, -1e15, 1e16]) {
    assert.deepEqual([readingOf(mean, 1, 2).tpr, readingOf(mean, 1, 2).slope], [tpr, slope], `${mean}`)
  }
  const one = readingOf(0, 1, 1)
  for (const sd of [1e-300, 1e307, 1e308]) {
    const large = readingOf(0, sd, sd)
    close(large.tpr, one.tpr)
    close(large.slope / one.slope, 1)
  }
  const far = { normal: { mean: 1.7e308, sd: 1e308 }, anomalous: { mean: -1.7e308, sd: 1e308 } }
  const apart = { normal: { mean: 1.7, sd: 1 }, anomalous: { mean: -1.7, sd: 1 } }
  const { baseline, candidate } = theory.gaussianBias({ baseline: far, candidate: apart }, 0.05)
  close(baseline.tpr / candidate.tpr, 1)
  close(baseline.slope / candidate.slope, 1)
})

test('what is no law is refused by name', () => {
  const normal = { mean: 0, sd: 1 }
  const good = { normal, anomalous: normal }
  const cases: [() => unknown, RegExp][] = [
    [() => theory.gaussianBias({ baseline: good, candidate: good }, 0), /fpr must lie strictly between 0 and 1, got 0/],
    [
      () => theory.gaussianBias({ baseline: good, candidate: { normal, anomalous: { mean: 0, sd: 0 } } }, 0.1),
      /candidate\.anomalous\.sd must be above 0, got 0/,
    ],
    [
      () =>
        theory.gaussianBias(
          { baseline: { normal: { mean: Number.NaN, sd: 1 }, anomalous: normal }, candidate: good },
          0.1,
        ),
      /baseline\.normal\.mean must be finite/,
    ],
  ]
  for (const [call, message] of cases) assert.throws(call, { code: 'OUT_OF_RANGE', message })
  const laws = (normalQuantile: () => number, anomalousCdf: () => number) => {
    const own = { normalQuantile, anomalousCdf }
    return () => theory.biasOfLaws({ baseline: own, candidate: own }, 0.1)
  }
  for (const wrong of [2, -0.1, Number.NaN]) {
    const message = /^what baseline\.anomalousCdf returns must/
    assert.throws(
      laws(
        () => 0,
        () => wrong,
      ),
      { message },
    )
  }
  assert.throws(
    laws(
      () => Number.NaN,
      () => 0.5,
    ),
    { message: /^what baseline\.normalQuantile returns must be a number, got/ },
  )
})
