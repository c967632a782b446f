import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type GuaranteeCell, guarantees, simulateGuarantees, truthOf } from '../../bench/guaranteeCell.js'
import * as theory from '../../src/rooms/theory.js'
import { normalCdf, normalQuantile } from '../../src/special.js'
import { relativeBias } from '../../src/stats/bias/relativeBias.js'
import { normals } from '../stats/samples.js'

const gaussian = { fpr: 0.1, delta: 0.2, law: 'gaussian', unit: 1 } as const
const ramp = { nNormal: 20, nAnomalous: 1980, fpr: 0.05, delta: 0.1, law: 'ramp' } as const

test('the simulated truth', () => {
  const cell: GuaranteeCell = { ...gaussian, nNormal: 1, nAnomalous: 1, fpr: 0.05 }
  // scipy.stats: norm.sf(norm.isf(0.05) - [1, 2]).
  const { tprs } = truthOf(cell)
  assert.ok(Math.abs(tprs[0] - 0.25951102284144) < 1e-12 && Math.abs(tprs[1] - 0.63876003131234) < 1e-12)
})

test('corrected, sharp and exact hold as often as they promise', async () => {
  for (const sizes of [
    { nNormal: 100, nAnomalous: 40 },
    { nNormal: 400, nAnomalous: 2000 },
  ]) {
    const { coverage, dataSets } = await simulateGuarantees({ ...gaussian, ...sizes }, 11, 150)
    assert.equal(dataSets, 150)
    for (const name of guarantees) assert.ok(coverage[name].kept >= 0.8, `${name}: ${coverage[name].kept}`)
    assert.ok(coverage.exact.epsilon < coverage.sharp.epsilon && coverage.sharp.epsilon < coverage.corrected.epsilon)
  }
})

test('published depends on the unit of the scores, and fails in a large one', async () => {
  const [small, large] = [
    await simulateGuarantees({ ...ramp, unit: 1 }, 12, 150),
    await simulateGuarantees({ ...ramp, unit: 1000 }, 12, 150),
  ]
  assert.ok(small.coverage.published.kept >= 0.9)
  // 90 % is promised.
  assert.ok(large.coverage.published.kept < 0.5, `${large.coverage.published.kept}`)
  for (const name of ['corrected', 'sharp', 'exact'] as const) {
    assert.ok(large.coverage[name].kept >= 0.9)
    assert.ok(Math.abs(large.coverage[name].epsilon - small.coverage[name].epsilon) < 1e-9)
  }
})

const scoresOf = (n0: number, n1: number, stream: number) => ({
  baseline: { normal: normals(n0, stream), anomalous: normals(n1, stream + 1, 1) },
  candidate: { normal: normals(n0, stream + 2), anomalous: normals(n1, stream + 3, 2) },
})

test('a certificate’s intervals cover true rates as often as their law says', async () => {
  const [dataSets, delta, fpr] = [600, 0.9, 0.1]
  const tau = -normalQuantile(fpr)
  let [fprKept, tprKept, bracketKept] = [0, 0, 0]
  for (let d = 0; d < dataSets; d++) {
    const { baseline } = await theory.certifiedBias(scoresOf(90, 60, 100 + 4 * d), { fpr, delta, threads: 1 })
    const alarms = normalCdf(-baseline.threshold)
    if (baseline.trueFpr[0] <= alarms && alarms <= baseline.trueFpr[1]) fprKept++
    const recall = normalCdf(1 - baseline.threshold)
    if (baseline.trueTpr[0] <= recall && recall <= baseline.trueTpr[1]) tprKept++
    const [low, high] = baseline.thresholdAtTarget
    if (low <= tau && tau <= high) bracketKept++
  }
  // The Beta law is exact: 1 − δ/4. Four standard errors.
  assert.ok(Math.abs(fprKept / dataSets - 0.775) < 4 * Math.sqrt((0.775 * 0.225) / dataSets), `${fprKept}`)
  // Counts are whole: no less than the level, and not everything.
  assert.ok(tprKept / dataSets > 0.775 - 0.06 && tprKept < dataSets, `${tprKept}`)
  assert.ok(bracketKept / dataSets > 0.775 - 0.06 && bracketKept < dataSets, `${bracketKept}`)
})

test('a certificate reads the ranks that it says, and survives too few samples', async () => {
  const count = (n: number) => Float64Array.from({ length: n }, (_, i) => i + 1)
  const detector = { normal: count(100), anomalous: count(100).map((x) => x + 50) }
  const { baseline, xi, xiAsSet } = await theory.certifiedBias(
    { baseline: detector, candidate: detector },
    { fpr: 0.1, delta: 0.4 },
  )
  assert.equal(baseline.threshold, 90)
  // pbinom(4, 100, 0.1) = 0.0237, pbinom(5, …) = 0.0576 beside δ/8 = 0.05; 1 − pbinom(15, …) = 0.0399, of 14: 0.0726.
  assert.deepEqual(baseline.thresholdAtTarget, [85, 96])
  // 65 and 54 of the anomalies lie above 85 and 96: scipy beta.ppf(0.95, 66, 35), beta.ppf(0.05, 54, 47).
  const [low, high] = baseline.tprAtTarget
  assert.ok(Math.abs(high - 0.7292455381884444) < 1e-12 && Math.abs(low - 0.4529712279737774) < 1e-12, `${low} ${high}`)
  assert.ok(xi[0] === -xi[1] && Math.abs(xi[1] - (high - low)) < 1e-12 && xiAsSet[1] < xi[1])
  const few = { normal: count(3), anomalous: count(1) }
  const tiny = await theory.certifiedBias({ baseline: few, candidate: few })
  assert.deepEqual(tiny.baseline.thresholdAtTarget, [1, Number.POSITIVE_INFINITY])
  assert.equal(tiny.baseline.tprAtTarget[0], 0)
})

test('precision and power are those that simulated data have', async () => {
  const [dataSets, nNormal, nAnomalous, fpr] = [300, 600, 200, 0.1]
  const normal = { mean: 0, sd: 1 }
  const shifts = [1, 1.5] as const
  const truth = theory.gaussianBias(
    {
      baseline: { normal, anomalous: { mean: shifts[0], sd: 1 } },
      candidate: { normal, anomalous: { mean: shifts[1], sd: 1 } },
    },
    fpr,
  )
  const guess = { fpr, tprBaseline: truth.baseline.tpr, nNormal, nAnomalous }
  const { power, standardError } = theory.power({ ...guess, xi: truth.xi })
  const estimates: number[] = []
  let detected = 0
  for (let d = 0; d < dataSets; d++) {
    const stream = 5000 + 4 * d
    const { xi, interval } = await relativeBias(
      {
        baseline: { normal: normals(nNormal, stream), anomalous: normals(nAnomalous, stream + 1, shifts[0]) },
        candidate: { normal: normals(nNormal, stream + 2), anomalous: normals(nAnomalous, stream + 3, shifts[1]) },
      },
      { fpr, resamples: 400, seed: d, intervalMethod: 'percentile' },
    )
    estimates.push(xi)
    if (interval[0] > 0 || interval[1] < 0) detected++
  }
  const mean = estimates.reduce((sum, x) => sum + x, 0) / dataSets
  const sd = Math.sqrt(estimates.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (dataSets - 1))
  // A standard deviation of 300 has a relative standard error of 4 %.
  assert.ok(Math.abs(sd / standardError - 1) < 0.16, `${sd} for ${standardError}`)
  assert.ok(power > 0.5 && power < 0.95, `${power}`)
  assert.ok(Math.abs(detected / dataSets - power) < 0.1, `${detected / dataSets} for ${power}`)
})
