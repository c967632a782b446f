import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { at } from '../../src/check.js'
import { relativeBias } from '../../src/stats/bias/relativeBias.js'
import { relativeBiasCurve } from '../../src/stats/bias/relativeBiasCurve.js'
import { bootstrap } from '../../src/stats/bootstrap/bootstrap.js'
import { bootstrapInterval, intervalMethods } from '../../src/stats/bootstrap/bootstrapInterval.js'
import { plainMethods } from '../stats/intervalOptions.js'
import { scorePairs, targets } from './arbitraries.js'

const options = { resamples: 99, replicates: true } as const
// In the tree engine the detectors play different parts, so an exchange of them draws other numbers of the same law.
const direct = { ...options, engine: 'direct' } as const
const engines = fc.constantFrom('tree', 'direct')
const twoWays = fc.constantFrom('percentile', 'confidence')
const definitions = fc.constantFrom('inverse-cdf', 'supremum', 'linear')

test('ξ and its replicates change sign when the detectors change places', () =>
  fc.assert(
    fc.asyncProperty(scorePairs, targets, definitions, async ({ baseline, candidate }, fpr, threshold) => {
      for (const interval of plainMethods) {
        const there = await relativeBias(
          { baseline, candidate },
          { ...direct, fpr, thresholdRule: threshold, intervalMethod: interval },
        )
        const back = await relativeBias(
          { baseline: candidate, candidate: baseline },
          { ...direct, fpr, thresholdRule: threshold, intervalMethod: interval },
        )
        assert.equal(back.xi + there.xi, 0)
        assert.deepEqual(back.replicates?.tprBaseline, there.replicates?.tprCandidate)
        assert.deepEqual(back.replicates?.thresholdBaseline, there.replicates?.thresholdCandidate)
        assert.deepEqual(back.baseline, there.candidate)
      }
    }),
    { numRuns: 50 },
  ))

test('in the tree engine and of the confidence distribution an exchange draws other numbers of the same law', () =>
  fc.assert(
    fc.asyncProperty(scorePairs, targets, twoWays, async ({ baseline, candidate }, fpr, intervalMethod) => {
      const common = { engine: 'tree', replicates: true, resamples: 10_000, intervalMethod, fpr } as const
      const there = await relativeBias({ baseline, candidate }, common)
      const back = await relativeBias({ baseline: candidate, candidate: baseline }, { ...common, seed: 1 })
      assert.deepEqual([back.baseline, back.candidate], [there.candidate, there.baseline])
      assert.equal(back.xi + there.xi, 0)
      // Two distribution functions of 10,000 draws from one law differ by 0.07 with probability below 1e-10, whatever
      // the law (Massart's constant in the inequality of Dvoretzky, Kiefer and Wolfowitz).
      const distance = kolmogorov(there.replicates?.xi ?? [], back.replicates?.xi.map((xi) => -xi) ?? [])
      assert.ok(distance < 0.07, `${distance}`)
    }),
    { numRuns: 50 },
  ))

test('a detector against itself: ξ is 0 in every replicate, and nothing is significant', () =>
  fc.assert(
    fc.asyncProperty(scorePairs, targets, fc.constantFrom(...intervalMethods), async ({ baseline }, fpr, interval) => {
      const result = await relativeBias(
        { baseline, candidate: baseline },
        { ...options, fpr, intervalMethod: interval },
      )
      if (interval !== 'confidence') assert.ok(result.replicates?.xi.every((xi) => xi === 0))
      assert.deepEqual([result.xi, result.direction], [0, 'none'])
      assert.ok(result.interval[0] <= 0 && result.interval[1] >= 0 && result.pValue > 0.05)
    }),
    { numRuns: 50 },
  ))

