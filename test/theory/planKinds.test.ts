import assert from 'node:assert/strict'
import { test } from 'node:test'
import { planKinds, planKindsTable, simulateKind } from '../../bench/planKindsCell.js'
import { plannedTrainings, plannedTrainingsTable, simulateTrainings } from '../../bench/planSeedsCell.js'
import { ScoringBiasError } from '../../src/errors.js'
import { planText } from '../../src/report/plan/planText.js'
import { seedPlanText } from '../../src/report/plan/seedPlanText.js'
import { allOf, familyValue } from '../../src/theory/familyValue.js'
import { type PlanOptions, planSamples } from '../../src/theory/planSamples.js'
import { type PlanSeedsOptions, planSeeds } from '../../src/theory/planSeeds.js'

const correlations = { anomalousCorrelation: 0.6, normalCorrelation: 0.4 }

test('what plans of a gate and of groups promise is what relativeBias then shows', async () => {
  const cells = [
    await simulateKind(planKinds[1] ?? assert.fail(), 21, 60),
    await simulateKind(planKinds[4] ?? assert.fail(), 24, 60),
  ]
  for (const { predicted, simulated } of cells) {
    assert.ok(Math.abs(simulated.power - predicted.power) < 0.02 + 3.5 * simulated.error, JSON.stringify(simulated))
    assert.ok(Math.abs(simulated.halfWidth / predicted.halfWidth - 1) < 0.08, JSON.stringify({ predicted, simulated }))
  }
  assert.equal(planKindsTable(cells).split('\n').length, 4)
})

test('what a plan of trainings promises is what relativeBiasOfSeeds then shows', async () => {
  const found = await simulateTrainings(plannedTrainings[2] ?? assert.fail(), 31, 60)
  const { predicted, simulated } = found
  assert.ok(Math.abs(simulated.power - predicted.power) < 0.03 + 3.5 * simulated.error, JSON.stringify(found))
  assert.ok(Math.abs(simulated.halfWidth / predicted.halfWidth - 1) < 0.06, JSON.stringify(found))
  assert.equal(plannedTrainingsTable([found]).split('\n').length, 3)
})

test('values on one side, and chances of all, are those of independent and of equal variables', () => {
  const z = 1.6448536269514722
  assert.ok(Math.abs(familyValue({ level: 0.95, classes: 1, sides: 1 }, 0.3) - z) < 1e-9)
  // One-sided Dunnett, infinite degrees of freedom, correlation ½: 2.06 of three, 2.23 of five.
  assert.ok(Math.abs(familyValue({ level: 0.95, classes: 3, sides: 1 }, 0.5) - 2.06) < 0.01)
  assert.ok(Math.abs(familyValue({ level: 0.95, classes: 5, sides: 1 }, 0.5) - 2.23) < 0.01)
  assert.ok(Math.abs(allOf(0.9, 3, 0) - 0.9 ** 3) < 1e-4)
  assert.ok(Math.abs(allOf(0.9, 3, 1) - 0.9) < 0.01)
  assert.deepEqual([allOf(1, 3, 0.2), allOf(0, 3, 0.2), allOf(0.7, 1, 0.2)], [1, 0, 0.7])
})

test('a larger margin, a better candidate and a lower power take fewer samples; several candidates and groups more', () => {
  const total = (options: PlanOptions) => {
    const { samples, reached } = planSamples({ tprBaseline: 0.6, ...correlations, ...options })
    assert.ok(reached)
    return samples.nNormal + samples.nAnomalous
  }
  const plain = total({ margin: 0.1 })
  assert.ok(total({ margin: 0.15 }) < plain)
  assert.ok(total({ margin: 0.1, xi: 0.03 }) < plain)
  assert.ok(total({ margin: 0.1, power: 0.6 }) < plain)
  assert.ok(total({ margin: 0.1, candidates: 4 }) > plain)
  assert.ok(total({ margin: 0.1, icc: 0.3, groupSize: [10, 5] }) > 1.2 * plain)
  assert.equal(total({ margin: 0.1, icc: 0, groupSize: 10 }), plain)
  assert.equal(total({ margin: 0.1, icc: 0.5, groupSize: 1 }), plain)
})

