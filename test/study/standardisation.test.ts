import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { at } from '../../src/check.js'
import { checkConverge } from '../../src/converge/convergeOptions.js'
import { trainingSets } from '../../src/converge/trainingSets.js'
import { columnScale, scaleDigest } from '../../src/data/core/columnScale.js'
import { loadTable } from '../../src/data/datasets.js'
import { heldOutSplit } from '../../src/data/splits/heldOutSplit.js'
import { makeSplit } from '../../src/data/splits/splits.js'
import { type LabelledTable, tableDigest } from '../../src/data/tables/labelledTable.js'
import { train } from '../../src/detectors/train.js'
import { studyReport } from '../../src/report/study/studyReport.js'
import { anomalyMatrix } from '../../src/study/anomalyMatrix.js'
import type { RunTraining, StudyResult } from '../../src/study/core/types.js'
import type { Unit, UnitResult, UnitStore } from '../../src/study/core/unit.js'
import { runStudy } from '../../src/study/runStudy.js'
import { trainer } from './threads.js'

const settings = { epochs: 3, pretrainEpochs: 2 }
const normal = 'red soil'
const anomaly = 'grey soil'
const quick = { normal, anomaly, settings, runs: 2, resamples: 100, trainer } as const
const table: LabelledTable = { ...(await loadTable('statlog', { share: 0.15 })), name: 'own.csv' }
const size = table.featureNames.length
const { trainNormal, validation, tests } = heldOutSplit(table, { normal, anomaly, seed: 0 })

/** The table with one sample's features a thousand times as large. */
function enlarged(row: number): LabelledTable {
  return { ...table, features: table.features.map((x, i) => (Math.floor(i / size) === row ? 1000 * x : x)) }
}

/** Losses to the last bit stand for weights: each step's loss depends on the weights that the step before left. */
const losses = ({ training }: StudyResult): readonly RunTraining[] => [...training.baseline, ...training.candidate]

/** Keeps every unit and its results. */
class Kept implements UnitStore {
  readonly units = new Map<string, Unit>()
  readonly results = new Map<string, UnitResult>()
  async plan(units: readonly Unit[]) {
    for (const unit of units) this.units.set(unit.id, unit)
  }
  async claim(units: readonly Unit[]) {
    return units
  }
  async keep({ id }: Unit, result: UnitResult) {
    this.results.set(id, result)
  }
  async find({ id }: Unit) {
    return this.results.get(id)
  }
  async keepStudy() {}
  async studies() {
    return []
  }
  /** In the order in which they were planned, whichever was trained first. */
  get runs() {
    return [...this.units.keys()].flatMap((id) => this.results.get(id)?.runs ?? [])
  }
  get configs() {
    return [...this.units.values()].map(({ config }) => JSON.parse(config))
  }
}