test('a strictly increasing map of either detector’s scores changes nothing but its thresholds', () =>
  fc.assert(
    fc.asyncProperty(
      scorePairs,
      targets,
      fc.constantFrom('inverse-cdf', 'supremum'),
      engines,
      async (pair, fpr, threshold, engine) => {
        const map = (x: number) => Math.exp(x / 4) - 1e6
        const { normal, anomalous } = pair.candidate
        const mapped = { ...pair, candidate: { normal: normal.map(map), anomalous: anomalous.map(map) } }
        const plain = await relativeBias(pair, { ...options, fpr, thresholdRule: threshold, engine })
        const other = await relativeBias(mapped, { ...options, fpr, thresholdRule: threshold, engine })
        assert.equal(other.candidate.threshold, map(plain.candidate.threshold))
        assert.deepEqual(other.replicates?.xi, plain.replicates?.xi)
        assert.deepEqual([other.xi, other.interval, other.pValue], [plain.xi, plain.interval, plain.pValue])
      },
    ),
    { numRuns: 50 },
  ))

test('studentized intervals change sign with the replicates, whatever standard errors they claim', () =>
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: -8, max: 8 }), fc.integer({ min: 0, max: 4 })), { minLength: 1 }),
      fc.integer({ min: -8, max: 8 }),
      (rows, estimate) => {
        const replicates = Float64Array.from(rows, ([t]) => t / 8)
        const standardErrors = Float64Array.from(rows, ([, s]) => s / 16)
        const negated = replicates.map((t) => -t)
        const options = { method: 'studentized', level: 0.9, standardError: 0.1, standardErrors, floor: 0.05 } as const
        const there = bootstrapInterval(replicates, estimate / 8, options)
        const back = bootstrapInterval(negated, -estimate / 8, options)
        for (const [one, two] of [
          [there.interval[0], back.interval[1]],
          [there.interval[1], back.interval[0]],
        ] as const) {
          assert.ok(one === -two || Math.abs(one + two) < 1e-12)
        }
        assert.equal(back.pValue, there.pValue)
      },
    ),
  ))

test('a strictly increasing map of the scores changes nothing in a curve but its thresholds', () =>
  fc.assert(
    fc.asyncProperty(scorePairs, fc.uniqueArray(targets, { minLength: 1, maxLength: 4 }), async (pair, fprs) => {
      const map = (x: number) => x ** 3 + 7
      const { normal, anomalous } = pair.baseline
      const mapped = { ...pair, baseline: { normal: normal.map(map), anomalous: anomalous.map(map) } }
      const plain = await relativeBiasCurve(pair, { fprs, resamples: 99 })
      const other = await relativeBiasCurve(mapped, { fprs, resamples: 99 })
      for (const [f, { thresholdBaseline, ...rest }] of plain.points.entries()) {
        assert.deepEqual(other.points[f], { ...rest, thresholdBaseline: map(thresholdBaseline) })
      }
    }),
    { numRuns: 50 },
  ))

test('every interval is ordered, finite and inside [−1, 1], and the p-value a probability', () =>
  fc.assert(
    fc.asyncProperty(
      scorePairs,
      targets,
      definitions,
      fc.constantFrom(...intervalMethods),
      fc.constantFrom('paired', 'independent'),
      async (pair, fpr, threshold, interval, design) => {
        const { interval: bounds, pValue } = await relativeBias(pair, {
          ...options,
          fpr,
          thresholdRule: threshold,
          intervalMethod: interval,
          design,
        })
        assert.ok(-1 <= bounds[0] && bounds[0] <= bounds[1] && bounds[1] <= 1, `${bounds}`)
        assert.ok(pValue >= 0 && pValue <= 1, `${pValue}`)
      },
    ),
  ))

test('bits do not depend on the number of threads or on how replicates are cut up', () =>
  fc.assert(
    fc.asyncProperty(
      scorePairs,
      targets,
      fc.constantFrom('paired', 'independent'),
      fc.integer({ min: 2, max: 9 }),
      fc.integer({ min: 1, max: 59 }),
      engines,
      async (pair, fpr, design, threads, cut, engine) => {
        const detectors = [pair.baseline, pair.candidate].map(({ normal, anomalous }) => ({
          normal,
          anomalous: [anomalous],
        }))
        const run = (more: object) => bootstrap(detectors, { fprs: [fpr], design, seed: 7, engine, ...more })
        const whole = await run({ resamples: 60, threads: 1 })
        const other = await run({ resamples: 60, threads })
        assert.deepEqual([other.tpr, other.thresholds], [whole.tpr, whole.thresholds])
        const head = await run({ resamples: cut, threads })
        const tail = await run({ resamples: 60 - cut, firstReplicate: cut })
        assert.deepEqual([...(head.tpr ?? []), ...(tail.tpr ?? [])], Array.from(whole.tpr ?? []))
      },
    ),
  ))

