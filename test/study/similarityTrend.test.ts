import assert from 'node:assert/strict'
import { test } from 'node:test'
import { normal } from '../../src/random/normal.js'
import { studentTQuantile } from '../../src/special.js'
import { sortReplicates } from '../../src/stats/bootstrap/sortedReplicates.js'
import { meanSd } from '../../src/stats/meanSd.js'
import { xiDraws } from '../../src/stats/runs/runMean.js'
import { matrixSimilarity, similarityOf } from '../../src/study/core/similarityTrend.js'
import type { ClassResult } from '../../src/study/core/types.js'

const classes = [
  { name: 'a', l2: 0, xi: 0.7 },
  { name: 'b', l2: 1, xi: 0.1 },
  { name: 'c', l2: 2, xi: 0.3 },
  { name: 'd', l2: 3, xi: -0.2 },
  { name: 'e', l2: 9, xi: -0.4 },
]
const common = { labelled: ['a'], seed: 0 }
const constant = (xi: number, n = 100) => new Float64Array(n).fill(xi)

test('a trend is over all classes, and over those not labelled', () => {
  const { all, unlabelled } = similarityOf({ ...common, classes })
  // One of 10 pairs, one of 6, is in the wrong order; of 120 orders 10 have one or none, of 24 orders 8, counting both ways.
  assert.deepEqual(all, { n: 5, tau: -0.8, pValue: 10 / 120, exact: true, uncertainty: null })
  assert.deepEqual(unlabelled, { n: 4, tau: -4 / 6, pValue: 8 / 24, exact: true, uncertainty: null })
})

test('fewer than four classes have no trend, nor has ξ that is the same for all', () => {
  assert.deepEqual(similarityOf({ ...common, classes: classes.slice(0, 4) }).unlabelled, null)
  assert.deepEqual(similarityOf({ ...common, classes: classes.slice(0, 3) }), { all: null, unlabelled: null })
  const flat = classes.map((one) => ({ ...one, xi: 0.1 + 0.2 - 0.3 * Number(one.name !== 'a') }))
  assert.equal(similarityOf({ ...common, classes: flat }).unlabelled, null)
  // Sums of fractions that are equal but for their rounding are ties.
  const rounding = [0.3, 0.1 + 0.2, 0.3, 0.1 + 0.2]
  const near = classes.slice(0, 4).map((one, i) => ({ ...one, xi: rounding[i] ?? 0 }))
  assert.equal(similarityOf({ ...common, classes: near }).all, null)
})

test('draws say how often the trend goes which way', () => {
  const sure = similarityOf({ ...common, classes, draws: classes.map(({ xi }) => constant(xi)) }).all?.uncertainty
  assert.deepEqual(sure, { below: 1, above: 0 })
  // In a quarter of the draws ξ rises with distance, in another it is the same for all.
  const draws = classes.map(({ xi, l2 }) =>
    Float64Array.from({ length: 100 }, (_, b) => (b % 4 === 0 ? l2 / 10 : b % 4 === 1 ? 0 : xi)),
  )
  assert.deepEqual(similarityOf({ ...common, classes, draws }).all?.uncertainty, {
    below: 0.5,
    above: 0.25,
  })
})

test('draws of ξ have the t law of a mean over runs where samples leave nothing open', () => {
  const nDraws = 10_000
  const runs = [Float64Array.of(0.1, 0.3, 0.2, 0.5), Float64Array.of(-0.1, -0.3, -0.2, -0.5)]
  const means = runs.map((own) => constant(meanSd(own).mean, nDraws))
  const quantities = runs.map((values, k) => ({ values, samples: means[k] ?? constant(0) }))
  const [draws = constant(0), mirrored = constant(0)] = xiDraws(quantities, 1)
  const { mean, sd } = meanSd([0.1, 0.3, 0.2, 0.5])
  const sorted = sortReplicates('draws', draws)
  for (const p of [0.05, 0.25, 0.5, 0.75, 0.95]) {
    const t = (sorted.quantile(p) - mean) / (sd / 2)
    const density = Math.exp(-Math.abs(studentTQuantile(p, 3)))
    assert.ok(Math.abs(t - studentTQuantile(p, 3)) < (5 * Math.sqrt((p * (1 - p)) / nDraws)) / density, `${p}: ${t}`)
  }
  // The same noise in both classes: what one run adds here it takes away there.
  assert.ok(draws.every((xi, b) => Math.abs(xi + (mirrored[b] ?? 0)) < 1e-12))
  assert.deepEqual(xiDraws(quantities, 1)[0], draws)
  assert.notDeepEqual(xiDraws(quantities, 2)[0], draws)
})

test('draws of one run are the replicates themselves, at most 10,000', () => {
  const replicates = normal(12_000, { seed: 3 })
  assert.deepEqual(xiDraws([{ values: Float64Array.of(0.4), samples: replicates }], 0), [replicates.slice(0, 10_000)])
})

test('over a matrix whose every row falls with distance the trend within rows is −1, rarer than that over all cells', () => {
  const at = [0, 1, 3, 7, 15]
  const help = [0, 5, 1, -4, 2]
  const rows = at.map((own, i) => ({
    classes: at.map((other, j): ClassResult => {
      const l2 = Math.abs(own - other)
      const none = { mean: 0, sd: 0 }
      const xi = ((help[i] ?? 0) - l2 / 20) / 20
      const open = { interval: [0, 0], pValue: 1, simultaneous: [0, 0], pAdjusted: 1, direction: 'none' } as const
      return { name: `${j}`, n: 1, l2, tprBaseline: none, tprCandidate: none, xi, ...open }
    }),
  }))
  const withDraws = rows.map((row) => ({ ...row, xiDraws: row.classes.map(({ xi }) => constant(xi)) }))
  const { withinLabelled, overall } = matrixSimilarity(withDraws, 0)
  assert.deepEqual([withinLabelled.all?.n, withinLabelled.unlabelled?.n], [25, 20])
  assert.deepEqual([withinLabelled.all?.tau, withinLabelled.unlabelled?.tau], [-1, -1])
  assert.deepEqual(withinLabelled.all?.uncertainty, { below: 1, above: 0 })
  assert.equal(withinLabelled.all?.pValue, 1 / 120)
  assert.ok(Math.abs(overall.all?.tau ?? 1) < 0.7 && (overall.all?.pValue ?? 0) > 1 / 120)
  assert.deepEqual(matrixSimilarity(withDraws.slice(0, 3), 0).overall, { all: null, unlabelled: null })
})
