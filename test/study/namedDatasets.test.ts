import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { studyJson } from '../../src/report/study/studyJson.js'
import { studyReport } from '../../src/report/study/studyReport.js'
import { studyText } from '../../src/report/study/studyText.js'
import { runStudy } from '../../src/study/runStudy.js'
import { skip } from '../data/fashionMnistHere.js'
import { trainer } from './threads.js'

const quick = { runs: 2, settings: { epochs: 2, pretrainEpochs: 1 }, resamples: 200, trainer } as const

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
