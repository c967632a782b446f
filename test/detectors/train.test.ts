import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { loadTable } from '../../src/data/datasets.js'
import type { LabelledTable } from '../../src/data/tables/labelledTable.js'
import { openTable } from '../../src/data/tables/openTable.js'
import type { TableReader } from '../../src/data/tables/tableReader.js'
import { type Detector, loadDetector } from '../../src/detectors/loadDetector.js'
import { type ScoredBatch, scoreTable } from '../../src/detectors/scoreTable.js'
import { train } from '../../src/detectors/train.js'
import { reshape } from '../../src/graph/ops.js'
import { linear } from '../../src/nn/layers.js'
import { sequential } from '../../src/nn/module.js'
import type { Network } from '../../src/nn/network.js'
import * as random from '../../src/rooms/random.js'
import { onnxPython, skip } from '../onnxPython.js'

const quick = { epochs: 4, pretrainEpochs: 2 }
const folder = await mkdtemp(join(tmpdir(), 'train-'))
after(() => rm(folder, { recursive: true }))

/** 200 normal samples around (100, 0, −5, 0, 0, 0), 30 of class `far`, 10 of class `near`. */
function table(): LabelledTable {
  const labels = Uint8Array.from({ length: 240 }, (_, row) => (row < 200 ? 0 : row < 230 ? 1 : 2))
  const noise = random.normal(240 * 6, { seed: 5, stream: 1 })
  const offsets = [100, 0, -5, 0, 0, 0]
  const features = Float32Array.from(noise, (z, i) => {
    const shift = [0, 6, 2][labels[Math.floor(i / 6)] ?? 0] ?? 0
    return (offsets[i % 6] ?? 0) + 3 * (z + shift)
  })
  const featureNames = ['a', 'b', 'c', 'd', 'e', 'f']
  return { name: 'made.csv', attribution: '', featureNames, features, labels, classes: ['normal', 'far', 'near'] }
}

/** A network without batch norm, for samples that are matrices. */
const matrices: Network = {
  name: 'matrices',
  title: 'matrices 2×3',
  sample: [2, 3],
  encoder: sequential((x) => reshape(x, [x.shape[0] ?? 1, x.shape[1] ?? 1, 6]), linear('code', 2)),
  decoder: sequential(linear('rec', 6), (x) => reshape(x, [x.shape[0] ?? 1, x.shape[1] ?? 1, 2, 3])),
}

/** Runs a saved model as a user without this package would. */
async function plain(model: Uint8Array, features: Float32Array, sample: readonly number[], n: number) {
  const session = await InferenceSession.create(model)
  const x = new Tensor('float32', features, [n, ...sample])
  const { score, flagged } = await session.run({ x })
  return { score: score?.data as Float32Array, flagged: flagged?.data as Uint8Array }
}

