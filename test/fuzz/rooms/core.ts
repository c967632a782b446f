import assert from 'node:assert/strict'
import { join } from 'node:path'
import fc from 'fast-check'
import * as core from '../../../src/index.js'
import { scoreArrays, scorePairs, targets } from '../../props/arbitraries.js'
import type { RoomCalls } from '../calls.js'
import { folder, otherPaths, pathsOfTables, usualPaths } from '../tables.js'

const constant = 'a constant'
const summaryFile = join(folder, 'usual.summary')
await core.summarise(usualPaths.csv, summaryFile)
const otherSummary = join(folder, 'other.summary')
await core.summarise(otherPaths.csv, otherSummary)
export const unit = fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true })
export const seed = fc.oneof(fc.nat(), fc.maxSafeNat())
const threads = fc.integer({ min: 0, max: 5 })
const job = fc.record({ threads }, { requiredKeys: [] })
const level = fc.oneof(fc.constantFrom(0.5, 0.8, 0.9, 0.95, 0.99), unit)
const resamples = fc.integer({ min: 2, max: 120 })
const design = fc.constantFrom('paired' as const, 'independent' as const)
const plainRule = fc.constantFrom('inverse-cdf' as const, 'supremum' as const, 'linear' as const)
const intervalMethod = fc.constantFrom(...core.intervalMethods)
/** All but the one that takes two paired detectors and one target only, see `tabled`. */
const engine = fc.constantFrom(...core.engines.filter((name) => name !== 'table'))

/** Studentized intervals take the tree engine's standard errors, of every replicate. */
function suited<T extends { intervalMethod?: core.IntervalMethod; engine?: core.Engine }>(options: T): T {
  return options.intervalMethod === 'studentized' ? { ...options, engine: 'tree' } : options
}

const bias = { thresholdRule: plainRule, level, intervalMethod, resamples, seed, engine, threads }
/** Levels are above ½ where a verdict is asked for. */
const gated = {
  gate: fc.constantFrom(...core.gates),
  margin: fc.double({ min: 0.001, max: 0.9, noNaN: true }),
  level: fc.double({ min: 0.51, max: 0.999, noNaN: true }),
}

/** Options of ξ. Resamples are always given: 10,000 by default would take most of the time. */
export const biasOptions = fc.record({ ...bias, fpr: targets }, { requiredKeys: ['resamples'] }).map(suited)
const detectors = scorePairs.map(({ baseline, candidate }) =>
  [baseline, candidate].map(({ normal, anomalous }) => ({ normal, anomalous: [anomalous] })),
)

/** What the engine of a table takes. */
const tabled = {
  engine: fc.constant('table' as const),
  thresholdRule: fc.constantFrom('inverse-cdf' as const, 'supremum' as const),
}
const tableMethod = fc.constantFrom(...core.intervalMethods.filter((name) => name !== 'studentized'))

/** Scores of two or three detectors with classes. */
export const scoreData = fc
  .tuple(scorePairs, fc.boolean(), fc.boolean(), fc.integer({ min: 1, max: 3 }), fc.string({ unit: 'grapheme' }))
  .map(([{ baseline, candidate }, third, tested, nClasses, className]): core.ScoreData => {
    const all = [baseline, candidate, ...(third ? [baseline] : [])]
    return {
      source: 'fuzz',
      detectors: ['old', 'new', 'third'].slice(0, all.length),
      validation: all.map(({ normal }) => normal),
      ...(tested && { test: all.map(({ normal }) => normal) }),
      anomalous: all.map(({ anomalous }) => anomalous),
      classes: Array.from(baseline.anomalous, (_, i) => `${className}${i % nClasses}`),
    }
  })

/** Interval, p-value and arrow of one set of anomalies say one thing at a level. */
export function requireOneAnswer(
  { xi, interval: [low, high], pValue, simultaneous, pAdjusted, direction }: Answer,
  level: number,
): void {
  const alpha = 1 - level
  assert.ok(-1 <= xi && xi <= 1 && -1 <= low && low <= high && high <= 1, `ξ ${xi}, interval ${low} to ${high}`)
  assert.ok(0 < pValue && pValue <= pAdjusted && pAdjusted <= 1, `p ${pValue}, adjusted ${pAdjusted}`)
  assert.ok(simultaneous[0] <= low && high <= simultaneous[1], `${low} to ${high} in ${simultaneous}`)
  // Within the last bits of alpha nobody can tell on which side p is.
  if (Math.abs(pValue - alpha) > 1e-12)
    assert.equal(low > 0 || high < 0, pValue < alpha, `p ${pValue}, ${low} to ${high}`)
  if (Math.abs(pAdjusted - alpha) > 1e-12)
    assert.equal(direction !== 'none', pAdjusted < alpha, `adjusted p ${pAdjusted}`)
  const arrow = simultaneous[0] > 0 ? 'up' : simultaneous[1] < 0 ? 'down' : 'none'
  assert.equal(direction, arrow)
}
type Answer = Pick<core.RelativeBias, 'xi' | 'interval' | 'pValue' | 'simultaneous' | 'pAdjusted' | 'direction'>

const rates = { normal: scoreArrays(1, 60), anomalous: scoreArrays(1, 40) }

