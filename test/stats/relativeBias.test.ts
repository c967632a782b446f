import assert from 'node:assert/strict'
import { test } from 'node:test'
import { relativeBias } from '../../src/stats/bias/relativeBias.js'
import type { ScorePair } from '../../src/stats/bias/types.js'
import { bootstrap } from '../../src/stats/bootstrap/bootstrap.js'
import { type IntervalMethod, intervalMethods } from '../../src/stats/bootstrap/bootstrapInterval.js'
import { normals, scorePair } from './samples.js'

const scores = scorePair(600, 150)
const options = { resamples: 2000, seed: 4 }

test('relativeBias is the difference of recalls at each detector’s own threshold', async () => {
  const { observed } = await bootstrap(
    [scores.baseline, scores.candidate].map(({ normal, anomalous }) => ({ normal, anomalous: [anomalous] })),
    { resamples: 1 },
  )
  const result = await relativeBias(scores, options)
  assert.deepEqual([result.baseline.observedTpr, result.candidate.observedTpr], Array.from(observed.observedTpr))
  assert.deepEqual([result.baseline.threshold, result.candidate.threshold], Array.from(observed.thresholds))
  assert.deepEqual([result.baseline.observedFpr, result.candidate.observedFpr], [0.05, 0.05])
  assert.equal(result.xi, result.candidate.observedTpr - result.baseline.observedTpr)
  assert.ok(result.interval[0] < result.xi && result.xi < result.interval[1])
  assert.equal(result.direction, 'up')
  assert.ok(result.pValue < 0.01)
  assert.deepEqual(result.classes, [])
  assert.deepEqual(result.warnings, [])
  const { fpr, level, resamples, seed, design, nNormal, nAnomalous, engine } = result
  assert.deepEqual(
    { fpr, level, resamples, seed, design, nNormal, nAnomalous, engine },
    {
      fpr: 0.05,
      level: 0.95,
      resamples: undefined,
      seed: undefined,
      design: 'paired',
      nNormal: 600,
      nAnomalous: 150,
      engine: 'exact',
    },
  )
})

test('the interval narrows with the samples and covers the true ξ', async () => {
  // Φ(1 − z) and Φ(2 − z) with z = Φ⁻¹(0.95): Corollary 2 of Ye, Chen and Zheng for two Gaussian detectors.
  const truth = 0.6387600312 - 0.2595110228
  const width = async (n0: number, n1: number) => {
    const { interval } = await relativeBias(scorePair(n0, n1), options)
    assert.ok(interval[0] < truth && truth < interval[1], `${interval}`)
    return interval[1] - interval[0]
  }
  assert.ok((await width(20_000, 5000)) < (await width(1000, 250)) / 2.5)
})

test('replicates on request: ξ, thresholds and recalls of all anomalies and of each class', async () => {
  const classes = Array.from({ length: 150 }, (_, i) => (i % 3 === 0 ? 'rare' : 'common'))
  const result = await relativeBias(scores, { ...options, classes, replicates: true })
  const { replicates } = result
  assert.ok(replicates !== undefined)
  for (const values of Object.values(replicates)) assert.equal(values.length, 2000)
  replicates.xi.forEach((xi, b) => {
    assert.equal(xi, (replicates.tprCandidate[b] ?? 0) - (replicates.tprBaseline[b] ?? 0))
  })
  for (const { replicates: ofClass } of result.classes) assert.equal(ofClass?.xi.length, 2000)
  const without = await relativeBias(scores, { ...options, classes, engine: 'tree' })
  assert.equal(without.replicates, undefined)
  assert.ok(without.classes.every((bias) => !('replicates' in bias)))
  assert.deepEqual(without.interval, result.interval)
})

test('classes are answered for in the order of their first sample, and do not change the whole', async () => {
  const classes = Array.from({ length: 150 }, (_, i) => (i % 3 === 0 ? 'rare' : 'common'))
  const whole = await relativeBias(scores, options)
  const result = await relativeBias(scores, { ...options, classes })
  assert.deepEqual({ ...result, classes: [] }, whole)
  assert.deepEqual(
    result.classes.map(({ name, n, nCandidate }) => [name, n, nCandidate]),
    [
      ['rare', 50, 50],
      ['common', 100, 100],
    ],
  )
  const [rare, common] = result.classes
  assert.ok(rare !== undefined && common !== undefined)
  assert.ok(Math.abs((50 * rare.tprBaseline + 100 * common.tprBaseline) / 150 - whole.baseline.observedTpr) < 1e-12)
  assert.ok(Math.abs((50 * rare.xi + 100 * common.xi) / 150 - whole.xi) < 1e-12)
  // Numbers name classes as well as strings do.
  const numbered = await relativeBias(scores, { ...options, classes: Uint8Array.from(classes, (c) => c.length) })
  assert.deepEqual(
    numbered.classes.map(({ name, ...rest }) => rest),
    result.classes.map(({ name, ...rest }) => rest),
  )
})

