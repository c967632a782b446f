import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { loadTable } from '../../src/data/datasets.js'
import type { LabelledTable } from '../../src/data/tables/labelledTable.js'
import { normal } from '../../src/random/normal.js'
import { studyJson } from '../../src/report/study/studyJson.js'
import { studyReport } from '../../src/report/study/studyReport.js'
import { studyText } from '../../src/report/study/studyText.js'
import { runStudy } from '../../src/study/runStudy.js'
import { skip } from '../data/fashionMnistHere.js'
import { trainer } from './threads.js'

const quick = { runs: 2, settings: { epochs: 2, pretrainEpochs: 1 }, resamples: 200, trainer } as const

/** 60 samples of `fine` around 0 and 20 of `crack` around 3, in two features. */
function parts(): LabelledTable {
  const features = Float32Array.from(normal(160, { seed: 3, stream: 1 }), (z, i) => z + (i < 120 ? 0 : 3))
  const labels = Uint8Array.from({ length: 80 }, (_, row) => Number(row >= 60))
  return {
    name: 'some/parts.csv',
    attribution: '',
    featureNames: ['a', 'b'],
    features,
    classes: ['fine', 'crack'],
    labels,
  }
}

describe('a study of a table of the caller’s', () => {
  it('is the study of StatLog where the table is StatLog and split and decoder are the same', async () => {
    const named = await runStudy({ dataset: 'statlog', split: 'held-out', ...quick })
    const table = { ...(await loadTable('statlog')), name: 'statlog.csv' }
    const { normal, anomaly } = named
    const ours = await runStudy({ dataset: table, normal, anomaly, decoder: 'sigmoid', ...quick })
    const numbers = ({ classes, l2Normal, scores, training, validation }: typeof named) => ({
      classes,
      l2Normal,
      scores,
      training,
      validation,
    })
    assert.deepEqual(numbers(ours), numbers(named))
    // The published split, too, but for the samples that standardise.
    const raw = { ...quick, split: 'published', decoder: 'sigmoid', standardise: false } as const
    const published = await runStudy({ dataset: 'statlog', ...raw })
    assert.deepEqual(numbers(await runStudy({ dataset: table, normal, anomaly, ...raw })), numbers(published))
  })

  it('holds a fifth of the normal samples out for the threshold, and says what it used', async () => {
    const result = await runStudy({ dataset: parts(), normal: 'fine', ...quick })
    const { dataset, split, anomaly, training, validation, settings, attribution, simulated, classes } = result
    assert.deepEqual([dataset, split, anomaly, simulated, attribution], ['parts.csv', 'held-out', 'crack', false, ''])
    assert.deepEqual([training.nNormal, training.nAnomaly, validation.n, validation.nTrainedOn], [48, 4, 12, 0])
    assert.deepEqual([settings.network, settings.decoder], ['mlp 2-32-16-8', 'identity'])
    assert.deepEqual(
      classes.map(({ name, n }) => [name, n]),
      [['crack', 16]],
    )
    assert.match(studyText(result), /12 samples of fine not trained on/)
    assert.doesNotMatch(studyText(result), /Data:/)
    assert.match(await studyReport(result), /none of them trained on/)
  })

  it('needs to know its normal class, and refuses classes that it lacks', async () => {
    await assert.rejects(runStudy({ dataset: parts(), ...quick }), {
      code: 'UNKNOWN_CLASS',
      message: 'the classes of some/parts.csv are fine, crack. Say with the option normal which class is normal',
    })
    const study = runStudy({ dataset: parts(), normal: 'fine', anomaly: 'dent', ...quick })
    await assert.rejects(study, { code: 'UNKNOWN_CLASS', message: /unknown anomaly class 'dent'.*fine, crack/ })
  })
})

