import assert from 'node:assert/strict'
import { test } from 'node:test'
import { usualDraws } from '../../src/stats/bias/usualDraws.js'
import { anomalyMatrix } from '../../src/study/anomalyMatrix.js'
import type { UnitTrainer, UnitWork } from '../../src/study/core/unit.js'
import { runStudy } from '../../src/study/runStudy.js'
import { labelSweep } from '../../src/study/sweep/labelSweep.js'
import { normals } from '../stats/samples.js'

const names = Array.from({ length: 8 }, (_, k) => `kind ${k}`)
const z = normals(1600, 3)
const table = {
  ...{ name: 'parts', attribution: 'nobody', featureNames: ['x1', 'x2'], classes: ['normal', ...names] },
  labels: Uint8Array.from({ length: 640 }, (_, i) => (i < 240 ? 0 : 1 + (i % 8))),
  features: Float32Array.from({ length: 1280 }, (_, j) => (z[j] ?? 0) + (j < 480 ? 0 : 1 + Math.sin(j % 16))),
}

/** Trains nothing: scores are sums of features, weighed as run and labels have it. */
const trainer: UnitTrainer = {
  workers: 1,
  device: async () => 'cpu',
  train: async ({ samples: { features, nSamples }, runs }: UnitWork) => ({
    device: 'cpu',
    runs: runs.map(({ run, anomalous }) => ({
      training: { run, losses: Float64Array.of(1), pretrainLosses: Float64Array.of(1) },
      scores: Float32Array.from({ length: nSamples }, (_, i) => {
        const [x = 0, y = 0] = features.subarray(2 * i, 2 * i + 2)
        return x + y * (1 + 0.4 * Math.sin(3 * run + anomalous.length + Number(anomalous[0] ?? 0)))
      }),
    })),
  }),
}
const asked = { dataset: table, runs: 3, fpr: 0.2, trainer }

test('as many draws are taken as a family needs, up to what fits', () => {
  assert.equal(usualDraws(200, 0.95), 10_000)
  assert.equal(usualDraws(400, 0.95), 16_020)
  assert.equal(usualDraws(900, 0.95), 10_000)
  assert.equal(usualDraws(900, 0.95, 40_000), 36_020)
})

test('a matrix draws as often as its cells need, so that not all of its intervals reach from −1 to 1', async () => {
  const whole = (matrix: Awaited<ReturnType<typeof anomalyMatrix>>) =>
    matrix.rows.flatMap(({ classes }) => classes).filter(({ simultaneous: [low, high] }) => low === -1 && high === 1)
  const few = await anomalyMatrix({ ...asked, level: 0.99, resamples: 5000 })
  assert.equal(whole(few).length, 64)
  assert.ok(few.warnings.some((one) => one.includes('5,000 resamples are too few for 64 simultaneous intervals')))
  const enough = await anomalyMatrix({ ...asked, level: 0.99 })
  // (2·64 + 1)/(1 − 0.99)
  assert.equal(enough.resamples, 12_900)
  // Three runs leave long tails, and some intervals are as long in truth.
  assert.ok(whole(enough).length < 32)
  assert.equal(enough.warnings.filter((one) => one.includes('too few for')).length, 0)
})

test('so do studies and sweeps', async () => {
  const study = await runStudy({ ...asked, anomaly: 'kind 0', level: 0.999 })
  assert.equal(study.resamples, 17_000)
  const given = await runStudy({ ...asked, anomaly: 'kind 0', level: 0.999, resamples: 5000 })
  assert.equal(given.resamples, 5000)
  const swept = await labelSweep({ ...asked, anomaly: 'kind 0', labelled: [5, 10], contamination: [0], level: 0.999 })
  // Two cells of eight classes.
  assert.equal(swept.resamples, 33_000)
})