test('everything that relativeBias and the curve answer is the same for any number of threads', () =>
  fc.assert(
    fc.asyncProperty(
      scorePairs,
      targets,
      fc.integer({ min: 2, max: 9 }),
      engines,
      async (pair, fpr, threads, engine) => {
        const classes = Array.from(pair.baseline.anomalous, (_, i) => i % 2)
        const one = { ...options, fpr, engine, classes, threads: 1 }
        assert.deepEqual(await relativeBias(pair, { ...one, threads }), await relativeBias(pair, one))
        const curve = { fprs: [fpr, fpr / 2], engine, resamples: 99, threads: 1 }
        assert.deepEqual(await relativeBiasCurve(pair, { ...curve, threads }), await relativeBiasCurve(pair, curve))
      },
    ),
    { numRuns: 50 },
  ))

test('the engines read the samples alike, and their replicates keep to the same values', () =>
  fc.assert(
    fc.asyncProperty(scorePairs, targets, definitions, async (pair, fpr, threshold) => {
      const [tree, plain] = await Promise.all(
        (['tree', 'direct'] as const).map((engine) =>
          relativeBias(pair, { ...options, fpr, thresholdRule: threshold, engine, intervalMethod: 'percentile' }),
        ),
      )
      assert.deepEqual([tree?.xi, tree?.baseline, tree?.candidate], [plain?.xi, plain?.baseline, plain?.candidate])
      const n = pair.baseline.anomalous.length
      for (const tpr of tree?.replicates?.tprBaseline ?? []) {
        assert.ok(tpr >= 0 && tpr <= 1 && Math.abs(tpr * n - Math.round(tpr * n)) < 1e-9)
      }
      if (threshold !== 'linear') {
        const values = new Set(pair.candidate.normal)
        for (const tau of tree?.replicates?.thresholdCandidate ?? []) assert.ok(values.has(tau))
      }
    }),
    { numRuns: 50 },
  ))

test('arrow, interval and p-value of every class and of the whole say one thing, by every method', () =>
  fc.assert(
    fc.asyncProperty(scorePairs, targets, fc.constantFrom(...intervalMethods), async (pair, fpr, intervalMethod) => {
      const classes = Array.from(pair.baseline.anomalous, (_, i) => i % 2)
      const result = await relativeBias(pair, { resamples: 99, fpr, classes, intervalMethod, level: 0.8 })
      for (const { interval, pValue, simultaneous, pAdjusted, direction } of [result, ...result.classes]) {
        assert.equal(interval[0] > 0 || interval[1] < 0, pValue <= 0.2)
        assert.equal(direction !== 'none', pAdjusted <= 0.2)
        assert.ok(pAdjusted >= pValue && pValue > 0)
        assert.ok(simultaneous[0] <= interval[0] && simultaneous[1] >= interval[1])
      }
    }),
  ))

/** The largest difference of the distribution functions of two samples; values that only rounding parts are one. */
function kolmogorov(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const rounded = (values: ArrayLike<number>) => Float64Array.from(values, (x) => Math.round(x * 1e9) / 1e9).sort()
  const [first, second] = [rounded(a), rounded(b)]
  let [i, j, distance] = [0, 0, 0]
  while (i < first.length && j < second.length) {
    const x = Math.min(at(first, i), at(second, j))
    while (first[i] === x) i++
    while (second[j] === x) j++
    distance = Math.max(distance, Math.abs(i / first.length - j / second.length))
  }
  return distance
}
