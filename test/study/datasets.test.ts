import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { loadTable } from '../../src/data/datasets.js'
import type { LabelledTable } from '../../src/data/tables/labelledTable.js'
import { normal } from '../../src/random/normal.js'
import { studyReport } from '../../src/report/study/studyReport.js'
import { studyText } from '../../src/report/study/studyText.js'
import { runStudy } from '../../src/study/runStudy.js'
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

describe('a study of the synthetic data', () => {
  it('warns of a sigmoid that cannot reproduce its features', async () => {
    const options = { dataset: 'synthetic', share: 0.02, baseline: 'ae', candidate: 'sae', ...quick, runs: 1 } as const
    const warning = /a sigmoid decoder cannot reproduce features outside \(0, 1\), which decides what AE and SAE detect/
    assert.match((await runStudy(options)).warnings.join('; '), warning)
    const { warnings } = await runStudy({ ...options, candidate: 'hsc' })
    assert.match(warnings.join('; '), /, which decides what AE detects\. It is/)
    assert.doesNotMatch((await runStudy({ ...options, decoder: 'identity' })).warnings.join('; '), warning)
  })
})
