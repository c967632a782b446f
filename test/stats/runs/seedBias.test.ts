import assert from 'node:assert/strict'
import { test } from 'node:test'
import { normal } from '../../../src/random/normal.js'
import { relativeBias } from '../../../src/stats/bias/relativeBias.js'
import { relativeBiasOfSeeds } from '../../../src/stats/runs/seedBias.js'

const n0 = 400
const n1 = 120
/** Scores of one training: what the samples have in common, and its own. */
function training(stream: number, shift: number) {
  const scores = (n: number, base: number, mean: number) => {
    const common = normal(n, { seed: 1, stream: base })
    const own = normal(n, { seed: 1, stream: base + 1000 + stream })
    return common.map((x, i) => mean + 0.8 * x + 0.6 * (own[i] ?? Number.NaN))
  }
  return { normal: scores(n0, 1, 0), anomalous: scores(n1, 2, shift) }
}
const baseline = [1, 2, 3].map((seed) => training(seed, 1))
const candidate = [4, 5, 6, 7, 8].map((seed) => training(seed, 2))
const classes = Array.from({ length: n1 }, (_, i) => (i % 3 === 0 ? 'crack' : 'dent'))

test('three and five trainings are one comparison', async () => {
  const answer = await relativeBiasOfSeeds({ baseline, candidate }, { classes, seed: 1 })
  const { xi, interval, direction, recallsBaseline, recallsCandidate } = answer
  const mean = (values: Float64Array) => values.reduce((sum, x) => sum + x, 0) / values.length
  assert.ok(Math.abs(xi - (mean(recallsCandidate) - mean(recallsBaseline))) < 1e-12)
  assert.deepEqual([recallsBaseline.length, recallsCandidate.length], [3, 5])
  // The true ξ of N(1, 1) and N(2, 1) at FPR 5 % is 0.379.
  assert.ok(interval[0] < 0.379 && interval[1] > 0.379 && direction === 'up', `${interval}`)
  assert.deepEqual(
    answer.classes.map(({ name, n }) => [name, n]),
    [
      ['crack', 40],
      ['dent', 80],
    ],
  )
  for (const one of answer.classes) {
    assert.ok(one.simultaneous[0] <= one.interval[0] && one.simultaneous[1] >= one.interval[1])
    assert.ok(one.pAdjusted >= one.pValue)
  }
  assert.deepEqual(answer.warnings, [])
})

test('a recall of each training is that of relativeBias', async () => {
  const { recallsBaseline } = await relativeBiasOfSeeds({ baseline, candidate }, { resamples: 99 })
  const single = await relativeBias({
    baseline: baseline[1] ?? assert.fail(),
    candidate: candidate[0] ?? assert.fail(),
  })
  assert.equal(recallsBaseline[1], single.baseline.observedTpr)
})

test('the same training again and again leaves the interval of its samples', async () => {
  const one = training(1, 1)
  const other = training(2, 2)
  const again = await relativeBiasOfSeeds({ baseline: [one, one, one], candidate: [other, other] }, { seed: 3 })
  const single = await relativeBias({ baseline: one, candidate: other })
  for (const i of [0, 1] as const) {
    assert.ok(Math.abs(again.interval[i] - single.interval[i]) < 0.012, `${again.interval} ${single.interval}`)
  }
  assert.equal(again.trainingError, 0)
})

test('groups widen the interval where samples of a group are alike', async () => {
  const effects = normal(20, { seed: 4, stream: 9 })
  const groupOf = (n: number) => Array.from({ length: n }, (_, i) => `patient ${i % 20}`)
  const alike = (pair: ReturnType<typeof training>, weight: number) => ({
    normal: pair.normal,
    anomalous: pair.anomalous.map((x, i) => x + weight * (effects[i % 20] ?? Number.NaN)),
  })
  const scores = { baseline, candidate: candidate.map((pair) => alike(pair, 1.5)) }
  const groups = { normal: groupOf(n0), anomalous: groupOf(n1) }
  const plain = await relativeBiasOfSeeds(scores)
  const grouped = await relativeBiasOfSeeds(scores, { groups })
  assert.deepEqual(grouped.nGroups, { all: 20, normal: 20, anomalous: 20 })
  assert.ok(grouped.sampleError > 1.2 * plain.sampleError, `${grouped.sampleError} ${plain.sampleError}`)
  const few = await relativeBiasOfSeeds(scores, {
    groups: {
      normal: groupOf(n0).map((name) => name.slice(0, 9)),
      anomalous: groupOf(n1).map((name) => name.slice(0, 9)),
    },
  })
  assert.match(few.warnings.join('\n'), /of 10 groups|of 1\d groups/)
})

test('one training of a detector is taken as it is, and said', async () => {
  const { warnings } = await relativeBiasOfSeeds({ baseline: baseline.slice(0, 1), candidate })
  assert.match(
    warnings.join('\n'),
    /the baseline has one training\. So the answer is about the baseline as it was trained/,
  )
  const two = await relativeBiasOfSeeds({ baseline, candidate: candidate.slice(0, 2) })
  assert.match(two.warnings.join('\n'), /2 trainings of the candidate show little of how training varies/)
})

test('errors name what is wrong, its place and the way out', async () => {
  const refuses = (run: Promise<unknown>, code: string, message: RegExp) => assert.rejects(run, { code, message })
  const one = { baseline: baseline.slice(0, 1), candidate: candidate.slice(0, 1) }
  await refuses(relativeBiasOfSeeds(one), 'OUT_OF_RANGE', /one training each.*use relativeBias/)
  await refuses(relativeBiasOfSeeds({ baseline: [], candidate }), 'EMPTY_SAMPLE', /baseline is empty/)
  const broken = { ...training(1, 1), anomalous: Float64Array.of(1, Number.NaN) }
  await refuses(
    relativeBiasOfSeeds({ baseline: [broken, broken], candidate: [broken] }),
    'NOT_A_NUMBER',
    /baseline\[0\]\.anomalous\[1\]/,
  )
  await refuses(
    relativeBiasOfSeeds({ baseline, candidate: [training(1, 1), { ...training(2, 1), normal: new Float64Array(3) }] }),
    'LENGTH_MISMATCH',
    /candidate\[1\]\.normal has length 3/,
  )
  const groups = { normal: new Array<string>(n0).fill('a'), anomalous: new Array<string>(n1).fill('a') }
  await refuses(
    relativeBiasOfSeeds({ baseline, candidate }, { groups }),
    'OUT_OF_RANGE',
    /all samples are of one group, 'a'/,
  )
  const missing = { ...groups, anomalous: groups.anomalous.with(7, '') }
  await refuses(
    relativeBiasOfSeeds({ baseline, candidate }, { groups: missing }),
    'EMPTY_SAMPLE',
    /groups\.anomalous\[7\] is empty/,
  )
})
