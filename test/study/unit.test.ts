import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import { at } from '../../src/check.js'
import { detector } from '../../src/detectors/detectors.js'
import { publishedSettings } from '../../src/detectors/settings.js'
import { lenet } from '../../src/nn/lenet.js'
import { lstmNet } from '../../src/nn/lstmNet.js'
import { mlp } from '../../src/nn/mlp.js'
import { unitsOf } from '../../src/study/core/unit.js'
import { unitSize } from '../../src/study/trainer/runBlocks.js'
import { runtimeVersions } from '../../src/version.js'

const rows = (from: number, to: number) => Uint32Array.from({ length: to - from }, (_, i) => from + i)
const runsOf = (n: number, firstAnomaly = 60, anomaly = 'b') =>
  Array.from({ length: n }, (_, run) => ({
    run,
    normal: rows(run, 40 + run),
    anomalous: rows(firstAnomaly + run, firstAnomaly + 5 + run),
    validation: rows(0, 60),
    anomaly,
  }))
const setting = {
  data: { name: 'table.csv', sha256: 'ab' },
  split: 'published',
  normal: 'a',
  network: mlp(4),
  decoder: 'identity',
  settings: publishedSettings,
  seed: 1,
  device: 'cpu',
  fingerprint: 'c0de',
  size: 5,
} as const
const ids = (changed: object, name = 'deep-sad', n = 12) =>
  unitsOf(detector(name), runsOf(n), { ...setting, ...changed }).map(({ id }) => id)

describe('units of work', () => {
  it('are stretches of runs, named by the SHA-256 of their configuration', () => {
    const units = unitsOf(detector('deep-sad'), runsOf(12), setting)
    assert.deepEqual(
      units.map(({ runs }) => runs),
      [
        [0, 1, 2, 3, 4],
        [5, 6, 7, 8, 9],
        [10, 11],
      ],
    )
    for (const { id, config } of units) assert.equal(id, createHash('sha256').update(config).digest('hex'))
    const config = JSON.parse(units[1]?.config ?? '')
    assert.deepEqual(config.data, setting.data)
    assert.deepEqual([config.detector, config.runs, config.network], ['deep-sad', [5, 6, 7, 8, 9], mlp(4).title])
    assert.deepEqual(config.settings, { ...publishedSettings })
  })

  it('have the names that stores had before there were fingerprints, but for these', () => {
    const current = JSON.stringify({ onnxruntime: runtimeVersions()['onnxruntime-node'] }).slice(1, -1)
    const idsThen = (name: string) =>
      unitsOf(detector(name), runsOf(7), setting).map(({ config }) =>
        createHash('sha256')
          .update(config.replace(current, '"onnxruntime":"1.30.0"').replace(',"fingerprint":"c0de"', ''))
          .digest('hex'),
      )
    assert.deepEqual(idsThen('deep-sad'), [
      'f82a918f920448c3dc135c68a8193f924bc7dbb971a8905e1ba2f440250d798b',
      '23195e6e551d1ac08333f41dcdfe2d5fb1f7bcc26cb46001e045a88c24d4a741',
    ])
    assert.deepEqual(idsThen('deep-svdd'), [
      '918a39da73b998bf0f0cae1b66c4a3cbc5a7f2fab9e239d1322d592e34dd25b4',
      '108a3f238b93f72205b9096f7e70a8ba893c28d02f83baf2d0e9ecf77b73078d',
    ])
  })

  it('have other names where a network has given other numbers since', () => {
    const formatOf = (network: object) =>
      JSON.parse(at(unitsOf(detector('ae'), runsOf(5), { ...setting, ...network }), 0).config).format
    assert.deepEqual(
      [mlp(4), lstmNet(), lenet()].map((network) => formatOf({ network })),
      [1, 2, 2],
    )
  })

  it('stay as they are when runs are added, but for a stretch that was not full', () => {
    const [a, b, c] = [ids({}, 'deep-sad', 7), ids({}, 'deep-sad', 10), ids({}, 'deep-sad', 12)]
    assert.equal(a[0], b[0])
    assert.notEqual(a[1], b[1])
    assert.deepEqual(b, c.slice(0, 2))
  })

  it('have another name for everything that decides their numbers', () => {
    const changes: object[] = [
      {},
      { data: { name: 'table.csv', sha256: 'ac' } },
      { split: 'held-out' },
      { normal: 'c' },
      { network: mlp(4, { code: 3 }) },
      { decoder: 'sigmoid' },
      { settings: { ...publishedSettings, epochs: 201 } },
      { seed: 2 },
      { fingerprint: 'cafe' },
      { device: 'cuda' },
    ]
    const labelled = (anomaly: string) =>
      unitsOf(detector('deep-sad'), runsOf(12, 60, anomaly), setting).map(({ id }) => id)
    const all = [...changes.map((changed) => ids(changed)), ids({}, 'hsc'), labelled('c')].flat()
    assert.equal(new Set(all).size, 3 * 12)
  })

  it('have one name for all pretraining where the detector has none', () => {
    for (const other of [{ pretrainEpochs: 0 }, { pretrainWeightDecay: 0.01 }]) {
      const settings = { ...publishedSettings, ...other }
      for (const name of ['hsc', 'ae', 'abc', 'classifier']) assert.deepEqual(ids({ settings }, name), ids({}, name))
      for (const name of ['deep-sad', 'deep-svdd']) assert.notDeepEqual(ids({ settings }, name), ids({}, name))
    }
  })

  it('name the rows trained on, of labelled anomalies only where the detector learns from them', () => {
    const names = (name: string, firstAnomaly: number, anomaly: string) =>
      unitsOf(detector(name), runsOf(5, firstAnomaly, anomaly), setting).map(({ id }) => id)
    assert.notDeepEqual(names('deep-sad', 60, 'b'), names('deep-sad', 61, 'b'))
    assert.deepEqual(names('deep-svdd', 60, 'b'), names('deep-svdd', 61, 'c'))
  })

  it('of several labelled classes are the units of each class alone', () => {
    const [b, c] = [runsOf(7), runsOf(7, 70, 'c')]
    for (const name of ['deep-sad', 'ae']) {
      const idsOf = (runs: typeof b) => unitsOf(detector(name), runs, setting).map(({ id }) => id)
      assert.deepEqual(idsOf([...b, ...c]), [...idsOf(b), ...idsOf(c)])
    }
  })

  it('do not train runs together whose training sets differ in size', () => {
    const runs = runsOf(4).map((run) => (run.run === 2 ? { ...run, normal: rows(0, 50) } : run))
    assert.deepEqual(
      unitsOf(detector('ae'), runs, setting).map((unit) => unit.runs),
      [[0, 1, 3], [2]],
    )
  })

  it('hold at most five runs, one where a replica alone is over the budget', () => {
    const settings = { batchSize: 128 }
    assert.equal(unitSize({ network: mlp(36), settings }), 5)
    assert.equal(unitSize({ network: mlp(784, { hidden: [2048, 1024] }), settings }), 1)
  })
})
