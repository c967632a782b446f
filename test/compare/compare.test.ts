import assert from 'node:assert/strict'
import { describe, it, test } from 'node:test'
import { at } from '../../src/check.js'
import { type CompareOptions, compare } from '../../src/compare/compare.js'
import { comparedSets, nameOf } from '../../src/compare/scoreData.js'
import type { ScoreData } from '../../src/compare/types.js'
import type { ScoreArray } from '../../src/native.js'
import { normal } from '../../src/random/normal.js'
import { compareCsv } from '../../src/report/compare/compareCsv.js'
import { compareText } from '../../src/report/compare/compareText.js'
import { normalCdf, normalQuantile } from '../../src/special.js'
import { enoughSamples } from '../../src/stats/bias/enoughSamples.js'
import { relativeBias } from '../../src/stats/bias/relativeBias.js'
import { relativeBiasCurve } from '../../src/stats/bias/relativeBiasCurve.js'
import { drawReplicates } from '../../src/stats/bias/replicates.js'
import { scoreSets } from '../../src/stats/bias/sets.js'
import { simultaneous } from '../../src/stats/bias/simultaneous.js'
import { binomialInterval } from '../../src/stats/binomialInterval.js'
import { bootstrapInput } from '../../src/stats/bootstrap/bootstrap.js'
import { normals, scorePair } from '../stats/samples.js'

const pair = scorePair(600, 150)
const classes = Array.from({ length: 150 }, (_, i) => ['dent', 'crack', 'scratch'][i % 3] ?? '')
const data: ScoreData = {
  source: 'scores.csv',
  detectors: ['old', 'new'],
  validation: [pair.baseline.normal, pair.candidate.normal],
  anomalous: [pair.baseline.anomalous, pair.candidate.anomalous],
  classes,
}

/** With two more candidates: one like the baseline, one worse. */
const several = withTwoMore(data)

function withTwoMore({ validation, anomalous, ...rest }: ScoreData): ScoreData {
  const [normal = assert.fail(), anomalies = assert.fail()] = [validation[0], anomalous[0]]
  return {
    ...rest,
    detectors: ['old', 'new', 'alike', 'worse'],
    validation: [...validation, blend(normal, 21, 0), normals(normal.length, 23)],
    anomalous: [...anomalous, blend(anomalies, 22, 0), normals(anomalies.length, 24)],
  }
}

function blend(scores: ScoreArray, stream: number, shift: number): Float64Array {
  const noise = normals(scores.length, stream)
  return Float64Array.from(scores, (x, i) => 0.8 * x + 0.6 * (noise[i] ?? 0) + shift)
}

