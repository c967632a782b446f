import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  bootstrap,
  compare,
  compareSeeds,
  compareTargets,
  relativeBias,
  relativeBiasAtTpr,
  relativeBiasCurve,
  relativeBiasOverRange,
  type ScoreData,
  simultaneous,
} from '../../src/index.js'
import { power } from '../../src/theory/power.js'

const normal = Float64Array.of(1, 2, 3, 4)
const anomalous = Float64Array.of(3, 5, 2)
const pair = { baseline: { normal, anomalous }, candidate: { normal, anomalous } }
const scores = {
  source: 'example',
  detectors: ['old', 'new'],
  validation: [normal, normal],
  anomalous: [anomalous, anomalous],
}
const trained = { ...scores, trainings: { baseline: 'old', candidate: 'new', nBaseline: 1 } }
const wrong = <T>(value: unknown) => value as T
const holes = wrong<never>(new Array(2))

const refusals: [what: string, code: string, message: RegExp, () => unknown][] = [
  ['detectors that are holes', 'WRONG_TYPE', /^detectors\[0\] must be an object/, () => bootstrap(holes)],
  [
    'classes that are holes',
    'WRONG_TYPE',
    /^detectors\[0\]\.anomalous\[0\] must be a Float32Array or Float64Array, got undefined$/,
    () => bootstrap([{ normal, anomalous: holes }]),
  ],
  ['contrasts that are holes', 'WRONG_TYPE', /^contrasts\[0\] must be an object/, () => simultaneous(holes, 0.9)],
  [
    'rates that are holes',
    'WRONG_TYPE',
    /^fprs\[0\] must be a number/,
    () => bootstrap([{ normal, anomalous: [] }], { fprs: holes }),
  ],
  [
    'a range of holes',
    'WRONG_TYPE',
    /^fprRange\[0\] must be a number, got undefined$/,
    () => relativeBiasOverRange(pair, { fprRange: holes }),
  ],
  [
    'a mean that is no text',
    'WRONG_TYPE',
    /^over must be a string, got 10n$/,
    () => relativeBiasOverRange(pair, { fprRange: [0.1, 0.2], over: wrong(10n) }),
  ],
  [
    'an unknown mean',
    'UNKNOWN_NAME',
    /^unknown value of over 'logs' \(did you mean 'log'\?\); known: log, fpr$/,
    () => relativeBiasOverRange(pair, { fprRange: [0.1, 0.2], over: wrong('logs') }),
  ],
  [
    'an array of numbers for a detector',
    'WRONG_TYPE',
    /^candidate\.anomalous must be a Float32Array or Float64Array, got undefined$/,
    () => relativeBiasAtTpr({ ...pair, candidate: wrong(BigInt64Array.of(0n)) }),
  ],
  ['no rows', 'EMPTY_SAMPLE', /^scores has no rows$/, () => relativeBias([])],
  [
    'rows that are holes',
    'WRONG_TYPE',
    /^scores row 1: must be an object/,
    () => compareTargets(holes, { fprs: [0.1] }),
  ],
  [
    'a class that is no text',
    'WRONG_TYPE',
    /^scores row 1: the class must be a text or a number, got an object$/,
    () => relativeBias([{ label: 1, baseline: 1, candidate: 1, class: wrong(Object.create(null)) }]),
  ],
  [
    'a score that is a bigint',
    'WRONG_TYPE',
    /^scores row 1: score 'baseline' is 1n, not a number$/,
    () => relativeBias([{ label: 1, baseline: 1n, candidate: 1 }]),
  ],
  [
    'an fpr whose slopes are beyond any number',
    'OUT_OF_RANGE',
    /^the ROC curves are too steep at fpr = 5e-324 .* Use an fpr further from 0, /,
    () => power({ fpr: 5e-324, tprBaseline: 0.2, xi: 0.7, nNormal: 1000, nAnomalous: 100 }),
  ],
  [
    'an fpr whose variance is beyond any number',
    'OUT_OF_RANGE',
    /^the ROC curves are too steep at fpr = 1e-300 /,
    () => power({ fpr: 1e-300, tprBaseline: 0.2, xi: 0.7, nNormal: 1000, nAnomalous: 100 }),
  ],
  [
    'names of groups that are holes',
    'WRONG_TYPE',
    /^groups\.names\[0\] must be a string, got undefined$/,
    () => compare({ ...scores, groups: { normal: [1, 2, 3, 4], anomalous: [1, 2, 3], names: holes } }),
  ],
  [
    'an object that only looks like rows',
    'WRONG_TYPE',
    /^baseline must be an object \{ normal, anomalous \}, got undefined$/,
    () => relativeBias(wrong({ [Symbol.iterator]: 1 })),
  ],
  ...dataRefusals('compare', (data) => compare(data)),
  ...dataRefusals('compareSeeds', (data) => compareSeeds({ ...data, trainings: trained.trainings })),
  [
    'trainings that are null',
    'WRONG_TYPE',
    /^the options of trainings must be an object, got null$/,
    () => compareSeeds({ ...scores, trainings: wrong(null) }),
  ],
  [
    'a baseline without a name',
    'WRONG_TYPE',
    /^baseline must be a string, got undefined\. It is required$/,
    () => compareSeeds({ ...scores, trainings: wrong({ candidate: 'new', nBaseline: 1 }) }),
  ],
  [
    'trainings of one detector',
    'OUT_OF_RANGE',
    /^scores must say with trainings\.nBaseline how many of the 2 detectors, from 1 to 1, /,
    () => compareSeeds({ ...trained, trainings: { ...trained.trainings, nBaseline: 2 } }),
  ],
]

