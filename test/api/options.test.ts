import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compare } from '../../src/compare/compare.js'
import { compareSeeds } from '../../src/compare/compareSeeds.js'
import { joinScores } from '../../src/compare/joinScores.js'
import { readScores } from '../../src/compare/readScores.js'
import { ScoringBiasError } from '../../src/errors.js'
import { idealBias } from '../../src/stats/bias/idealBias.js'
import { idealTpr } from '../../src/stats/bias/idealTpr.js'
import { relativeBias } from '../../src/stats/bias/relativeBias.js'
import { relativeBiasAtTpr } from '../../src/stats/bias/relativeBiasAtTpr.js'
import { relativeBiasCurve } from '../../src/stats/bias/relativeBiasCurve.js'
import { bootstrap } from '../../src/stats/bootstrap/bootstrap.js'
import { kendallTest } from '../../src/stats/correlation/kendallTest.js'
import { mantelTest } from '../../src/stats/correlation/mantelTest.js'
import { argsort } from '../../src/stats/ranks/argsort.js'
import { ecdf } from '../../src/stats/ranks/ecdf.js'
import { quantiles } from '../../src/stats/ranks/quantiles.js'
import { rank } from '../../src/stats/ranks/rank.js'
import { rates } from '../../src/stats/ranks/rates.js'
import { sort } from '../../src/stats/ranks/sort.js'
import { threshold, thresholds } from '../../src/stats/ranks/threshold.js'
import { thresholdAtTpr } from '../../src/stats/ranks/thresholdAtTpr.js'
import { relativeBiasOfSeeds } from '../../src/stats/runs/seedBias.js'

const values = Float64Array.from({ length: 40 }, (_, i) => Math.sin(i))
const pair = { baseline: { normal: values, anomalous: values }, candidate: { normal: values, anomalous: values } }
const data = {
  source: 'test',
  detectors: ['a', 'b'],
  validation: [values, values],
  anomalous: [values, values],
}
const table = [
  [0, 1],
  [1, 0],
]

const bias = ['fpr', 'thresholdRule', 'delta', 'level', 'intervalMethod', 'resamples', 'seed', 'engine', 'onProgress']
const job = ['threads', 'signal']

interface Public {
  readonly call: (options: unknown) => unknown
  readonly options: readonly string[]
  /** Options that the call cannot do without. */
  readonly needs?: object
}

