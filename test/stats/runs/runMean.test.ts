import assert from 'node:assert/strict'
import { test } from 'node:test'
import { normal } from '../../../src/random/normal.js'
import { normalCdf, studentTQuantile } from '../../../src/special.js'
import { meanSd } from '../../../src/stats/meanSd.js'
import { runFamily } from '../../../src/stats/runs/runFamily.js'
import { runMean, runMeanLaw, trainingError, trainingNoise } from '../../../src/stats/runs/runMean.js'

const nDraws = 999
const options = { level: 0.95, seed: 0, stream: 1, most: 1, tolerant: true } as const
const answer = (values: number[], draws: Float64Array[]) =>
  runFamily([runMean(Float64Array.from(values), draws)], options).answers[0] ?? assert.fail()
/** Draws of each run: about its value, what is common to the runs and what is its own having these standard deviations. */
function drawsOf(values: readonly number[], { shared, own }: { shared: number; own: number }, replicate = 0) {
  const common = normal(nDraws, { seed: 3, stream: 99, replicate })
  return values.map((value, run) => {
    const z = normal(nDraws, { seed: 3, stream: run, replicate })
    return common.map((x, b) => value + shared * x + own * (z[b] ?? Number.NaN))
  })
}
const constant = (values: readonly number[]) => values.map((value) => new Float64Array(nDraws).fill(value))

test('runs alone give the t interval (scipy), and its p-value', () => {
  const values = [0.1, 0.25, 0.15, 0.3]
  const { interval, pValue } = answer(values, constant(values))
  const [low, high] = [0.2 - 0.04564354645876384 * 3.182446305283708, 0.2 + 0.04564354645876384 * 3.182446305283708]
  assert.ok(Math.abs(interval[0] - low) < 1e-12 && Math.abs(interval[1] - high) < 1e-12, `${interval}`)
  // Student's law of 3 degrees in closed form; one of 1,000 ranks counts against significance on either side.
  const x = 0.2 / 0.04564354645876384 / Math.sqrt(3)
  const exact = 1 - (2 / Math.PI) * (x / (1 + x * x) + Math.atan(x))
  assert.ok(pValue >= exact && pValue <= exact + 2 / (nDraws + 1), `${pValue} for ${exact}`)
})

test('samples alone give the interval of their draws, and of one run nothing else', () => {
  const one = answer([0.2], drawsOf([0.2], { shared: 0.03, own: 0 }))
  assert.ok(Math.abs(one.interval[0] - (0.2 - 1.96 * 0.03)) < 0.01 && one.pValue < 0.01)
  assert.deepEqual([one.simultaneous, one.pAdjusted, one.direction], [[-1, 1], 1, 'none'])
  const same = answer([0.2, 0.2, 0.2], drawsOf([0.2, 0.2, 0.2], { shared: 0.03, own: 0 }))
  for (const i of [0, 1] as const) assert.ok(Math.abs(same.interval[i] - one.interval[i]) < 1e-12)
  assert.equal(same.direction, 'up')
})

test('the interaction of runs and samples counts once', () => {
  const nRuns = 5
  const variances = Array.from({ length: 400 }, (_, replicate) => {
    const [shared, own] = [0.03, 0.04]
    const z = normal(nRuns, { seed: 4, replicate })
    const values = Float64Array.from(z, (x) => 0.1 + own * x)
    const { samples } = runMean(values, drawsOf([...values], { shared, own }, replicate))
    return meanSd(samples).sd ** 2 + meanSd(values).sd ** 2 / nRuns
  })
  const { mean, sd } = meanSd(variances)
  // At least σ_S² + σ_E²/R, and what is added where s² is the smaller by chance; counted twice it were 1.54e-3.
  assert.ok(mean > 0.03 ** 2 + 0.04 ** 2 / nRuns - (4 * sd) / 20 && mean < 1.35e-3, `${mean}`)
})

test('noise is the quantiles of Student’s law, in another order for each number', () => {
  const noise = trainingNoise(99, { seed: 1, stream: 2 })
  const [first, second] = [noise(4, 0), noise(4, 1)]
  assert.notDeepEqual(first, second)
  for (const t of [first, second]) {
    const sorted = t.toSorted()
    for (const i of [0, 24, 49, 98]) assert.ok(Math.abs((sorted[i] ?? 9) - studentTQuantile((i + 1) / 100, 4)) < 1e-9)
  }
  const values = Float64Array.of(0.1, 0.3, 0.2, 0.5, 0.4)
  const law = runMeanLaw(
    { mean: 0.3, samples: new Float64Array(99).fill(0.3), training: trainingError(values) },
    noise,
    0,
  )
  const scale = meanSd(values).sd / Math.sqrt(5)
  assert.ok(law.every((x, b) => Math.abs(x - 0.3 - scale * (first[b] ?? 9)) < 1e-12))
})

