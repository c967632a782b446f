import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { ScoringBiasError } from '../../src/errors.js'
import { rangeOf, targetsOf } from '../../src/stats/bias/fprRange.js'
import { rangeDraws } from '../../src/stats/bias/rangeDraws.js'
import { relativeBias } from '../../src/stats/bias/relativeBias.js'
import { type OverRangeOptions, relativeBiasOverRange } from '../../src/stats/bias/relativeBiasOverRange.js'
import { copyInput, detectorSet } from '../../src/stats/bootstrap/bootstrapInput.js'
import { meanSd } from '../../src/stats/meanSd.js'
import { scorePair } from './samples.js'

interface Case {
  readonly range: [number, number]
  readonly classes: string[]
  readonly scores: { normal: number[]; anomalous: number[] }[]
  readonly over: Record<'log' | 'fpr', { recalls: number[]; classes: Record<string, number[]>; sd: number }>
  readonly areas?: number[]
}
const oracle: { cases: Case[] } = JSON.parse(readFileSync(new URL('../oracle/range.json', import.meta.url), 'utf8'))

const pairOf = ({ scores }: Case) => {
  const [baseline, candidate] = scores.map(({ normal, anomalous }) => ({
    normal: Float64Array.from(normal),
    anomalous: Float64Array.from(anomalous),
  }))
  return { baseline: baseline ?? assert.fail(), candidate: candidate ?? assert.fail() }
}

for (const [i, one] of oracle.cases.entries()) {
  for (const over of ['log', 'fpr'] as const) {
    test(`recalls over a range agree with numpy: case ${i} over ${over}`, async () => {
      const { range: fprRange, classes } = one
      const found = await relativeBiasOverRange(pairOf(one), { fprRange, over, classes, resamples: 999 })
      const near = (own: number, other: number | undefined) =>
        assert.ok(Math.abs(own - (other ?? assert.fail())) < 1e-12, `${own}, ${other}`)
      const { recalls, classes: parts } = one.over[over]
      near(found.tprBaseline, recalls[0])
      near(found.tprCandidate, recalls[1])
      near(found.xi, (recalls[1] ?? assert.fail()) - (recalls[0] ?? assert.fail()))
      assert.deepEqual([found.fprRange, found.over], [fprRange, over])
      for (const own of found.classes) {
        near(own.tprBaseline, parts[own.name]?.[0])
        near(own.tprCandidate, parts[own.name]?.[1])
      }
    })
  }
}

test('without ties the mean over fpr is the partial area under the ROC curve, divided by the length of the range', async () => {
  for (const one of oracle.cases.filter(({ areas }) => areas !== undefined)) {
    const { tprBaseline, tprCandidate } = await relativeBiasOverRange(pairOf(one), {
      ...{ fprRange: one.range, over: 'fpr', resamples: 99 },
    })
    assert.ok(Math.abs(tprBaseline - (one.areas?.[0] ?? assert.fail())) < 1e-12)
    assert.ok(Math.abs(tprCandidate - (one.areas?.[1] ?? assert.fail())) < 1e-12)
  }
})

test('draws vary by about what a bootstrap of numpy varies by', async () => {
  // The confidence distribution is a little wider on so few samples: its thresholds may lie anywhere between two scores.
  for (const one of oracle.cases.slice(0, 3)) {
    for (const over of ['log', 'fpr'] as const) {
      const range = rangeOf({ fprRange: one.range, over })
      const { baseline, candidate } = pairOf(one)
      const detectors = [baseline, candidate].map(({ normal, anomalous }) => ({ normal, anomalous: [anomalous] }))
      const { fprs, weights } = targetsOf(range, 16)
      const input = copyInput(detectors, { fprs }, detectorSet)
      const [{ draws } = assert.fail()] = await rangeDraws(input, { weights, resamples: 4000, seed: 1 }, detectorSet)
      const ratio = meanSd(draws).sd / one.over[over].sd
      assert.ok(ratio > 0.85 && ratio < 1.25, `${ratio}`)
    }
  }
})