describe('one candidate', () => {
  for (const options of [
    { seed: 3 },
    { seed: 3, engine: 'direct', intervalMethod: 'percentile', fpr: 0.1, level: 0.9 },
    { intervalMethod: 'studentized' },
    { thresholdRule: 'certified', delta: 0.1, intervalMethod: 'bt2' },
  ] as const) {
    it(`is answered for as by relativeBias: ${JSON.stringify(options)}`, async () => {
      const wanted = await relativeBias(pair, { ...options, classes, resamples: 1000 })
      const { baseline, candidates, engine, nNormal, nAnomalous, multiplicity } = await compare(data, {
        ...options,
        resamples: 1000,
      })
      const [{ candidate, overall, classes: answers }] = candidates as [(typeof candidates)[number]]
      assert.deepEqual({ engine, nNormal, nAnomalous, multiplicity }, { ...pickOf(wanted), multiplicity: 'joint' })
      assert.deepEqual(
        [baseline.threshold, baseline.validationFpr.rate, candidate.threshold, candidate.validationFpr.rate],
        [
          wanted.baseline.threshold,
          wanted.baseline.observedFpr,
          wanted.candidate.threshold,
          wanted.candidate.observedFpr,
        ],
      )
      const plain = ({ tprBaseline, tprCandidate, enough: _, ...one }: typeof overall) => ({
        ...one,
        tprBaseline: tprBaseline.rate,
        tprCandidate: tprCandidate.rate,
      })
      assert.deepEqual(
        answers.map(plain),
        wanted.classes.map(({ nCandidate: _, ...one }) => one),
      )
      const { xi, interval, pValue, direction } = wanted
      const { name: _, n, tprBaseline, tprCandidate, ...numbers } = plain(overall)
      assert.deepEqual(numbers, { xi, interval, pValue, simultaneous: interval, pAdjusted: pValue, direction })
      assert.deepEqual([n, tprBaseline, tprCandidate], [150, wanted.baseline.observedTpr, wanted.candidate.observedTpr])
    })
  }

  function pickOf({ engine, nNormal, nAnomalous }: Awaited<ReturnType<typeof relativeBias>>) {
    return { engine, nNormal, nAnomalous }
  }

  it('has exact intervals of all rates', async () => {
    const test = [normals(80, 31), normals(80, 32)]
    const { baseline, candidates } = await compare({ ...data, test }, { resamples: 50, level: 0.9 })
    assert.deepEqual(baseline.validationFpr, { n: 600, rate: 0.05, interval: binomialInterval(30, 600, 0.9) })
    const above = test[0]?.filter((x) => x > baseline.threshold).length ?? 0
    assert.deepEqual(baseline.testFpr, { n: 80, rate: above / 80, interval: binomialInterval(above, 80, 0.9) })
    const { n, rate, interval } = candidates[0]?.classes[0]?.tprCandidate ?? assert.fail()
    assert.deepEqual([n, interval], [50, binomialInterval(Math.round(50 * rate), 50, 0.9)])
  })

  it('comes with the curve asked for', async () => {
    const curve = [0.02, 0.05, 0.2]
    const { candidates } = await compare(data, { resamples: 500, curve, seed: 8 })
    assert.deepEqual(candidates[0]?.curve, await relativeBiasCurve(pair, { resamples: 500, fprs: curve, seed: 8 }))
    const plain = await compare(data, { resamples: 50 })
    assert.equal(plain.candidates[0]?.curve, undefined)
    const certified = await compare(data, { resamples: 50, curve: true, thresholdRule: 'certified' })
    assert.equal(certified.candidates[0]?.curve?.points[0]?.fpr, 0.005)
  })
})

