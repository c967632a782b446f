import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { at } from '../../src/check.js'
import { converge } from '../../src/converge/converge.js'
import { loadDataset } from '../../src/data/datasets.js'
import { makeSplit } from '../../src/data/splits/splits.js'
import { dividedNormals } from '../../src/detectors/validationLoss.js'
import { convergeText } from '../../src/report/converge/convergeText.js'
import { matrixReport } from '../../src/report/matrix/matrixReport.js'
import { matrixText } from '../../src/report/matrix/matrixText.js'
import { studyReport } from '../../src/report/study/studyReport.js'
import { studyText } from '../../src/report/study/studyText.js'
import { sweepReport } from '../../src/report/sweep/sweepReport.js'
import { sweepText } from '../../src/report/sweep/sweepText.js'
import { anomalyMatrix } from '../../src/study/anomalyMatrix.js'
import { runStudy } from '../../src/study/runStudy.js'
import { labelSweep } from '../../src/study/sweep/labelSweep.js'
import { query } from './query.js'

const folder = mkdtempSync(join(tmpdir(), 'held-out-'))
after(() => rmSync(folder, { recursive: true }))

// Of 120 normal samples in each training set 24 are held out. Nothing is learnt: HSC's weights are those of the first epoch.
const settings = { epochs: 6, pretrainEpochs: 0, validationShare: 0.2, patience: 2, learningRate: 1e-9, weightDecay: 0 }
const asked = {
  dataset: 'statlog',
  share: 0.1,
  baseline: 'ae',
  candidate: 'hsc',
  runs: 2,
  resamples: 100,
  device: 'cpu',
  settings,
} as const
const heading = '96 to train on, 24 held out for the validation loss'
const fact =
  /Of 20 % of the normal samples of each run, held out from training\. Lowest validation loss: AE after epochs? .*; the weights are those of that epoch \(patience 2\)\./

test('a study says how many samples were trained on, and tells those held out apart in its scores', async () => {
  const path = join(folder, 'scores.parquet')
  const result = await runStudy({ ...asked, keepScores: path })
  const { training, validation, normal, anomaly } = result
  assert.deepEqual([training.nNormal, training.nHeldOut, validation.nTrainedOn], [96, 24, 96])
  assert.ok(studyText(result).includes(heading))
  assert.match(await studyReport(result), fact)

  const roles = await query(
    `SELECT run, role, list("row" ORDER BY "row") FROM '${path}' WHERE detector = 'hsc' AND class = '${normal}' GROUP BY ALL ORDER BY ALL`,
  )
  const dataset = await loadDataset('statlog', { share: 0.1 })
  const wanted = [0, 1].flatMap((run) => {
    const split = makeSplit(dataset, { normal, anomaly, run, seed: 0 })
    const divided = dividedNormals({ run, normal: split.trainNormal }, settings, 0)
    const others = split.validation.filter((row) => !split.trainNormal.includes(row))
    const places = (rows: Uint32Array) => [...rows].map((row) => row + 1)
    return [
      [run, 'held out, validation', places(divided.held)],
      [run, 'train, validation', places(divided.normal)],
      [run, 'validation', places(others)],
    ]
  })
  assert.deepEqual(roles, wanted)
  assert.notDeepEqual(at(wanted, 0)[2], at(wanted, 3)[2], 'other samples in each run')
})

test('studies warn of what is held out and of trainings that stopped at once', async () => {
  const { warnings, training } = await runStudy({ ...asked, settings: { ...settings, validationShare: 0.9 } })
  assert.equal(training.nNormal, 12)
  assert.match(
    warnings.join('\n'),
    /^validationShare 0\.9 holds out 108 of 120 normal samples\. Only 12 are left to train on/m,
  )
})

test('a matrix has the settings of its trainings, and where they stopped', async () => {
  const matrix = await anomalyMatrix(asked)
  const { trainingSettings, nNormal, nHeldOut, rows, warnings } = matrix
  assert.deepEqual([nNormal, nHeldOut], [96, 24])
  assert.deepEqual([trainingSettings.validationShare, trainingSettings.patience], [0.2, 2])
  assert.equal(trainingSettings.learningRate, 1e-9)
  for (const { bestEpochs } of rows) {
    assert.deepEqual([bestEpochs?.baseline.length, bestEpochs?.candidate.length], [2, 2])
  }
  const all = rows.flatMap(({ bestEpochs }) => bestEpochs?.candidate ?? [])
  const early = all.filter((epoch) => epoch !== null && epoch <= 2).length
  const told = warnings.filter((warning) => warning.includes('the weights of HSC'))
  assert.deepEqual(
    told.map((warning) => warning.split(',')[0]),
    early === 0 ? [] : [`in ${early} of 10 trainings`],
  )
  assert.ok(matrixText(matrix).includes(heading))
  assert.match(await matrixReport(matrix), fact)
})

test('a sweep has the same, and counts hidden anomalies among all samples that may be trained on', async () => {
  const sweep = await labelSweep({ ...asked, labelled: [1, 5], contamination: [0.1] })
  assert.deepEqual([sweep.nNormal, sweep.nHeldOut, sweep.trainingSettings.patience], [96, 24, 2])
  assert.ok(sweep.cells.every(({ bestEpochs }) => bestEpochs?.candidate.length === 2))
  const text = sweepText(sweep)
  assert.ok(text.includes(heading))
  assert.match(text, /12 anomalies hidden among the 120 normal samples/)
  assert.match(await sweepReport(sweep), fact)
})

test('without samples held out, nothing speaks of them', async () => {
  const { validationShare: _, patience: __, ...plain } = settings
  const matrix = await anomalyMatrix({ ...asked, runs: 1, settings: plain })
  assert.deepEqual([matrix.nNormal, 'nHeldOut' in matrix, 'bestEpochs' in at(matrix.rows, 0)], [120, false, false])
  assert.equal(/held out for|Validation loss/i.test(matrixText(matrix)), false)
})

test('a convergence study says how many samples it trained on', async () => {
  const { resamples: _, ...pair } = asked
  const study = await converge({
    ...{ ...pair, nTrain: 50, sizes: [20], alphas: [0.1] },
    settings: { ...settings, epochs: 1 },
  })
  assert.deepEqual([study.training.nNormal, study.training.nHeldOut], [40, 10])
  assert.match(convergeText(study), /\(40 to train on, 10 held out for the validation loss, \d+ to draw from\)/)
})

test('a feature that no normal sample has is told of with the number of all of them', async () => {
  const n = 60
  const table = {
    ...{ name: 'gaps', attribution: 'nobody', featureNames: ['a', 'b'], impute: 'median' as const },
    features: Float32Array.from({ length: 2 * n }, (_, i) => (i % 2 === 0 ? Math.sin(i) : Number.NaN)),
    classes: ['normal', 'dent'],
    labels: Uint8Array.from({ length: n }, (_, i) => Number(i >= 40)),
  }
  await assert.rejects(runStudy({ ...asked, share: 1, dataset: table }), {
    code: 'EMPTY_SAMPLE',
    message: "feature 'b' is missing in all 40 normal samples. It has no median there. Leave it out (--ignore b)",
  })
})
