import assert from 'node:assert/strict'
import fc from 'fast-check'
import * as theory from '../../../src/rooms/theory.js'
import { scorePairs, targets } from '../../props/arbitraries.js'
import type { RoomCalls } from '../calls.js'

const unit = fc.double({ min: 0.001, max: 0.999, noNaN: true })
const slope = fc.double({ min: 0, max: 50, noNaN: true })
const correlation = fc.double({ min: -1, max: 1, noNaN: true })
const rates = {
  fpr: targets,
  tprBaseline: unit,
  tprCandidate: unit,
  slopeBaseline: slope,
  slopeCandidate: slope,
  anomalousCorrelation: correlation,
  normalCorrelation: correlation,
}
const needed = ['fpr', 'tprBaseline', 'tprCandidate'] as const
const size = fc.integer({ min: 2, max: 10 ** 6 })
const law = fc.record({
  mean: fc.double({ min: -9, max: 9, noNaN: true }),
  sd: fc.double({ min: 0.01, max: 9, noNaN: true }),
})
const detector = fc.record({ normal: law, anomalous: law })
const job = fc.record({ fpr: targets, threads: fc.integer({ min: 0, max: 4 }) }, { requiredKeys: [] })

/** Calls of every function of the room of theory. */
export const theoryCalls: RoomCalls<typeof theory> = {
  theoremVersions: 'a constant',
  planSamples: 'the same function is called as one of the core',
  biasOfLaws: {
    names: ['detectors', 'fpr'],
    args: fc.tuple(
      fc.tuple(unit, unit).map(([a, b]) => {
        const normalQuantile = (p: number) => p
        const anomalousCdf = (power: number) => (s: number) => s ** (1 / power)
        return {
          baseline: { normalQuantile, anomalousCdf: anomalousCdf(a) },
          candidate: { normalQuantile, anomalousCdf: anomalousCdf(b) },
        }
      }),
      targets,
    ),
    holds: (xi, { baseline, candidate }, fpr) => {
      assert.ok(-1 <= xi && xi <= 1)
      assert.equal(theory.biasOfLaws({ baseline: candidate, candidate: baseline }, fpr) + xi, 0)
    },
  },
  biasVariance: {
    names: ['expected', 'biasVariance'],
    args: fc.tuple(fc.record(rates, { requiredKeys: [...needed] })),
    holds: ({ perAnomaly, perNormal, discordance }) => {
      assert.ok(perAnomaly >= 0 && perNormal >= 0 && discordance >= -1e-12 && discordance <= 1 + 1e-12)
    },
  },
  gaussianBias: {
    names: ['detectors', 'fpr'],
    args: fc.tuple(fc.record({ baseline: detector, candidate: detector }), targets),
    holds: ({ xi, baseline: { tpr, slope } }, { baseline, candidate }, fpr) => {
      assert.ok(0 <= tpr && tpr <= 1 && slope >= 0)
      assert.equal(theory.gaussianBias({ baseline: candidate, candidate: baseline }, fpr).xi + xi, 0)
      const mapped = (own: theory.GaussianLaw) => ({ mean: 4 * own.mean + 2, sd: 4 * own.sd })
      const both = { normal: mapped(baseline.normal), anomalous: mapped(baseline.anomalous) }
      const there = theory.gaussianBias({ baseline: both, candidate }, fpr).xi
      assert.ok(Math.abs(there - xi) < 1e-9, `${there} ${xi}`)
    },
  },
  certifiedBias: {
    names: ['detectors', 'options'],
    args: fc.tuple(scorePairs, fc.record({ fpr: targets, delta: unit }, { requiredKeys: [] })),
    holds: async ({ xi: [low, high], xiAsSet, delta, fpr }, pair) => {
      assert.ok(-1 <= low && low <= high && high <= 1 && xiAsSet[0] <= xiAsSet[1])
      const surer = await theory.certifiedBias(pair, { fpr, delta: delta / 2 })
      assert.ok(surer.xi[0] <= low && high <= surer.xi[1], 'a smaller delta is no wider')
    },
  },
  pilotRates: {
    names: ['detectors', 'options'],
    args: fc.tuple(scorePairs, job),
    // Ties leave no window to read a slope off.
    refusals: ['OUT_OF_RANGE'],
    holds: ({ tprBaseline, tprCandidate, anomalousCorrelation }) => {
      for (const rate of [tprBaseline, tprCandidate]) assert.ok(0 <= rate && rate <= 1)
      assert.ok(Math.abs(anomalousCorrelation) <= 1)
    },
  },
  rocSlope: {
    names: ['scores', 'options'],
    args: fc.tuple(
      scorePairs.map(({ baseline }) => baseline),
      job,
    ),
    refusals: ['OUT_OF_RANGE'],
    holds: async ({ slope: own, interval: [low, high] }, scores, options) => {
      assert.ok(low <= own && own <= high && low >= 0, `${own} in ${low} to ${high}`)
      const map = (x: number) => Math.exp(x) - 3
      const mapped = { normal: scores.normal.map(map), anomalous: scores.anomalous.map(map) }
      assert.equal((await theory.rocSlope(mapped, options)).slope, own)
    },
  },
  power: {
    names: ['options', 'power'],
    args: fc.tuple(
      fc
        .tuple(fc.record({ fpr: targets, nNormal: size, nAnomalous: size, level: unit }), unit, unit)
        .filter(([, t, t1]) => t !== t1)
        .map(([own, tprBaseline, tprCandidate]) => ({ ...own, tprBaseline, xi: tprCandidate - tprBaseline })),
    ),
    holds: (answer, options) => {
      assert.ok(0 <= answer.power && answer.power <= 1)
      const more = theory.power({ ...options, nNormal: 2 * Number(options.nNormal) })
      assert.ok(more.power >= answer.power - 1e-12, 'more normals have less power')
    },
  },
  precision: {
    names: ['options', 'precision'],
    args: fc.tuple(
      fc.record(
        { ...rates, nNormal: size, nAnomalous: size, level: unit },
        { requiredKeys: [...needed, 'nNormal', 'nAnomalous'] },
      ),
    ),
    holds: ({ halfWidth }, options) => {
      assert.ok(halfWidth >= 0)
      const more = theory.precision({ ...options, nAnomalous: 2 * Number(options.nAnomalous) })
      assert.ok(more.halfWidth <= halfWidth + 1e-12, 'more anomalies are less precise')
    },
  },
  sampleComplexity: {
    names: ['options', 'sampleComplexity'],
    args: fc.tuple(
      fc
        .record({
          alpha: fc.double({ min: 0.01, max: 0.9, noNaN: true }),
          epsilon: fc.double({ min: 0.02, max: 0.9, noNaN: true }),
          delta: fc.double({ min: 0.001, max: 0.5, noNaN: true }),
          fpr: targets,
          slopes: fc.tuple(slope, slope),
          tprs: fc.tuple(unit, unit),
          version: fc.constantFrom(...theory.theoremVersions),
        })
        .map(({ version, fpr, slopes, tprs, ...own }): theory.SampleComplexityOptions => {
          if (version === 'published') return { version, ratios: slopes, ...own }
          if (version === 'corrected') return { version, slopes, ...own }
          return version === 'sharp' ? { version, fpr, slopes, ...own } : { version, fpr, slopes, tprs, ...own }
        }),
    ),
    refusals: ['OUT_OF_RANGE'],
    cost: 30,
    holds: ({ n, nNormal, nAnomalous }) => {
      assert.ok(Number.isInteger(n) && n >= 2 && nNormal >= 1 && nAnomalous >= 1 && nNormal + nAnomalous <= n + 1)
    },
  },
}