describe('several candidates', () => {
  it('are one family with its classes: intervals and p-values of all contrasts at once', async () => {
    const intervalMethod = 'percentile'
    // Enough samples of each class that none is answered for by the confidence distribution.
    const large = scorePair(600, 900)
    const classes = Array.from({ length: 900 }, (_, i) => ['dent', 'crack', 'scratch'][i % 3] ?? '')
    const many = withTwoMore({
      ...data,
      validation: [large.baseline.normal, large.candidate.normal],
      anomalous: [large.baseline.anomalous, large.candidate.anomalous],
      classes,
    })
    const { candidates, multiplicity, engine } = await compare(many, { resamples: 1000, seed: 2, intervalMethod })
    assert.deepEqual([multiplicity, engine], ['joint', 'direct'])
    const replicates = await Promise.all(
      [1, 2, 3].map((d) =>
        relativeBias(
          {
            baseline: large.baseline,
            candidate: {
              normal: many.validation[d] ?? assert.fail(),
              anomalous: many.anomalous[d] ?? assert.fail(),
            },
          },
          { classes, resamples: 1000, seed: 2, engine: 'direct', intervalMethod, replicates: true },
        ),
      ),
    )
    const contrast = (one: { replicates?: { xi: Float64Array } }) => ({
      replicates: one.replicates?.xi ?? assert.fail(),
    })
    const joint = simultaneous(
      replicates.flatMap((one) => one.classes.map(contrast)),
      0.95,
    )
    assert.deepEqual(
      candidates.flatMap((one) => one.classes.map(({ simultaneous, pAdjusted }) => ({ simultaneous, pAdjusted }))),
      joint.map(({ interval, pAdjusted }) => ({ simultaneous: interval, pAdjusted })),
    )
    assert.deepEqual(
      candidates.map(({ classes: answers, overall }) =>
        [overall, ...answers].map(({ interval, pValue }) => ({ interval, pValue })),
      ),
      replicates.map((one) => [one, ...one.classes].map(({ interval, pValue }) => ({ interval, pValue }))),
    )
    const overall = simultaneous(replicates.map(contrast), 0.95)
    assert.deepEqual(
      candidates.map((one) => one.overall.simultaneous),
      overall.map(({ interval }) => interval),
    )
  })

  it('read replicate b off the same resample, whoever else is compared', async () => {
    const { detectors, labels } = comparedSets(several).compared
    const sets = scoreSets(detectors, labels, { fprs: [0.05] }, nameOf)
    const { input } = sets
    const wanted = { resamples: 300, seed: 6, engine: 'direct', intervalMethod: 'percentile' } as const
    const { pairs, shared } = await drawReplicates(sets, wanted, nameOf)
    assert.equal(shared, true)
    for (const [i, { result }] of pairs.entries()) {
      const { tpr, observed } = result
      const d = i + 1
      const alone = await bootstrapInput(
        {
          ...input,
          normal: [0, d].map((k) => input.normal[k] ?? assert.fail()),
          anomalous: [0, d].map((k) => input.anomalous[k] ?? assert.fail()),
          excluded: [0, d].map((k) => input.excluded[k] ?? assert.fail()),
        },
        { resamples: 300, seed: 6, engine: 'direct' },
        nameOf,
      )
      assert.deepEqual([tpr, observed], [alone.tpr, alone.observed])
    }
    // Twins have the same replicates, so nothing is lost by looking at both.
    const twins = { ...data, detectors: ['old', 'new', 'twin'] }
    const doubled = { ...twins, validation: [0, 1, 1].map((d) => data.validation[d] ?? assert.fail()) }
    const compared = await compare(
      { ...doubled, anomalous: [0, 1, 1].map((d) => data.anomalous[d] ?? assert.fail()) },
      { resamples: 300, engine: 'direct', intervalMethod: 'percentile' },
    )
    const single = await compare(data, { resamples: 300, engine: 'direct', intervalMethod: 'percentile' })
    for (const one of compared.candidates) assert.deepEqual(one.classes, single.candidates[0]?.classes)
  })

  it('without shared resamples are joined by Bonferroni', async () => {
    const options = { resamples: 999, engine: 'tree', intervalMethod: 'percentile', seed: 5 } as const
    const { candidates, multiplicity, engine } = await compare(several, options)
    assert.deepEqual([multiplicity, engine], ['bonferroni', 'tree'])
    const alone = await compare(data, { ...options, level: 1 - 0.05 / 3 })
    const [first] = candidates
    assert.deepEqual(
      first?.classes.map(({ simultaneous }) => simultaneous),
      alone.candidates[0]?.classes.map(({ simultaneous }) => simultaneous),
    )
    assert.deepEqual(
      first?.classes.map(({ pAdjusted }) => pAdjusted),
      alone.candidates[0]?.classes.map(({ pAdjusted }) => Math.min(1, 3 * pAdjusted)),
    )
  })

  it('have laws of their own with the confidence distribution', async () => {
    const { multiplicity, engine, seed } = await compare(several)
    assert.deepEqual([multiplicity, engine, seed], ['bonferroni', 'exact', undefined])
    const drawn = await compare(several, { resamples: 1000, engine: 'tree' })
    assert.deepEqual([drawn.multiplicity, drawn.engine], ['bonferroni', 'confidence'])
  })

  it('studentized intervals take the tree engine', async () => {
    const { multiplicity, engine } = await compare(several, { resamples: 100, intervalMethod: 'studentized' })
    assert.deepEqual([multiplicity, engine], ['bonferroni', 'tree'])
  })
})