describe('a study of simulated spectrograms', () => {
  it('trains the LSTM and says in text, JSON and report that the samples are simulated', async () => {
    const result = await runStudy({ dataset: 'spectrum', share: 0.001, ...quick, runs: 1 })
    assert.deepEqual([result.settings.network, result.settings.decoder], ['lstm 125×128-64-32-32', 'sigmoid'])
    assert.deepEqual([result.training.nNormal, result.training.nAnomaly, result.validation.n], [20, 2, 20])
    assert.deepEqual(result.settings.milestones, [60, 120, 180])
    const warning = /the samples of spectrum are simulated, not measured/
    assert.equal(studyJson(result).simulated, true)
    assert.match(studyJson(result).warnings.join(), warning)
    assert.match(
      studyText(result),
      /on spectrum \(simulated\) [\s\S]*simulated, not measured[\s\S]*Data: simulated LTE-like/,
    )
    const page = await studyReport(result)
    assert.match(page, /<h1>[^<]* on spectrum \(simulated\)<\/h1>/)
    assert.match(page, warning)
  })
})

describe('a study of the synthetic data', () => {
  it('trains on 10,000 + 1,000 samples and finds the upward bias of Section 4.2', async () => {
    const result = await runStudy({
      dataset: 'synthetic',
      ...quick,
      runs: 3,
      settings: { epochs: 10, pretrainEpochs: 5 },
    })
    const { settings, training, validation, classes, warnings } = result
    assert.deepEqual([settings.network, settings.decoder], ['mlp 9-32-16-8', 'sigmoid'])
    assert.deepEqual(settings.milestones, [66, 132, 198])
    assert.deepEqual([training.nNormal, training.nAnomaly, validation.n, validation.nTrainedOn], [1e4, 1e3, 2e4, 0])
    const [anomalous] = classes
    assert.deepEqual(
      [classes.length, anomalous?.name, anomalous?.n, anomalous?.direction],
      [1, 'anomalous', 2000, 'up'],
    )
    // Fully trained detectors have ξ = 0.51 (docs/convergence.md).
    assert.ok(Math.abs((anomalous?.xi ?? 0) - 0.51) < 0.2, `${anomalous?.xi}`)
    assert.equal(warnings.length, 1)
    assert.match(studyText(result), /on synthetic \(simulated\)[\s\S]*Data: synthetic, after Ye, Chen and Zheng/)
  })

  it('warns of a sigmoid that cannot reproduce its features', async () => {
    const options = { dataset: 'synthetic', share: 0.02, baseline: 'ae', candidate: 'sae', ...quick, runs: 1 } as const
    const warning = /a sigmoid decoder cannot reproduce features outside \(0, 1\), which decides what AE and SAE detect/
    assert.match((await runStudy(options)).warnings.join('; '), warning)
    assert.doesNotMatch((await runStudy({ ...options, decoder: 'identity' })).warnings.join('; '), warning)
  })
})

describe('a study of Fashion-MNIST', { skip }, () => {
  it('trains LeNet on the real images, as published but for its size', async () => {
    const size = { share: 0.04, runs: 1, seed: 3, settings: { epochs: 8, pretrainEpochs: 2 } }
    const result = await runStudy({ dataset: 'fashion-mnist', ...quick, ...size })
    const { settings, training, validation, classes, distance, warnings } = result
    assert.deepEqual([settings.network, settings.decoder], ['lenet 28×28-16-32-128-64', 'sigmoid'])
    assert.deepEqual(settings.milestones, [80, 160])
    assert.deepEqual([training.nNormal, training.nAnomaly, validation.n, validation.nTrainedOn], [240, 24, 40, 0])
    assert.deepEqual([distance, classes.length, classes[0]?.name, classes[0]?.n], ['mean-square', 9, 'shirt', 256])
    assert.equal(warnings.length, 1)
    assert.match(warnings.join(), /^one run cannot show how training varies/)
    // As in Table 3, labelled shirts help to find shirts, pullovers and coats.
    for (const name of ['shirt', 'pullover', 'coat']) {
      const { xi, interval, direction } = classes.find((one) => one.name === name) ?? assert.fail(name)
      assert.ok(interval[0] > 0 && xi > 0.2, `${name}: ${xi}`)
      assert.equal(direction, 'none')
    }
    assert.match(studyText(result), /40 samples of top not trained on[\s\S]*Data: Fashion-MNIST by Han Xiao/)
  })
})
