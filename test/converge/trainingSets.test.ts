import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { converge } from '../../src/converge/converge.js'
import { checkConverge } from '../../src/converge/convergeOptions.js'
import { convergeScores } from '../../src/converge/convergeScores.js'
import { trainingSets } from '../../src/converge/trainingSets.js'
import { trainPair } from '../../src/converge/trainPair.js'
import { loadDataset, loadTable } from '../../src/data/datasets.js'
import { syntheticSamples } from '../../src/data/sets/synthetic.js'
import { tableDigest } from '../../src/data/tables/labelledTable.js'
import { publishedTraining } from '../../src/detectors/publishedTraining.js'
import { mlp } from '../../src/nn/mlp.js'

const quick = { settings: { epochs: 2, pretrainEpochs: 1 }, alphas: [0.1, 0.2], runs: 20, workers: 2 } as const

test('StatLog is divided as ever, seed by seed', async () => {
  // SHA-256 of all four lists of rows, as uint32, from before the sizes and classes were options.
  const digests = new Map([
    [0, '879f27843a2ff8d5d0e568ef6d5d1bbe8e7c9bc7ba713e77a828afd8c20d1d07'],
    [1, '415074291b7ca2aec8f2cf5facf102413f5a79e6db0ca545800ff66cea16c8e7'],
    [12345, 'ea10860011839dad04cdfe3e24fcf107846d0bacea42b3210cb939c6b9c88d53'],
  ])
  for (const [seed, digest] of digests) {
    const { normal, anomalous, heldOut } = await trainingSets(checkConverge({ dataset: 'statlog', seed }))
    const hash = createHash('sha256')
    for (const rows of [normal, anomalous, heldOut.normal, heldOut.anomalous]) {
      hash.update(new Uint8Array(Uint32Array.from(rows).buffer))
    }
    assert.equal(hash.digest('hex'), digest, `seed ${seed}`)
  }
})

test('scoring what runs are drawn from gives what scoring all samples gives', async () => {
  const study = checkConverge({ dataset: 'statlog', ...quick, seed: 5 })
  const { normal, anomalous, heldOut, samples } = await trainingSets(study)
  const { settings, decoder } = publishedTraining('statlog')
  const { baseline, candidate } = await trainPair({
    ...{ detectors: study, normal, anomalous, anomaly: 'red soil' },
    training: {
      dataset: { name: 'statlog', features: samples.features, labels: new Uint8Array(6435) },
      ...{ network: mlp(36), decoder, seed: 5, workers: 2, device: 'cpu' },
      settings: { ...settings, epochs: 2, pretrainEpochs: 1 },
      origin: { split: 'convergence', normal: 'grey soil' },
    },
    scored: { normal: Uint32Array.from({ length: 6435 }, (_, row) => row), anomalous: new Uint32Array() },
  })
  const of = ({ scores }: typeof baseline) => ({
    normal: Float32Array.from(heldOut.normal, (row) => scores.normal[row] ?? Number.NaN),
    anomalous: Float32Array.from(heldOut.anomalous, (row) => scores.normal[row] ?? Number.NaN),
  })
  const all = await convergeScores(
    { baseline: of(baseline), candidate: of(candidate) },
    { alphas: [0.1, 0.2], runs: 20, seed: 5, sizes: [100, 200, 500, 1000] },
  )
  const own = await converge({ dataset: 'statlog', ...quick, seed: 5 })
  assert.deepEqual(own.cells, all.cells)
  assert.equal(own.sha256, tableDigest(await loadDataset('statlog')))
  assert.deepEqual([own.settings.network, own.settings.milestones], ['mlp 36-32-16-8', [60, 120, 180]])
})

test('synthetic data train on the first samples of their stream, and a share of them on fewer', async () => {
  const drawn = async (kind: 'normal' | 'anomalous', n: number) => [...(await syntheticSamples(n, { kind, seed: 7 }))]
  const sets = await trainingSets(checkConverge({ dataset: 'synthetic', seed: 7 }))
  assert.deepEqual(
    [...sets.samples.features],
    [...(await drawn('normal', 10_000)), ...(await drawn('anomalous', 1000))],
  )
  assert.deepEqual(sets.defaults, { sizes: [100, 1000, 10_000], nTest: 20_000 })
  const few = await trainingSets(checkConverge({ dataset: 'synthetic', seed: 7, share: 0.01 }))
  assert.deepEqual([...few.samples.features], [...(await drawn('normal', 100)), ...(await drawn('anomalous', 10))])
  assert.deepEqual([few.defaults.nTest, few.share], [200, 0.01])
})

