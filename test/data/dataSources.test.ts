import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { DatasetOptions } from '../../src/data/core/dataset.js'
import type { DataSource } from '../../src/data/core/source.js'
import {
  dataSource,
  dataSources,
  dataStatus,
  datasetInfo,
  datasetNames,
  fetchDataset,
  loadDataset,
  loadTable,
  publishedUse,
  verifyDataset,
} from '../../src/data/datasets.js'
import { publishedTraining } from '../../src/detectors/publishedTraining.js'
import { train } from '../../src/detectors/train.js'

/** What a new data set brings: everything that is known of it, in one place. */
const dummy: DataSource<'dummy'> = {
  info: {
    name: 'dummy',
    title: 'Forty points on two lines',
    attribution: '',
    simulated: false,
    defaults: { normal: 'low', anomaly: 'high' },
    sample: [2],
    classes: ['low', 'high'],
    counts: [40, 10],
    split: { trained: [4, 5] },
    distance: 'euclidean',
  },
  load: async () => ({
    ...dummy.info,
    features: Float32Array.from({ length: 100 }, (_, i) => (i < 80 ? (i % 7) / 10 : 3 + i / 100)),
    labels: Uint8Array.from({ length: 50 }, (_, row) => Number(row >= 40)),
  }),
  where: (dataDir) => dataDir ?? '/somewhere',
  verify: async (dataDir) => [{ path: `${dataDir}/dummy`, sha256: undefined }],
  fetch: async ({ to }) => ({ folder: to ?? null, downloaded: ['dummy'] }),
}

describe('a data set that is added to the table', () => {
  const table = dataSources as unknown as DataSource[]
  before(() => table.push(dummy))
  after(() => table.pop())

  it('is known, found, checked, fetched and loaded by its name', async () => {
    assert.equal(datasetInfo('dummy').title, dummy.info.title)
    assert.equal((await loadDataset('dummy')).features.length, 100)
    assert.deepEqual((await loadTable('dummy')).featureNames, ['x1', 'x2'])
    assert.equal(dataStatus('dummy', { dataDir: '/data' }).where, '/data')
    assert.deepEqual(await verifyDataset('dummy', { dataDir: '/data' }), [{ path: '/data/dummy', sha256: undefined }])
    assert.deepEqual(await fetchDataset('dummy', { to: '/data' }), {
      name: 'dummy',
      folder: '/data',
      downloaded: ['dummy'],
    })
    await assert.rejects(loadDataset('dumy'), { message: /did you mean 'dummy'\?/ })
  })

  it('is trained on as data that are not in the paper', async () => {
    assert.equal(publishedUse('dummy'), undefined)
    assert.equal(publishedTraining('dummy').decoder, 'identity')
    const { metadata } = await train({ data: 'dummy' as 'statlog', detector: 'ae', settings: { epochs: 1 } })
    assert.equal(metadata.data.name, 'dummy')
  })
})

describe('the table of data sets', () => {
  it('names each data set once, as the data set calls itself', () => {
    assert.deepEqual(datasetNames, ['synthetic', 'statlog', 'fashion-mnist', 'spectrum'])
    for (const name of datasetNames) assert.equal(dataSource(name).info.name, name)
  })

  it('has of each the classes that the paper studies, and a size of work for everything', () => {
    for (const name of datasetNames) {
      const { classes } = datasetInfo(name)
      const use = publishedUse(name)
      assert.ok(use)
      for (const one of [...use.convergence.normal, ...use.convergence.anomaly]) assert.ok(classes.includes(one), one)
      for (const work of [use.tables, use.figures]) {
        assert.ok(work.quick.runs <= work.default.runs && work.default.runs <= work.full.runs)
        assert.deepEqual(Object.keys(work.full), ['runs'])
      }
    }
  })
})

describe('the functions on data sets', () => {
  it('refuse options that they do not know, or of the wrong kind', async () => {
    const bad = <T>(options: unknown) => options as T
    await assert.rejects(loadDataset('statlog', bad({ shar: 0.5 })), {
      code: 'UNKNOWN_NAME',
      message: "loadDataset has no option 'shar' (did you mean 'share'?); it has dataDir, dataSeed, share, signal",
    })
    const cases: [DatasetOptions | null, string][] = [
      [null, 'WRONG_TYPE'],
      [bad({ share: '1' }), 'WRONG_TYPE'],
      [bad({ share: 2n }), 'WRONG_TYPE'],
      [{ share: 2 }, 'OUT_OF_RANGE'],
      [{ dataSeed: 0.5 }, 'OUT_OF_RANGE'],
      [bad({ dataDir: Symbol('folder') }), 'WRONG_TYPE'],
      [bad({ signal: {} }), 'WRONG_TYPE'],
    ]
    for (const [options, code] of cases) await assert.rejects(loadDataset('statlog', bad(options)), { code })
    assert.throws(() => dataStatus('statlog', bad('/data')), { code: 'WRONG_TYPE' })
    assert.throws(() => datasetInfo(bad(7)), { code: 'WRONG_TYPE' })
    await assert.rejects(verifyDataset('statlog', bad({ share: 1 })), { code: 'UNKNOWN_NAME' })
    await assert.rejects(fetchDataset('statlog', bad({ onProgress: 'yes' })), { code: 'WRONG_TYPE' })
  })
})
