import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { converge } from '../../src/converge/converge.js'
import { loadDataset, loadTable } from '../../src/data/datasets.js'
import { type LabelledTable, tableDigest } from '../../src/data/tables/labelledTable.js'
import { defineDetector } from '../../src/detectors/defineDetector.js'
import { detector } from '../../src/detectors/detectors.js'
import { add, mul } from '../../src/graph/ops.js'
import { mlp } from '../../src/nn/mlp.js'
import type { Progress } from '../../src/progress.js'
import { uniform } from '../../src/random/uniform.js'
import { studyText } from '../../src/report/study/studyText.js'
import { anomalyMatrix } from '../../src/study/anomalyMatrix.js'
import { scaledAs } from '../../src/study/pairOptions.js'
import { type RunStudyOptions, runStudy } from '../../src/study/runStudy.js'
import { trainer } from './threads.js'

const root = await mkdtemp(join(tmpdir(), 'own-detectors-'))
after(() => rm(root, { recursive: true }))

const settings = { epochs: 2, pretrainEpochs: 1 }
const quick = { dataset: 'statlog', runs: 1, settings, resamples: 200, trainer } as const
/** Of convergence studies, which start threads of their own. */
const inOneThread = { device: 'cpu', workers: 1 } as const

const { loss } = detector('deep-sad')
/** Deep SAD under another name, its losses of labelled anomalies times a factor. */
const sadTimes = (factor: number, name = 'own-sad') =>
  defineDetector({
    ...{ name, title: 'Own SAD', distance: 'hypersphere' },
    loss: { normal: loss.normal, anomaly: (d, given) => mul(factor, loss.anomaly?.(d, given) ?? assert.fail()) },
  })
const own = sadTimes(1)

/** Which share of its training a study found done, and what it answers. */
async function found(options: Partial<RunStudyOptions>) {
  const seen: Progress[] = []
  const { classes } = await runStudy({ ...quick, ...options, onProgress: (at) => seen.push(at) })
  return { classes, share: (seen[0]?.done ?? 0) / (seen[0]?.total ?? 1) }
}

describe('a detector of the caller’s', () => {
  it('gives in a study, a matrix and a convergence study what the same one of this package gives', async () => {
    const study = await runStudy({ ...quick, candidate: own })
    assert.deepEqual(study.detectors, { baseline: 'deep-svdd', candidate: 'own-sad' })
    assert.deepEqual(study.classes, (await runStudy(quick)).classes)
    assert.match(studyText(study), /own-sad/)
    const matrix = await anomalyMatrix({ ...quick, candidate: own })
    assert.equal(matrix.detectors.candidate, 'own-sad')
    assert.deepEqual(matrix.rows, (await anomalyMatrix(quick)).rows)
    const { resamples: _, trainer: __, ...drawn } = { ...quick, ...inOneThread, runs: 20 }
    const convergence = await converge({ ...drawn, candidate: own })
    assert.equal(convergence.detectors.candidate, 'own-sad')
    assert.deepEqual(convergence.cells, (await converge(drawn)).cells)
  })

  it('has units of its own in a store, told apart by what it computes and not by its name', async () => {
    const store = join(root, 'detectors.duckdb')
    // 10 of 21 batches are Deep SVDD's.
    assert.equal((await found({ store })).share, 0)
    assert.equal((await found({ store, candidate: own })).share, 10 / 21)
    assert.equal((await found({ store, candidate: sadTimes(1) })).share, 1)
    const other = await found({ store, candidate: sadTimes(3) })
    assert.equal(other.share, 10 / 21)
    assert.deepEqual(other.classes, (await runStudy({ ...quick, candidate: sadTimes(3) })).classes)
  })

  it('finds the units of a table under another name', async () => {
    const store = join(root, 'names.duckdb')
    const table = await loadTable('statlog', { share: 0.1 })
    const data = (name: string) => ({ dataset: { ...table, name }, normal: 'grey soil', anomaly: 'red soil' })
    const first = await found({ ...data('first.csv'), store })
    const again = await found({ ...data('second.parquet'), store })
    assert.deepEqual([first.share, again.share], [0, 1])
    assert.deepEqual(again.classes, first.classes)
  })

  it('leaves no store where the signal has fired before', async () => {
    const store = join(root, 'aborted.duckdb')
    const asked = { ...quick, store, signal: AbortSignal.abort() }
    const { trainer: _, resamples: __, ...drawn } = { ...asked, ...inOneThread, runs: 20 }
    for (const call of [() => runStudy(asked), () => anomalyMatrix(asked), () => converge(drawn)])
      await assert.rejects(call(), { code: 'ABORTED' })
    assert.ok(!existsSync(store))
  })

  it('needs another name than the one it is compared with', async () => {
    const pair = runStudy({ ...quick, baseline: own, candidate: sadTimes(3) })
    await assert.rejects(pair, { code: 'OUT_OF_RANGE', message: /must be different detectors, both are 'own-sad'$/ })
    const pushed = defineDetector({
      ...{ name: 'pushed', title: 'Pushed', distance: 'hypersphere' },
      loss: { normal: (d) => add(d, 1) },
    })
    const { classes } = await runStudy({ ...quick, baseline: pushed, candidate: own })
    assert.deepEqual(classes.length, 5)
  })
})