describe('a trained detector', () => {
  let statlog: LabelledTable
  before(async () => {
    statlog = await loadTable('statlog')
  })

  for (const detector of ['deep-svdd', 'hsc', 'abc'] as const) {
    it(`${detector}: the saved file gives its threshold, to the sample, in plain onnxruntime-node`, async () => {
      const asked = { data: 'statlog', split: 'published', settings: quick, device: 'cpu' } as const
      const { model, metadata, recall } = await train({ ...asked, detector })
      const { score, flagged } = await plain(model, statlog.features, [36], statlog.labels.length)
      const { threshold, validation } = metadata
      const ofClass = (name: string) =>
        [...statlog.labels.keys()].filter((row) => statlog.classes[statlog.labels[row] ?? -1] === name)
      const normal = ofClass('very damp grey soil')
      assert.deepEqual(validation, {
        split: 'published',
        n: 1508,
        trainedOn: 1206,
        tolerated: 75,
        observedFpr: 75 / 1508,
      })
      assert.equal(normal.filter((row) => flagged[row] === 1).length, 75)
      assert.ok(
        normal.some((row) => score[row] === threshold),
        'the threshold is the score of a normal sample',
      )
      assert.ok(flagged.every((flag, row) => (flag === 1) === (score[row] ?? Number.NaN) > threshold))
      const red = ofClass('red soil')
      assert.equal(recall[0]?.tpr, red.filter((row) => flagged[row] === 1).length / red.length)
      assert.deepEqual(
        recall.map(({ n }) => n),
        [1533, 703, 1358, 506, 707],
      )
    })
  }

  it('scores as the graph that training scores with, on features standardised outside', async () => {
    const options = { data: table(), detector: 'sae', settings: quick, device: 'cpu' } as const
    const { model, metadata } = await train(options)
    const { mean, sd } = metadata.standardisation ?? assert.fail('not standardised')
    const scaled = options.data.features.map((x, i) => (x - (mean[i % 6] ?? 0)) / (sd[i % 6] ?? 1))
    const without = await train({ ...options, data: { ...options.data, features: scaled }, standardise: false })
    assert.equal(without.metadata.standardisation, null)
    const inside = await plain(model, options.data.features, [6], 240)
    const outside = await plain(without.model, scaled, [6], 240)
    for (const [row, score] of inside.score.entries()) {
      const other = outside.score[row] ?? Number.NaN
      assert.ok(Math.abs(score - other) <= 1e-3 * other, `sample ${row}: ${score}, not ${other}`)
    }
  })

  it('takes its standardisation and its training from rows that set no threshold', async () => {
    const data = table()
    const { metadata } = await train({ data, detector: 'ae', settings: quick, device: 'cpu' })
    assert.deepEqual(metadata.validation.n, 40)
    assert.deepEqual(metadata.trainedOn, { normal: 160, anomalous: 0 })
    assert.deepEqual(metadata.classes, { normal: 'normal', anomalous: [] })
    const mean = metadata.standardisation?.mean[0] ?? Number.NaN
    const over = (rows: number) =>
      data.features.filter((_, i) => i % 6 === 0 && i < 6 * rows).reduce((a, b) => a + b, 0) / rows
    assert.ok(Math.abs(mean - over(200)) > 1e-6 && Math.abs(mean - over(200)) < 1)
    assert.equal(metadata.standardisation?.over, 'training-normals')
  })

  it('finds what is far and learns from labelled anomalies', async () => {
    const { recall, metadata, losses } = await train({
      data: table(),
      detector: 'deep-sad',
      settings: { epochs: 40, pretrainEpochs: 5 },
      device: 'cpu',
    })
    assert.deepEqual(metadata.classes.anomalous, ['far', 'near'])
    assert.deepEqual(metadata.trainedOn, { normal: 160, anomalous: 16 })
    assert.equal(losses.length, 40)
    assert.equal(recall.find((one) => one.class === 'far')?.tpr, 1)
  })

  it('works for samples that are matrices and networks without running statistics', async () => {
    const data = table()
    const { model, metadata } = await train({
      data,
      detector: 'deep-svdd',
      network: matrices,
      settings: quick,
      device: 'cpu',
    })
    assert.deepEqual(metadata.sample, [2, 3])
    const { score } = await plain(model, data.features, [2, 3], 240)
    const detector = await loadDetector(model, { device: 'cpu' })
    assert.deepEqual((await detector.score(data.features)).scores, score)
    await detector.close()
  })

  it('is the same bytes from the same options, and others from another seed', async () => {
    const options = { data: table(), detector: 'hsc', settings: quick, device: 'cpu' } as const
    const { model } = await train(options)
    assert.deepEqual((await train(options)).model, model)
    assert.notDeepEqual((await train({ ...options, seed: 1 })).model, model)
  })

  it('passes the checker of the onnx package', { skip }, async () => {
    const { model } = await train({ data: table(), detector: 'deep-sad', settings: quick, device: 'cpu' })
    const path = join(folder, 'checked.onnx')
    await writeFile(path, model)
    const script = 'import onnx, sys; onnx.checker.check_model(onnx.load(sys.argv[1]), full_check=True)'
    const { status, stderr } = onnxPython('-c', script, path)
    assert.equal(status, 0, stderr)
  })
})