test('independent detectors have their own samples, sizes and classes', async () => {
  const pair = {
    baseline: { normal: normals(300, 1), anomalous: normals(40, 2, 1) },
    candidate: { normal: normals(500, 3), anomalous: normals(90, 4, 2.5) },
  }
  const classes = {
    baseline: Array.from({ length: 40 }, (_, i) => (i < 10 ? 'a' : 'b')),
    candidate: Array.from({ length: 90 }, (_, i) => (i < 60 ? 'b' : 'a')),
  }
  const result = await relativeBias(pair, { ...options, design: 'independent', classes })
  assert.deepEqual(
    result.classes.map(({ name, n, nCandidate }) => [name, n, nCandidate]),
    [
      ['a', 10, 30],
      ['b', 30, 60],
    ],
  )
  assert.equal(result.direction, 'up')
})

test('a class that is no finite number, or has no name, is refused', async () => {
  const pair = scorePair(40, 4)
  const refused = (classes: string[] | number[], code: string, message: RegExp) =>
    assert.rejects(relativeBias(pair, { classes }), { code, message })
  await refused([1, 2, Number.NaN, 1], 'WRONG_TYPE', /^classes\[2\] must be a string or a finite number, got NaN$/)
  await refused(['a', '', 'b', 'a'], 'EMPTY_SAMPLE', /^classes\[1\] is empty/)
})

test('every interval method gives an interval around ξ', async () => {
  for (const interval of ['percentile', 'basic', 'normal', 'bca'] as const) {
    const result = await relativeBias(scores, { ...options, intervalMethod: interval })
    assert.ok(result.interval[0] < result.xi && result.xi < result.interval[1], interval)
  }
})

test('intervals are cut to what ξ can be', async () => {
  const pair = {
    baseline: { normal: normals(50, 1), anomalous: normals(4, 2) },
    candidate: { normal: normals(50, 3), anomalous: Float64Array.of(9, 9, 9, 1) },
  }
  for (const interval of ['basic', 'normal'] as const) {
    const result = await relativeBias(pair, { ...options, intervalMethod: interval })
    assert.ok(result.interval[0] >= -1 && result.interval[1] <= 1, interval)
  }
})

test('warnings: too few normals, ties, reversed scores, too few resamples, no spread', async () => {
  const warningsOf = async (pair: { baseline: ScorePair; candidate: ScorePair }, more = {}) =>
    (await relativeBias(pair, { ...options, ...more })).warnings.join('\n')

  const few = scorePair(12, 30)
  assert.match(
    await warningsOf(few),
    /12 normal samples are too few to set a threshold for fpr = 0.05.*Use at least 20 normal samples/,
  )

  const tied = { ...scores, candidate: { ...scores.candidate, normal: new Float64Array(600).fill(1) } }
  assert.match(
    await warningsOf(tied),
    /600 normal samples have exactly the score 1, which is the threshold of 'candidate'.* a fraction of 0 .*0.05/,
  )

  const reverse = (values: Float64Array) => values.map((x) => -x)
  const reversed = {
    ...scores,
    candidate: { normal: reverse(scores.candidate.normal), anomalous: reverse(scores.candidate.anomalous) },
  }
  assert.match(
    await warningsOf(reversed),
    /'candidate' flags a smaller fraction of the anomalies.*worse than chance.*negate them/,
  )

  assert.match(
    await warningsOf(scores, { resamples: 20, engine: 'tree' }),
    /20 resamples are too few for intervals of level 0.95.*at least 39/,
  )

  const certain = { ...scores, candidate: scores.baseline }
  assert.match(
    await warningsOf(certain, { intervalMethod: 'basic' }),
    /fewer than 30 samples tell the detectors apart for all anomalies\. The interval method 'basic' needs more\. So the method 'confidence' gave/,
  )
})

test('a class’s arrow follows its simultaneous interval, which allows for the other classes', async () => {
  const classes = Array.from({ length: 150 }, (_, i) => `class ${i % 5}`)
  const { classes: answers, interval } = await relativeBias(scores, { ...options, classes })
  assert.equal(answers.length, 5)
  for (const bias of answers) {
    const [low, high] = bias.simultaneous
    assert.equal(bias.direction, low > 0 ? 'up' : high < 0 ? 'down' : 'none')
    assert.ok(high - low > interval[1] - interval[0])
    assert.ok(bias.pAdjusted > 0 && bias.pAdjusted <= 1)
  }
  const one = await relativeBias(scores, { ...options, classes: classes.map(() => 'all') })
  const several = answers[0]
  assert.ok(several !== undefined)
  assert.ok((one.classes[0]?.pAdjusted ?? 1) <= several.pAdjusted)
})