describe('a study of the user’s file', () => {
  it('does not let a tested sample change anything but the recall of its own class', async () => {
    const { class: name, rows } = tests.find((one) => one.class === 'cotton crop') ?? assert.fail('no such class')
    const [plain, changed] = [
      await runStudy({ ...quick, dataset: table }),
      await runStudy({ ...quick, dataset: enlarged(at(rows, 3)) }),
    ]
    assert.deepEqual(losses(changed), losses(plain))
    const others = ({ classes }: StudyResult) => classes.filter((one) => one.name !== name)
    assert.deepEqual(
      others(changed).map(({ name, l2, tprBaseline, tprCandidate, xi }) => [name, l2, tprBaseline, tprCandidate, xi]),
      others(plain).map(({ name, l2, tprBaseline, tprCandidate, xi }) => [name, l2, tprBaseline, tprCandidate, xi]),
    )
    assert.deepEqual(changed.validation, plain.validation)
    assert.notEqual(changed.data?.sha256, plain.data?.sha256)
  })

  it('does not let a validation sample change any weight, nor the score of any other sample', async () => {
    const row = at(validation, 5)
    const stores = [new Kept(), new Kept()] as const
    const plain = await runStudy({ ...quick, dataset: table, store: stores[0] })
    const changed = await runStudy({ ...quick, dataset: enlarged(row), store: stores[1] })
    assert.deepEqual(losses(changed), losses(plain))
    const scores = ({ runs }: Kept) => runs.map((run) => run.scores)
    const [before, after] = [scores(stores[0]), scores(stores[1])]
    assert.equal(before.length, 4)
    for (const [i, own] of before.entries()) {
      const differing = [...own.keys()].filter((k) => own[k] !== after[i]?.[k])
      assert.deepEqual(differing, [row])
    }
  })

  it('trains as `train` does, in both splits', async () => {
    for (const split of ['held-out', 'published'] as const) {
      const study = await runStudy({ ...quick, dataset: table, split })
      const one = { data: table, normal, anomaly, split, settings, device: 'cpu' } as const
      for (const [role, name] of Object.entries(study.detectors)) {
        const own = study.training[role === 'baseline' ? 'baseline' : 'candidate'][0]
        const { losses, metadata } = await train({ ...one, detector: name })
        assert.deepEqual(losses, own?.losses, `${name}, ${split}`)
        assert.equal(metadata.standardisation?.over, 'training-normals')
      }
    }
  })

  it('gives runs that train on other normals a scale of their own, side by side or not, from a store or not', async () => {
    const store = new Kept()
    const published = { ...quick, dataset: table, split: 'published' } as const
    const stored = await runStudy({ ...published, store })
    assert.deepEqual(
      losses(await runStudy({ ...published, trainer: undefined, device: 'cpu', workers: 1 })),
      losses(stored),
    )
    assert.deepEqual(await runStudy({ ...published, store }).then(losses), losses(stored))
    assert.deepEqual(
      store.configs.map(({ runs, standardised }) => [runs, standardised.over]),
      [0, 1, 0, 1].map((run) => [[run], 'training-normals']),
    )
    assert.equal(new Set(store.configs.map(({ standardised }) => standardised.sha256)).size, 2)
  })

  it('is known in a store by its raw features and by the scale', async () => {
    const store = new Kept()
    const { data } = await runStudy({ ...quick, dataset: table, store })
    assert.equal(data?.sha256, tableDigest(table))
    const scale = columnScale(table.features, size, trainNormal)
    const expected = { over: 'training-normals', sha256: scaleDigest(scale) }
    for (const config of store.configs) {
      assert.deepEqual([config.runs, config.data.sha256, config.standardised], [[0, 1], tableDigest(table), expected])
    }
  })
})

describe('what standardised the features', () => {
  const cases = [
    [
      'a file',
      { dataset: table },
      'training-normals',
      /Features<\/dt><dd>standardised over the normal samples trained on/,
    ],
    [
      'a data set',
      { dataset: 'statlog', share: 0.15 },
      'all-samples',
      /over all samples, tested ones included, as in the paper/,
    ],
    ['a held-out data set', { dataset: 'statlog', share: 0.15, split: 'held-out' }, 'training-normals', /raw features/],
    ['nothing', { dataset: table, standardise: false }, null, /taken as they are, not standardised/],
  ] as const
  for (const [what, options, expected, words] of cases) {
    it(`is said of ${what} by result, page and matrix`, async () => {
      const study = await runStudy({ ...quick, ...options })
      assert.equal(study.standardisedOver, expected)
      assert.match((await studyReport(study)).replace(/\s+/g, ' '), words)
    })
  }

  it('is said by matrices and convergence studies', async () => {
    const { anomaly: _, ...labelled } = quick
    const store = new Kept()
    const matrix = await anomalyMatrix({ ...labelled, dataset: table, store })
    assert.equal(matrix.standardisedOver, 'training-normals')
    assert.equal(new Set(store.configs.map(({ standardised }) => standardised.sha256)).size, 1)
  })

  it('is the training samples in a convergence study: none that is held out has a say', async () => {
    const setsOf = (dataset: LabelledTable) => trainingSets(checkConverge({ dataset, normal, anomaly }))
    const { heldOut, samples, standardisedOver, normal: rows } = await setsOf(table)
    assert.equal(standardisedOver, 'training-normals')
    for (const row of [at(heldOut.normal, 0), at(heldOut.anomalous, 0)]) {
      const changed = await setsOf(enlarged(row))
      const differing = changed.samples.features.findIndex(
        (x, i) => x !== samples.features[i] && Math.floor(i / size) !== row,
      )
      assert.equal(differing, -1)
    }
    const first = Float32Array.from(rows, (row) => at(samples.features, row * size))
    const mean = first.reduce((sum, x) => sum + x, 0) / first.length
    assert.ok(Math.abs(mean) < 1e-5, `${mean}`)
    assert.equal((await trainingSets(checkConverge({ dataset: 'statlog' }))).standardisedOver, 'all-samples')
  })
})

