import assert from 'node:assert/strict'
import { describe, it, test } from 'node:test'
import fc from 'fast-check'
import * as theory from '../../src/rooms/theory.js'
import { achievedFpr } from '../../src/theory/orderStatistics.js'

type Asked = { n?: number; epsilon?: number; delta?: number; alpha: number }
type Assumed = { slopes: readonly [number, number]; fpr: number; tprs: readonly [number, number] }

const { sampleComplexity, theoremVersions } = theory
type Version = theory.TheoremVersion

function solve(version: Version, asked: Asked, { slopes, fpr, tprs }: Assumed): theory.SampleComplexity {
  switch (version) {
    case 'published':
      return sampleComplexity({ version, ...asked, ratios: slopes })
    case 'corrected':
      return sampleComplexity({ version, ...asked, slopes })
    case 'sharp':
      return sampleComplexity({ version, ...asked, slopes, fpr })
    case 'exact':
      return sampleComplexity({ version, ...asked, slopes, fpr, tprs })
  }
}

const slope = fc.double({ min: 0, max: 20, noNaN: true })
const rate = fc.double({ min: 0, max: 1, noNaN: true })
const assumed: fc.Arbitrary<Assumed> = fc.record({
  slopes: fc.tuple(slope, slope),
  fpr: fc.double({ min: 0.005, max: 0.5, noNaN: true }),
  tprs: fc.tuple(rate, rate),
})
const alphas = fc.double({ min: 0.01, max: 0.99, noNaN: true })
/** Neither class may be down to a few samples. */
const halves = fc.double({ min: 0.1, max: 0.9, noNaN: true })
const deltas = fc.double({ min: 1e-6, max: 0.9, noNaN: true })
/** A solution of `sharp` takes up to half a second. */
const numRuns = { published: 50, corrected: 50, sharp: 6, exact: 50 }

test('the printed formula by hand', () => {
  // √0.95 = 0.9746794, ln(2/0.0253206) = 4.369286, ·19² = 1577.312; ln 40 = 3.688879, /0.9·(2² + 3²) = 53.28381;
  // 8/0.1²·(1577.312 + 53.284) = 1,304,477.
  const found = sampleComplexity({ version: 'published', alpha: 0.1, ratios: [2, 3], epsilon: 0.1, delta: 0.05 })
  assert.deepEqual(
    [found.n, found.nNormal, found.nAnomalous, found.epsilon, found.delta],
    [1_304_477, 1_174_030, 130_448, 0.1, 0.05],
  )
})

test('the corrected formula by hand', () => {
  // ln 160 = 5.0751738; 8·5.0751738/0.01 = 4060.139; 1/0.1 = 10 and 3²/0.9 = 10.
  const even = { version: 'corrected', split: 'even', alpha: 0.1, slopes: [2, 3], epsilon: 0.1, delta: 0.05 } as const
  assert.equal(sampleComplexity(even).n, 40_602)
  // (2/√0.1 + 5/√0.9)² = (6.3245553 + 5.2704628)² = 134.44444; 5.0751738/0.02·134.44444 = 34116.4.
  assert.equal(sampleComplexity({ ...even, split: 'optimal' }).n, 34_117)
})

for (const version of theoremVersions) {
  describe(version, () => {
    it('gives back n, epsilon and delta whichever is solved for', () => {
      fc.assert(
        fc.property(
          assumed,
          alphas,
          deltas,
          fc.double({ min: 0.05, max: 0.9, noNaN: true }),
          (all, alpha, delta, epsilon) => {
            const { n } = solve(version, { alpha, delta, epsilon }, all)
            const back = solve(version, { alpha, delta, n }, all)
            assert.ok(back.epsilon <= epsilon * (1 + 1e-6), `${back.epsilon} for ${epsilon}`)
            if (n > 2) {
              const less = solve(version, { alpha, delta, n: n - 1 }, all)
              assert.ok(less.epsilon > epsilon * (1 - 1e-6), `${n - 1} samples do too`)
            }
            const { delta: least } = solve(version, { alpha, epsilon, n }, all)
            assert.ok(least <= delta * (1 + 1e-4), `${least} for ${delta}`)
          },
        ),
        { numRuns: numRuns[version] },
      )
    })

    it('asks for more as delta falls, and guarantees no worse from more samples', () => {
      fc.assert(
        fc.property(assumed, halves, deltas, fc.integer({ min: 2000, max: 20_000 }), (all, alpha, delta, n) => {
          const at = (n: number, delta: number) => solve(version, { alpha, n, delta }, all).epsilon
          assert.ok(at(n, delta / 2) >= at(n, delta) * (1 - 1e-6))
          // Ranks and counts are whole, so that a few samples more may do worse; four times as many do not.
          assert.ok(at(4 * n, delta) <= at(n, delta) * (1 + 1e-6))
        }),
        { numRuns: numRuns[version] },
      )
    })
  })
}