test('a plan in groups says their numbers, design effects and no theorem, and warns of few', () => {
  const plan = planSamples({ tprBaseline: 0.4, xi: 0.3, icc: 0.2, groupSize: [100, 50], nNormal: 1000 })
  const { designEffect } = plan.groups ?? assert.fail()
  assert.ok(designEffect.normal > 2 && designEffect.anomalous > 2)
  assert.deepEqual([plan.theorem, plan.samples.nNormal], [[], 1000])
  assert.match(plan.warnings.join('\n'), /the normal samples are of 10 groups\. With fewer than 20 groups/)
  const text = planText(plan)
  assert.match(text, /1,000 normal and [\d,]+ anomalous samples, of 10 and of \d+ groups/)
  assert.doesNotMatch(text, /Theorem 3/)
  assert.match(
    planText(planSamples({ tprBaseline: 0.6, margin: 0.1, classes: 2, candidates: 2, ...correlations })),
    /margin of 0\.1 .*hold for 2 classes and 2 candidates at once.*\nThe gate passes on all classes/,
  )
})

test('trainings: more of them take fewer samples, and no number does where samples leave too much', () => {
  const plan = planSeeds({ sampleError: 0.012, sdBaseline: 0.03, sdCandidate: 0.04, xi: 0.05 })
  assert.equal(plan.trainings, 16)
  const samples = plan.tradeoff.map((one) => one.samples)
  assert.deepEqual(
    samples,
    samples.toSorted((a, b) => b - a),
  )
  for (const { power = 0 } of plan.tradeoff) assert.ok(power >= 0.8)
  // Without any luck of training the interval is the normal one: z·σ.
  const none = planSeeds({ sampleError: 0.02, sdBaseline: 0, sdCandidate: 0, precision: 0.0393 })
  assert.equal(none.trainings, 2)
  assert.ok(Math.abs((none.tradeoff[0]?.samples ?? 0) - 1) < 0.02)
  const never = planSeeds({ sampleError: 0.2, sdBaseline: 0.01, sdCandidate: 0.01, margin: 0.02 })
  assert.equal(never.trainings, undefined)
  assert.match(seedPlanText(never), /no number of trainings/)
  assert.match(
    seedPlanText(plan),
    /To detect ξ = \+0\.05 with a probability of 80 %, by a 95 % interval, train each detector 16 times/,
  )
})

test('no power is above 1', () => {
  const { tradeoff } = planSeeds({ sampleError: 0.001, sdBaseline: 0.005, sdCandidate: 0.005, xi: 0.5 })
  for (const { power = Number.NaN } of tradeoff) assert.ok(power > 0.999 && power <= 1, `${power}`)
})

test('goals that contradict themselves are refused', () => {
  const refuses = (act: () => unknown, message: RegExp) =>
    assert.throws(
      act,
      (error) => error instanceof ScoringBiasError && error.code === 'OUT_OF_RANGE' && message.test(error.message),
    )
  const plan = (options: PlanOptions) => () => planSamples(options)
  refuses(plan({ margin: 0.1, xi: -0.1 }), /ξ is expected to be -0\.1\. No number of samples makes it pass/)
  refuses(plan({ margin: 0.1, precision: 0.1 }), /one goal/)
  refuses(plan({ margin: 0.1, tprBaseline: 0.9, xi: 0.2 }), /tprBaseline \+ xi/)
  refuses(plan({ margin: 0.1, level: 0.4, power: 0.7 }), /level above 0\.5/)
  refuses(plan({ xi: 0.1, icc: 0.1 }), /icc and groupSize go together/)
  refuses(plan({ xi: 0.1, icc: 1, groupSize: 2 }), /icc/)
  refuses(plan({ xi: 0.1, icc: 0.1, groupSize: 0 }), /groupSize must be at least 1/)
  const seeds = (options: Partial<PlanSeedsOptions>) => () =>
    planSeeds({ sampleError: 0.01, sdBaseline: 0.01, sdCandidate: 0.01, ...options })
  refuses(seeds({}), /one goal/)
  refuses(seeds({ precision: 0.1, power: 0.8 }), /power .* does not go with precision/)
  refuses(seeds({ xi: 0 }), /xi must not be 0/)
  refuses(seeds({ margin: 0.1, xi: -0.2 }), /Give a larger margin/)
  refuses(seeds({ sampleError: -1, xi: 0.1 }), /sampleError/)
})
