import assert from 'node:assert/strict'
import fc from 'fast-check'
import * as core from '../../../src/index.js'
import { scoreArrays, scorePairs, targets } from '../../props/arbitraries.js'
import {
  bias,
  biasOptions,
  design,
  engine,
  fprRange,
  gated,
  intervalMethod,
  level,
  plainRule,
  requireOneAnswer,
  resamples,
  seed,
  suited,
  threads,
} from '../biasArbitraries.js'
import type { RoomCalls } from '../calls.js'

const detectors = scorePairs.map(({ baseline, candidate }) =>
  [baseline, candidate].map(({ normal, anomalous }) => ({ normal, anomalous: [anomalous] })),
)

/** What the engine of a table takes. */
const tabled = {
  engine: fc.constant('table' as const),
  thresholdRule: fc.constantFrom('inverse-cdf' as const, 'supremum' as const),
}
const tableMethod = fc.constantFrom(...core.intervalMethods.filter((name) => name !== 'studentized'))

const rates = { normal: scoreArrays(1, 60), anomalous: scoreArrays(1, 40) }

/** Calls of what resamples scores, and of ξ. */
export const biasCalls: RoomCalls<
  Pick<
    typeof core,
    | 'bootstrap'
    | 'idealTpr'
    | 'idealBias'
    | 'relativeBias'
    | 'relativeBiasAtTpr'
    | 'relativeBiasOfSeeds'
    | 'relativeBiasOverRange'
    | 'relativeBiasCurve'
    | 'simultaneous'
  >
