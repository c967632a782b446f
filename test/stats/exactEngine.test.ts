import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { at } from '../../src/check.js'
import { compare } from '../../src/compare/compare.js'
import type { Progress } from '../../src/progress.js'
import { boundsAt, unbounded } from '../../src/stats/bias/biasLaw.js'
import { type ExactLaws, exactLaws } from '../../src/stats/bias/exactLaws.js'
import { idealBias } from '../../src/stats/bias/idealBias.js'
import { pairNameOf, relativeBias } from '../../src/stats/bias/relativeBias.js'
import { relativeBiasAtTpr } from '../../src/stats/bias/relativeBiasAtTpr.js'
import { relativeBiasCurve } from '../../src/stats/bias/relativeBiasCurve.js'
import { scoreSets } from '../../src/stats/bias/sets.js'
import type { BiasAnswer, RelativeBias, RelativeBiasOptions, ScorePair } from '../../src/stats/bias/types.js'
import { countWhile } from '../../src/stats/bootstrap/sortedReplicates.js'
import { normals } from './samples.js'

type Pair = { readonly baseline: ScorePair; readonly candidate: ScorePair }

/** Detectors that agree in part; stream numbers from `first` on. */
function correlated(nNormal: number, nAnomalous: number, correlation: number, first = 1): Pair {
  const follow = (scores: Float64Array, stream: number, shift: number) => {
    const own = normals(scores.length, stream)
    return scores.map((x, i) => correlation * x + Math.sqrt(1 - correlation ** 2) * at(own, i) + shift)
  }
  const [normal, anomalous] = [normals(nNormal, first), normals(nAnomalous, first + 1, 1.2)]
  return {
    baseline: { normal, anomalous },
    candidate: { normal: follow(normal, first + 2, 0), anomalous: follow(anomalous, first + 3, 0.6) },
  }
}

const classesOf = (n: number, k: number) => Array.from({ length: n }, (_, i) => `class ${i % k}`)
const methods = ['percentile', 'basic', 'normal', 'bca', 'bt2'] as const
const close = (actual: number, expected: number, within: number, what: string) =>
  assert.ok(Math.abs(actual - expected) <= within, `${what}: ${actual}, expected ${expected} ± ${within}`)

/** All that is said of ξ, of all anomalies and of each class. */
const answersOf = ({ classes, ...overall }: RelativeBias): BiasAnswer[] =>
  [overall, ...classes].map(({ xi, interval, pValue, simultaneous, pAdjusted, direction }) => ({
    ...{ xi, interval, pValue, simultaneous, pAdjusted, direction },
  }))

const mirrored = ({ xi, interval, simultaneous, direction, ...same }: BiasAnswer): BiasAnswer => ({
  ...same,
  xi: -xi + 0,
  interval: [-interval[1] + 0, -interval[0] + 0],
  simultaneous: [-simultaneous[1] + 0, -simultaneous[0] + 0],
  direction: ({ up: 'down', down: 'up', none: 'none' } as const)[direction],
})

function nearly(actual: readonly BiasAnswer[], expected: readonly BiasAnswer[], within: number): void {
  assert.equal(actual.length, expected.length)
  for (const [i, one] of actual.entries()) {
    const other = at(expected, i)
    assert.equal(one.direction, other.direction)
    const numbers = ({ xi, interval, pValue, simultaneous, pAdjusted }: BiasAnswer) =>
      [xi, ...interval, pValue, ...simultaneous, pAdjusted] as const
    for (const [j, x] of numbers(one).entries()) close(x, at(numbers(other), j), within, `number ${j} of set ${i}`)
  }
}