test('each version improves on the one before where the curves are moderately steep', () => {
  const all = { slopes: [3, 4], fpr: 0.05, tprs: [0.3, 0.6] } as const
  for (const alpha of [0.05, 0.1, 0.3]) {
    const needs = theoremVersions.map((version) => solve(version, { alpha, epsilon: 0.1, delta: 0.05 }, all).n)
    assert.deepEqual(
      needs.toSorted((a, b) => b - a),
      needs,
    )
  }
})

test('the best split of epsilon never needs more than the even one', () => {
  fc.assert(
    fc.property(assumed, alphas, deltas, ({ slopes }, alpha, delta) => {
      const common = { version: 'corrected', alpha, slopes, delta, epsilon: 0.1 } as const
      assert.ok(sampleComplexity(common).n <= sampleComplexity({ ...common, split: 'even' }).n)
    }),
  )
})

test('a small variance makes Bernstein’s inequality the better one', () => {
  const common = { version: 'sharp', alpha: 0.5, slopes: [0, 0], fpr: 0.1, epsilon: 0.02, delta: 0.05 } as const
  assert.ok(sampleComplexity({ ...common, variance: 0.05 }).n < sampleComplexity(common).n)
  assert.ok(sampleComplexity({ ...common, variance: 1 }).n > sampleComplexity(common).n)
  // √(2·0.05·ln(240)/5000) + 14·ln(240)/(3·4999), δ₁ = 0.05/3: 0.010470 + 0.005116.
  const { epsilon } = sampleComplexity({ ...common, epsilon: undefined, n: 10_000, variance: 0.05 })
  assert.ok(Math.abs(epsilon - 0.015586) < 1e-6, `${epsilon}`)
})

test('the ranks of a threshold say what its true FPR may be', () => {
  // The largest of 59 normals exceeds an FPR of 5 % with probability 0.95⁵⁹ = 0.0485.
  const [, high] = achievedFpr(0, 59, 2 * 0.95 ** 59)
  assert.ok(Math.abs(high - 0.05) < 1e-12)
})

test('a delta of 1 where nothing is guaranteed, a floor where everything is', () => {
  const common = { version: 'corrected', alpha: 0.5, slopes: [1, 1] } as const
  assert.equal(sampleComplexity({ ...common, n: 10, epsilon: 0.01 }).delta, 1)
  assert.equal(sampleComplexity({ ...common, n: 10 ** 9, epsilon: 1 }).delta, 1e-300)
})

test('errors name the argument and the way out', () => {
  const common = { version: 'corrected', alpha: 0.5, slopes: [1, 1], epsilon: 0.1, delta: 0.1 } as const
  const cases: [() => unknown, string, RegExp][] = [
    [() => sampleComplexity({ ...common, n: 10 }), 'OUT_OF_RANGE', /give two of n, epsilon and delta .* got 3/],
    [() => sampleComplexity({ ...common, delta: undefined }), 'OUT_OF_RANGE', /got 1/],
    [() => sampleComplexity({ ...common, alpha: 1 }), 'OUT_OF_RANGE', /alpha must lie strictly between 0 and 1, got 1/],
    [() => sampleComplexity({ ...common, slopes: [1, -2] }), 'OUT_OF_RANGE', /slopes\[1\] must be at least 0, got -2/],
    [() => sampleComplexity({ ...common, slopes: [Number.NaN, 0] }), 'OUT_OF_RANGE', /slopes\[0\] must be finite/],
    [() => sampleComplexity({ ...common, epsilon: 0 }), 'OUT_OF_RANGE', /epsilon must lie/],
    [
      () => sampleComplexity({ ...common, epsilon: 1e-12 }),
      'OUT_OF_RANGE',
      /epsilon = 1e-12 takes more samples .* Ask for a larger epsilon/,
    ],
    [() => sampleComplexity({ ...common, version: 'sharp', fpr: 0.1, epsilon: 1e-6 }), 'OUT_OF_RANGE', /not even/],
    [
      () => sampleComplexity({ ...common, version: 'sharp', fpr: 0.1, variance: 3 }),
      'OUT_OF_RANGE',
      /variance must lie/,
    ],
    // @ts-expect-error what types forbid
    [() => sampleComplexity({ ...common, version: 'corected' }), 'UNKNOWN_NAME', /did you mean 'corrected'/],
    // @ts-expect-error what types forbid
    [() => sampleComplexity({ ...common, slopes: 3 }), 'WRONG_TYPE', /slopes must be two numbers/],
  ]
  for (const [call, code, message] of cases) assert.throws(call, { code, message })
})
