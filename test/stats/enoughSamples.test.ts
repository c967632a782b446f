import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { at } from '../../src/check.js'
import { compare } from '../../src/compare/compare.js'
import { normal, uniform } from '../../src/rooms/random.js'
import { classAtThresholds } from '../../src/stats/bias/classAtThresholds.js'
import { relativeBias } from '../../src/stats/bias/relativeBias.js'
import { momentsOf } from '../../src/stats/bias/thresholdBins.js'
import { thresholdPairs } from '../../src/stats/bias/thresholdPairs.js'
import type { RelativeBiasOptions, ScorePair } from '../../src/stats/bias/types.js'

interface Made {
  readonly normals: number
  readonly n: number
  readonly seed: number
  /** Of both detectors' scores. */
  readonly correlation: number
  readonly shifts: readonly [number, number]
  readonly shape?: (score: number) => number
}

/** Two detectors, baseline first. */
type Pair = readonly [ScorePair, ScorePair]

function made({ normals, n, seed, correlation, shifts, shape = (score) => score }: Made): Pair {
  const draw = (count: number, stream: number, means: readonly number[]) => {
    const shared = normal(count, { seed, stream })
    return means.map((mean, d) => {
      const own = normal(count, { seed, stream: stream + 1 + d })
      const score = (i: number) =>
        Math.sqrt(correlation) * at(shared, i) + Math.sqrt(1 - correlation) * at(own, i) + mean
      return Float64Array.from({ length: count }, (_, i) => shape(score(i)))
    })
  }
  const [without, anomalous] = [draw(normals, 0, [0, 0]), draw(n, 8, shifts)]
  const pair = (d: number): ScorePair => ({ normal: at(without, d), anomalous: at(anomalous, d) })
  return [pair(0), pair(1)]
}

/** So many of the anomalies, with replacement. */
function resampled(pair: Pair, count: number, stream: number): { baseline: ScorePair; candidate: ScorePair } {
  const n = pair[0].anomalous.length
  const chosen = Array.from(uniform(count, { seed: 5, stream }), (u) => Math.floor(u * n))
  const [baseline, candidate] = pair.map((own) => ({
    normal: own.normal,
    anomalous: Float64Array.from(chosen, (i) => at(own.anomalous, i)),
  })) as [ScorePair, ScorePair]
  return { baseline, candidate }
}

type Asked = Pick<RelativeBiasOptions, 'fpr' | 'level' | 'margin' | 'intervalMethod'>

/** What an answer says is enough, and how often so many samples decide. */
async function powerOf(pair: Pair, options: Asked) {
  const scores = {
    source: 'simulated',
    detectors: ['old', 'new'],
    validation: pair.map((own) => own.normal),
    anomalous: pair.map((own) => own.anomalous),
  }
  const { overall } = at((await compare(scores, options)).candidates, 0)
  const enough = overall.gate === undefined ? overall.enough : overall.gate.enough
  assert.ok(enough !== undefined && Number.isFinite(enough), `${enough}`)
  let decided = 0
  for (let run = 0; run < runs; run++) {
    const answer = await relativeBias(resampled(pair, enough, run), options)
    const undecided = options.margin === undefined ? answer.direction === 'none' : answer.gate?.verdict === 'undecided'
    if (!undecided) decided++
  }
  return { enough, power: decided / runs }
}

const runs = 150