test('thresholds that tolerate no false alarm decide nothing', () => {
  const values = [0.4, 0.41, 0.4, 0.42]
  const { answers } = runFamily([runMean(Float64Array.from(values), constant(values))], { ...options, tolerant: false })
  const { interval, pValue, pAdjusted, direction } = answers[0] ?? assert.fail()
  assert.ok(interval[0] === 0 && interval[1] > 0.4)
  assert.deepEqual([pValue, pAdjusted, direction], [1, 1, 'none'])
})

test('answers of a family invert one another, whatever they are of', () => {
  const runs = Number(process.env.SCORING_BIAS_RUNS ?? 300)
  for (let replicate = 0; replicate < runs; replicate++) {
    const [size = 0, reps = 0, spread = 0] = normal(3, { seed: 8, replicate }).map(normalCdf)
    const nRuns = 1 + Math.floor(4 * reps)
    const quantities = Array.from({ length: 1 + Math.floor(6 * size) }, (_, k) => {
      const values = normal(nRuns, { seed: 8, stream: 100 + k, replicate }).map((z) => 0.1 * spread * Math.round(2 * z))
      const draws = Array.from(values, (value, run) =>
        normal(199, { seed: 8, stream: 1000 * (k + 1) + run, replicate }).map((z) => value + 0.05 * Math.round(z)),
      )
      return runMean(values, draws)
    })
    const { answers } = runFamily(quantities, { ...options, level: 0.8, seed: replicate })
    const [only] = answers
    if (answers.length === 1 && nRuns > 1) assert.deepEqual(only?.simultaneous, only?.interval)
    for (const { interval, pValue, simultaneous, pAdjusted, direction } of answers) {
      const excludes = ([low, high]: readonly [number, number]) => low > 0 || high < 0
      assert.equal(excludes(interval), pValue <= 0.2)
      assert.equal(excludes(simultaneous), pAdjusted <= 0.2)
      assert.equal(direction !== 'none', excludes(simultaneous))
      assert.ok(pAdjusted >= pValue && pValue > 0 && pAdjusted <= 1)
      assert.ok(simultaneous[0] <= interval[0] && interval[1] <= simultaneous[1])
    }
  }
})

/** How often intervals hold 0, and tables have an arrow, where runs and samples have normal effects of these sizes. */
function measured(nRuns: number, effects: { training: number; shared: number; own: number }, nTables: number) {
  const tally = { held: 0, arrows: 0 }
  const nClasses = 4
  for (let replicate = 0; replicate < nTables; replicate++) {
    const quantities = Array.from({ length: nClasses }, (_, k) => {
      const of = (count: number, stream: number) => normal(count, { seed: 5 + k, stream, replicate })
      const [shared = Number.NaN] = of(1, 500)
      const [training, own] = [of(nRuns, 501), of(nRuns, 502)]
      const values = training.map(
        (t, run) => effects.training * t + effects.shared * shared + effects.own * (own[run] ?? 0),
      )
      return runMean(values, drawsOf([...values], effects, 10 * replicate + k))
    })
    const { answers } = runFamily(quantities, { ...options, seed: replicate })
    tally.held += answers.filter(({ interval: [low, high] }) => low <= 0 && 0 <= high).length / nClasses
    tally.arrows += Number(answers.some(({ direction }) => direction !== 'none'))
  }
  return { held: tally.held / nTables, arrows: tally.arrows / nTables }
}

test('intervals cover as often as they say, and one table in twenty has a false arrow at most', () => {
  const nTables = 150
  for (const nRuns of [2, 5]) {
    for (const effects of [
      { training: 0.1, shared: 0.01, own: 0.01 },
      { training: 0.02, shared: 0.02, own: 0.02 },
      { training: 0, shared: 0.05, own: 0.01 },
    ]) {
      const { held, arrows } = measured(nRuns, effects, nTables)
      // Three standard errors of 600 intervals at 95 %, and of 150 tables at 5 %.
      assert.ok(held > 0.95 - 0.027, `${nRuns} runs, ${JSON.stringify(effects)}: ${held}`)
      assert.ok(arrows < 0.05 + 0.054, `${nRuns} runs, ${JSON.stringify(effects)}: ${arrows}`)
    }
  }
})
