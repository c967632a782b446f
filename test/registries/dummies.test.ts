import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { at } from '../../src/check.js'
import { converge } from '../../src/converge/converge.js'
import { loadTable } from '../../src/data/datasets.js'
import type { TableReader } from '../../src/data/tables/tableReader.js'
import { defineDetector } from '../../src/detectors/defineDetector.js'
import { loadDetector } from '../../src/detectors/loadDetector.js'
import { scoreTable } from '../../src/detectors/scoreTable.js'
import { train } from '../../src/detectors/train.js'
import { maximum, sub } from '../../src/graph/ops.js'
import { leakyRelu, linear } from '../../src/nn/layers.js'
import { sequential } from '../../src/nn/module.js'
import type { Network } from '../../src/nn/network.js'
import { studyJson } from '../../src/report/study/studyJson.js'
import { studyText } from '../../src/report/study/studyText.js'
import { anomalyMatrix } from '../../src/study/anomalyMatrix.js'
import type { StudyResult } from '../../src/study/core/types.js'
import type { Unit, UnitResult, UnitStore, UnitTrainer, UnitWork } from '../../src/study/core/unit.js'
import { runStudy } from '../../src/study/runStudy.js'
import { ThreadTrainer } from '../../src/study/trainer/trainScenarios.js'

// One dummy of each kind that a caller brings, all at once, through everything that takes them. One by one they are in
// test/detectors/defineDetector.test.ts, test/study/ownDetectors.test.ts and test/study/unitStore.test.ts; data sets and
// devices that the package knows by name in test/data/dataSources.test.ts and test/runtime/pool.test.ts.

const hinge = defineDetector({
  name: 'hinge',
  title: 'Hinge',
  distance: 'reconstruction',
  loss: { anomaly: (d) => maximum(sub(1, d), 0) },
})

const narrow: Network = {
  name: 'narrow',
  title: 'narrow 36-4-2',
  sample: [36],
  encoder: sequential(linear('first', 4), leakyRelu(), linear('code', 2)),
  decoder: sequential(linear('last', 4), leakyRelu(), linear('rec', 36)),
}

class MemoryStore implements UnitStore {
  readonly units = new Map<string, { readonly unit: Unit; readonly result?: UnitResult }>()
  readonly answers: StudyResult[] = []

  async plan(units: readonly Unit[]): Promise<void> {
    for (const unit of units) if (!this.units.has(unit.id)) this.units.set(unit.id, { unit })
  }

  async claim(units: readonly Unit[]): Promise<readonly Unit[]> {
    return units.filter(({ id }) => this.units.get(id)?.result === undefined)
  }

  async keep(unit: Unit, result: UnitResult): Promise<void> {
    this.units.set(unit.id, { unit, result })
  }

  async find({ id }: Unit): Promise<UnitResult | undefined> {
    return this.units.get(id)?.result
  }

  async keepStudy(result: StudyResult): Promise<void> {
    this.answers.push(result)
  }

  async studies() {
    return this.answers.map((result, i) => ({ id: String(i), result }))
  }
}

/** Threads of this process, and a list of what they were given. */
class WatchedTrainer implements UnitTrainer {
  readonly workers = 1
  readonly works: UnitWork[] = []
  readonly threads = new ThreadTrainer({ workers: 1, device: 'cpu' })

  device() {
    return this.threads.device()
  }

  train(work: UnitWork, onSteps: (steps: number) => void): Promise<UnitResult> {
    this.works.push(work)
    return this.threads.train(work, onSteps)
  }
}

const settings = { epochs: 1, pretrainEpochs: 1 }
const pair = { baseline: 'ae', candidate: hinge, network: narrow, settings } as const
const trainer = new WatchedTrainer()
after(() => trainer.threads.close())
const table = { ...(await loadTable('statlog', { share: 0.1 })), name: 'own table' }
const study = { ...pair, dataset: table, normal: 'red soil', anomaly: 'cotton crop', runs: 2, resamples: 200 } as const

describe("a detector, a network and a table of the caller's", () => {
  const store = new MemoryStore()
  let result: StudyResult
  before(async () => {
    result = await runStudy({ ...study, store, trainer })
  })

  it('are what a study trains, keeps and answers for', async () => {
    assert.deepEqual([result.detectors.candidate, result.settings.network], ['hinge', 'narrow 36-4-2'])
    assert.equal(result.dataset, 'own table')
    // A trainer that says no fingerprint is given a small work to find it.
    const trained = trainer.works.filter(({ samples }) => samples.nSamples === table.labels.length)
    assert.deepEqual(trained.map(({ objective, network }) => [objective.name, network]).toSorted(), [
      ['ae', narrow],
      ['hinge', narrow],
    ])
    const configs = [...store.units.values()].map(({ unit }) => JSON.parse(unit.config))
    assert.deepEqual(configs.map(({ detector, network }) => [detector, network]).toSorted(), [
      ['ae', 'narrow 36-4-2'],
      ['hinge', 'narrow 36-4-2'],
    ])
    assert.deepEqual(store.answers, [result])
  })

  it('give the same with the threads and without a store', async () => {
    const alone = await runStudy({ ...study, device: 'cpu', workers: 1 })
    assert.deepEqual({ ...alone, elapsedSeconds: 0 }, { ...result, elapsedSeconds: 0 })
    const before = trainer.works.length
    const again = await runStudy({ ...study, store, trainer })
    assert.deepEqual([again.classes, trainer.works.length], [result.classes, before])
  })

  it('stand in what is told of a study', () => {
    assert.match(studyText(result), /TPR hinge/)
    assert.equal(studyJson(result).settings.network, 'narrow 36-4-2')
  })

  it('are trained for a matrix and for convergence', async () => {
    const { anomaly: _, ...rest } = study
    const matrix = await anomalyMatrix({ ...rest, runs: 1, device: 'cpu' })
    assert.deepEqual([matrix.network, matrix.detectors.candidate, matrix.rows.length], ['narrow 36-4-2', 'hinge', 5])
    const { resamples: __, ...drawn } = study
    const convergence = await converge({ ...drawn, runs: 5, sizes: [10], alphas: [0.2], device: 'cpu' })
    assert.deepEqual(
      [convergence.dataset, convergence.detectors.candidate, convergence.training.network],
      ['own table', 'hinge', 'narrow 36-4-2'],
    )
  })
})

it("a detector of the caller's on its own network is saved, and scores what a reader of another format hands it", async () => {
  const asked = { data: table, normal: 'red soil', anomaly: 'cotton crop', detector: hinge, network: narrow } as const
  const { model, metadata } = await train({ ...asked, settings, device: 'cpu' })
  assert.deepEqual([metadata.detector, metadata.network], ['hinge', 'narrow 36-4-2'])
  const reader: TableReader = {
    name: 'memory',
    columns: table.featureNames,
    named: true,
    async *batches({ numbers }) {
      const column = (name: string) => at(table.features, table.featureNames.indexOf(name))
      yield { firstRow: 0, nRows: 2, numbers: numbers.map((name) => new Float64Array(2).fill(column(name))), texts: [] }
    },
    place: async (row) => `row ${row + 1}`,
    close: async () => {},
  }
  const loaded = await loadDetector(model, { device: 'cpu' })
  const read: number[] = []
  for await (const batch of scoreTable(loaded, reader)) read.push(...batch.scores)
  const { scores } = await loaded.score(Float32Array.of(...table.features.slice(0, 36), ...table.features.slice(0, 36)))
  await loaded.close()
  assert.deepEqual(read, [...scores])
})