> = {
  bootstrap: {
    names: ['detectors', 'options'],
    args: fc.tuple(
      detectors,
      fc.oneof(
        fc.record(
          {
            fprs: fc.array(targets, { minLength: 1, maxLength: 3 }),
            thresholdRule: plainRule,
            design,
            engine,
            resamples,
            seed,
            threads,
          },
          { requiredKeys: ['resamples'] },
        ),
        fc.record(
          {
            ...{ ...tabled, resamples, seed, threads },
            fprs: targets.map((fpr) => [fpr]),
            outputs: fc.constant({ thresholds: false }),
          },
          { requiredKeys: ['resamples', 'engine', 'thresholdRule', 'outputs'] },
        ),
      ),
    ),
    holds: ({ tpr, observed }) => {
      for (const rate of [...(tpr ?? []), ...observed.observedTpr, ...observed.observedFpr])
        assert.ok(rate >= 0 && rate <= 1)
    },
  },
  idealTpr: {
    names: ['scores', 'options'],
    args: fc.tuple(
      fc.record(rates),
      fc.record({ fpr: targets, thresholdRule: plainRule, level, threads }, { requiredKeys: [] }),
    ),
    // Infinite scores have no interpolated threshold.
    refusals: ['OUT_OF_RANGE', 'NOT_A_NUMBER'],
    holds: ({ law, mean, interval: [low, high] }) => {
      assert.ok(Math.abs(law.reduce((a, b) => a + b) - 1) < 1e-9)
      assert.ok(0 <= low && low <= high && high <= 1 && 0 <= mean && mean <= 1 + 1e-12)
    },
  },
  idealBias: {
    names: ['scores', 'options'],
    args: fc.tuple(
      scorePairs,
      // Of paired detectors the law has no thresholds between samples.
      fc
        .record({ fpr: targets, thresholdRule: plainRule, level, threads, design }, { requiredKeys: ['design'] })
        .map(({ thresholdRule, ...own }) => (thresholdRule === 'linear' ? own : { ...own, thresholdRule })),
    ),
    cost: 2,
    holds: async ({ xi, interval: [low, high], pValue, mean }, { baseline, candidate }, options) => {
      assert.ok(-1 <= low && low <= high && high <= 1 && pValue > 0 && pValue <= 1)
      const back = await core.idealBias({ baseline: candidate, candidate: baseline }, options)
      assert.ok(back.xi + xi === 0 && Math.abs(back.mean + mean) < 1e-12)
    },
  },
  relativeBias: {
    names: ['scores', 'options'],
    args: fc.tuple(
      scorePairs,
      fc.oneof(
        { weight: 4, arbitrary: biasOptions },
        {
          weight: 1,
          arbitrary: fc.record(
            { ...bias, ...tabled, intervalMethod: tableMethod, fpr: targets },
            { requiredKeys: ['resamples', 'engine', 'thresholdRule'] },
          ),
        },
      ),
    ),
    cost: 3,
    holds: async (answer, scores, options = {}) => {
      requireOneAnswer(answer, options.level ?? 0.95)
      if (!('baseline' in scores)) return
      const back = await core.relativeBias({ baseline: scores.candidate, candidate: scores.baseline }, options)
      assert.ok(back.xi + answer.xi === 0, 'ξ keeps its sign when the detectors change places')
      assert.deepEqual(
        await core.relativeBias(scores, { ...options, threads: 3 }),
        await core.relativeBias(scores, { ...options, threads: 1 }),
      )
      const wider = await core.relativeBias(scores, { ...options, level: (1 + (options.level ?? 0.95)) / 2 })
      const [low, high] = answer.interval
      assert.ok(
        wider.interval[0] <= low && high <= wider.interval[1],
        `${wider.interval} at a higher level than ${answer.interval}`,
      )
    },
  },
  relativeBiasAtTpr: {
    names: ['scores', 'options'],
    args: fc.tuple(
      scorePairs,
      fc
        .record(
          { level, intervalMethod, resamples, seed, engine, threads, design, tpr: targets },
          { requiredKeys: ['resamples'] },
        )
        .map(suited),
    ),
    cost: 2,
    holds: async (answer, { baseline, candidate }, options = {}) => {
      requireOneAnswer(answer, options.level ?? 0.95)
      assert.equal(
        (await core.relativeBiasAtTpr({ baseline: candidate, candidate: baseline }, options)).xi + answer.xi,
        0,
      )
    },
  },
  relativeBiasOfSeeds: {
    names: ['scores', 'options'],
    args: fc
      .tuple(scorePairs, fc.integer({ min: 1, max: 3 }), fc.integer({ min: 2, max: 3 }), fc.nat({ max: 6 }))
      .chain(([{ baseline, candidate }, a, b, nGroups]) => {
        const labels = (scores: ArrayLike<number>) => Array.from(scores, (_, i) => i % nGroups)
        const { normal, anomalous } = baseline
        const groups = nGroups > 1 ? { groups: { normal: labels(normal), anomalous: labels(anomalous) } } : {}
        const trainings = {
          baseline: new Array<core.ScorePair>(a).fill(baseline),
          candidate: new Array<core.ScorePair>(b).fill(candidate),
        }
        const options = fc.record({ level, resamples, seed, threads, fpr: targets }, { requiredKeys: ['resamples'] })
        return fc.tuple(
          fc.constant(trainings),
          options.map((own) => ({ ...own, ...groups })),
        )
      }),
    cost: 2,
    // All samples may be of one group.
    refusals: ['OUT_OF_RANGE'],
    holds: async (answer, { baseline, candidate }, options = {}) => {
      requireOneAnswer(answer, options.level ?? 0.95)
      const back = await core.relativeBiasOfSeeds({ baseline: candidate, candidate: baseline }, options)
      assert.ok(Math.abs(back.xi + answer.xi) < 1e-12, 'ξ keeps its sign when the detectors change places')
      assert.deepEqual(await core.relativeBiasOfSeeds({ baseline, candidate }, { ...options, threads: 3 }), answer)
    },
  },
  relativeBiasOverRange: {
    names: ['scores', 'options', 'fprRange'],
    args: fc.tuple(
      scorePairs,
      fc.record(
        { resamples, seed, threads, ...gated, fprRange, over: fc.constantFrom('log', 'fpr') },
        { requiredKeys: ['resamples', 'margin', 'fprRange'] },
      ),
    ),
    cost: 3,
    holds: async (answer, { baseline, candidate }, options) => {
      requireOneAnswer(answer, options.level ?? 0.95)
      const back = await core.relativeBiasOverRange({ baseline: candidate, candidate: baseline }, options)
      assert.ok(Math.abs(back.xi + answer.xi) < 1e-12, 'ξ keeps its sign when the detectors change places')
      assert.deepEqual(await core.relativeBiasOverRange({ baseline, candidate }, { ...options, threads: 3 }), answer)
    },
  },
  relativeBiasCurve: {
    names: ['scores', 'options'],
    args: fc.tuple(
      scorePairs,
      fc
        .record(
          { ...bias, fprs: fc.array(targets, { minLength: 1, maxLength: 4 }), design },
          { requiredKeys: ['resamples', 'fprs'] },
        )
        .map(suited),
    ),
    cost: 2,
    holds: ({ points }, _, { fprs = [], level: own = 0.95 } = {}) => {
      assert.equal(points.length, fprs.length)
      for (const point of points) requireOneAnswer(point, own)
    },
  },
  simultaneous: {
    names: ['contrasts', 'level'],
    args: fc.tuple(
      fc.integer({ min: 1, max: 60 }).chain((n) =>
        fc.array(
          fc.record({
            replicates: fc
              .array(fc.integer({ min: -9, max: 9 }), { minLength: n, maxLength: n })
              .map((x) => Float64Array.from(x, (v) => v / 9)),
          }),
          { minLength: 1, maxLength: 4 },
        ),
      ),
      level,
    ),
    holds: (answers, contrasts, own) => {
      for (const [
        k,
        {
          interval: [low, high],
          pAdjusted,
        },
      ] of answers.entries()) {
        const { replicates } = contrasts[k] as core.Contrast
        assert.ok(replicates.some((x) => low <= x && x <= high) && 0 < pAdjusted && pAdjusted <= 1)
        if (Math.abs(pAdjusted - (1 - own)) > 1e-12) assert.equal(low > 0 || high < 0, pAdjusted < 1 - own)
      }
    },
  },
}