describe('labelled anomalies', () => {
  const common = { data: table(), detector: 'sae', settings: quick, device: 'cpu' } as const
  it('are of one class, of several as one, or of several by weight', async () => {
    const one = await train({ ...common, anomaly: 'far' })
    assert.deepEqual(one.metadata.classes, { normal: 'normal', anomalous: ['far'] })
    assert.deepEqual((await train({ ...common, anomaly: ['far'] })).model, one.model)
    assert.deepEqual((await train({ ...common, anomaly: [{ class: 'far', weight: 1 }] })).model, one.model)
    const mixed = await train({
      ...common,
      anomaly: [
        { class: 'near', weight: 0.25 },
        { class: 'far', weight: 0.75 },
      ],
    })
    const { classes, trainedOn } = mixed.metadata
    assert.deepEqual(classes, { normal: 'normal', anomalous: ['far', 'near'], weights: [0.75, 0.25] })
    assert.equal(trainedOn.anomalous, 16)
    assert.deepEqual(
      mixed.recall.map(({ n }) => n),
      [30 - 12, 10 - 4],
    )
    const loaded = await loadDetector(mixed.model, { device: 'cpu' })
    assert.deepEqual(loaded.metadata, mixed.metadata)
    await loaded.close()
  })

  it('are the same in whichever order their classes are named', async () => {
    const [one, other] = await Promise.all(
      [
        ['far', 'near'],
        ['near', 'far'],
      ].map((anomaly) => train({ ...common, anomaly })),
    )
    assert.deepEqual(other?.model, one?.model)
    assert.deepEqual(other?.metadata.classes.anomalous, ['far', 'near'])
  })

  it('are of no class with a single sample or none that nobody names', async () => {
    const data = table()
    const rare = { ...data, classes: [...data.classes, 'rare', 'none'], labels: data.labels.with(239, 3) }
    const { metadata, recall } = await train({ ...common, data: rare })
    assert.deepEqual(metadata.classes.anomalous, ['far', 'near'])
    assert.equal(recall.find((one) => one.class === 'rare')?.n, 1)
    const message = /anomaly class 'rare' has 1 sample\. At least 2 are needed/
    await assert.rejects(train({ ...common, data: rare, anomaly: ['far', 'rare'] }), { code: 'EMPTY_SAMPLE', message })
  })

  it('are mixed by weight in the published split too', async () => {
    const anomaly = [
      { class: 'red soil', weight: 0.5 },
      { class: 'grey soil', weight: 0.5 },
    ]
    const { metadata, recall } = await train({ ...common, data: 'statlog', anomaly, settings: { epochs: 1 } })
    assert.deepEqual(metadata.classes.weights, [0.5, 0.5])
    assert.deepEqual(metadata.trainedOn, { normal: 1206, anomalous: 120 })
    assert.equal(recall.find((one) => one.class === 'red soil')?.n, 1533 - 60)
  })
})