describe('engine exact', () => {
  const pair = correlated(400, 900, 0.6)
  const classes = classesOf(900, 3)

  it('is what auto takes for every method that reads the bootstrap law, and needs no seed', async () => {
    for (const intervalMethod of methods) {
      const options = { intervalMethod, classes, fpr: 0.05 }
      const result = await relativeBias(pair, options)
      assert.deepEqual([result.engine, result.resamples, result.seed], ['exact', undefined, undefined])
      assert.deepEqual(await relativeBias(pair, { ...options, engine: 'exact', seed: 7, resamples: 50 }), result)
      for (const own of result.classes) assert.equal('replicates' in own, false)
      assert.ok(!result.warnings.some((text) => text.includes('resample')), result.warnings.join('; '))
    }
  })

  it('leaves to the drawing engines what it does not cover', async () => {
    const drawn = async (options: RelativeBiasOptions) =>
      (await relativeBias(pair, { resamples: 200, ...options })).engine
    assert.equal(await drawn({ intervalMethod: 'percentile', replicates: true }), 'tree')
    assert.equal(await drawn({ intervalMethod: 'studentized' }), 'tree')
    assert.equal(await drawn({ intervalMethod: 'percentile', thresholdRule: 'linear' }), 'tree')
    assert.equal(await drawn({ intervalMethod: 'percentile', engine: 'direct' }), 'direct')
    assert.equal(await drawn({ engine: 'tree' }), 'confidence')
    const curve = await relativeBiasCurve(pair, { fprs: [0.05], intervalMethod: 'percentile', resamples: 200 })
    assert.equal(curve.engine, 'tree')
  })

  it('refuses what it does not cover, with the reason and what does', async () => {
    const refusal = (options: RelativeBiasOptions, pattern: RegExp) =>
      assert.rejects(relativeBias(pair, { engine: 'exact', intervalMethod: 'percentile', ...options }), {
        code: 'OUT_OF_RANGE',
        message: pattern,
      })
    await refusal(
      { replicates: true },
      /^engine 'exact' does not cover replicates: it draws none\. Use the engine 'tree'$/,
    )
    await refusal({ intervalMethod: 'studentized' }, /'studentized', which needs .*\. Use the engine 'tree'$/)
    await refusal(
      { thresholdRule: 'linear' },
      /'linear', whose thresholds lie between samples\. Use the engine 'tree'$/,
    )
    await assert.rejects(relativeBiasCurve(pair, { engine: 'exact' }), { code: 'OUT_OF_RANGE', message: /a curve/ })
  })

  it('is dearer than its budget where the budget says so, by a fixed rule of the sizes', async () => {
    const detectors = [pair.baseline, pair.candidate].map(({ normal, anomalous }) => ({
      normal,
      anomalous: [anomalous],
    }))
    const sets = scoreSets(detectors, undefined, { fprs: [0.05] }, pairNameOf)
    assert.equal(await exactLaws(sets, { budget: 1000 }, pairNameOf), undefined)
    assert.notEqual(await exactLaws(sets, { budget: 1e9 }, pairNameOf), undefined)
  })

  it('says of one set what idealBias says', async () => {
    for (const design of ['paired', 'independent'] as const) {
      for (const [i, correlation] of [0.7, -0.5, 1].entries()) {
        const scores = correlated(300, 250, correlation, 10 * i + 1)
        const ideal = await idealBias(scores, { design, fpr: 0.1 })
        const exact = await relativeBias(scores, { design, fpr: 0.1, engine: 'exact', intervalMethod: 'percentile' })
        assert.deepEqual(exact.interval, ideal.interval)
        close(exact.pValue, ideal.pValue, 3e-9, 'p-value')
        assert.equal(exact.xi, ideal.xi)
      }
    }
  })

  it('answers the question at a fixed recall too', async () => {
    const wanted = { tpr: 0.7, intervalMethod: 'percentile' } as const
    const exact = await relativeBiasAtTpr(pair, wanted)
    const drawn = await relativeBiasAtTpr(pair, { ...wanted, engine: 'tree', resamples: 40_000 })
    assert.deepEqual([exact.engine, exact.seed, exact.xi], ['exact', undefined, drawn.xi])
    for (const i of [0, 1]) close(at(exact.interval, i), at(drawn.interval, i), 0.01, 'an end')
    close(exact.pValue, drawn.pValue, 0.01, 'p-value')
  })

  it('gives the same bits for any number of threads and for scores mapped by a monotone function', async () => {
    for (const design of ['paired', 'independent'] as const) {
      const own = design === 'paired' ? classes : { baseline: classes, candidate: classes }
      const options = { design, classes: own, intervalMethod: 'bca', engine: 'exact', fpr: 0.1 } as const
      const once = answersOf(await relativeBias(pair, { ...options, threads: 1 }))
      assert.deepEqual(answersOf(await relativeBias(pair, { ...options, threads: 5 })), once)
      const map = ({ normal, anomalous }: ScorePair) => ({
        normal: Float64Array.from(normal, (x) => Math.exp(x / 3)),
        anomalous: Float64Array.from(anomalous, (x) => Math.exp(x / 3)),
      })
      const bent = { baseline: pair.baseline, candidate: map(pair.candidate) }
      assert.deepEqual(answersOf(await relativeBias(bent, { ...options, threads: 2 })), once)
    }
  })

  it('mirrors its answers where the detectors are exchanged', async () => {
    const exchanged = { baseline: pair.candidate, candidate: pair.baseline }
    for (const intervalMethod of methods) {
      for (const design of ['paired', 'independent'] as const) {
        const own = design === 'paired' ? classes : { baseline: classes, candidate: classes }
        const options = { design, classes: own, intervalMethod, engine: 'exact', fpr: 0.1 } as const
        const back = answersOf(await relativeBias(exchanged, options)).map(mirrored)
        nearly(answersOf(await relativeBias(pair, options)), back, 1e-11)
      }
    }
  })

  it('says of equal detectors that they are equal', async () => {
    const { baseline } = pair
    const result = await relativeBias(
      { baseline, candidate: baseline },
      { engine: 'exact', intervalMethod: 'percentile', classes },
    )
    for (const { interval, simultaneous, pValue, pAdjusted } of answersOf(result)) {
      // Fewer than 30 samples decide, so the confidence distribution answers.
      for (const [low, high] of [interval, simultaneous]) assert.ok(low < 0 && high > 0, `${low} to ${high}`)
      assert.ok(pValue > 0.9 && pAdjusted > 0.9, `p-values ${pValue} and ${pAdjusted}`)
    }
    assert.deepEqual([result.resamples, result.seed], [undefined, undefined])
  })

  it('makes each of several candidates a pair of its own, joined by Bonferroni', async () => {
    const other = correlated(400, 900, 0.3, 50)
    const data = {
      source: 'three',
      detectors: ['a', 'b', 'c'],
      validation: [pair.baseline.normal, pair.candidate.normal, other.candidate.normal],
      anomalous: [pair.baseline.anomalous, pair.candidate.anomalous, other.candidate.anomalous],
      classes,
    }
    const options = { intervalMethod: 'percentile', fpr: 0.1 } as const
    const { candidates, multiplicity, engine, seed } = await compare(data, { ...options, engine: 'exact' })
    assert.deepEqual([multiplicity, engine, seed], ['bonferroni', 'exact', undefined])
    assert.equal((await compare(data, options)).multiplicity, 'joint')
    const alone = await relativeBias(pair, { ...options, classes, level: 0.975 })
    assert.deepEqual(
      at(candidates, 0).classes.map(({ simultaneous }) => simultaneous),
      alone.classes.map(({ simultaneous }) => simultaneous),
    )
    close(at(candidates, 0).overall.pAdjusted, 2 * alone.pValue, 1e-15, 'adjusted')
  })

  it('stops when told to, and tells how far it is', async () => {
    const signal = AbortSignal.abort()
    await assert.rejects(relativeBias(pair, { engine: 'exact', intervalMethod: 'bca', signal }), { code: 'ABORTED' })
    const seen: Progress[] = []
    const onProgress = (progress: Progress) => seen.push(progress)
    await relativeBias(pair, { engine: 'exact', intervalMethod: 'bca', classes, onProgress })
    assert.deepEqual(seen.at(-1), { phase: 'computing', done: 5, total: 5 })
  })
})

