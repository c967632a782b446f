import assert from 'node:assert/strict'
import { test } from 'node:test'
import { normal } from '../../../src/random/normal.js'
import { meanSd } from '../../../src/stats/meanSd.js'
import { runFamily } from '../../../src/stats/runs/runFamily.js'
import { seedLaw, type Trainings } from '../../../src/stats/runs/seedLaw.js'

const nDraws = 9999
const options = { level: 0.95, seed: 0, stream: 1, most: 1, tolerant: true } as const
const fixed = (...values: number[]): Trainings => ({
  values: Float64Array.from(values),
  draws: values.map((value) => new Float64Array(nDraws).fill(value)),
})
const close = (actual: number, expected: number, error: number, what: string) =>
  assert.ok(Math.abs(actual - expected) <= error, `${what}: ${actual}, not ${expected}`)

test('trainings alone give the interval of Welch and Satterthwaite', () => {
  // scipy.stats.ttest_ind(candidate, baseline, equal_var=False).confidence_interval(): df = 6, as many of either and as spread.
  const law = seedLaw(fixed(0.1, 0.2, 0.3, 0.4), fixed(0.35, 0.45, 0.55, 0.65))
  const { interval } = runFamily([law], options).answers[0] ?? assert.fail()
  close(interval[0], 0.02661998, 2e-3, 'lower end')
  close(interval[1], 0.47338002, 2e-3, 'upper end')
  assert.equal(law.training?.degrees, 6)
  close(law.training?.standardError ?? Number.NaN, 0.0912870929, 1e-9, 'standard error')
  // Satterthwaite's degrees of 2 and 5 trainings, of which the two are the wider spread: 1.04, rounded down.
  assert.equal(seedLaw(fixed(0.1, 0.5), fixed(0.4, 0.41, 0.42, 0.43, 0.44)).training?.degrees, 1)
})

test('a detector with one training is taken as it was trained', () => {
  const law = seedLaw(fixed(0.2), fixed(0.3, 0.5, 0.4))
  close(law.mean, 0.2, 1e-12, 'mean')
  assert.equal(law.training?.degrees, 2)
  close(law.training?.standardError ?? Number.NaN, 0.1 / Math.sqrt(3), 1e-12, 'standard error')
  assert.equal(seedLaw(fixed(0.2), fixed(0.3)).training, undefined)
})

test('exchanged detectors have the mirrored law', () => {
  const draws = (stream: number) => normal(nDraws, { seed: 2, stream, sd: 0.1 })
  const [a, b] = [
    { values: Float64Array.of(0.1, 0.3), draws: [draws(1), draws(2)] },
    { values: Float64Array.of(0.2, 0.6, 0.5), draws: [draws(3), draws(4), draws(5)] },
  ]
  const [there, back] = [seedLaw(a, b), seedLaw(b, a)]
  close(there.mean, -back.mean, 1e-15, 'mean')
  for (const [i, x] of there.samples.entries()) close(x, -(back.samples[i] ?? Number.NaN), 1e-12, `draw ${i}`)
})

test('samples, trainings and their interaction count once: the variance of the mean over data sets', () => {
  // x_sr = T_sr + S_s + E_sr with the samples' effect common to a side's trainings, and draws that vary as they do.
  const [training, samples, interaction] = [0.05, 0.08, 0.06]
  const [nBaseline, nCandidate] = [3, 7]
  const truth = 2 * samples ** 2 + (training ** 2 + interaction ** 2) * (1 / nBaseline + 1 / nCandidate)
  let said = 0
  const nSets = 400
  for (let replicate = 0; replicate < nSets; replicate++) {
    const z = (stream: number, n: number) => normal(n, { seed: 9, stream, replicate })
    const side = (stream: number, n: number): Trainings => {
      const common = z(stream, 499)
      const effect = z(stream + 1, 1)[0] ?? Number.NaN
      const own = z(stream + 2, 2 * n)
      const values = Float64Array.from({ length: n }, (_, r) => {
        return training * (own[r] ?? 0) + samples * effect + interaction * (own[n + r] ?? 0)
      })
      const draws = Array.from(values, (value, r) => {
        const apart = z(stream + 10 + r, 499)
        return common.map((x, b) => value + samples * x + interaction * (apart[b] ?? Number.NaN))
      })
      return { values, draws }
    }
    const law = seedLaw(side(100, nBaseline), side(200, nCandidate))
    said += (meanSd(law.samples).sd ** 2 + (law.training?.standardError ?? 0) ** 2) / nSets
  }
  // Where the interaction is more than its share of the spread only that is taken off, so the mean is a little larger.
  assert.ok(said > 0.97 * truth && said < 1.12 * truth, `${said} for ${truth}`)
})
