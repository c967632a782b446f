import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import {
  adjustedDeviance,
  meanDeviance,
  openDeviance,
  type Point,
  profileInterval,
  scaledInterval,
} from '../../bench/empiricalLikelihood.js'
import { type Method, simulateIdeas } from '../../bench/intervalIdeasCell.js'
import { at } from '../../src/check.js'

type Counts = readonly [lost: number, equal: number, gained: number]
type Pair = readonly (readonly number[])[]

const oracle: {
  ratios: [Counts, mean: number, deviances: (number | null)[]][]
  intervals: [Counts, variance: number, intervals: number[][]][]
  profiles: [fpr: number, normal: Pair, anomalous: Pair, interval: number[]][]
} = JSON.parse(readFileSync(new URL('../oracle/likelihood_scipy.json', import.meta.url), 'utf8'))

const kinds = [meanDeviance, adjustedDeviance, openDeviance]
const pointsOf = (counts: Counts) => counts.map((count, i): Point => [i - 1, count])

function assertNear(found: number, expected: number, what: unknown) {
  const most = 2e-6 * Math.max(1, Math.abs(expected))
  assert.ok(found === expected || Math.abs(found - expected) <= most, `${JSON.stringify(what)}: ${found}, ${expected}`)
}

test('likelihood ratios of a mean are those of weights that scipy optimises', () => {
  assert.ok(oracle.ratios.length >= 40)
  for (const [counts, mean, expected] of oracle.ratios) {
    for (const [i, deviance] of kinds.entries()) {
      const found = deviance(pointsOf(counts), mean)
      assertNear(found, expected[i] ?? Number.POSITIVE_INFINITY, [counts, mean, i])
    }
  }
})

test('scaled intervals end where the ratio of scipy’s weights reaches the quantile', () => {
  for (const [counts, variance, expected] of oracle.intervals) {
    for (const [i, deviance] of kinds.entries()) {
      const found = scaledInterval(pointsOf(counts), variance, deviance)
      for (const side of [0, 1]) assertNear(at(found, side), at(at(expected, i), side), [counts, variance, i, side])
    }
  }
})

test('profile intervals are those of all pairs of thresholds, by scipy, with ties and with no false alarm tolerated', () => {
  for (const [fpr, normal, anomalous, expected] of oracle.profiles) {
    const scores = normal.map((own, d) => {
      return { normal: Float64Array.from(own), anomalous: Float64Array.from(at(anomalous, d)) }
    })
    const found = profileInterval(scores, fpr)
    for (const side of [0, 1]) assertNear(at(found, side), at(expected, side), [fpr, side])
  }
})

test('where samples show no difference, or one in one direction only, empirical likelihoods say too little or too much', () => {
  const none = pointsOf([0, 20, 0])
  assert.deepEqual(scaledInterval(none, 0.01, meanDeviance), [0, 0])
  assert.deepEqual(scaledInterval(none, 0.01, adjustedDeviance), [-1, 1])
  const [least, most] = scaledInterval(none, 0.01, openDeviance)
  assert.ok(least < -1 + 1e-12 && most > 1 - 1e-12)
  // No replicate varies either: (1 − ξ)²⁰ is exp(−1.92) at the end.
  const [, end] = scaledInterval(none, 0, openDeviance)
  assert.ok(Math.abs(40 * Math.log1p(-end) + 3.841458820694124) < 1e-9)
  assert.deepEqual(scaledInterval(none, 0, adjustedDeviance), [0, 0])
  // One anomaly of twenty that the candidate alone flags leaves out 0.
  const [low] = scaledInterval(pointsOf([0, 19, 1]), 0.004, meanDeviance)
  assert.ok(low > 0)
  assert.ok(scaledInterval(pointsOf([0, 19, 1]), 0.004, openDeviance)[0] < 0)
})

test('a data set is the same for methods that come later', async () => {
  const names: readonly Method[] = ['percentile', 'open EL', 'profile EL']
  const whole = await simulateIdeas({ number: 12, first: 0, end: 6, names })
  for (const name of names) {
    const parts = [
      await simulateIdeas({ number: 12, first: 0, end: 2, names: [name] }),
      await simulateIdeas({ number: 12, first: 2, end: 6, names: [name] }),
    ].map((tallies) => tallies[name] ?? assert.fail(`no ${name}`))
    const sum = (key: 'dataSets' | 'covered' | 'length') => parts.reduce((total, tally) => total + tally[key], 0)
    const { dataSets, covered, length } = whole[name] ?? assert.fail(`no ${name}`)
    assert.deepEqual([sum('dataSets'), sum('covered')], [dataSets, covered])
    assertNear(sum('length'), length, name)
  }
})