describe('bca of the closed form where no resample moves a threshold', () => {
  const url = new URL('../oracle/exact_bca_scipy.json', import.meta.url)
  type Row = [gained: number, lost: number, n: number, acceleration: number, interval: [number, number]]
  for (const [gained, lost, n, acceleration, interval] of JSON.parse(readFileSync(url, 'utf8')) as Row[]) {
    it(`is that of scipy: ${gained}, ${lost} of ${n}`, async () => {
      const flags = (from: number, to: number) =>
        Float64Array.from({ length: n }, (_, i) => Number(i >= from && i < to) * 2 - 1)
      const pair = {
        baseline: { normal: new Float64Array(100), anomalous: flags(gained, gained + lost) },
        candidate: { normal: new Float64Array(100), anomalous: flags(0, gained) },
      }
      const exact = await lawsOf(pair, [])
      close(at(exact.accelerations, 0), acceleration, 1e-12, 'acceleration')
      const answer = await relativeBias(pair, { intervalMethod: 'bca', engine: 'exact' })
      for (const i of [0, 1]) close(at(answer.interval, i), at(interval, i), 1.01 / n, 'an end')
    })
  }
})

async function lawsOf(
  pair: Pair,
  classes: readonly string[],
  design: 'paired' | 'independent' = 'paired',
): Promise<ExactLaws> {
  const detectors = [pair.baseline, pair.candidate].map(({ normal, anomalous }) => ({ normal, anomalous: [anomalous] }))
  const labels = classes.length === 0 ? undefined : detectors.map(() => ({ name: 'classes', labels: classes }))
  const sets = scoreSets(detectors, labels, { fprs: [0.05], design }, pairNameOf)
  return (await exactLaws(sets, { budget: Number.POSITIVE_INFINITY }, pairNameOf)) ?? assert.fail('there is no budget')
}

