import assert from 'node:assert/strict'
import { test } from 'node:test'
import { detector, detectorNames } from '../../src/detectors/detectors.js'
import { lossDefaults } from '../../src/detectors/objectives/objective.js'
import {
  chosenSettings,
  learningRateOf,
  pretrainingSchedule,
  publishedSettings,
  requireSettings,
  trainingSchedule,
} from '../../src/detectors/settings.js'
import { input } from '../../src/graph/ops.js'
import { evaluate } from '../graph/evaluate.js'

const distances = [0, 0.25, 3]

async function anomalyLosses(name: string, settings: { eta: number; lossEpsilon: number }): Promise<number[]> {
  const d = input('d', 'float64', ['N'])
  const loss = detector(name).loss.anomaly?.(d, settings) ?? assert.fail(`${name} has no loss of anomalies`)
  const { y } = await evaluate([{ tensor: d, dims: [3], data: distances }], { y: loss })
  return y ?? assert.fail('the graph has no output')
}

const inverse = (eta: number, epsilon: number) => distances.map((d) => eta / (d + epsilon))
const logarithmic = (epsilon: number) => distances.map((d) => -Math.log(1 - Math.exp(-d) + epsilon))

test('losses of labelled anomalies follow eta and lossEpsilon as design section 3 writes them', async () => {
  for (const [eta, lossEpsilon] of [
    [1, 1e-6],
    [2.5, 1e-3],
  ] as const) {
    for (const [names, expected] of [
      [['deep-sad', 'sae'], inverse(eta, lossEpsilon)],
      [['hsc', 'abc'], logarithmic(lossEpsilon)],
    ] as const) {
      for (const name of names) {
        const losses = await anomalyLosses(name, { eta, lossEpsilon })
        for (const [i, loss] of losses.entries()) {
          const want = expected[i] ?? Number.NaN
          assert.ok(Math.abs(loss - want) <= 1e-12 * Math.abs(want), `${name} at ${distances[i]}: ${loss}, not ${want}`)
        }
      }
    }
  }
})

test('detectors of normal data only have no loss of anomalies', () => {
  const without = detectorNames.filter((name) => detector(name).loss.anomaly === undefined)
  assert.deepEqual(without, ['deep-svdd', 'ae'])
})

test('the published settings are those of the reference program', () => {
  assert.deepEqual(publishedSettings, {
    epochs: 200,
    pretrainEpochs: 100,
    batchSize: 128,
    learningRate: 1e-3,
    milestones: [60, 120, 180],
    learningRateDecay: 0.1,
    weightDecay: 5e-7,
    pretrainWeightDecay: 5e-4,
    beta1: 0.9,
    beta2: 0.999,
    adamEpsilon: 1e-8,
    batchNormMomentum: 0.1,
    centreGuard: 0.1,
    eta: 1,
    lossEpsilon: 1e-6,
  })
  assert.deepEqual(lossDefaults, { eta: 1, lossEpsilon: 1e-6 })
  assert.equal(requireSettings(publishedSettings), publishedSettings)
})

test('the learning rate falls at each milestone, in training only', () => {
  const settings = { ...publishedSettings, learningRate: 0.5, milestones: [2, 3], learningRateDecay: 0.25 }
  const rates = [0, 1, 2, 3, 4].map((epoch) => learningRateOf(trainingSchedule(settings), epoch))
  assert.deepEqual(rates, [0.5, 0.5, 0.125, 0.03125, 0.03125])
  assert.equal(learningRateOf(pretrainingSchedule(settings), 4), 0.5)
})

test('schedules carry their own weight decay and the same Adam', () => {
  const settings = { ...publishedSettings, beta1: 0.5, beta2: 0.75, adamEpsilon: 0.125 }
  const adam = { beta1: 0.5, beta2: 0.75, epsilon: 0.125 }
  assert.deepEqual(trainingSchedule(settings).adam, { ...adam, weightDecay: 5e-7 })
  assert.deepEqual(pretrainingSchedule(settings).adam, { ...adam, weightDecay: 5e-4 })
})

for (const [name, value, range] of [
  ['epochs', 0, /integer from 1 to 100000, got 0/],
  ['pretrainEpochs', -1, /integer from 0/],
  ['batchSize', 1, /integer from 2/],
  ['learningRate', 1, /\[0, 1\), got 1/],
  ['milestones', [60, 1.5], /milestones\[1\] must be an integer/],
  ['learningRateDecay', 1.5, /\[0, 1\], got 1\.5/],
  ['weightDecay', -1, /\[0, 1\)/],
  ['pretrainWeightDecay', Number.NaN, /finite/],
  ['beta1', 1, /\[0, 1\)/],
  ['beta2', -0.1, /\[0, 1\)/],
  ['adamEpsilon', 0, /strictly between 0 and 1/],
  ['batchNormMomentum', 2, /\[0, 1\]/],
  ['centreGuard', -0.1, /\[0, ∞\), got -0\.1/],
  ['eta', 0, /strictly between 0 and Infinity, got 0/],
  ['lossEpsilon', 1, /strictly between 0 and 1/],
] as const) {
  test(`refuses ${name} = ${value}, with its name, value and range`, () => {
    assert.throws(
      () => requireSettings({ ...publishedSettings, [name]: value }),
      (error: Error & { code?: string }) => {
        assert.equal(error.code, 'OUT_OF_RANGE')
        assert.match(error.message, new RegExp(`^${name}`))
        assert.match(error.message, range)
        return true
      },
    )
  })
}

test('chosen settings are the published ones but for those asked for', () => {
  assert.deepEqual(chosenSettings(publishedSettings), publishedSettings)
  const chosen = chosenSettings(publishedSettings, { epochs: 7, eta: undefined, milestones: [3] } as object)
  assert.deepEqual(chosen, { ...publishedSettings, epochs: 7, milestones: [3] })
  assert.deepEqual(Object.keys(chosen), Object.keys(publishedSettings))
})

for (const [what, asked, code, message] of [
  [
    'unknown ones',
    { learningrate: 1 },
    'UNKNOWN_NAME',
    /settings has no option 'learningrate' \(did you mean 'learningRate'\?\)/,
  ],
  ['other kinds of numbers', { epochs: 5n }, 'WRONG_TYPE', /^epochs must be a number, got 5n$/],
  ['milestones that are no list', { milestones: 60 }, 'WRONG_TYPE', /^milestones must be an array/],
  ['null', null, 'WRONG_TYPE', /^the options of settings must be an object, got null$/],
  ['values out of range', { batchSize: 1 }, 'OUT_OF_RANGE', /^batchSize must be an integer from 2/],
] as const) {
  test(`chosen settings refuse ${what}`, () => {
    assert.throws(() => chosenSettings(publishedSettings, asked as object), { code, message })
  })
}
