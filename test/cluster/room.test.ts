import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { at } from '../../src/check.js'
import { commandParts } from '../../src/cluster/commandPlans.js'
import type { LabelledTable } from '../../src/data/tables/labelledTable.js'
import {
  type ClusterCommand,
  mergeStores,
  type ShardOptions,
  shardOf,
  trainByQueue,
  trainShard,
} from '../../src/rooms/cluster.js'
import { leakyRelu, linear, sequential } from '../../src/rooms/nn.js'
import { runStudy } from '../../src/study/runStudy.js'
import type { TrainingPart } from '../../src/study/trainingPlan.js'

const folder = mkdtempSync(join(tmpdir(), 'cluster-room-'))
after(() => rmSync(folder, { recursive: true }))
const store = (name: string) => join(folder, `${name}.duckdb`)

const narrow = {
  name: 'narrow',
  title: 'narrow 36-3',
  sample: [36],
  encoder: sequential(linear('first', 6), leakyRelu(), linear('code', 3)),
  decoder: sequential(linear('last', 6), leakyRelu(), linear('rec', 36)),
}
const settings = { epochs: 1, pretrainEpochs: 1 }
const study = {
  dataset: 'statlog',
  share: 0.1,
  runs: 6,
  resamples: 200,
  settings,
  network: narrow,
  workers: 1,
} as const

describe('shards from Node', () => {
  it('of a network of the caller’s give the answer of one process, and train every unit once', async () => {
    const parts = [1, 2].map((index) => store(`part-${index}`))
    for (const [i, part] of parts.entries()) {
      const done = await trainShard({ study }, { shard: { index: i + 1, count: 2 }, store: part })
      assert.deepEqual([done.units, done.own, done.trained], [4, 2, 2])
    }
    const merged = await mergeStores(store('all'), parts)
    assert.deepEqual([merged.units, merged.missing, merged.commands], [4, [], ['study']])
    const trainer = { workers: 1, device: async () => 'cpu' as const, train: () => assert.fail('nothing is left') }
    const { workers: _, ...asked } = study
    const { classes } = await runStudy({ ...asked, store: store('all'), trainer })
    assert.deepEqual(classes, (await runStudy(study)).classes)
  })

  const shard = { index: 1, count: 2 }
  for (const [what, command, options, code, message] of [
    [
      'no command',
      {},
      { shard },
      'OUT_OF_RANGE',
      'command must be one of study, matrix, sweep, converge, reproduce, got nothing',
    ],
    [
      'two commands',
      { study, matrix: study },
      { shard },
      'OUT_OF_RANGE',
      /^command must be one of .*, got study and matrix$/,
    ],
    [
      'another command',
      { studdy: study },
      { shard },
      'UNKNOWN_NAME',
      /^unknown command 'studdy' \(did you mean 'study'\?\)/,
    ],
    ['what is no command', 'study', { shard }, 'WRONG_TYPE', /^command must be an object, got 'study'/],
    ['options of a study', { study, options: {} }, { shard }, 'UNKNOWN_NAME', /^unknown command 'options'/],
    ['an item without options', { reproduce: ['table4'] }, { shard }, 'WRONG_TYPE', /^options must be an object/],
    [
      'items that are no list',
      { reproduce: 'table4', options: {} },
      { shard },
      'WRONG_TYPE',
      /^reproduce must be an array/,
    ],
    ['no shard', { study }, {}, 'WRONG_TYPE', /^shard must be an object, got undefined/],
    ['a shard beyond the last', { study }, { shard: { index: 3, count: 2 } }, 'OUT_OF_RANGE', /^shard\.index must be/],
    ['a share for a shard', { study }, { shard: { index: 1, count: 0.5 } }, 'OUT_OF_RANGE', /^shard\.count must be/],
    ['an option that there is not', { study }, { shard, workers: 2 }, 'UNKNOWN_NAME', /workers/],
  ] as const) {
    it(`refuse ${what}, and write nothing`, async () => {
      const asked = { store: store('refused'), ...options } as unknown as ShardOptions
      await assert.rejects(trainShard(command as unknown as ClusterCommand, asked), { code, message })
      assert.ok(!readdirSync(folder).includes('refused.duckdb'))
    })
  }

  it('are named by the variables of a scheduler, those of this process where none are given', () => {
    assert.deepEqual(shardOf('auto/4', { PARALLEL_SEQ: '2' }), { index: 2, count: 4 })
    assert.deepEqual(shardOf('2/4'), { index: 2, count: 4 })
    assert.throws(() => shardOf('auto', {}), { code: 'OUT_OF_RANGE' })
  })

  it('that are none are not merged', async () => {
    await assert.rejects(mergeStores(store('none'), []), {
      code: 'OUT_OF_RANGE',
      message: 'paths must name at least one store, got []',
    })
    const paths = 'part.duckdb' as unknown as string[]
    await assert.rejects(mergeStores(store('none'), paths), { code: 'WRONG_TYPE', message: /^paths must be an array/ })
  })
})

describe('a table that is changed while its command is trained', () => {
  const nRows = 60
  const table = (): LabelledTable => ({
    name: 'mine.csv',
    attribution: '',
    featureNames: ['x', 'y'],
    features: Float32Array.from({ length: 2 * nRows }, (_, i) => Math.sin(i * i)),
    classes: ['fine', 'crack', 'dent'],
    labels: Uint8Array.from({ length: nRows }, (_, row) => (row < 40 ? 0 : row < 50 ? 1 : 2)),
  })
  const asked = { normal: 'fine', settings: { epochs: 1, pretrainEpochs: 0 } } as const
  const twoClasses = { ...asked, anomaly: 'crack' } as const
  const studyOf = (dataset: LabelledTable) => ({ study: { ...twoClasses, dataset, runs: 1, workers: 1 } })

  for (const [kind, command] of [
    ['study', studyOf],
    ['matrix', (dataset: LabelledTable) => ({ matrix: { ...asked, dataset } })],
    [
      'sweep',
      (dataset: LabelledTable) => ({ sweep: { ...twoClasses, dataset, labelled: [1, 2], contamination: [0] } }),
    ],
    ['converge', (dataset: LabelledTable) => ({ converge: { ...twoClasses, dataset } })],
  ] as const) {
    it(`is that which was given: ${kind}`, async () => {
      const given = table()
      const part = at(commandParts(command(given)), 0)
      given.features.fill(0)
      const data = async (planned: TrainingPart) => (await planned()).map(({ recipe }) => recipe?.dataset)
      assert.deepEqual(await data(part), await data(at(commandParts(command(table())), 0)))
    })
  }

  it('has the units of the table that was given, in a shard and by a queue', async () => {
    const given = table()
    const options = { shard: { index: 1, count: 1 }, store: store('changed') }
    const shard = { ...options.shard }
    const training = trainShard(studyOf(given), { ...options, shard })
    given.features.fill(0)
    shard.index = 2
    assert.equal((await training).trained, 2)
    assert.equal((await trainShard(studyOf(table()), options)).trained, 0)
    // No server answers there, and none is asked: every unit is in the store.
    const other = table()
    const queued = trainByQueue(studyOf(other), { url: 'redis://localhost:1', store: options.store })
    other.features.fill(0)
    await queued
  })
})

it('options that a command refuses are refused before there is a store', async () => {
  const refused = trainShard(
    { study: { dataset: 'statlog', runs: 0 } },
    { shard: { index: 1, count: 1 }, store: store('none') },
  )
  await assert.rejects(refused, { code: 'OUT_OF_RANGE', message: /^runs must/ })
  assert.ok(!readdirSync(folder).includes('none.duckdb'))
})