// `never` stands for whatever an untyped caller passes.
const functions: Readonly<Record<string, Public>> = {
  relativeBias: {
    call: (options) => relativeBias(pair, options as never),
    options: [...bias, ...job, 'design', 'classes', 'groups', 'replicates'],
  },
  relativeBiasCurve: {
    call: (options) => relativeBiasCurve(pair, options as never),
    options: [...bias.filter((name) => name !== 'fpr'), ...job, 'fprs', 'design'],
  },
  relativeBiasAtTpr: {
    call: (options) => relativeBiasAtTpr(pair, options as never),
    options: [...bias.filter((name) => !['fpr', 'thresholdRule', 'delta'].includes(name)), ...job, 'tpr', 'design'],
  },
  relativeBiasOfSeeds: {
    call: (options) =>
      relativeBiasOfSeeds({ baseline: [pair.baseline], candidate: [pair.candidate, pair.candidate] }, options as never),
    options: ['fpr', 'level', 'resamples', 'seed', 'classes', 'groups', 'onProgress', ...job],
  },
  compareSeeds: {
    call: (options) =>
      compareSeeds({ ...data, trainings: { baseline: 'a', candidate: 'b', nBaseline: 1 } }, options as never),
    options: ['fpr', 'level', 'resamples', 'seed', 'onProgress', ...job],
  },
  compare: { call: (options) => compare(data, options as never), options: [...bias, ...job, 'curve', 'rows'] },
  bootstrap: {
    call: (options) => bootstrap([{ normal: values, anomalous: [values] }], options as never),
    options: [
      ...bias.filter((name) => !['fpr', 'level', 'intervalMethod'].includes(name)),
      ...job,
      ...['fprs', 'design', 'firstReplicate', 'outputs', 'contrast'],
    ],
  },
  idealTpr: {
    call: (options) => idealTpr(pair.baseline, options as never),
    options: ['fpr', 'thresholdRule', 'delta', 'level', ...job],
  },
  idealBias: {
    call: (options) => idealBias(pair, options as never),
    options: ['fpr', 'thresholdRule', 'delta', 'level', 'design', ...job],
  },
  threshold: {
    call: (options) => threshold(values, options as never),
    options: ['fpr', 'thresholdRule', 'delta', ...job],
    needs: { fpr: 0.1 },
  },
  thresholds: {
    call: (options) => thresholds(values, options as never),
    options: ['fprs', 'thresholdRule', 'delta', ...job],
    needs: { fprs: [0.1] },
  },
  thresholdAtTpr: {
    call: (options) => thresholdAtTpr(values, options as never),
    options: ['tpr', ...job],
    needs: { tpr: 0.9 },
  },
  quantiles: {
    call: (options) => quantiles(values, 0.5, options as never),
    options: ['definition', ...job],
    needs: { definition: 'linear' },
  },
  rates: { call: (options) => rates(pair.baseline, 0, options as never), options: job },
  sort: { call: (options) => sort(values, options as never), options: job },
  argsort: { call: (options) => argsort(values, options as never), options: job },
  rank: { call: (options) => rank(values, options as never), options: ['ties', ...job] },
  ecdf: { call: (options) => ecdf(values, values, options as never), options: job },
  kendallTest: { call: (options) => kendallTest([1, 2], [2, 1], options as never), options: ['seed'] },
  mantelTest: { call: (options) => mantelTest(table, table, options as never), options: ['seed', 'diagonal', 'pairs'] },
  readScores: {
    call: (options) => readScores([{ label: 0, baseline: 1, candidate: 2 }], options as never),
    options: [
      ...[
        'label',
        'baseline',
        'candidates',
        'class',
        'split',
        'group',
        'ignore',
        'normal',
        'format',
        'source',
        'signal',
      ],
      ...['detector', 'score', 'key', 'run', 'trainings'],
    ],
  },
  joinScores: {
    call: (options) => joinScores(['a.csv', 'b.csv'], options as never),
    options: ['label', 'class', 'split', 'group', 'normal', 'format', 'signal', 'key', 'score', 'names'],
    needs: { key: 'id' },
  },
}

/** What no option takes. */
const strangers: readonly unknown[] = [Symbol('x'), 10n ** 30n, null, [{}], () => 0, Number.NaN]

for (const [name, { call, options, needs }] of Object.entries(functions)) {
  const refused = async (given: unknown, code: RegExp, message: RegExp) =>
    assert.rejects(
      async () => call(given),
      (error) => error instanceof ScoringBiasError && code.test(error.code) && message.test(error.message),
      `${name}(${typeof given === 'object' ? Object.keys(given ?? {}).join() : String(given)})`,
    )

  test(`${name} refuses options that it does not have, with the nearest that it has`, async () => {
    await refused({ ...needs, [`${options[0]}s_`]: 1 }, /^UNKNOWN_NAME$/, new RegExp(`^${name} has no option`))
    for (const option of options) {
      const upper = option.toUpperCase()
      await refused(
        { ...needs, [upper]: 1 },
        /^UNKNOWN_NAME$/,
        new RegExp(`'${upper}' \\(did you mean '${option}'\\?\\)`),
      )
    }
  })

  test(`${name} refuses options that are no object`, async () => {
    for (const given of [null, 1, 'fpr', [], true, Symbol('x'), 1n, () => 0])
      await refused(given, /^WRONG_TYPE$/, /must be an object/)
  })

  test(`${name} refuses values of the wrong kind by the option's name`, async () => {
    for (const option of options) {
      for (const value of strangers) {
        if (typeof value === 'function' && option === 'onProgress') continue
        await refused({ ...needs, [option]: value }, /^(WRONG_TYPE|OUT_OF_RANGE|NOT_A_NUMBER|LENGTH_MISMATCH)$/, /\S/)
      }
    }
  })
}