describe('replicates have the laws in closed form', () => {
  // SCORING_BIAS_RESAMPLES=1000000 for docs/exact-law.md
  const resamples = Number(process.env.SCORING_BIAS_RESAMPLES ?? 60_000)
  for (const [n0, n1, nClasses, design] of [
    [100, 60, 3, 'paired'],
    [1000, 600, 4, 'paired'],
    [8000, 3000, 9, 'paired'],
    [400, 300, 3, 'independent'],
  ] as const) {
    it(`${n0} + ${n1}, ${nClasses} classes, ${design}`, async (t) => {
      const [pair, classes] = [correlated(n0, n1, 0.7, 20), classesOf(n1, nClasses)]
      const exact = await lawsOf(pair, classes, design)
      const drawn = await relativeBias(pair, {
        ...{ design, classes: design === 'paired' ? classes : { baseline: classes, candidate: classes } },
        ...{ engine: 'tree', intervalMethod: 'percentile', resamples, replicates: true, seed: 11 },
      })
      const replicates = [drawn.replicates, ...drawn.classes.map((own) => own.replicates)].map((own) => {
        return own?.xi ?? assert.fail('replicates were asked for')
      })
      // Kolmogorov's distance of as many draws exceeds this with a probability of 1e-6, on a lattice less often.
      const critical = Math.sqrt(Math.log(2 / 1e-6) / (2 * resamples))
      let farthest = 0
      for (const [set, xi] of replicates.entries()) {
        const sorted = xi.slice().sort()
        const law = at(exact.laws, set)
        for (let b = 0; b < resamples; b += Math.max(1, resamples / 2000)) {
          const x = at(sorted, Math.floor(b))
          const share = countWhile(sorted, (y) => y <= x + 1e-12)
          farthest = Math.max(farthest, Math.abs(share / resamples - law.atMost(x)))
        }
      }
      assert.ok(farthest <= critical, `Kolmogorov's distance ${farthest}, critical ${critical}`)
      const distances: string[] = []
      for (const p of [0.3, 0.05, 0.01]) {
        const bounds = exact.laws.map((law, set) => (set === 0 ? unbounded : boundsAt(law, p)))
        let count = 0
        for (let b = 0; b < resamples; b++) {
          const out = bounds.some(([low, high], set) => {
            const x = at(at(replicates, set), b)
            return x < low - 1e-9 || x > high + 1e-9
          })
          if (out) count++
        }
        const [chance = 0] = await exact.outside([bounds])
        const error = Math.sqrt((chance * (1 - chance)) / resamples)
        distances.push(`${chance.toFixed(6)} (${((count / resamples - chance) / error).toFixed(2)})`)
        close(count / resamples, chance, 5 * error, `some class outside at ${p}`)
      }
      t.diagnostic(
        `KS ${farthest.toExponential(2)} of ${critical.toExponential(2)}; outside (standard errors off): ${distances.join(', ')}`,
      )
    })
  }
})