test('targets of a range count what the range between their parts does, and sum to 1', () => {
  const { fprs, weights } = targetsOf({ from: 0.01, to: 0.16, over: 'log' }, 2)
  assert.ok(Math.abs((fprs[0] ?? 0) - 0.02) < 1e-15 && Math.abs((fprs[1] ?? 0) - 0.08) < 1e-15)
  assert.ok(Math.abs((weights[0] ?? 0) - 0.5) < 1e-12)
  // Over fpr, between 0.1² and 0.4² the middle of the square roots is 0.25² = 0.0625.
  const plain = targetsOf({ from: 0.01, to: 0.16, over: 'fpr' }, 2)
  assert.ok(Math.abs((plain.weights[0] ?? 0) - (0.0625 - 0.01) / 0.15) < 1e-12)
  assert.ok(Math.abs(plain.weights.reduce((sum, one) => sum + one, 0) - 1) < 1e-12)
})

const { baseline, candidate } = scorePair(800, 240)
const labels = Array.from(baseline.anomalous, (_, i) => `k${i % 3}`)

test('over a range that holds no step between two thresholds it is the answer at a target', async () => {
  const found = await relativeBiasOverRange(
    { baseline, candidate },
    { fprRange: [0.0501, 0.0502], classes: labels, margin: 0.2 },
  )
  const single = await relativeBias(
    { baseline, candidate },
    { fpr: 0.05015, classes: labels, margin: 0.2, engine: 'tree' },
  )
  assert.equal(found.verdict, single.verdict)
  for (const [k, own] of [found, ...found.classes].entries()) {
    const other = [single, ...single.classes][k] ?? assert.fail()
    assert.ok(Math.abs(own.xi - other.xi) < 1e-12)
    for (const side of [0, 1] as const) {
      assert.ok(Math.abs(own.interval[side] - other.interval[side]) < 0.02)
      assert.ok(Math.abs(own.simultaneous[side] - other.simultaneous[side]) < 0.03)
    }
    // enough: of what one target says, within the chance of draws.
    assert.equal(own.gate?.verdict, other.gate?.verdict)
  }
})

test('exchanged detectors have the opposite answer, and equal ones none', async () => {
  const options = { fprRange: [0.01, 0.1], resamples: 999 } as const
  const there = await relativeBiasOverRange({ baseline, candidate }, options)
  const back = await relativeBiasOverRange({ baseline: candidate, candidate: baseline }, options)
  assert.ok(Math.abs(there.xi + back.xi) < 1e-12)
  assert.equal(there.direction, 'up')
  assert.equal(back.direction, 'down')
  const same = await relativeBiasOverRange({ baseline, candidate: baseline }, options)
  assert.deepEqual([same.xi, same.direction], [0, 'none'])
})

test('no mean over a range lies beyond 1, however its weights are rounded', async () => {
  const low = { normal: Float64Array.from({ length: 13 }, (_, i) => i), anomalous: Float64Array.of(-5) }
  const high = { ...low, anomalous: Float64Array.of(20) }
  for (const over of ['log', 'fpr'] as const) {
    for (const fprRange of [
      [0.3, 0.5],
      [0.55, 0.75],
      [0.2, 0.22],
    ] as const) {
      const options = { fprRange, over, resamples: 8, level: 3e-5 } as const
      const { interval } = await relativeBiasOverRange({ baseline: high, candidate: low }, options)
      assert.ok(interval[0] >= -1 && interval[1] >= -1, `${fprRange}, ${over}: ${interval}`)
    }
  }
})

test('draws do not depend on how they are cut, nor on threads', async () => {
  const input = copyInput(
    [baseline, candidate].map(({ normal, anomalous }) => ({ normal, anomalous: [anomalous] })),
    { fprs: [0.02, 0.05] },
    detectorSet,
  )
  const weights = Float64Array.of(0.5, 0.5)
  const [whole = assert.fail()] = await rangeDraws(
    input,
    { weights, resamples: 3000, seed: 3, threads: 2 },
    detectorSet,
  )
  const [first = assert.fail()] = await rangeDraws(
    input,
    { weights, resamples: 1000, seed: 3, threads: 1 },
    detectorSet,
  )
  assert.deepEqual(whole.draws.slice(0, 1000), first.draws)
})

