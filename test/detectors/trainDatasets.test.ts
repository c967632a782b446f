import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { loadTable } from '../../src/data/datasets.js'
import { loadDetector } from '../../src/detectors/loadDetector.js'
import { train } from '../../src/detectors/train.js'
import { trainText } from '../../src/report/detectors/trainText.js'
import { skip } from '../data/fashionMnistHere.js'

const quick = { device: 'cpu', settings: { epochs: 1, pretrainEpochs: 1 } } as const

describe('a detector', () => {
  it('of Fashion-MNIST is a LeNet that takes images in [0, 1]', { skip }, async () => {
    const size = { data: 'fashion-mnist', share: 0.02, split: 'published' } as const
    const trained = await train({ ...size, detector: 'sae', ...quick })
    const { network, decoder, sample, standardisation, validation, trainedOn, settings, data } = trained.metadata
    assert.deepEqual([network, decoder, sample], ['lenet 28×28-16-32-128-64', 'sigmoid', [1, 28, 28]])
    assert.equal(standardisation, null)
    assert.deepEqual(trainedOn, { normal: 120, anomalous: 12 })
    assert.deepEqual([validation.split, validation.n, validation.trainedOn], ['published', 20, 0])
    assert.deepEqual(settings.milestones, [80, 160])
    assert.equal(data.simulated, undefined)
    assert.match(trainText(trained), /normal samples \(held out from training\)[\s\S]*Data: Fashion-MNIST by/)
    const detector = await loadDetector(trained.model)
    const { features } = await loadTable('fashion-mnist', { share: 0.02 })
    const { scores } = await detector.score(features.subarray(0, 784 * 3))
    await detector.close()
    assert.equal(scores.length, 3)
  })

  it('of the synthetic data is not standardised, and warns where it cannot reproduce them', async () => {
    const size = { data: 'synthetic', share: 0.1, split: 'published' } as const
    const trained = await train({ ...size, detector: 'sae', ...quick })
    const { network, decoder, data, standardisation, validation, trainedOn, settings } = trained.metadata
    assert.deepEqual([network, decoder, data.simulated, standardisation], ['mlp 9-32-16-8', 'sigmoid', true, null])
    assert.deepEqual([trainedOn, validation.n], [{ normal: 1000, anomalous: 100 }, 2000])
    assert.deepEqual(settings.milestones, [66, 132, 198])
    const warning = /a sigmoid decoder cannot reproduce features outside \(0, 1\)/
    assert.match(trained.warnings.join(), warning)
    const sound = await train({ ...size, detector: 'sae', decoder: 'identity', ...quick })
    assert.doesNotMatch(sound.warnings.join(), warning)
  })

  it('of simulated spectrograms says that they are simulated', async () => {
    const trained = await train({ data: 'spectrum', share: 0.0005, split: 'published', detector: 'hsc', ...quick })
    const { network, decoder, data, validation } = trained.metadata
    assert.deepEqual([network, decoder, data.simulated], ['lstm 125×128-64-32-32', 'sigmoid', true])
    assert.deepEqual([validation.n, validation.trainedOn], [10, 0])
    assert.match(trainText(trained), /on spectrum \(simulated\):[\s\S]*Data: simulated LTE-like/)
  })
})
