import assert from 'node:assert/strict'
import { join } from 'node:path'
import fc from 'fast-check'
import * as core from '../../../src/index.js'
import { scorePairs, targets } from '../../props/arbitraries.js'
import {
  bias,
  fprRange,
  gated,
  level,
  requireOneAnswer,
  resamples,
  seed,
  suited,
  threads,
  unit,
} from '../biasArbitraries.js'
import type { RoomCalls } from '../calls.js'
import { folder, otherPaths, pathsOfTables, usualPaths } from '../tables.js'

const summaryFile = join(folder, 'usual.summary')
await core.summarise(usualPaths.csv, summaryFile)
const otherSummary = join(folder, 'other.summary')
await core.summarise(otherPaths.csv, otherSummary)

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

/** Calls of what reads and compares several detectors, and of plans. */
export const compareCalls: RoomCalls<
  Pick<
    typeof core,
    | 'compare'
    | 'compareTargets'
    | 'compareRange'
    | 'compareSeeds'
    | 'planSamples'
    | 'readScores'
    | 'summarise'
    | 'readSummaries'
    | 'joinScores'
  >
> = {
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