describe('what would be enough', () => {
  const gamma = 0.0164
  const errors = normalQuantile(1 - gamma / 2) + 0.8416212335729143
  const evidence = { n: 80, xi: 0.1, deciding: 24, thresholdVariance: 0, gamma }

  it('without threshold noise is where |ξ| is c + z standard errors, with the sample that the law adds', () => {
    const enough = enoughSamples(evidence)
    const [share, variance] = [0.3, 0.29]
    const powerOf = (n: number) => {
      const mean = (0.1 * n) / (n + 1)
      const added = (share * n + 1) / (n + 1) - mean ** 2
      const reach = normalQuantile(1 - gamma / 2) * Math.sqrt(added / (n + 2))
      return normalCdf((mean - reach) / Math.sqrt(variance / n))
    }
    const power = powerOf(enough)
    assert.ok(power >= 0.8 && power < 0.82, `${power}`)
    assert.ok(Math.abs(enough / (variance * (errors / 0.1) ** 2) - 1) < 0.05, `${enough}`)
  })

  it('grows with the thresholds’ noise, to infinity where that alone hides ξ', () => {
    const at = (thresholdVariance: number) => enoughSamples({ ...evidence, thresholdVariance })
    assert.ok(at(5e-4) > at(1e-4) && at(1e-4) > 80, `${at(1e-4)}`)
    const hidden = (0.1 / normalQuantile(1 - gamma / 2)) ** 2
    assert.ok(Number.isFinite(at(0.99 * hidden)))
    assert.equal(at(1.01 * hidden), Number.POSITIVE_INFINITY)
    assert.equal(enoughSamples({ ...evidence, tolerant: false }), Number.POSITIVE_INFINITY)
  })

  it('is no number where ξ is the margin but for rounding', () => {
    assert.equal(enoughSamples({ ...evidence, xi: 0 }), Number.POSITIVE_INFINITY)
    assert.equal(enoughSamples({ ...evidence, xi: 0.8 - 1, deciding: 16, from: -0.2 }), Number.POSITIVE_INFINITY)
    assert.equal(enoughSamples({ ...evidence, xi: -1.6e-17 }), Number.POSITIVE_INFINITY)
  })

  it('counts those of a sign test where few samples decide', () => {
    // Four of five speak for the candidate. An arrow takes five of them: of six samples with a chance of 0.66, of seven 0.85.
    const enough = enoughSamples({ n: 5, xi: 0.8, deciding: 4, thresholdVariance: 0, gamma: 0.05 })
    assert.ok(enough === 7 || enough === 8, `${enough}`)
  })

  describe('where all samples are of one kind, is the number at which the answer falls', () => {
    const [found, missed] = [5000, -5000]
    const scored = (
      n: number,
      [baseline, candidate]: readonly number[] = [found, found],
      nNormal = 400,
    ): ScoreData => ({
      source: 'simulated',
      detectors: ['old', 'new'],
      validation: [1, 37].map((step) => Float64Array.from({ length: nNormal }, (_, i) => (i * step) % nNormal)),
      anomalous: [baseline, candidate].map((score = 0) => Float64Array.from({ length: n }, (_, i) => score + i / 1e6)),
    })
    const answer = async (scores: ScoreData, options: CompareOptions) => {
      const { candidates } = await compare(scores, { resamples: 2000, ...options })
      const { direction, enough, gate } = at(candidates, 0).overall
      return gate === undefined ? [direction !== 'none', enough] : [gate.verdict !== 'undecided', gate.enough]
    }

    for (const [name, scores, options, number] of [
      ['both find all, margin 0.05', [found, found], { margin: 0.05 }, 45],
      ['both find all, margin 0.1', [found, found], { margin: 0.1 }, 22],
      ['both find all, margin 0.2', [found, found], { margin: 0.2 }, 11],
      ['both miss all', [missed, missed], { margin: 0.05 }, 45],
      ['both find all, equivalence', [found, found], { margin: 0.05, gate: 'equivalence' }, 45],
      ['both find all, superiority', [found, found], { margin: 0.05, gate: 'superiority' }, 45],
      ['the candidate alone finds all', [missed, found], {}, 5],
      ['the baseline alone finds all', [found, missed], {}, 5],
      ['an arrow at a high level', [missed, found], { level: 0.999 }, 10],
    ] as const) {
      it(name, async () => {
        for (const n of [3, number - 1]) assert.deepEqual(await answer(scored(n, scores), options), [false, number])
        assert.deepEqual(await answer(scored(number, scores), options), [true, undefined])
      })
    }

    it('of groups too, about', async () => {
      const grouped = (n: number): ScoreData => ({
        ...scored(n),
        groups: {
          normal: Array.from({ length: 400 }, (_, i) => `${i}`),
          anomalous: Array.from({ length: n }, (_, i) => `pair ${i >> 1}`),
        },
      })
      const margin = 0.05
      const [decided, enough] = await answer(grouped(20), { margin })
      assert.ok(decided === false && typeof enough === 'number', `${enough}`)
      assert.ok(!(await answer(grouped(Math.floor(enough * 0.9)), { margin }))[0], `${enough}`)
      assert.ok((await answer(grouped(Math.ceil(enough * 1.1)), { margin }))[0], `${enough}`)
    })

    it('and allows for thresholds that lie among the anomalies by chance', async () => {
      for (const n of [5, 20, 47]) {
        const [decided, enough] = await answer(scored(n, [found, found], 100), { margin: 0.05 })
        assert.equal(decided, false)
        assert.ok(enough === 48 || enough === 47, `${enough} of ${n}`)
      }
      assert.deepEqual(await answer(scored(48, [found, found], 100), { margin: 0.05 }), [true, undefined])
    })
  })

  it('gives an arrow with about the power that it promises', async () => {
    const [n0, fpr, runs] = [2000, 0.05, 60]
    const draw = (n: number, run: number, stream: number, shifts: readonly number[]) => {
      const shared = normal(n, { seed: run, stream })
      return shifts.map((shift, d) => {
        const own = normal(n, { seed: run, stream: stream + 1 + d })
        return shared.map((x, i) => 0.7 * x + 0.714 * (own[i] ?? 0) + shift)
      })
    }
    const arrows = async (n: number) => {
      let count = 0
      for (let run = 0; run < runs; run++) {
        const scores = {
          source: 'simulated',
          detectors: ['old', 'new'],
          validation: draw(n0, run, 0, [0, 0]),
          anomalous: draw(n, run, 8, [1, 1.5]),
        }
        const { candidates } = await compare(scores, { fpr, resamples: 999 })
        if (candidates[0]?.overall.direction === 'up') count++
      }
      return count / runs
    }
    // ξ = Φ(1.5 − z) − Φ(1 − z) = 0.183, of which about 0.34 of the samples decide; 0.04² is the thresholds' part here.
    const enough = enoughSamples({ n: 20, xi: 0.183, deciding: 6, thresholdVariance: 0.0006, gamma: 0.05 })
    const power = await arrows(enough)
    assert.ok(power > 0.64 && power < 0.96, `${power} with ${enough}`)
  })

  it('is told of for classes without an arrow only', async () => {
    const { candidates } = await compare(several, { resamples: 500 })
    for (const one of candidates.flatMap(({ classes: answers }) => answers)) {
      assert.equal(one.enough === undefined, one.direction !== 'none', one.name)
      if (one.enough !== undefined) assert.ok(one.enough > one.n)
    }
  })
})

