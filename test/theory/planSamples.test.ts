import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as theory from '../../src/rooms/theory.js'

const guess = { fpr: 0.05, tprBaseline: 0.4, tprCandidate: 0.6, slopeBaseline: 4, slopeCandidate: 3 } as const

test('the planned pair reaches the precision, and so does every pair of the trade-off', () => {
  const { samples, tradeoff, reached } = theory.planSamples({ ...guess, precision: 0.05 })
  assert.ok(reached && samples.halfWidth <= 0.05 && samples.halfWidth > 0.0499)
  assert.ok(tradeoff.length > 4)
  for (const { nNormal, nAnomalous } of [samples, ...tradeoff]) {
    const { halfWidth } = theory.precision({ ...guess, nNormal, nAnomalous })
    assert.ok(halfWidth <= 0.05 && halfWidth > 0.049, `${nNormal} and ${nAnomalous} give ${halfWidth}`)
  }
})

test('no pair is cheaper, whatever an anomaly costs', () => {
  for (const anomalyCost of [0.1, 1, 25]) {
    const { samples } = theory.planSamples({ ...guess, precision: 0.05, anomalyCost })
    const cost = ({ nNormal, nAnomalous }: theory.SampleSizes) => nNormal + anomalyCost * nAnomalous
    for (let factor = 0.5; factor < 2; factor += 0.05) {
      const nNormal = Math.round(samples.nNormal * factor)
      let nAnomalous: number
      try {
        nAnomalous = theory.precision({ ...guess, nNormal, halfWidth: 0.05 }).nAnomalous
      } catch {
        continue
      }
      // Rounding up is worth one sample of each class.
      assert.ok(cost({ nNormal, nAnomalous }) >= cost(samples) - 1 - anomalyCost)
    }
  }
})

test('a power is planned as power() has it', () => {
  const { samples, goal, theorem } = theory.planSamples({ ...guess, xi: -0.1, power: 0.9 })
  assert.deepEqual(goal, { kind: 'power', xi: -0.1, power: 0.9 })
  const { slopeBaseline, slopeCandidate, fpr, tprBaseline } = guess
  const { nNormal, nAnomalous } = samples
  const found = theory.power({ fpr, tprBaseline, slopeBaseline, slopeCandidate, xi: -0.1, nNormal, nAnomalous })
  assert.ok(Math.abs(found.power - (samples.power ?? Number.NaN)) < 1e-12)
  assert.ok(found.power >= 0.9 && found.power < 0.905)
  // To tell ξ from 0 for certain its error must be below half of it, with the stricter of the two probabilities.
  assert.deepEqual([theorem[0]?.epsilon, theorem[0]?.delta], [0.05, 0.05])
})

test('given numbers are kept', () => {
  const normals = theory.planSamples({ ...guess, precision: 0.05, nNormal: 10_000 })
  assert.equal(normals.samples.nNormal, 10_000)
  assert.ok(normals.reached)
  const anomalies = theory.planSamples({ ...guess, precision: 0.05, nAnomalous: 2000 })
  assert.equal(anomalies.samples.nAnomalous, 2000)
  const both = theory.planSamples({ ...guess, precision: 0.05, nNormal: 100, nAnomalous: 10 })
  assert.ok(!both.reached && both.samples.halfWidth > 0.05)
  assert.match(both.warnings.join('\n'), /100 normals tolerate fewer than 10 false alarms/)
  assert.match(both.warnings.join('\n'), /of 10 anomalies the detectors will tell fewer than 10 apart/)
})

test('a plan stays where first-order variances can be trusted', () => {
  const { samples, warnings } = theory.planSamples({ ...guess, precision: 0.9 })
  assert.deepEqual([samples.nNormal, samples.nAnomalous], [200, 20])
  assert.deepEqual(warnings, [])
})

test('the theorems answer the same question at the same fraction of anomalies', () => {
  const { theorem, samples } = theory.planSamples({ ...guess, precision: 0.1 })
  assert.deepEqual(
    theorem.map(({ version }) => version),
    [...theory.theoremVersions],
  )
  const alpha = samples.nAnomalous / (samples.nNormal + samples.nAnomalous)
  for (const { version, needs, epsilon, delta, epsilonFromPlan, steepest } of theorem) {
    assert.deepEqual([epsilon, delta], [0.1, 0.05])
    assert.ok(needs !== undefined && Math.abs(needs.nAnomalous / (needs.nNormal + needs.nAnomalous) - alpha) < 1e-3)
    assert.ok(epsilonFromPlan > 0.1, `${version} needs more than the plan`)
    // Concave curves have no chord from the target steeper than TPR/FPR.
    if (version !== 'exact')
      assert.deepEqual(
        steepest?.map((x) => Math.round(x * 1e9) / 1e9),
        [8, 12],
      )
  }
})

test('one goal, and possible ones', () => {
  const cases: [theory.PlanOptions, RegExp][] = [
    [{}, /a plan needs one goal/],
    [{ precision: 0.1, xi: 0.1 }, /a plan needs one goal/],
    [{ precision: 0.1, power: 0.8 }, /a plan needs one goal/],
    [{ precision: 1 }, /precision must lie strictly between 0 and 1, got 1/],
    [{ xi: 0.6 }, /tprBaseline \+ xi must lie in \[0, 1\], got 0.5 \+ 0.6/],
    [{ xi: 0 }, /xi must not be 0/],
    [{ xi: 0.1, power: 1 }, /power must lie/],
    [{ precision: 0.1, anomalyCost: 0 }, /anomalyCost must lie/],
    [{ precision: 0.01, nNormal: 100 }, /nNormal = 100 is too small for this precision/],
    [{ precision: 1e-9 }, /ask for less/],
    [{ precision: 0.1, fpr: 1 }, /fpr must lie/],
    [{ precision: 0.1, level: 1 }, /level must lie/],
    [{ precision: 0.1, nNormal: 0 }, /nNormal must be an integer/],
  ]
  for (const [options, message] of cases) {
    assert.throws(() => theory.planSamples(options), { code: 'OUT_OF_RANGE', message }, JSON.stringify(options))
  }
})

test('a pilot with a rough slope is warned of', () => {
  const slope = {
    slope: 2,
    interval: [0.5, 4],
    level: 0.95,
    fpr: 0.05,
    window: [0, 0.1],
    nNormal: 4,
    nAnomalous: 6,
  } as const
  const pilot = {
    nNormal: 40,
    nAnomalous: 30,
    slopes: { baseline: slope, candidate: { ...slope, interval: [1.5, 2.5] } },
  } as const
  const { warnings } = theory.planSamples({ ...guess, precision: 0.05, pilot })
  assert.equal(warnings.length, 1)
  assert.match(warnings[0] ?? '', /slope of the baseline's ROC curve between 0.50 and 4.00/)
})