const fprRange = fc
  .uniqueArray(targets, { minLength: 2, maxLength: 2 })
  .map((rates) => rates.sort((a, b) => a - b) as [number, number])

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
  compare: {
    names: ['scores', 'options', 'rows'],
    args: fc.tuple(
      scoreData,
      fc
        .record(
          {
            ...bias,
            ...gated,
            fpr: targets,
            curve: fc.oneof(fc.boolean(), fc.array(targets, { minLength: 1, maxLength: 3 })),
          },
          { requiredKeys: ['resamples', 'margin'] },
        )
        .map(suited),
    ),
    cost: 4,
    holds: ({ candidates, verdict }, _, { level: own = 0.95 } = {}) => {
      assert.ok(verdict !== undefined)
      for (const { classes, overall } of candidates)
        for (const answer of [...classes, overall]) requireOneAnswer(answer, own)
    },
  },
  compareTargets: {
    names: ['scores', 'options', 'fprs'],
    args: fc.tuple(
      scoreData,
      fc
        .record(
          {
            ...bias,
            ...gated,
            fprs: fc.uniqueArray(targets, { minLength: 1, maxLength: 3 }).map((all) => all.sort((a, b) => a - b)),
          },
          { requiredKeys: ['resamples', 'fprs', 'margin'] },
        )
        .map(suited),
    ),
    cost: 4,
    holds: ({ targets: found }, _, { fprs, level: own = 0.95 }) => {
      assert.deepEqual(
        found.map(({ fpr }) => fpr),
        fprs,
      )
      for (const { candidates } of found)
        for (const { classes, overall } of candidates)
          for (const answer of [...classes, overall]) requireOneAnswer(answer, own)
    },
  },
  compareRange: {
    names: ['scores', 'options', 'fprRange'],
    args: fc.tuple(
      scoreData,
      fc.record({ level, resamples, seed, threads, fprRange }, { requiredKeys: ['resamples', 'fprRange'] }),
    ),
    cost: 4,
    holds: ({ candidates }, _, { level: own = 0.95 }) => {
      for (const { classes, overall } of candidates)
        for (const answer of [...classes, overall]) requireOneAnswer(answer, own)
    },
  },
  compareSeeds: {
    names: ['scores', 'options'],
    args: fc.tuple(
      fc.tuple(scoreData, fc.boolean()).map(([data, isFirst]): core.ScoreData => {
        const twice = <T>(all: readonly T[]) => [...all, ...all.slice(0, 2)]
        const detectors = [...data.detectors, 'old again', 'new again']
        const nBaseline = isFirst ? 1 : detectors.length - 1
        return {
          ...data,
          ...{ detectors, validation: twice(data.validation), anomalous: twice(data.anomalous) },
          ...(data.test && { test: twice(data.test) }),
          trainings: { baseline: 'a', candidate: 'b', nBaseline },
        }
      }),
      fc.record({ level, resamples, seed, threads, fpr: targets }, { requiredKeys: ['resamples'] }),
    ),
    cost: 3,
    holds: ({ classes, overall }, _, { level: own = 0.95 } = {}) => {
      for (const answer of [...classes, overall]) requireOneAnswer(answer, own)
    },
  },
  planSamples: {
    names: ['options', 'delta'],
    args: fc.tuple(
      fc.record(
        {
          fpr: targets,
          tprBaseline: unit,
          tprCandidate: unit,
          precision: fc.double({ min: 0.01, max: 0.9, noNaN: true }),
          level,
          anomalyCost: fc.double({ min: 0.1, max: 100, noNaN: true }),
        },
        { requiredKeys: ['precision'] },
      ),
    ),
    refusals: ['OUT_OF_RANGE'],
    cost: 3,
    holds: ({ samples, reached }, { precision = 0 }) => {
      assert.ok(reached && samples.halfWidth <= precision * (1 + 1e-9), `± ${samples.halfWidth}`)
    },
  },
  readScores: {
    names: ['source', 'options'],
    args: fc.tuple(
      pathsOfTables,
      fc.constantFrom({}, { candidates: ['candidate'] }, { candidates: 'all' as const, ignore: ['key'] }),
    ),
    cost: 10,
    holds: ({ detectors: names, validation, anomalous }) => {
      assert.equal(names[0], 'baseline')
      assert.ok(validation.length === names.length && anomalous.length === names.length)
    },
  },
  summarise: {
    names: ['path', 'output', 'options'],
    args: fc.tuple(
      pathsOfTables,
      fc.constant(join(folder, 'fuzzed.summary')),
      fc.record(
        {
          fprs: fc.constantFrom([0.05], [0.01, 0.2], [0.5]),
          keep: fc.constantFrom(0.001, 0.1, 1),
          group: fc.constant('key'),
        },
        { requiredKeys: [] },
      ),
    ),
    cost: 20,
    holds: ({ nNormal, nKept, nAnomalous, bytes }) => {
      assert.ok(nKept >= 1 && nKept <= nNormal && nAnomalous >= 1 && bytes > 0)
    },
  },
  readSummaries: {
    names: ['paths', 'options'],
    args: fc.tuple(fc.constantFrom([summaryFile], [otherSummary], [summaryFile, otherSummary])),
    cost: 10,
    holds: ({ detectors: names }) => assert.equal(names[0], 'baseline'),
  },
  joinScores: {
    names: ['paths', 'options'],
    args: fc.tuple(
      fc.tuple(pathsOfTables, pathsOfTables),
      fc.record({
        key: fc.constant('key'),
        score: fc.constantFrom('baseline', 'candidate'),
        names: fc.constant(['a', 'b']),
      }),
    ),
    cost: 20,
    holds: ({ detectors: names }) => assert.deepEqual(names, ['a', 'b']),
  },
}
