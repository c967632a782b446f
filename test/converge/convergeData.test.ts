import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { converge } from '../../src/converge/converge.js'
import type { ConvergeOptions } from '../../src/converge/types.js'
import { loadTable } from '../../src/data/datasets.js'
import type { LabelledTable } from '../../src/data/tables/labelledTable.js'
import { skip } from '../data/fashionMnistHere.js'

const quick = { settings: { epochs: 1, pretrainEpochs: 1 }, runs: 40, alphas: [0.1], device: 'cpu' } as const

/** StatLog as a user's file would be. */
async function file(): Promise<LabelledTable> {
  return { ...(await loadTable('statlog')), name: 'soils.csv' }
}

test('Fashion-MNIST has the published classes, trains LeNet, and draws from what it did not train on', {
  skip,
}, async () => {
  const share = 0.04
  const study = await converge({ ...quick, dataset: 'fashion-mnist', share, sizes: [50, 100] })
  assert.deepEqual([study.normal, study.anomaly], [['top'], ['shirt']])
  // 4 % of 3,000, and of the 7,000 of either class.
  assert.deepEqual([study.training.nNormal, study.training.nAnomalous], [120, 12])
  assert.deepEqual([study.truth.nNormal, study.truth.nAnomalous], [280 - 120, 280 - 12])
  assert.match(study.training.network, /^lenet 28×28/)
  assert.deepEqual([study.dataset, study.simulated, study.share], ['fashion-mnist', false, share])
  assert.match(study.attribution, /Zalando SE/)
})

describe("a user's table", () => {
  const soils = { normal: ['grey soil', 'damp grey soil', 'very damp grey soil'], anomaly: ['red soil', 'cotton crop'] }

  test('converges as the data set does whose samples it has, given the same division', async () => {
    // A data set by name is standardised over all samples, a file over those trained on.
    const raw = { ...quick, decoder: 'sigmoid', sizes: [100, 400], standardise: false } as const
    const own = await converge({ ...raw, dataset: await file(), ...soils, nTrain: 1200 })
    const named = await converge({ ...raw, dataset: 'statlog' })
    assert.deepEqual(own.cells, named.cells)
    assert.deepEqual(own.truth, named.truth)
    assert.deepEqual([own.dataset, own.attribution.length > 0], ['soils.csv', true])
  })

  test('trains on half of its normal samples where nobody says', async () => {
    const study = await converge({ ...quick, dataset: await file(), normal: 'red soil', anomaly: 'grey soil' })
    assert.deepEqual([study.training.nNormal, study.truth.nNormal], [766, 767])
    assert.deepEqual([study.training.nAnomalous, study.truth.nAnomalous], [76, 1358 - 76])
    assert.equal(study.training.decoder, 'identity')
    assert.deepEqual(study.sizes, [100, 200, 500])
  })

  test('has as large a fixed test set as leaves half of both kinds, and sizes that fit what is left', async () => {
    const dataset = await loadTable('statlog', { share: 0.1 })
    const study = await converge({ ...quick, dataset, ...soils, anomaly: 'cotton crop', test: 'fixed' })
    // 350 grey soils, 175 of them to train on; 70 of cotton crop, 17 of them labelled.
    assert.deepEqual([study.training.nNormal, study.training.nAnomalous], [175, 17])
    assert.deepEqual([study.nTest, study.truth.nNormal, study.truth.nAnomalous], [87, 88, 44])
    assert.deepEqual(study.sizes, [100, 200])
    assert.match(
      study.warnings[0] ?? '',
      /^some runs are larger than the data: 100, 200 normal samples are drawn from 88, with replacement\. .*\. Use smaller runs, or more scores$/,
    )
  })

  test('is warned of a sigmoid only where it cannot reproduce the features', async () => {
    const { features, ...rest } = await loadTable('statlog', { share: 0.1 })
    const options = {
      ...quick,
      ...soils,
      decoder: 'sigmoid',
      baseline: 'ae',
      candidate: 'abc',
      sizes: [50, 100],
    } as const
    const { warnings } = await converge({ ...options, dataset: { ...rest, features } })
    assert.match(warnings[0] ?? '', /^a sigmoid decoder cannot reproduce .* decides what AE and ABC detect/)
    const identity = await converge({ ...options, decoder: 'identity', dataset: { ...rest, features } })
    assert.deepEqual(identity.warnings, [])
    // Spectrograms lie in [0, 1].
    const spectrum = { dataset: 'spectrum', share: 0.002, sizes: [20, 40] } as const
    const { warnings: others } = await converge({ ...options, ...spectrum, normal: 'normal', anomaly: 'NB-5ms' })
    assert.deepEqual(others.length, 1)
    assert.match(others[0] ?? '', /simulated/)
  })
})

test('refuses classes and sizes that the data do not have, before it trains', async () => {
  const table = await file()
  const cases: [Partial<ConvergeOptions>, string, RegExp][] = [
    [{ normal: 'grey sand' }, 'UNKNOWN_CLASS', /unknown normal class 'grey sand'.*known: red soil, /],
    [{ anomaly: ['red soil', 'clay'] }, 'UNKNOWN_CLASS', /unknown anomaly class 'clay'/],
    [{ normal: ['red soil', 'red soil'] }, 'OUT_OF_RANGE', /^normal class 'red soil' is named twice\. Name it once$/],
    [
      { normal: ['red soil'] },
      'OUT_OF_RANGE',
      /^class 'red soil' cannot be both normal and anomalous\. Normal are red soil\. Name other anomalies$/,
    ],
    [
      { nTrain: 3492 },
      'EMPTY_SAMPLE',
      /^statlog: there are 3,492 samples of .*\. To train on 3492 leaves none to draw runs from/,
    ],
    [{ nTrain: 9 }, 'OUT_OF_RANGE', /^nTrain/],
    [{ test: 'fixed', nTest: 2292 }, 'EMPTY_SAMPLE', /^the fixed test set takes 2,292 of 2,292 normal scores\./],
    [
      { dataset: 'synthetic', normal: 'anomalous', anomaly: 'normal' },
      'OUT_OF_RANGE',
      /got normal 'anomalous'\. Leave normal and anomaly out$/,
    ],
    [{ dataset: table }, 'UNKNOWN_CLASS', /normal/],
    [{ dataset: table, normal: [...table.classes] }, 'EMPTY_SAMPLE', /^soils\.csv: no class is anomalous/],
    [
      {
        anomaly: [
          { class: 'red soil', weight: 0.7 },
          { class: 'cotton crop', weight: 0.2 },
        ],
      },
      'OUT_OF_RANGE',
      /must sum to 1, got 0\.7 \+ 0\.2/,
    ],
  ]
  for (const [options, code, message] of cases) {
    const onProgress = () => assert.fail('nothing must have begun')
    await assert.rejects(converge({ ...quick, dataset: 'statlog', ...options, onProgress }), { code, message })
  }
})