describe('a threshold that is set on samples trained on', () => {
  const warning =
    /^the threshold is set on (\d+) normal samples, and training saw (\d+) of them\. .*Use the split 'held-out'/
  const counts = (warnings: readonly string[]) =>
    warnings.flatMap((one) => warning.exec(one)?.slice(1).map(Number) ?? [])

  it('is what `train` does where it is asked to only, and says so', async () => {
    const asked = { data: 'statlog', share: 0.15, detector: 'ae', settings, device: 'cpu' } as const
    const { metadata, warnings } = await train(asked)
    const { split, n, trainedOn } = metadata.validation
    assert.deepEqual([split, n, trainedOn, metadata.trainedOn.normal], ['held-out', 46, 0, 180])
    assert.deepEqual([metadata.standardisation?.over, counts(warnings)], ['training-normals', []])
    const published = await train({ ...asked, split: 'published' })
    assert.deepEqual(counts(published.warnings), [226, 180])
    assert.equal(published.metadata.standardisation?.over, 'all-samples')
    const apart = await train({ ...asked, data: 'synthetic', share: 0.01, split: 'published' })
    assert.deepEqual([apart.metadata.validation.trainedOn, counts(apart.warnings)], [0, []])
  })

  it('is said of a file by a study too', async () => {
    const { warnings, validation } = await runStudy({ ...quick, dataset: table, split: 'published' })
    assert.deepEqual(counts(warnings), [validation.n, validation.nTrainedOn])
    assert.deepEqual(counts((await runStudy({ ...quick, dataset: table })).warnings), [])
  })
})

describe('a tested sample whose score overflows', () => {
  it('is detected, and costs no run', async () => {
    const { rows } = tests.find((one) => one.class === 'cotton crop') ?? assert.fail('no such class')
    const row = at(rows, 3)
    const dataset = { ...table, features: table.features.map((x, i) => (Math.floor(i / size) === row ? 1e30 * x : x)) }
    const store = new Kept()
    const result = await runStudy({ ...quick, dataset, store })
    assert.deepEqual(losses(result), losses(await runStudy({ ...quick, dataset: table })))
    const scores = store.runs.map((run) => run.scores[row])
    assert.deepEqual(scores, Array(4).fill(Number.POSITIVE_INFINITY))
    assert.deepEqual(result.training.converged, [0, 1])
  })
})

describe('a feature that is constant over the training normals', () => {
  const marked: LabelledTable = {
    ...table,
    featureNames: [...table.featureNames.slice(1), 'mark'],
    features: table.features.map((x, i) => {
      if (i % size < size - 1) return x
      return table.classes[at(table.labels, Math.floor(i / size))] === 'vegetation stubble' ? 300 : 4
    }),
  }
  const warning = /^feature 'mark' is constant over all normal samples trained on\. It was centred, but not scaled/

  it('is centred, not scaled, warned of, and shows the anomalies that it marks', async () => {
    const { classes, warnings } = await runStudy({
      ...quick,
      settings: { epochs: 20, pretrainEpochs: 5 },
      dataset: marked,
    })
    assert.equal(warnings.filter((one) => warning.test(one)).length, 1)
    const found = classes.find((one) => one.name === 'vegetation stubble')
    assert.deepEqual([found?.tprBaseline.mean, found?.tprCandidate.mean], [1, 1])
  })

  it('is warned of once by a matrix, and by a convergence study', async () => {
    const { anomaly: _, ...labelled } = quick
    const { warnings } = await anomalyMatrix({ ...labelled, dataset: marked })
    assert.equal(warnings.filter((one) => warning.test(one)).length, 1)
    assert.match((await trainingSets(checkConverge({ dataset: marked, normal, anomaly }))).warnings.join(), warning)
  })

  it('may be so in some runs only', async () => {
    const [first, second] = [0, 1].map((run) => makeSplit(marked, { normal, anomaly, run, seed: 0 }).trainNormal)
    const rare = first?.find((row) => !second?.includes(row)) ?? assert.fail('equal splits')
    const dataset = { ...marked, features: marked.features.with(rare * size + size - 1, 5) }
    const { warnings } = await runStudy({ ...quick, dataset, split: 'published' })
    const some = /^feature 'mark' is constant over all normal samples that some runs train on/
    assert.equal(warnings.filter((one) => some.test(one)).length, 1)
  })
})