test('a class of which few samples decide is answered by the confidence distribution, and named', async () => {
  const classes = Array.from({ length: 150 }, (_, i) => (i < 30 ? 'clear' : i < 31 ? 'lone' : 'other'))
  const pair = {
    baseline: { ...scores.baseline, anomalous: scores.baseline.anomalous.slice().fill(50, 0, 30).fill(-50, 30, 31) },
    candidate: { ...scores.candidate, anomalous: scores.candidate.anomalous.slice().fill(50, 0, 31) },
  }
  const asked = { ...options, classes, intervalMethod: 'percentile' } as const
  const { classes: biases, warnings } = await relativeBias(pair, asked)
  const [clear, lone, other] = biases
  assert.ok(clear !== undefined && lone !== undefined && other !== undefined)
  assert.deepEqual([clear.xi, lone.xi], [0, 1])
  // No sample of 30 decides: (1 − x)³⁰ = 0.05 on either side.
  for (const bound of clear.interval) assert.ok(Math.abs(Math.abs(bound) - 0.095) < 0.02, `${bound}`)
  // One sample that only the candidate flags is no evidence.
  assert.deepEqual([clear.direction, lone.direction, other.direction], ['none', 'none', 'up'])
  assert.ok(lone.pAdjusted > 0.2)
  assert.match(warnings.join(), /tell the detectors apart for class 'clear', class 'lone'\./)
  const own = await relativeBias(pair, { ...asked, intervalMethod: 'confidence' })
  assert.deepEqual([own.classes[0]?.interval, own.classes[1]?.pValue], [clear.interval, lone.pValue])
})

test('one class is all anomalies, and answered for once', async () => {
  for (const intervalMethod of intervalMethods) {
    const result = await relativeBias(scores, { ...options, intervalMethod, classes: new Array(150).fill('all') })
    const [only] = result.classes
    assert.ok(only !== undefined && result.classes.length === 1)
    const { interval, pValue, simultaneous, pAdjusted, direction } = result
    assert.deepEqual(
      [only.interval, only.pValue, only.simultaneous, only.pAdjusted, only.direction],
      [interval, pValue, simultaneous, pAdjusted, direction],
    )
    assert.deepEqual([simultaneous, pAdjusted], [interval, pValue])
  }
})

test('without a tolerated false alarm there is no arrow, whatever the interval method', async () => {
  for (const n of [1, 5, 19]) {
    for (const intervalMethod of intervalMethods) {
      const pair = {
        baseline: { ...scores.baseline, normal: scores.baseline.normal.slice(0, n) },
        candidate: { normal: scores.candidate.normal.slice(0, n), anomalous: new Float64Array(150).fill(99) },
      }
      const { direction, pValue, interval, warnings } = await relativeBias(pair, { resamples: 199, intervalMethod })
      assert.deepEqual([direction, pValue, interval[0] <= 0 && interval[1] >= 0], ['none', 1, true])
      assert.match(
        warnings[0] ?? '',
        new RegExp(
          `^${n === 1 ? '1 normal sample is' : `${n} normal samples are`} too few to set a threshold for fpr = 0.05`,
        ),
      )
      assert.match(warnings[0] ?? '', /Use at least 20 normal samples$/)
    }
  }
})

test('all methods answer, in both designs, and cover the truth', async () => {
  const truth = 0.6387600312 - 0.2595110228
  const large = scorePair(4000, 1000)
  for (const design of ['paired', 'independent'] as const) {
    for (const interval of intervalMethods) {
      const result = await relativeBias(large, {
        ...options,
        ...{ resamples: 10_000, intervalMethod: interval, design, level: 0.99 },
      })
      assert.ok(result.interval[0] < truth && truth < result.interval[1], `${design} ${interval}: ${result.interval}`)
      assert.ok(result.interval[1] - result.interval[0] < 0.2)
      assert.ok(result.pValue < 0.002)
    }
  }
  await assert.rejects(relativeBias(scores, { ...options, intervalMethod: 'studentized', engine: 'direct' }), {
    code: 'OUT_OF_RANGE',
    message: /engine 'tree'/,
  })
})

test('a certified threshold flags fewer by design, which is no sign of ties', async () => {
  const { baseline, candidate, warnings } = await relativeBias(scores, { ...options, thresholdRule: 'certified' })
  assert.ok(baseline.observedFpr < 0.05 && candidate.observedFpr < 0.05)
  assert.deepEqual(warnings, [])
})

test('few tolerated false alarms: a warning, unless the method holds its level even so', async () => {
  const few = scorePair(100, 50)
  const warned = async (interval: IntervalMethod, fpr = 0.05) =>
    (await relativeBias(few, { ...options, fpr, intervalMethod: interval })).warnings.filter((text) =>
      /allows only 5 false alarms among/.test(text),
    )
  assert.equal((await warned('bca')).length, 1)
  assert.equal((await warned('percentile')).length, 1)
  assert.equal((await warned('confidence')).length, 0)
  assert.equal((await warned('bca', 0.1)).length, 0)
})