test('with every sample a group of its own, groups say what samples do', async () => {
  const each = (n: number, name: string) => Array.from({ length: n }, (_, i) => `${name}${i}`)
  const groups = { normal: each(800, 'n'), anomalous: each(240, 'a') }
  const options = { fprRange: [0.01, 0.1], classes: labels, resamples: 4000 } as const
  const plain = await relativeBiasOverRange({ baseline, candidate }, options)
  const own = await relativeBiasOverRange({ baseline, candidate }, { ...options, groups })
  assert.deepEqual(own.nGroups, { all: 1040, normal: 800, anomalous: 240 })
  for (const side of [0, 1] as const) {
    assert.ok(Math.abs(own.interval[side] - plain.interval[side]) < 0.02, `${own.interval} ${plain.interval}`)
  }
  const pairs = {
    normal: groups.normal.map((_, i) => `g${i % 20}`),
    anomalous: groups.anomalous.map((_, i) => `g${i % 20}`),
  }
  const { warnings, margin, verdict, classes } = {
    margin: 0.1,
    ...(await relativeBiasOverRange({ baseline, candidate }, { ...options, groups: pairs, margin: 0.1 })),
  }
  assert.deepEqual([margin, verdict, classes[0]?.nGroups], [0.1, 'pass', 20])
  assert.deepEqual(warnings, [])
})

test('where no false alarm is allowed at the low end nothing is decided, and a warning says what it takes', async () => {
  const found = await relativeBiasOverRange({ baseline, candidate }, { fprRange: [0.001, 0.1], margin: 0.3 })
  assert.deepEqual([found.direction, found.pValue, found.verdict], ['none', 1, 'undecided'])
  assert.ok(found.interval[0] <= 0)
  assert.match(found.warnings.join(), /fpr = 0\.001, where the range begins.*at least 1,000 normal samples/s)
})

test('scores that tie where thresholds are get a warning', async () => {
  const rounded = (scores: Float64Array) => scores.map((x) => Math.round(x * 4) / 4)
  const tied = { normal: rounded(baseline.normal), anomalous: rounded(baseline.anomalous) }
  const { warnings } = await relativeBiasOverRange({ baseline: tied, candidate }, { fprRange: [0.01, 0.1] })
  assert.match(
    warnings.join(),
    /^'baseline' gives several normal samples one score.*over the range it flags a mean fraction of 0\.0\d+ of/,
  )
})

test('bad ranges are refused', async () => {
  const refuses = (options: object, code: string, message: RegExp) =>
    assert.rejects(
      () => relativeBiasOverRange({ baseline, candidate }, options as OverRangeOptions),
      (error) => error instanceof ScoringBiasError && error.code === code && message.test(error.message),
    )
  await refuses({}, 'WRONG_TYPE', /fprRange must be an array of two rates/)
  await refuses({ fprRange: [0.1] }, 'WRONG_TYPE', /fprRange/)
  await refuses({ fprRange: [0.1, 0.01] }, 'OUT_OF_RANGE', /got 0\.1 to 0\.01/)
  await refuses({ fprRange: [0, 0.01] }, 'OUT_OF_RANGE', /got 0 to 0\.01/)
  await refuses({ fprRange: [0.01, 1] }, 'OUT_OF_RANGE', /below 1/)
  await refuses({ fprRange: [0.01, Number.NaN] }, 'OUT_OF_RANGE', /fprRange\[1\]/)
  await refuses({ fprRange: [0.01, 0.1], over: 'ln' }, 'UNKNOWN_NAME', /'ln'/)
  await refuses({ fprRange: [0.01, 0.1], fpr: 0.1 }, 'UNKNOWN_NAME', /fpr/)
})