function dataRefusals(where: string, call: (data: ScoreData) => unknown): typeof refusals {
  const strangers: [Partial<Record<keyof ScoreData, unknown>>, RegExp][] = [
    [{ detectors: holes }, /^detectors\[0\] must be a string, got undefined$/],
    [{ detectors: ['old', Object.create(null)] }, /^detectors\[1\] must be a string, got an object$/],
    [{ validation: holes }, /^validation\[0\] must be a Float32Array or Float64Array, got undefined$/],
    [{ anomalous: [anomalous, undefined] }, /^anomalous\[1\] must be a Float32Array or Float64Array, got undefined$/],
    [{ test: holes }, /^test\[0\] must be a Float32Array or Float64Array, got undefined$/],
    [{ source: Object.create(null) }, /^source must be a string, got an object$/],
    [{ notes: holes }, /^notes\[0\] must be a string, got undefined$/],
  ]
  return strangers.map(([part, message]) => [
    `${where} with strange ${Object.keys(part).join()}`,
    'WRONG_TYPE',
    message,
    () => call({ ...scores, ...part } as ScoreData),
  ])
}

for (const [what, code, message, call] of refusals) {
  test(`refuses ${what}`, async () => {
    await assert.rejects(async () => call(), { name: 'ScoringBiasError', code, message })
  })
}

test('a level next to 0 is a level like any other', async () => {
  const { points } = await relativeBiasCurve(pair, {
    fprs: [0.25, 0.5],
    level: 1e-17,
    resamples: 50,
    intervalMethod: 'percentile',
  })
  for (const { interval, simultaneous: joint } of points) assert.ok(joint[0] <= interval[0] && interval[1] <= joint[1])
  const replicates = Float64Array.of(0.1, 0.2, 0.3)
  // Rank ⌊α(B + 1)/2⌋ = 1 from either end, α being just below 1.
  for (const level of [1e-9, 1e-17]) {
    const [own] = simultaneous([{ replicates }], level)
    assert.deepEqual(own?.interval, [0.1, 0.3])
    assert.deepEqual(
      simultaneous([{ replicates }, { replicates }], level).map(({ interval }) => interval),
      [own.interval, own.interval],
    )
  }
})

test('a detector that flags all over the range has recall 1, not more', async () => {
  const flagged = { normal: Float64Array.from({ length: 39 }, (_, i) => -i), anomalous: Float64Array.of(1) }
  const missed = { normal: flagged.normal, anomalous: Float64Array.of(-100) }
  for (const over of ['log', 'fpr'] as const) {
    for (const fprRange of [
      [0.26, 0.35],
      [0.01, 0.9],
      [0.1, 0.7],
      [0.003, 0.999],
    ] as const) {
      const { xi, tprBaseline, tprCandidate, interval } = await relativeBiasOverRange(
        { baseline: missed, candidate: flagged },
        { fprRange, over, resamples: 40 },
      )
      assert.deepEqual({ xi, tprBaseline, tprCandidate }, { xi: 1, tprBaseline: 0, tprCandidate: 1 })
      assert.ok(-1 <= interval[0] && interval[1] <= 1)
    }
  }
})
