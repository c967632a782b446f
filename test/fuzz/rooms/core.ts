import assert from 'node:assert/strict'
import fc from 'fast-check'
import * as core from '../../../src/index.js'
import { scoreArrays, targets } from '../../props/arbitraries.js'
import { level, plainRule, threads, unit } from '../biasArbitraries.js'
import type { RoomCalls } from '../calls.js'
import { biasCalls } from './bias.js'
import { compareCalls } from './compare.js'

const constant = 'a constant'
const rates = { normal: scoreArrays(1, 60), anomalous: scoreArrays(1, 40) }
const job = fc.record({ threads }, { requiredKeys: [] })

/** Calls of every function of the core room. */
// Of what a file of types exports, only the types are exported.
export const coreCalls: RoomCalls<Omit<typeof core, 'shownSets'>> = {
  biasDefaults: constant,
  biasEngines: constant,
  engines: constant,
  gates: constant,
  intervalMethods: constant,
  rangeScales: constant,
  tableFormats: constant,
  thresholdRules: constant,
  version: constant,
  ScoringBiasError: 'the class of errors; every refused call makes one',
  argsort: {
    names: ['values', 'options'],
    args: fc.tuple(scoreArrays(), job),
    holds: (order, values) => {
      assert.equal(new Set(order).size, values.length)
      for (let i = 1; i < order.length; i++) {
        const [a, b] = [order[i - 1] as number, order[i] as number]
        const [x, y] = [values[a] as number, values[b] as number]
        assert.ok(x < y || (x === y && a < b))
      }
    },
  },
  sort: {
    names: ['values', 'options'],
    args: fc.tuple(scoreArrays(), job),
    holds: (sorted, values) => assert.deepEqual(sorted, values.slice().sort()),
  },
  rank: {
    names: ['values', 'options', 'tie rule'],
    args: fc.tuple(
      scoreArrays(),
      fc.record(
        { threads, ties: fc.constantFrom('average' as const, 'min', 'max', 'dense', 'ordinal') },
        { requiredKeys: [] },
      ),
    ),
    holds: (ranks, values) => {
      const order = Array.from(values, (_, i) => i).sort((a, b) => (values[a] as number) - (values[b] as number))
      for (let i = 1; i < order.length; i++) {
        assert.ok((ranks[order[i - 1] as number] as number) <= (ranks[order[i] as number] as number))
      }
    },
  },
  ecdf: {
    names: ['sample', 'at', 'options'],
    args: fc.tuple(scoreArrays(1, 60), scoreArrays(0, 20), job),
    holds: (values, sample, at) => {
      for (const [i, u] of at.entries()) assert.equal(values[i], sample.filter((x) => x <= u).length / sample.length)
    },
  },
  quantiles: {
    names: ['sample', 'probabilities', 'options'],
    args: fc.tuple(
      scoreArrays(1, 60),
      fc.oneof(
        unit,
        fc.array(unit, { maxLength: 10 }),
        fc.array(unit).map((p) => Float64Array.from(p)),
      ),
      fc.record({
        definition: fc.constantFrom('inverse-cdf' as const, 'hazen', 'linear', 'weibull', 'median-unbiased'),
      }),
    ),
    holds: (values, sample) => {
      const [low, high] = [Math.min(...sample), Math.max(...sample)]
      // Between −∞ and ∞ lies any number, NaN too: ∞ − ∞.
      for (const value of values) assert.ok(Number.isNaN(value) || (low <= value && value <= high), `${value}`)
    },
  },
  rates: {
    names: ['scores', 'thresholds', 'options'],
    args: fc.tuple(fc.record(rates), fc.oneof(fc.double({ noNaN: true }), fc.array(fc.double({ noNaN: true }))), job),
    holds: ({ observedFpr, observedTpr }, { normal, anomalous }, taus) => {
      for (const [t, tau] of (typeof taus === 'number' ? [taus] : Array.from(taus)).entries()) {
        assert.equal(observedFpr[t], normal.filter((x) => x > tau).length / normal.length)
        assert.equal(observedTpr[t], anomalous.filter((x) => x > tau).length / anomalous.length)
      }
    },
  },
  threshold: {
    names: ['normal', 'options'],
    args: fc.tuple(
      scoreArrays(1),
      fc.record({ fpr: targets, thresholdRule: plainRule, threads }, { requiredKeys: ['fpr'] }),
    ),
    holds: ({ threshold, observedFpr, tolerated, n }, normal, { fpr, thresholdRule = 'inverse-cdf' }) => {
      assert.equal(observedFpr, normal.filter((x) => x > threshold).length / n)
      assert.equal(tolerated, core.toleratedAlarms(fpr, n))
      if (thresholdRule === 'inverse-cdf') assert.ok(observedFpr <= fpr && normal.includes(threshold))
    },
  },
  thresholds: {
    names: ['normal', 'options'],
    args: fc.tuple(
      scoreArrays(60),
      fc.record({
        fprs: fc.array(fc.double({ min: 0.3, max: 0.9, noNaN: true })),
        thresholdRule: fc.constant('certified' as const),
        // From half on it allows for more alarms than the target.
        delta: fc.double({ min: 0.01, max: 0.3, noNaN: true }),
      }),
    ),
    holds: (answers, normal, { fprs }) => {
      assert.equal(answers.length, fprs.length)
      for (const { threshold, fpr, observedFpr } of answers) assert.ok(normal.includes(threshold) && observedFpr <= fpr)
    },
  },
  thresholdAtTpr: {
    names: ['anomalous', 'options'],
    args: fc.tuple(scoreArrays(1), fc.record({ tpr: targets, threads }, { requiredKeys: ['tpr'] })),
    holds: ({ threshold, observedTpr, n }, anomalous, { tpr }) => {
      assert.ok(observedTpr >= tpr)
      // −∞ stands for flagging everything.
      if (threshold > Number.NEGATIVE_INFINITY) {
        assert.equal(observedTpr, Float64Array.from(anomalous).filter((x) => x > threshold).length / n)
      }
    },
  },
  fewestCertified: {
    names: ['fpr', 'delta'],
    args: fc.tuple(fc.double({ min: 1e-12, max: 1 - 1e-12, noNaN: true }), unit),
    holds: (n, fpr, delta) => {
      const log = (k: number) => k * Math.log1p(-fpr)
      const near = Math.abs(Math.log(delta)) * 1e-9
      assert.ok(Number.isInteger(n) && n >= 1 && log(n) <= Math.log(delta) + near, `${n}`)
      assert.ok(n === 1 || log(n - 1) >= Math.log(delta) - near, `${n - 1} do as well`)
    },
  },
  toleratedAlarms: {
    names: ['fpr', 'n'],
    args: fc.tuple(targets, fc.integer({ min: 0, max: 2 ** 31 })),
    holds: (m, fpr, n) => assert.ok(n === 0 ? m === 0 : m / n <= fpr && (m === n || (m + 1) / n > fpr), `${m}`),
  },
  binomialInterval: {
    names: ['successes', 'n', 'level'],
    args: fc
      .tuple(fc.integer({ min: 1, max: 10 ** 6 }), fc.double({ min: 0, max: 1, noNaN: true }), level)
      .map(([n, share, own]): [number, number, number] => [Math.round(share * n), n, own]),
    holds: ([low, high], successes, n, own = 0.95) => {
      assert.ok(0 <= low && low <= successes / n && successes / n <= high && high <= 1, `${low} to ${high}`)
      const [outerLow, outerHigh] = core.binomialInterval(successes, n, (1 + own) / 2)
      assert.ok(outerLow <= low && high <= outerHigh, 'a higher level is no wider')
      const [mirroredLow, mirroredHigh] = core.binomialInterval(n - successes, n, own)
      assert.ok(Math.abs(1 - mirroredHigh - low) < 1e-12 && Math.abs(1 - mirroredLow - high) < 1e-12)
    },
  },
  ...biasCalls,
  ...compareCalls,
}
