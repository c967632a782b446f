import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { relativeBias } from '../../src/stats/bias/relativeBias.js'
import { relativeBiasCurve } from '../../src/stats/bias/relativeBiasCurve.js'
import { bootstrap } from '../../src/stats/bootstrap/bootstrap.js'
import { bootstrapInterval, intervalMethods } from '../../src/stats/bootstrap/bootstrapInterval.js'
import { meanSd } from '../../src/stats/meanSd.js'
import { plainMethods } from '../stats/intervalOptions.js'
import { scorePairs, targets } from './arbitraries.js'

const options = { resamples: 99, replicates: true } as const
// In the tree engine the detectors play different parts, so an exchange of them draws other numbers of the same law.
const direct = { ...options, engine: 'direct' } as const
const engines = fc.constantFrom('tree', 'direct')
const definitions = fc.constantFrom('inverse-cdf', 'supremum', 'linear')

test('ξ and its intervals change sign when the detectors change places', () =>
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
        assert.ok(Math.abs(back.interval[0] + there.interval[1]) < 1e-12)
        assert.ok(Math.abs(back.interval[1] + there.interval[0]) < 1e-12)
        assert.ok(Math.abs(back.pValue - there.pValue) < 1e-9)
        assert.deepEqual(back.baseline, there.candidate)
      }
    }),
    { numRuns: 50 },
  ))

test('in the tree engine an exchange of the detectors draws other numbers of the same law', () =>
  fc.assert(
    fc.asyncProperty(scorePairs, targets, definitions, async ({ baseline, candidate }, fpr, threshold) => {
      const tree = { engine: 'tree', intervalMethod: 'percentile', replicates: true, resamples: 10_000 } as const
      const common = { ...tree, fpr, thresholdRule: threshold }
      const there = await relativeBias({ baseline, candidate }, { ...common, level: 0.65 })
      const back = await relativeBias({ baseline: candidate, candidate: baseline }, { ...common, level: 0.5, seed: 1 })
      assert.deepEqual([back.baseline, back.candidate], [there.candidate, there.baseline])
      assert.equal(back.xi + there.xi, 0)
      // Two distribution functions of 10,000 draws from one law differ by 0.07 with probability below 1e-10, whatever
      // the law (Massart's constant in the inequality of Dvoretzky, Kiefer and Wolfowitz), so quantiles keep in step.
      const distance = kolmogorov(there.replicates?.xi ?? [], back.replicates?.xi.map((xi) => -xi) ?? [])
      assert.ok(distance < 0.07, `${distance}`)
      assert.ok(there.interval[0] - 1e-12 <= -back.interval[1] && -back.interval[0] <= there.interval[1] + 1e-12)
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
      assert.ok(result.replicates?.xi.every((xi) => xi === 0))
      assert.deepEqual([result.xi, result.interval, result.pValue, result.direction], [0, [0, 0], 1, 'none'])
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
        assert.ok(there.interval.every(Number.isFinite))
        assert.ok(Math.abs(back.interval[0] + there.interval[1]) < 1e-12)
        assert.ok(Math.abs(back.interval[1] + there.interval[0]) < 1e-12)
        assert.equal(back.pValue, there.pValue)
      },
    ),
  ))

test('an exchange of the detectors mirrors the curve, its band, and what holds for all classes at once', () =>
  fc.assert(
    fc.asyncProperty(scorePairs, fc.uniqueArray(targets, { minLength: 1, maxLength: 4 }), async (pair, fprs) => {
      const swapped = { baseline: pair.candidate, candidate: pair.baseline }
      const classes = Array.from(pair.baseline.anomalous, (_, i) => i % 2)
      const curve = { fprs, resamples: 99, engine: 'direct' } as const
      const [there, back] = [await relativeBiasCurve(pair, curve), await relativeBiasCurve(swapped, curve)]
      const [forth, reversed] = [
        await relativeBias(pair, { ...direct, classes }),
        await relativeBias(swapped, { ...direct, classes }),
      ]
      const mirrored = { up: 'down', down: 'up', none: 'none' } as const
      for (const [ours, theirs] of [
        [there.points, back.points],
        [forth.classes, reversed.classes],
      ] as const) {
        assert.equal(ours.length, theirs.length)
        for (const [k, { xi, interval, simultaneous, pAdjusted, direction }] of ours.entries()) {
          const other = theirs[k]
          assert.ok(other !== undefined)
          assert.equal(xi + other.xi, 0)
          assert.ok(Math.abs(interval[0] + other.interval[1]) < 1e-12)
          assert.ok(Math.abs(simultaneous[0] + other.simultaneous[1]) < 1e-12)
          assert.ok(Math.abs(pAdjusted - other.pAdjusted) < 1e-12)
          assert.equal(other.direction, mirrored[direction])
        }
      }
    }),
    { numRuns: 50 },
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
          relativeBias(pair, { ...options, fpr, thresholdRule: threshold, engine }),
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

test('simultaneous intervals of classes hold the normal interval of each, whichever engine', () =>
  fc.assert(
    fc.asyncProperty(scorePairs, targets, engines, async (pair, fpr, engine) => {
      const classes = Array.from(pair.baseline.anomalous, (_, i) => i % 2)
      const result = await relativeBias(pair, { ...options, fpr, engine, classes })
      for (const { xi, replicates, simultaneous, pAdjusted } of result.classes) {
        const { sd } = meanSd(replicates?.xi ?? [])
        assert.ok(simultaneous[0] <= Math.max(-1, xi - 1.959 * sd) + 1e-12)
        assert.ok(simultaneous[1] >= Math.min(1, xi + 1.959 * sd) - 1e-12)
        assert.ok(pAdjusted > 0 && pAdjusted <= 1)
      }
    }),
    { numRuns: 50 },
  ))

/** The largest difference of the distribution functions of two samples; values that only rounding parts are one. */
function kolmogorov(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const rounded = (values: ArrayLike<number>) => Float64Array.from(values, (x) => Math.round(x * 1e9) / 1e9).sort()
  const [first, second] = [rounded(a), rounded(b)]
  const share = (sorted: Float64Array, x: number) => (sorted.findLastIndex((value) => value <= x) + 1) / sorted.length
  const distances = Array.from(new Set([...first, ...second]), (x) => Math.abs(share(first, x) - share(second, x)))
  return Math.max(...distances)
}