describe('loadDetector', () => {
  let model: Uint8Array
  let detector: Detector
  before(async () => {
    model = (await train({ data: table(), detector: 'ae', settings: quick, device: 'cpu', seed: 3 })).model
    await writeFile(join(folder, 'detector.onnx'), model)
    detector = await loadDetector(join(folder, 'detector.onnx'), { device: 'cpu' })
  })
  after(() => detector.close())

  it('gives back what the file says of itself', () => {
    const { metadata } = detector
    assert.deepEqual(metadata.features, ['a', 'b', 'c', 'd', 'e', 'f'])
    assert.equal(metadata.network, 'mlp 6-32-16-8')
    assert.equal(metadata.detector, 'ae')
    assert.equal(metadata.seed, 3)
    assert.equal(metadata.settings.epochs, 4)
    assert.match(metadata.data.sha256, /^[0-9a-f]{64}$/)
    assert.equal(detector.device, 'cpu')
  })

  it('scores a sample alike alone and among others, in blocks of any size', async () => {
    const { features } = table()
    const together = await detector.score(features)
    const many = await detector.score(
      Float32Array.from({ length: 10 * features.length }, (_, i) => features[i % features.length] ?? 0),
    )
    for (let row = 0; row < 240; row++) {
      assert.equal(many.scores[9 * 240 + row], together.scores[row])
    }
    for (const n of [1, 2, 3, 7]) {
      const { scores } = await detector.score(features.subarray(6 * 11, 6 * (11 + n)))
      assert.deepEqual(scores, together.scores.subarray(11, 11 + n))
    }
    assert.equal((await detector.score(new Float32Array(0))).scores.length, 0)
  })

  it('refuses features that do not fill samples, and scores that are no numbers', async () => {
    await assert.rejects(detector.score(new Float32Array(7)), { code: 'SHAPE_MISMATCH', message: /7 features .* of 6/ })
    const bad = table().features.with(8, Number.NaN)
    await assert.rejects(detector.score(bad), { code: 'NOT_A_NUMBER', message: /sample 1 is NaN/ })
  })

  it('says what was closed, to what is being scored and to what comes later', async () => {
    const path = join(folder, 'detector.onnx')
    const closed = await loadDetector(path, { device: 'cpu' })
    const { features } = table()
    const message = `the detector of ${path} was closed. To score with it, load it again (loadDetector)`
    const meanwhile = assert.rejects(closed.score(features), { code: 'ABORTED', message })
    await closed.close()
    await meanwhile
    await assert.rejects(closed.score(features), { code: 'ABORTED', message })
    await closed.close()
  })

  it('refuses options and values of the wrong kind', async () => {
    const cases: readonly [source: unknown, options: unknown, code: string, message: RegExp][] = [
      [model, { devise: 'cpu' }, 'UNKNOWN_NAME', /^loadDetector has no option 'devise' \(did you mean 'device'\?\)/],
      [model, null, 'WRONG_TYPE', /^the options of loadDetector must be an object, got null$/],
      [model, { device: 7 }, 'WRONG_TYPE', /^device must be a string, got 7$/],
      [model, { signal: 'stop' }, 'WRONG_TYPE', /^signal must be an AbortSignal/],
      [7, {}, 'WRONG_TYPE', /^the detector must be a path, or the bytes of a file, got 7$/],
    ]
    for (const [source, options, code, message] of cases)
      await assert.rejects(loadDetector(source as string, options as object), { code, message })
    const doubles = Float64Array.of(1, 2, 3, 4, 5, 6) as unknown as Float32Array
    await assert.rejects(detector.score(doubles), { code: 'WRONG_TYPE', message: /a Float32Array, got Float64Array$/ })
  })

  it('scores tables, and refuses what is no detector, no table or no option', async () => {
    const path = join(folder, 'rows.csv')
    await writeFile(path, 'f,e,d,c,b,a,id\n6,5,4,3,2,1,x\n12,11,10,9,8,7,y\n')
    const rows = await openTable(path)
    const scored: ScoredBatch[] = []
    for await (const batch of scoreTable(detector, rows, { keep: ['id'], batchRows: 1 })) scored.push(batch)
    const { scores } = await detector.score(Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12))
    assert.deepEqual(
      scored.map(({ firstRow, scores, kept }) => [firstRow, ...scores, ...kept]),
      [
        [0, scores[0], ['x']],
        [1, scores[1], ['y']],
      ],
    )
    const cases: readonly [detector: unknown, table: unknown, options: unknown, code: string, message: RegExp][] = [
      [{}, rows, {}, 'WRONG_TYPE', /^the detector must be what loadDetector returns, got Object$/],
      [detector, path, {}, 'WRONG_TYPE', /^table\.batches must be a function, got undefined$/],
      [detector, null, {}, 'WRONG_TYPE', /^table\.batches must be a function, got undefined$/],
      [detector, rows, { keeps: [] }, 'UNKNOWN_NAME', /did you mean 'keep'/],
      [detector, rows, { keep: 'id' }, 'WRONG_TYPE', /^keep must be an array, got 'id'$/],
      [detector, rows, { keep: ['ids'] }, 'UNKNOWN_NAME', /has no column 'ids'/],
      [detector, rows, { batchRows: 0 }, 'OUT_OF_RANGE', /^batchRows must be an integer from 1/],
    ]
    for (const [by, table, options, code, message] of cases) {
      const batches = scoreTable(by as Detector, table as TableReader, options as object)
      await assert.rejects(batches.next(), { code, message })
    }
    await rows.close()
  })

  it("says what is wrong with the batches of a caller's reader", async () => {
    const columns = ['a', 'b', 'c', 'd', 'e', 'f', 'id']
    const numbers = columns.slice(0, 6).map((_, j) => Float64Array.of(j, j + 1))
    const right = { firstRow: 0, nRows: 2, numbers, texts: [['x', 'y']] }
    const scored = (batch: unknown, changes: object = {}) => {
      const table = {
        ...{ name: 'own', columns, named: true, place: async (row: number) => `own row ${row}`, close: async () => {} },
        batches: async function* () {
          yield batch
        },
        ...changes,
      }
      return scoreTable(detector, table as unknown as TableReader, { keep: ['id'] }).next()
    }
    assert.equal((await scored(right)).value?.scores.length, 2)
    const short = numbers.with(2, Float64Array.of(1))
    const batch = 'the batch of own from row 0 on: '
    for (const [wrong, code, message] of [
      [
        { ...right, numbers: short },
        'LENGTH_MISMATCH',
        `${batch}column 'c' of numbers must have nRows = 2 values, got 1`,
      ],
      [
        { ...right, texts: [['x', 'y', 'z']] },
        'LENGTH_MISMATCH',
        `${batch}column 'id' of texts must have nRows = 2 values, got 3`,
      ],
      [
        { ...right, numbers: numbers.slice(1) },
        'LENGTH_MISMATCH',
        `${batch}numbers must have the 6 columns asked for, got 5`,
      ],
      [{ ...right, texts: undefined }, 'WRONG_TYPE', `${batch}texts must be an array, got undefined`],
      [{ ...right, texts: [['x', 5]] }, 'WRONG_TYPE', `${batch}column 'id' of texts: value 1 must be a string, got 5`],
      [
        { ...right, numbers: numbers.with(0, null as never) },
        'WRONG_TYPE',
        `${batch}column 'a' of numbers must be an array, got null`,
      ],
      [{ ...right, nRows: 1.5 }, 'OUT_OF_RANGE', `${batch}nRows must be an integer of at least 0, got 1.5`],
      [{ ...right, firstRow: undefined }, 'WRONG_TYPE', 'firstRow of a batch of own must be a number, got undefined'],
      [null, 'WRONG_TYPE', 'a batch of own must be an object, got null'],
    ] as const) {
      await assert.rejects(scored(wrong), { name: 'ScoringBiasError', code, message })
    }
    for (const [changes, message] of [
      [{ columns: undefined }, 'table.columns must be an array, got undefined'],
      [{ named: undefined }, 'table.named must be true or false, got undefined'],
      [{ place: undefined }, 'table.place must be a function, got undefined'],
    ] as const) {
      await assert.rejects(scored(right, changes), { code: 'WRONG_TYPE', message })
    }
  })

  it('refuses files that are not saved detectors', async () => {
    const other = join(folder, 'other.onnx')
    await writeFile(other, 'not a model')
    await assert.rejects(loadDetector(other), { code: 'BAD_FILE', message: /other\.onnx is not/ })
    await assert.rejects(loadDetector(join(folder, 'none.onnx')), {
      code: 'BAD_FILE',
      message: /cannot read .*none\.onnx/,
    })
    await assert.rejects(loadDetector(model.slice(0, -40)), { code: 'BAD_FILE' })
    const newer = Buffer.from(model)
    // The entry's value follows its key: field 2, length 1.
    const at = newer.indexOf('formatVersion') + 'formatVersion'.length + 2
    newer.write('7', at)
    await assert.rejects(loadDetector(newer), { code: 'BAD_FILE', message: /format version 7\. .* reads 2/ })
  })
})

