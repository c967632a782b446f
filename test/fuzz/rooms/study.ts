import assert from 'node:assert/strict'
import fc from 'fast-check'
import * as study from '../../../src/rooms/study.js'
import { scorePairs, targets } from '../../props/arbitraries.js'
import type { RoomCalls } from '../calls.js'
import { meanTrainer } from '../meanTrainer.js'
import { folder } from '../tables.js'
import { tables } from './data.js'

const constant = 'a constant'
const numbers = fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 2, maxLength: 8 })
const twoLists = numbers.chain((x) =>
  fc
    .array(fc.integer({ min: -4, max: 4 }), { minLength: x.length, maxLength: x.length })
    .map((y): [number[], number[]] => [x, y]),
)
const seed = fc.record({ seed: fc.nat() }, { requiredKeys: [] })

/** Square tables of distances over the same things. */
const twoTables = fc.integer({ min: 3, max: 6 }).chain((n) => {
  const row = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: n, maxLength: n })
  const square = fc.array(row, { minLength: n, maxLength: n })
  return fc.tuple(square, square)
})

/** A study of a small table whose trainer takes no time. */
const asked = {
  dataset: tables,
  anomaly: fc.constant('third'),
  runs: fc.integer({ min: 1, max: 3 }),
  fpr: fc.double({ min: 0.1, max: 0.6, noNaN: true }),
  resamples: fc.integer({ min: 100, max: 160 }),
  seed: fc.nat(),
  trainer: fc.constant(meanTrainer),
}
const needed: { requiredKeys: (keyof typeof asked)[] } = { requiredKeys: ['dataset', 'resamples', 'trainer'] }

/** Calls of every function of the room of studies. */
export const studyCalls: RoomCalls<typeof study> = {
  convergeDefaults: constant,
  convergeScoresDefaults: constant,
  convergeThresholdRules: constant,
  studyDefaults: constant,
  sweepDefaults: constant,
  testSets: constant,
  kendallTau: {
    names: ['x', 'y'],
    args: twoLists,
    holds: (tau, x, y) => {
      // Of lists without any order there is no correlation.
      if (Number.isNaN(tau)) return
      assert.ok(-1 - 1e-12 <= tau && tau <= 1 + 1e-12, `${tau}`)
      assert.ok(Math.abs(study.kendallTau(y, x) - tau) < 1e-12)
      const cubes = Array.from(x, (value) => value ** 3 + 1)
      assert.equal(study.kendallTau(cubes, y), tau)
    },
  },
  kendallTest: {
    names: ['x', 'y', 'options'],
    args: fc
      .tuple(twoLists, seed)
      .map(([[x, y], options]): [number[], number[], study.KendallOptions] => [x, y, options]),
    cost: 3,
    holds: ({ pValue, tau }, x, y) => {
      assert.ok(pValue > 0 && pValue <= 1, `${pValue}`)
      assert.deepEqual(tau, study.kendallTau(x, y))
    },
  },
  mantelTest: {
    names: ['x', 'y', 'options'],
    args: fc
      .tuple(twoTables, fc.record({ seed: fc.nat(), diagonal: fc.boolean() }, { requiredKeys: [] }))
      .map(([[x, y], options]): [number[][], number[][], study.MantelOptions] => [x, y, options]),
    cost: 3,
    holds: ({ pValue }) => assert.ok(pValue > 0 && pValue <= 1, `${pValue}`),
  },
  convergeScores: {
    names: ['scores', 'options'],
    args: fc.tuple(
      scorePairs,
      fc.record(
        {
          sizes: fc.constantFrom([10], [5, 20]),
          alphas: fc.constantFrom([0.1], [0.2, 0.5]),
          runs: fc.integer({ min: 2, max: 20 }),
          fpr: targets,
          test: fc.constantFrom(...study.testSets),
          nTest: fc.integer({ min: 10, max: 50 }),
          seed: fc.nat(),
        },
        { requiredKeys: ['sizes', 'alphas', 'runs', 'nTest'] },
      ),
    ),
    refusals: ['OUT_OF_RANGE', 'EMPTY_SAMPLE'],
    cost: 3,
    holds: ({ cells }, _, { sizes = [], alphas = [] } = {}) => assert.equal(cells.length, sizes.length * alphas.length),
  },
  runStudy: {
    names: ['options', 'study', 'feature'],
    args: fc.tuple(fc.record(asked, needed)),
    refusals: ['EMPTY_SAMPLE', 'OUT_OF_RANGE', 'DIVERGED'],
    cost: 10,
    holds: ({ classes }) => {
      for (const {
        xi,
        interval: [low, high],
      } of classes) {
        assert.ok(-1 <= low && low <= high && high <= 1 && Math.abs(xi) <= 1)
      }
    },
  },
  anomalyMatrix: {
    names: ['options', 'matrix', 'feature'],
    args: fc.tuple(fc.record(asked, needed).map(({ anomaly: _, ...rest }) => rest)),
    refusals: ['EMPTY_SAMPLE', 'OUT_OF_RANGE', 'DIVERGED'],
    cost: 15,
    holds: ({ rows, tested }) => assert.ok(rows.every(({ classes }) => classes.length === tested.length)),
  },
  labelSweep: {
    names: ['options', 'labelled', 'contamination', 'feature'],
    args: fc.tuple(
      fc.record(
        {
          ...asked,
          labelled: fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 3 }),
          contamination: fc.uniqueArray(fc.constantFrom(0, 0.1, 0.3), { minLength: 1, maxLength: 2 }),
        },
        { requiredKeys: [...(needed.requiredKeys as readonly 'dataset'[]), 'labelled', 'contamination'] },
      ),
    ),
    refusals: ['EMPTY_SAMPLE', 'OUT_OF_RANGE', 'UNKNOWN_CLASS', 'DIVERGED'],
    cost: 15,
    holds: ({ cells, labelled, contamination, tested, turns }) => {
      assert.equal(cells.length, labelled.length * contamination.length)
      assert.equal(turns.length, tested.length * contamination.length)
      assert.ok(cells.every(({ classes }) => classes.length === tested.length))
    },
  },
  converge: 'trains in threads, seconds at the least; the drawing and reading of runs is that of convergeScores',
  describeDataset: 'takes what loadDataset or tableDataset returned; the law of descriptions calls it',
  classDistances: 'takes what loadDataset or tableDataset returned; the law of descriptions calls it',
  storedStudies: {
    names: ['path', 'store'],
    args: fc.tuple(fc.constantFrom(`${folder}/none.duckdb`, folder)),
    refusals: ['BAD_FILE'],
    cost: 20,
  },
}