test('the simulated spectrum trains on its share of the published sizes, with the LSTM, and says what it is', async () => {
  const study = await converge({
    dataset: 'spectrum',
    ...quick,
    settings: { epochs: 1, pretrainEpochs: 1 },
    share: 0.005,
    test: 'fixed',
  })
  const { training, truth, nTest, sizes, simulated, share, normal, anomaly } = study
  assert.deepEqual([normal, anomaly, simulated, share], [['normal'], ['NB-10ms'], true, 0.005])
  assert.deepEqual(sizes, [100, 200, 500, 1000, 2000, 5000])
  assert.match(training.network, /^lstm 125×128/)
  assert.equal(training.decoder, 'sigmoid')
  // 60,000 and 10,000 measured samples: 300 and 50. 16,000 and 6,000 published: 80 and 30, and 30·0.2 anomalies.
  assert.deepEqual([training.nNormal, training.nAnomalous, nTest], [80, 8, 30])
  assert.deepEqual([truth.nNormal, truth.nAnomalous], [300 - 80 - 30, 50 - 8 - 6])
  assert.match(study.warnings[0] ?? '', /^the samples of spectrum are simulated, not measured/)
  assert.match(
    study.warnings[1] ?? '',
    /^some runs are larger than the data: 200, 500, 1,000, 2,000, 5,000 normal samples are drawn from 190/,
  )
})

test('published runs are defaults, and so are sizes that a table of the caller has', async () => {
  for (const [dataset, runs] of Object.entries({
    synthetic: 1500,
    statlog: 1500,
    'fashion-mnist': 100,
    spectrum: 1000,
  })) {
    assert.equal(checkConverge({ dataset }).runs, runs)
    assert.equal(checkConverge({ dataset, runs: 7 }).runs, 7)
  }
  const table = await loadTable('statlog')
  const sizesOf = async (options: object) => {
    const asked = { dataset: table, normal: 'red soil', anomaly: 'cotton crop', ...options }
    return (await trainingSets(checkConverge(asked))).defaults
  }
  // 1,533 samples: 767 are held out; of 703 anomalies 76 are labelled, and 627 / 2 / 0.2 is more than 767 / 2.
  assert.deepEqual(await sizesOf({}), { sizes: [100, 200, 500], nTest: 383 })
  // At α = 0.9, half of the 627 anomalies are enough for 348 normals.
  assert.deepEqual(await sizesOf({ alphas: [0.9] }), { sizes: [100, 200, 500], nTest: 348 })
  assert.deepEqual((await sizesOf({ nTrain: 1500 })).sizes, [100, 200])
})

test('a test set that leaves nothing to draw from is refused before training', async () => {
  const options = {
    dataset: 'statlog',
    ...quick,
    test: 'fixed',
    onProgress: () => assert.fail('nothing must begin'),
  } as const
  await assert.rejects(converge({ ...options, nTest: 2292 }), {
    code: 'EMPTY_SAMPLE',
    message:
      /^the fixed test set takes 2,292 of 2,292 normal scores\. That leaves none to draw runs from\. Lower nTest/,
  })
  await assert.rejects(converge({ ...options, nTrain: 3491, nTest: 1 }), { code: 'EMPTY_SAMPLE', message: /1 normal/ })
  await assert.rejects(converge({ ...options, nTest: 2200, alphas: [0.99] }), {
    code: 'EMPTY_SAMPLE',
    message: /the fixed test set takes 2,178 of 2,116 anomalous scores/,
  })
})

test('classes are checked before the samples are there', async () => {
  const cases: [object, string, RegExp][] = [
    // Loaded first, they would be missed.
    [{ dataset: 'spectrum', normal: 'norma', dataDir: '/nowhere' }, 'UNKNOWN_CLASS', /^unknown normal class 'norma'/],
    [{ dataset: 'spectrum', anomaly: ['normal'] }, 'OUT_OF_RANGE', /both normal and anomalous/],
    [{ dataset: 'synthetic', anomaly: 'shirt' }, 'UNKNOWN_CLASS', /known: normal, anomalous/],
    [{ dataset: 'statlog', nTrain: 9 }, 'OUT_OF_RANGE', /^nTrain must be an integer/],
    [{ dataset: 'statlog', share: 0 }, 'OUT_OF_RANGE', /^share/],
    [{ dataset: 'statlog', decoder: 'tanh' }, 'UNKNOWN_NAME', /tanh/],
  ]
  for (const [options, code, message] of cases) {
    await assert.rejects(converge({ ...quick, ...options } as never), { code, message })
  }
})