describe('warnings', () => {
  const warningsOf = async (scores: ScoreData, options = {}) =>
    (await compare(scores, { resamples: 1000, ...options })).warnings
  const some = (warnings: readonly string[], pattern: RegExp) =>
    assert.ok(
      warnings.some((warning) => pattern.test(warning)),
      `${pattern} in ${JSON.stringify(warnings, null, 1)}`,
    )

  it('are none where there is nothing to say', async () => {
    const { classes: _, ...whole } = data
    assert.deepEqual(await warningsOf(whole), [])
  })

  it('tell of a target that n₀ cannot reach, and how many normals can', async () => {
    const short = { ...data, validation: data.validation.map((scores) => scores.slice(0, 60)) }
    some(
      await warningsOf(short, { fpr: 0.001 }),
      /^60 normal samples are too few to set a threshold for fpr = 0\.001.*Use at least 1,000 normal samples$/,
    )
    some(await warningsOf(short, { intervalMethod: 'bca' }), /allows only 3 false alarms among/)
  })

  it('tell of ties and how many samples they hold', async () => {
    const round = (scores: ArrayLike<number>) => Float64Array.from(scores, Math.round)
    const tied = { ...data, validation: data.validation.map(round), anomalous: data.anomalous.map(round) }
    const { baseline, warnings } = await compare(tied, { resamples: 100 })
    const { normal, anomalous } = baseline.ties
    const counted = (scores: ArrayLike<number> | undefined) =>
      Array.from(scores ?? []).filter((x) => x === baseline.threshold).length
    assert.deepEqual([normal, anomalous], [counted(tied.validation[0]), counted(tied.anomalous[0])])
    some(
      warnings,
      new RegExp(
        `^${normal} normal samples and ${anomalous} anomalous samples have exactly the score ${baseline.threshold}`,
      ),
    )
  })

  it('tell of a detector worse than chance, and flip nothing', async () => {
    const negated = (scores: ArrayLike<number>) => Float64Array.from(scores, (x) => -x)
    const worse = {
      ...data,
      validation: [data.validation[0] ?? assert.fail(), negated(data.validation[1] ?? [])],
      anomalous: [data.anomalous[0] ?? assert.fail(), negated(data.anomalous[1] ?? [])],
    }
    const { candidates, warnings } = await compare(worse, { resamples: 1000 })
    assert.ok((candidates[0]?.overall.xi ?? 0) < -0.1)
    some(
      warnings,
      /^'new' ranks anomalies below normal samples \(AUC 0\.\d+; chance is 0\.5\)\. The scores were used as they are\. .*--negate new$/,
    )
  })

  it('tell which classes are too small and how many samples would do', async () => {
    const few = { ...data, classes: classes.map((name, i) => (i < 9 ? 'rare' : name)) }
    const { warnings, candidates } = await compare(few, { resamples: 1000 })
    const rare = candidates[0]?.classes.find(({ name }) => name === 'rare') ?? assert.fail()
    assert.equal(rare.direction, 'none')
    some(
      warnings,
      new RegExp(`^1 class has too few samples .*: 'rare' has 9 of about ${rare.enough} \\(ξ [+−]0\\.\\d{3}\\)`),
    )
  })

  it('tell of test normals unlike those that set the threshold, of few deciding samples, and of notes', async () => {
    const test = data.validation.map((scores) => scores.slice(0, 200).map((x) => x + 1))
    some(
      await warningsOf({ ...data, test }),
      /^'old' flags \d+ of 200 normal test samples, a fraction of 0\.\d+\. The target is 0\.05\. The normal test samples are unlike the 600/,
    )
    const same = data.validation.map((scores) => scores.slice(0, 200))
    assert.ok((await warningsOf({ ...data, test: same })).every((warning) => !warning.includes('unlike')))
    const single = {
      ...data,
      notes: ['a note'],
      classes: undefined,
      anomalous: data.anomalous.map((_, d) => Float64Array.of(d === 0 ? -9 : 9)),
    }
    const { warnings, candidates } = await compare(single, { resamples: 100, intervalMethod: 'bca' })
    assert.equal(warnings[0], 'a note')
    some(warnings, /^fewer than 30 samples tell the detectors apart for all anomalies/)
    assert.equal(candidates[0]?.overall.direction, 'none')
  })
})