describe('train refuses', () => {
  const base = { data: table(), detector: 'abc', settings: quick, device: 'cpu' } as const
  const only = { ...table(), labels: new Uint8Array(240), classes: ['normal'] }
  const cases: readonly [what: string, changed: object, code: string, message: RegExp][] = [
    ['an unknown detector', { detector: 'abd' }, 'UNKNOWN_NAME', /'abd' \(did you mean 'abc'\?\)/],
    ['an unknown network', { network: 'mlq' }, 'UNKNOWN_NAME', /network 'mlq'/],
    [
      'a network of other samples',
      { network: { ...matrices, sample: [7] } },
      'SHAPE_MISMATCH',
      /7 features, made\.csv has 6/,
    ],
    ['a class that does not exist', { normal: 'norm' }, 'UNKNOWN_CLASS', /'norm'.*known: normal, far, near/],
    [
      'two features of one name',
      { data: { ...table(), featureNames: ['a', 'b', 'c', 'd', 'b', 'f'] } },
      'OUT_OF_RANGE',
      /^made\.csv: featureNames\[1\] and featureNames\[4\] are both 'b'\. Give each feature a name of its own$/,
    ],
    [
      'two classes of one name',
      { data: { ...table(), classes: ['normal', 'far', 'normal'] } },
      'OUT_OF_RANGE',
      /^classes\[0\] and classes\[2\] are both 'normal'\. Give each class a name of its own$/,
    ],
    [
      'a category that is named twice',
      {
        data: {
          ...table(),
          featureNames: ['a=x', 'b', 'c', 'd', 'e', 'f'],
          oneHot: [{ column: 'a', categories: ['x', 'x'] }],
        },
      },
      'OUT_OF_RANGE',
      /^made\.csv: oneHot has the category 'a=x' twice\. /,
    ],
    [
      'what is no table, of which a share is asked for',
      { data: {}, share: 0.5 },
      'WRONG_TYPE',
      /^name must be a string/,
    ],
    [
      'to guess the normal class',
      { data: { ...table(), classes: ['x', 'y', 'z'] } },
      'UNKNOWN_CLASS',
      /the classes of made\.csv are x, y, z\. Say with the option normal which class is normal/,
    ],
    [
      'a supervised detector without anomalies',
      { data: only },
      'EMPTY_SAMPLE',
      /'abc' learns from labelled anomalies, and made\.csv has none\. .* deep-svdd or ae/,
    ],
    ['several classes with the published split', { split: 'published' }, 'OUT_OF_RANGE', /one class .* got 2/],
    ['interpolated thresholds', { thresholdRule: 'linear' }, 'OUT_OF_RANGE', /'linear'/],
    ['a target outside (0, 1)', { fpr: 1 }, 'OUT_OF_RANGE', /fpr/],
    ['settings out of range', { settings: { eta: -1 } }, 'OUT_OF_RANGE', /eta/],
    [
      'unknown settings',
      { settings: { epoch: 3 } },
      'UNKNOWN_NAME',
      /^settings has no option 'epoch' \(did you mean 'epochs'\?\)/,
    ],
    [
      'unknown options',
      { anomalies: ['far'] },
      'UNKNOWN_NAME',
      /^train has no option 'anomalies' \(did you mean 'anomaly'\?\)/,
    ],
    [
      'no data',
      { data: undefined },
      'WRONG_TYPE',
      /^data must be the name of a data set, or a table, got undefined\. It is required$/,
    ],
    ['no detector', { detector: undefined }, 'WRONG_TYPE', /^the detector must be a name/],
    ['a big integer for a number', { seed: 3n }, 'WRONG_TYPE', /^seed must be a number, got 3n$/],
    ['a word for a flag', { standardise: 'no' }, 'WRONG_TYPE', /^standardise must be true or false, got 'no'$/],
    ['a signal that is none', { signal: {} }, 'WRONG_TYPE', /^signal must be an AbortSignal/],
    ['a progress that is no function', { onProgress: 7 }, 'WRONG_TYPE', /^onProgress must be a function, got 7$/],
    ['a number for a name', { decoder: 7 }, 'WRONG_TYPE', /^decoder must be a string, got 7$/],
    ['an unknown device', { device: 'tpu' }, 'UNKNOWN_NAME', /device 'tpu' .*; known: auto, cpu, cuda, webgpu/],
    ['a number for classes', { anomaly: 1 }, 'WRONG_TYPE', /^anomaly must be a class or a list of classes, got 1$/],
    [
      'classes with and without weights',
      { anomaly: ['far', { class: 'near', weight: 1 }] },
      'WRONG_TYPE',
      /^anomaly has weights for some classes and none for others\. /,
    ],
    [
      'weights that do not sum to 1',
      { anomaly: [{ class: 'far', weight: 0.5 }] },
      'OUT_OF_RANGE',
      /must sum to 1, got 0\.5/,
    ],
    ['delta without certified', { delta: 0.1 }, 'OUT_OF_RANGE', /delta goes with the threshold 'certified' only/],
    [
      'to certify by too few samples',
      { thresholdRule: 'certified' },
      'OUT_OF_RANGE',
      /takes at least 59 normal scores\. The normal class 'normal' has 200 samples, and the held-out fifth that sets the threshold 40\. Use 291 normal samples or more, /,
    ],
    [
      'no class of anomalies where one is learnt from',
      { detector: 'classifier', anomaly: [] },
      'EMPTY_SAMPLE',
      /^detector 'classifier' learns from labelled anomalies, and anomaly is \[\]\. Name a class in anomaly \(--anomaly\), or leave it out, or use/,
    ],
  ]
  for (const [what, changed, code, message] of cases) {
    it(what, async () => {
      await assert.rejects(train({ ...base, ...changed }), { code, message })
    })
  }

  it('to go on when its signal has fired', async () => {
    const controller = new AbortController()
    const training = train({
      ...base,
      settings: { epochs: 5000 },
      signal: controller.signal,
      onProgress: () => controller.abort(),
    })
    await assert.rejects(training, { code: 'ABORTED' })
  })
})

it('train warns of too few validation samples and of a sigmoid on standardised data', async () => {
  const { warnings, metadata } = await train({
    data: table(),
    detector: 'ae',
    decoder: 'sigmoid',
    fpr: 0.01,
    settings: quick,
    device: 'cpu',
  })
  assert.equal(metadata.validation.tolerated, 0)
  assert.match(warnings.join('\n'), /40 normal validation samples are too few to set a threshold for fpr = 0\.01/)
  assert.match(warnings.join('\n'), /sigmoid decoder/)
})
