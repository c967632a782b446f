import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import * as theory from '../../src/rooms/theory.js'
import { binomialInterval } from '../../src/stats/binomialInterval.js'
import { sharp } from '../../src/theory/bounds.js'
import { fprDeviation, quantileBracket } from '../../src/theory/orderStatistics.js'

type Row = readonly [name: string, given: readonly number[], expected: readonly number[]]

const rows: Row[] = JSON.parse(readFileSync(new URL('../oracle/theory.json', import.meta.url), 'utf8'))

const functions: Readonly<Record<string, (...given: number[]) => readonly number[]>> = {
  binomialInterval: (k = 0, n = 0, level = 0) => binomialInterval(k, n, level),
  gaussianBias(fpr = 0, ...laws) {
    const law = (i: number) => ({ mean: laws[i] ?? 0, sd: laws[i + 4] ?? 0 })
    const detectors = {
      baseline: { normal: law(0), anomalous: law(1) },
      candidate: { normal: law(2), anomalous: law(3) },
    }
    const { xi, baseline, candidate } = theory.gaussianBias(detectors, fpr)
    const both = (key: 'threshold' | 'tpr' | 'slope') => [baseline[key], candidate[key]]
    return [xi, ...both('threshold'), ...both('tpr'), ...both('slope')]
  },
  published: (alpha = 0, r = 0, r1 = 0, epsilon = 0, delta = 0) => [
    theory.sampleComplexity({ version: 'published', alpha, ratios: [r, r1], epsilon, delta }).n,
  ],
  correctedEven: (alpha = 0, l = 0, l1 = 0, epsilon = 0, delta = 0) => [
    theory.sampleComplexity({ version: 'corrected', alpha, slopes: [l, l1], split: 'even', epsilon, delta }).n,
  ],
  // The oracle's n is not rounded up.
  correctedOptimal: (alpha = 0, l = 0, l1 = 0, epsilon = 0, delta = 0) => [
    theory.sampleComplexity({ version: 'corrected', alpha, slopes: [l, l1], epsilon, delta }).n,
  ],
  fprDeviation: (fpr = 0, n = 0, delta = 0) => [fprDeviation(fpr, n, delta)],
  sharp: (fpr = 0, l = 0, l1 = 0, nNormal = 0, nAnomalous = 0, delta = 0) => [
    sharp(() => ({ nNormal, nAnomalous }), { fpr, slopes: [l, l1] }).epsilon(nNormal + nAnomalous, delta),
  ],
  quantileBracket(fpr = 0, n = 0, delta = 0) {
    const { fewest, most } = quantileBracket(fpr, n, delta)
    return [fewest, most]
  },
  power(...given) {
    const [fpr = 0, tprBaseline = 0, tprCandidate = 0, slopeBaseline = 0, slopeCandidate = 0] = given
    const [anomalousCorrelation = 0, normalCorrelation = 0, nNormal = 0, nAnomalous = 0, level = 0] = given.slice(5)
    const guess = { fpr, tprBaseline, slopeBaseline, slopeCandidate, anomalousCorrelation, normalCorrelation }
    const sizes = { nNormal, nAnomalous, level }
    return [
      theory.precision({ ...guess, tprCandidate, ...sizes }).halfWidth,
      theory.power({ ...guess, xi: tprCandidate - tprBaseline, ...sizes }).power,
    ]
  },
}

/** How exact R's value is: relative errors, or what its search leaves. */
const tolerances: Readonly<Record<string, number>> = { fprDeviation: 1e-9, sharp: 1e-7, power: 1e-11 }

for (const name of Object.keys(functions)) {
  test(`${name} agrees with R`, () => {
    const own = rows.filter((row) => row[0] === name)
    assert.ok(own.length >= 2)
    for (const [, given, expected] of own) {
      const actual = functions[name]?.(...given) ?? []
      const rounded = name === 'correctedOptimal' ? expected.map((n) => Math.ceil(n * (1 - 1e-9))) : expected
      assert.equal(actual.length, rounded.length)
      actual.forEach((value, i) => {
        const wanted = rounded[i] ?? Number.NaN
        const error = value === wanted ? 0 : Math.abs(value - wanted) / Math.max(Math.abs(wanted), 1e-300)
        // A difference of recalls has the absolute error of its terms.
        const scale = name === 'gaussianBias' && i === 0 ? Math.abs(wanted) : 1
        assert.ok(error * scale <= (tolerances[name] ?? 1e-12), `${name}(${given}): ${value} for ${wanted}`)
      })
    }
  })
}

test('no row is left over', () => {
  assert.deepEqual(
    [...new Set(rows.map(([name]) => name))].filter((name) => !(name in functions)),
    [],
  )
})