describe('with the samples that are enough', () => {
  const base = { correlation: 0.5, n: 60 }
  const few: Made = { ...base, normals: 60, n: 40, seed: 12, shifts: [1, 1.8] }
  const many: Made = { ...base, normals: 400, n: 40, seed: 24, shifts: [1, 1.6] }
  const half = (score: number) => Math.round(2 * score) / 2
  const cases: readonly (readonly [string, Made, Asked])[] = [
    ['of few normals', few, { fpr: 0.1 }],
    ['of few normals and a large ξ', { ...few, seed: 22 }, { fpr: 0.1 }],
    ['of 200 normals', { ...many, n: 60, normals: 200, seed: 10 }, { fpr: 0.05 }],
    ['of weakly correlated scores', { ...many, correlation: 0.1, n: 80, seed: 9, shifts: [1, 1.4] }, { fpr: 0.05 }],
    ['of skewed scores', { ...base, normals: 150, seed: 17, shifts: [0.8, 1.5], shape: Math.exp }, { fpr: 0.05 }],
    [
      'of tied scores',
      { normals: 300, n: 50, seed: 21, correlation: 0.6, shifts: [1, 1.5], shape: half },
      { fpr: 0.06 },
    ],
    ['of a high level', many, { fpr: 0.05, level: 0.995 }],
    ['against the candidate', { ...base, normals: 150, seed: 7, shifts: [2.2, 1.5] }, { fpr: 0.05 }],
    [
      'of a margin',
      { ...many, correlation: 0.6, normals: 300, seed: 15, shifts: [1.5, 1.5] },
      { fpr: 0.05, margin: 0.15 },
    ],
  ]
  for (const [name, data, options] of cases) {
    it(`an answer ${name} is decided in about 80 %`, async () => {
      const { enough, power } = await powerOf(made(data), options)
      // A standard error of 0.033 comes from the runs.
      assert.ok(power > 0.7 && power < 0.88, `${power} with ${enough}`)
    })
  }
})

describe('pairs of thresholds', () => {
  for (const [n, q, both] of [
    [60, 0.1, 0.04],
    [400, 0.05, 0.02],
    [2000, 0.05, 0.03],
    [300_000, 0.01, 0.002],
  ] as const) {
    it(`have the moments of their numbers: ${n} normals`, () => {
      const { weights, places } = thresholdPairs({ n, rates: [q, q], both })
      const mean = (of: (a: number, b: number) => number) =>
        weights.reduce((sum, weight, i) => sum + weight * of(at(places[0].above, i), at(places[1].above, i)), 0)
      const variance = n * q * (1 - q)
      const near = (found: number, expected: number) =>
        assert.ok(Math.abs(found - expected) < 0.03 * variance, `${found}`)
      assert.ok(Math.abs(mean(() => 1) - 1) < 1e-12)
      assert.ok(weights.length < 6000, `${weights.length}`)
      for (const of of [(a: number) => a, (_: number, b: number) => b]) {
        const expected = mean(of)
        assert.ok(Math.abs(expected - n * q) < 0.02 * Math.sqrt(variance), `${expected}`)
        near(
          mean((a, b) => (of(a, b) - expected) ** 2),
          variance,
        )
      }
      near(
        mean((a, b) => (a - n * q) * (b - n * q)),
        n * (both - q * q),
      )
    })
  }
})

describe('a class at thresholds', () => {
  const pair = made({ correlation: 0.5, n: 60, normals: 200, seed: 3, shifts: [1, 1.6] })
  const input = { normal: pair.map((own) => own.normal), anomalous: pair.map((own) => [own.anomalous]) }
  const found = classAtThresholds({ input, f: 0, rates: [0.05, 0.05] }, 0)

  it('has the law that many copies of it have in closed form', async () => {
    const copies = { baseline: many(pair[0]), candidate: many(pair[1]) }
    const { interval } = await relativeBias(copies, { fpr: 0.05, level: 0.6827 })
    const { mean, variance } = momentsOf(found.bins)
    assert.ok(Math.abs((interval[0] + interval[1]) / 2 - mean) < 0.005, `${interval} ${mean}`)
    assert.ok(Math.abs((interval[1] - interval[0]) / 2 / Math.sqrt(variance) - 1) < 0.05, `${interval} ${variance}`)
  })

  const many = ({ normal: without, anomalous }: ScorePair): ScorePair => ({
    normal: without,
    anomalous: Float64Array.from(Array.from({ length: 40 }, () => Array.from(anomalous)).flat()),
  })
})