describe('a network of the caller’s', () => {
  const small = mlp(36, { hidden: [12], code: 4 })

  it('is trained, by name and layers or as an object, and named in the result', async () => {
    const byLayers = await runStudy({ ...quick, mlp: { hidden: [12], code: 4 } })
    assert.equal(byLayers.settings.network, 'mlp 36-12-4')
    const asObject = await runStudy({ ...quick, network: small })
    assert.deepEqual(asObject.classes, byLayers.classes)
    assert.notDeepEqual(asObject.classes, (await runStudy(quick)).classes)
    assert.equal((await anomalyMatrix({ ...quick, network: small })).network, 'mlp 36-12-4')
    const { training, settings } = await converge({ dataset: 'synthetic', mlp: { hidden: [6] }, ...drawn })
    assert.deepEqual([training.network, settings.network], ['mlp 9-6-8', 'mlp 9-6-8'])
  })
  const drawn = { settings, runs: 20, share: 0.02, sizes: [50, 100], ...inOneThread } as const

  it('has units of its own in a store, told apart by what it computes and not by its title', async () => {
    const store = join(root, 'networks.duckdb')
    assert.equal((await found({ store })).share, 0)
    assert.equal((await found({ store, network: mlp(36) })).share, 1)
    assert.equal((await found({ store, mlp: { leakySlope: 0.2 } })).share, 0)
    assert.equal((await found({ store, network: mlp(36, { leakySlope: 0.2 }) })).share, 1)
    assert.equal((await found({ store, network: mlp(36, { leakySlope: 0.3 }) })).share, 0)
  })

  it('may see a table’s columns in a shape of its own', async () => {
    const n = 60
    const table: LabelledTable = {
      ...{ name: 'images.csv', attribution: '', classes: ['fine', 'crack'] },
      featureNames: Array.from({ length: 784 }, (_, j) => `x${j}`),
      features: Float32Array.from(uniform(n * 784, { seed: 1, stream: 1 })),
      labels: Uint8Array.from({ length: n }, (_, row) => Number(row >= 40)),
    }
    const options = {
      ...quick,
      dataset: table,
      normal: 'fine',
      network: 'lenet',
      settings: { epochs: 1, pretrainEpochs: 0 },
    }
    assert.match((await runStudy(options)).settings.network, /^lenet 28×28/)
    const { resamples: _, trainer: __, ...rest } = { ...options, ...inOneThread }
    const { training } = await converge({ ...rest, runs: 10, sizes: [10, 20], alphas: [0.1] })
    assert.match(training.network, /^lenet 28×28/)
  })

  it('is refused where it does not fit', async () => {
    const code = 'SHAPE_MISMATCH'
    await assert.rejects(runStudy({ ...quick, network: mlp(9) }), { code })
    await assert.rejects(converge({ dataset: 'statlog', network: mlp(9) }), { code })
    await assert.rejects(runStudy({ ...quick, network: small, mlp: { code: 4 } }), { code: 'OUT_OF_RANGE' })
  })
})

describe('settings and standardisation', () => {
  it('are those asked for, and stand in the result', async () => {
    const asked = { epochs: 3, pretrainEpochs: 1, learningRate: 0.01, batchSize: 64 }
    const study = await runStudy({ ...quick, settings: asked })
    const { learningRate, batchSize, milestones } = study.settings
    assert.deepEqual([study.epochs, learningRate, batchSize, milestones], [3, 0.01, 64, [60, 120, 180]])
    assert.equal(study.training.candidate[0]?.losses.length, 3)
    const unknown = { learningrate: 1 } as object
    await assert.rejects(runStudy({ ...quick, settings: unknown }), { code: 'UNKNOWN_NAME', message: /learningRate/ })
    await assert.rejects(converge({ dataset: 'statlog', settings: { eta: -1 } }), { code: 'OUT_OF_RANGE' })
  })

  it('leaves the features of a table as they are, where it is asked to', async () => {
    const dataset = { ...(await loadTable('statlog', { share: 0.2 })), name: 'own.csv' }
    const table = { ...quick, dataset, normal: 'red soil' }
    const raw = await runStudy({ ...table, standardise: false })
    assert.equal(raw.data?.sha256, tableDigest(dataset))
    assert.doesNotMatch(raw.attribution, /standardised/)
    const usual = await runStudy(table)
    assert.deepEqual([raw.standardisedOver, usual.standardisedOver], [null, 'training-normals'])
    assert.notDeepEqual(usual.classes, raw.classes)
    assert.deepEqual((await runStudy({ ...table, standardise: true })).classes, usual.classes)
    const drawn = { dataset, normal: 'red soil', settings, runs: 10, ...inOneThread, standardise: false } as const
    assert.equal((await converge(drawn)).sha256, tableDigest(dataset))
  })

  it('changes and restores the features of data sets', async () => {
    const statlog = await loadDataset('statlog', { share: 0.1 })
    const raw = scaledAs(null, statlog)
    assert.deepEqual([raw.features, raw.standardisation, raw.raw], [statlog.raw, undefined, undefined])
    assert.deepEqual(scaledAs('all-samples', raw), statlog)
    assert.equal(scaledAs('all-samples', statlog), statlog)
    const fresh = converge({ dataset: 'synthetic', standardise: true })
    await assert.rejects(fresh, { code: 'OUT_OF_RANGE', message: /^synthetic samples are drawn as they are/ })
  })
})