describe('what interval and p-value owe each other, in closed form', () => {
  const numRuns = Number(process.env.SCORING_BIAS_RUNS ?? 60)
  const scores = (n: number, values: number) =>
    fc.array(fc.integer({ min: 0, max: values }), { minLength: n, maxLength: n })
  const questions = fc
    .record({
      n0: fc.integer({ min: 21, max: 60 }),
      n1: fc.integer({ min: 60, max: 150 }),
      values: fc.constantFrom(30, 1000),
    })
    .chain(({ n0, n1, values }) =>
      fc.record({
        normal: scores(n0, values),
        other: scores(n0, values),
        anomalous: scores(n1, values),
        better: scores(n1, values),
        shift: fc.integer({ min: 0, max: values }),
      }),
    )
  const asked = fc.record({
    intervalMethod: fc.constantFrom(...methods),
    level: fc.constantFrom(0.5, 0.8, 0.9, 0.95, 0.99),
    design: fc.constantFrom('paired' as const, 'independent' as const),
    fpr: fc.constantFrom(0.05, 0.2, 0.4),
    nClasses: fc.integer({ min: 1, max: 4 }),
  })
  it('holds for every method', async () => {
    await fc.assert(
      fc.asyncProperty(
        questions,
        asked,
        async ({ normal, other, anomalous, better, shift }, { nClasses, ...options }) => {
          const of = (some: readonly number[], by = 0) => Float64Array.from(some, (x) => x + by)
          const names = classesOf(anomalous.length, nClasses)
          const classes = options.design === 'paired' ? names : { baseline: names, candidate: names }
          const result = await relativeBias(
            {
              baseline: { normal: of(normal), anomalous: of(anomalous, shift / 2) },
              candidate: { normal: of(other), anomalous: of(better, shift) },
            },
            { ...options, classes, engine: 'exact', resamples: 400 },
          )
          const alpha = Number((1 - options.level).toPrecision(12))
          const leavesOut = ([low, high]: readonly [number, number]) => low > 0 || high < 0
          for (const { interval, pValue, simultaneous, pAdjusted } of answersOf(result)) {
            assert.equal(leavesOut(interval), pValue <= alpha, `p ${pValue}, interval ${interval}`)
            assert.equal(leavesOut(simultaneous), pAdjusted <= alpha, `adjusted ${pAdjusted}, interval ${simultaneous}`)
            const { intervalMethod } = options
            const least = intervalMethod === 'normal' || intervalMethod === 'bt2' ? 0 : 1e-9
            assert.ok(pAdjusted >= pValue && pValue >= least, `p-values ${pValue} and ${pAdjusted}`)
            const holds = simultaneous[0] <= interval[0] && simultaneous[1] >= interval[1]
            assert.ok(holds, `${simultaneous} does not hold ${interval}`)
          }
        },
      ),
      { numRuns },
    )
  })
})
