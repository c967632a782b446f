import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compareArrows, compareRecall } from '../../src/paper/compareWithPrinted.js'

const printed = (mean: number, sd: number) => ({ mean, sd, arrow: null })

test('a difference beyond the rounding counts in standard errors of both means', () => {
  // √(0.3²/10 + 0.4²/100) = √0.0106; (0.5 − 0.2 − 0.005)/√0.0106
  const compared = compareRecall({ ours: { mean: 0.5, sd: 0.3 }, runs: 10, paper: printed(0.2, 0.4), paperRuns: 100 })
  assert.ok(Math.abs(compared.standardError - Math.sqrt(0.0106)) < 1e-15)
  assert.ok(Math.abs(compared.errors - 0.295 / Math.sqrt(0.0106)) < 1e-9)
  assert.equal(compared.within, true)
})

test('a mean below the printed one has negative errors', () => {
  const { errors, within } = compareRecall({
    ours: { mean: 0.1, sd: 0.01 },
    runs: 4,
    paper: printed(0.2, 0),
    paperRuns: 100,
  })
  assert.ok(Math.abs(errors + 0.095 / 0.005) < 1e-6)
  assert.equal(within, false)
})

test('half a unit of the last printed digit is rounding, whatever the standard deviations', () => {
  for (const mean of [0.345, 0.35, 0.355]) {
    const compared = compareRecall({ ours: { mean, sd: 0 }, runs: 10, paper: printed(0.35, 0), paperRuns: 100 })
    assert.equal(compared.errors, 0)
    assert.equal(compared.within, true)
  }
})

test('a difference beyond the rounding is outside where neither side varies', () => {
  const compared = compareRecall({ ours: { mean: 0.36, sd: 0 }, runs: 10, paper: printed(0.35, 0), paperRuns: 100 })
  assert.equal(compared.errors, Number.POSITIVE_INFINITY)
  assert.equal(compared.within, false)
})

test('one run is taken to vary as the printed ones do', () => {
  const compared = compareRecall({ ours: { mean: 0.5, sd: 0 }, runs: 1, paper: printed(0.4, 0.1), paperRuns: 100 })
  assert.ok(Math.abs(compared.standardError - Math.sqrt(0.01 + 0.0001)) < 1e-15)
})

test('arrows compare means as they are printed, and only opposite ones contradict', () => {
  assert.deepEqual(compareArrows(0.12, 0.81, 'up'), { ours: 'up', paper: 'up', agreement: 'agrees' })
  assert.deepEqual(compareArrows(0.5, 0.4, 'up'), { ours: 'down', paper: 'up', agreement: 'contradicts' })
  assert.deepEqual(compareArrows(0.351, 0.354, null), { ours: null, paper: null, agreement: 'agrees' })
  assert.deepEqual(compareArrows(0.351, 0.354, 'down'), { ours: null, paper: 'down', agreement: 'unmarked' })
  assert.deepEqual(compareArrows(0.35, 0.37, null), { ours: 'up', paper: null, agreement: 'unmarked' })
})
