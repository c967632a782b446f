import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatSignedMeanSd } from '../../src/report/format.js'
import { matrixReport } from '../../src/report/matrix/matrixReport.js'
import { anomalyMatrix } from '../../src/study/anomalyMatrix.js'
import { meanTrainer } from '../fuzz/meanTrainer.js'

const dataset = {
  ...{ name: 'parts', attribution: 'nobody', featureNames: ['x1', 'x2'] },
  features: Float32Array.from({ length: 240 }, (_, i) => Math.sin(i * i)),
  classes: ['normal', 'crack', 'dent', 'scratch'],
  labels: Uint8Array.from({ length: 120 }, (_, i) => i % 4),
}

test('a matrix folds tables that take long to scroll through, and no others', async () => {
  const matrix = await anomalyMatrix({ dataset, runs: 2, fpr: 0.3, resamples: 100, trainer: meanTrainer })
  const small = await matrixReport(matrix)
  assert.ok(!small.includes('<details>'))
  // As many as fifteen classes have.
  const differences = Array.from({ length: 105 }, () => matrix.differences[0] ?? assert.fail())
  const large = await matrixReport({ ...matrix, differences })
  assert.equal(large.match(/<details>/g)?.length, 1)
  assert.match(large, /<details><summary>All 105 differences of means<\/summary>/)
})

test('a matrix counts labelled anomalies in the singular', async () => {
  const matrix = await anomalyMatrix({ dataset, runs: 2, fpr: 0.3, resamples: 100, trainer: meanTrainer })
  const rows = matrix.rows.map((row) => ({ ...row, nAnomaly: 1 }))
  assert.ok((await matrixReport({ ...matrix, rows })).includes('1 labelled anomaly, 2 runs.'))
})

test('the page of a matrix has both means of its text, with their spread where there are several runs, and what made it', async () => {
  const ask = { dataset, fpr: 0.3, resamples: 100, trainer: meanTrainer }
  const matrix = await anomalyMatrix({ ...ask, runs: 2 })
  const page = await matrixReport(matrix)
  const heat = page.match(/<div class="scroll heat".*?<\/table>/s)?.[0] ?? ''
  assert.match(heat, /<th scope="col">mean ξ<\/th>\n?<th scope="col">others<\/th>/)
  for (const { overall, unlabelled } of matrix.rows)
    for (const mean of [overall, unlabelled]) assert.ok(heat.includes(`>${formatSignedMeanSd(mean, 2)}</td>`))
  assert.match(page, /<footer>Data: nobody.* Made by scoring-bias [\d.]+\.<\/footer>/)
  const one = await matrixReport(await anomalyMatrix({ ...ask, runs: 1 }))
  assert.doesNotMatch(one, /[^τ] ± |standard deviation/)
})