test('one class is all anomalies: one answer, in one row', async () => {
  const whole = { ...data, classes: classes.map(() => 'dent') }
  const result = await compare(whole, { resamples: 999, seed: 4 })
  const [{ classes: answers, overall } = assert.fail()] = result.candidates
  assert.deepEqual(answers, [{ ...overall, name: 'dent' }])
  const { classes: _, ...without } = data
  const plain = await compare(without, { resamples: 999, seed: 4 })
  assert.deepEqual(overall, plain.candidates[0]?.overall)
  assert.equal(compareText(result).match(/dent/g)?.length, 1)
  assert.doesNotMatch(compareText(result), /all anomalies/)
  assert.equal(compareCsv(result).trim().split('\n').length, 2)
})

describe('refusals name the array', () => {
  const [first = assert.fail(), second = assert.fail()] = data.validation
  const cases: [string, ScoreData, object, string, RegExp][] = [
    ['one detector', { ...data, detectors: ['old'] }, {}, 'EMPTY_SAMPLE', /^detectors names 1/],
    [
      'arrays of one',
      { ...data, validation: [first] },
      {},
      'LENGTH_MISMATCH',
      /^validation has length 1, but detectors/,
    ],
    [
      'unpaired normals',
      { ...data, validation: [first, second.slice(1)] },
      {},
      'LENGTH_MISMATCH',
      /^validation\[1\] has length 599/,
    ],
    ['classes', { ...data, classes: ['a'] }, {}, 'LENGTH_MISMATCH', /^classes has length 1, but anomalous\[0\]/],
    [
      'NaN',
      { ...data, validation: [first, second.with(7, Number.NaN)] },
      {},
      'NOT_A_NUMBER',
      /^validation\[1\]\[7\] is NaN/,
    ],
    [
      'NaN in test',
      { ...data, test: [first, second.with(2, Number.NaN)] },
      {},
      'NOT_A_NUMBER',
      /^test\[1\]\[2\] is NaN/,
    ],
    ['empty', { ...data, validation: [first.slice(0, 0), second] }, {}, 'EMPTY_SAMPLE', /^validation\[0\] is empty/],
    ['fpr', data, { fpr: 1 }, 'OUT_OF_RANGE', /^fpr must/],
    ['two of one name', { ...data, detectors: ['old', 'old'] }, {}, 'OUT_OF_RANGE', /^detectors names 'old' twice/],
    [
      'an empty class',
      { ...data, classes: classes.with(3, '') },
      {},
      'EMPTY_SAMPLE',
      /^classes\[3\] is empty\. Every anomalous sample needs a class$/,
    ],
    [
      'a Proxy of labels',
      { ...data, classes: new Proxy(new Float64Array(150), {}) as unknown as string[] },
      {},
      'WRONG_TYPE',
      /^classes must be one label for each sample, got a Proxy/,
    ],
    [
      'a Proxy of groups',
      { ...data, groups: { normal: new Proxy(new Float64Array(600), {}), anomalous: new Float64Array(150) } },
      {},
      'WRONG_TYPE',
      /^groups\.normal must be one label for each sample, got a Proxy/,
    ],
    [
      'too few to certify',
      data,
      { fpr: 0.001, thresholdRule: 'certified' },
      'OUT_OF_RANGE',
      /certifying a false-positive rate/,
    ],
    ['engine', data, { engine: 'fast' }, 'UNKNOWN_NAME', /^unknown engine 'fast'/],
  ]
  for (const [what, scores, options, code, message] of cases) {
    it(what, async () => {
      await assert.rejects(compare(scores, { resamples: 10, ...options }), { code, message })
    })
  }
})

test('compare leaves its input as it is, reports progress, and stops on abort without a listener left', async () => {
  const before = structuredClone(several)
  const seen: string[] = []
  const controller = new AbortController()
  const { signal } = controller
  let listeners = 0
  const add = signal.addEventListener.bind(signal)
  const remove = signal.removeEventListener.bind(signal)
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listeners++
    add(...args)
  }
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listeners--
    remove(...args)
  }
  await compare(several, { resamples: 500, curve: [0.05], signal, onProgress: ({ phase }) => seen.push(phase) })
  assert.deepEqual(several, before)
  assert.deepEqual([...new Set(seen)], ['computing', 'curve'])
  assert.equal(listeners, 0)
  const stopped = compare(data, { resamples: 1_000_000, engine: 'direct', intervalMethod: 'percentile', signal })
  setImmediate(() => controller.abort('enough'))
  await assert.rejects(stopped, { code: 'ABORTED', cause: 'enough' })
  assert.equal(listeners, 0)
})
