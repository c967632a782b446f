import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, beforeEach, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { detectorGraph } from '../../src/detectors/detectorGraph.js'
import { detector, detectorNames } from '../../src/detectors/detectors.js'
import { initialParameters, initialStatistics } from '../../src/detectors/initialise.js'
import { encodingModel, scoringModel } from '../../src/detectors/scoringGraph.js'
import { pretrainingSchedule, publishedSettings, trainingSchedule } from '../../src/detectors/settings.js'
import { trainingModel } from '../../src/detectors/trainingGraph.js'
import { emitModel } from '../../src/models/emitModel.js'
import { compareFolder, exportModels, modelManifest } from '../../src/models/exportModels.js'
import { modelFiles } from '../../src/models/manifest.js'
import { modelPlans } from '../../src/models/modelPlan.js'
import { mlp } from '../../src/nn/mlp.js'
import { networkNames } from '../../src/nn/networks.js'
import { elements } from '../../src/nn/parameters.js'
import { onnx } from '../../src/onnx/proto/onnx.js'

const committed = fileURLToPath(new URL('../../models', import.meta.url))
const plans = modelPlans()

describe('models/', () => {
  it('holds, byte for byte, what the code emits, and nothing else: `npm run models` brings it up to date', async () => {
    assert.deepEqual(await compareFolder(committed, modelFiles(plans.map(emitModel))), { stale: [], foreign: [] })
  })

  it('has a model to train and one to score for each detector on each network, and those that pretrain', () => {
    const expected = networkNames.flatMap((network) => [
      ...detectorNames.flatMap((name) => [`${network}/${name}.train`, `${network}/${name}.score`]),
      `${network}/pretrain`,
      `${network}/encode`,
    ])
    assert.deepEqual(
      modelManifest().models.map(({ name }) => name),
      expected,
    )
  })
})

describe('an emitted model', () => {
  const bytes = ({ onnx, printed }: ReturnType<typeof emitModel>) => [Buffer.from(onnx).toString('base64'), printed]

  it('does not depend on what was built before it, nor on the order', () => {
    const once = plans.map(emitModel)
    detectorGraph({ objective: detector('ae'), network: mlp(3), decoder: 'identity', dtype: 'float64' })
    const again = plans.toReversed().map(emitModel).toReversed()
    for (const [i, model] of once.entries()) {
      assert.deepEqual(again[i]?.entry, model.entry)
      assert.deepEqual(bytes(again[i] ?? assert.fail()), bytes(model))
    }
    // Whole sets in new objects, networks in another order.
    const other = modelPlans({ networks: networkNames.toReversed() }).map(emitModel)
    for (const model of once) {
      const same = other.find(({ entry }) => entry.name === model.entry.name) ?? assert.fail(model.entry.name)
      assert.deepEqual(bytes(same), bytes(model))
    }
  })

  it('differs from every other of its network, but for scores by the same distance', () => {
    const seen = new Map<string, string>()
    for (const { entry, printed } of plans.map(emitModel)) {
      const twin = seen.get(`${entry.network} ${printed}`)
      seen.set(`${entry.network} ${printed}`, entry.name)
      if (twin !== undefined) assert.match(`${twin} ${entry.name}`, /^\w+\/[\w-]+\.score \w+\/[\w-]+\.score$/)
    }
  })

  it('computes what the runtime computes: the nodes of the models that training and scoring open', () => {
    const { adam } = trainingSchedule(publishedSettings)
    const pretraining = pretrainingSchedule(publishedSettings)
    for (const plan of plans) {
      const graph = detectorGraph({ ...plan, dtype: 'float32' })
      const runtime = {
        train: () => trainingModel(graph, adam),
        pretrain: () => trainingModel(graph, pretraining.adam),
        score: () => scoringModel(graph),
        encode: () => encodingModel(graph),
      }[plan.role]()
      const { graph: emitted } = onnx.ModelProto.decode(emitModel(plan).onnx)
      const { graph: expected } = onnx.ModelProto.decode(runtime)
      assert.deepEqual({ ...emitted, name: '' }, { ...expected, name: '' }, plan.name)
    }
  })

  it('has the layout by which the runtime starts a training', () => {
    for (const plan of plans) {
      const { entry } = emitModel(plan)
      const { declaration } = detectorGraph({ ...plan, dtype: 'float32' })
      const flat = initialParameters(declaration, [0], 1)
      assert.equal(flat.length, entry.nParameters)
      let covered = 0
      for (const { name, shape, offset, fanIn } of entry.parameters) {
        assert.equal(offset, covered, name)
        covered += elements(shape)
        const bound = flat.subarray(offset, covered).reduce((largest, x) => Math.max(largest, Math.abs(x)), 0)
        const limit = 1 / Math.sqrt(fanIn)
        // The largest of few draws may be small.
        assert.ok(
          bound <= limit && (elements(shape) < 8 || bound > 0.7 * limit),
          `${entry.name} ${name}: ±${bound} within ±${limit}`,
        )
      }
      assert.equal(covered, entry.nParameters)

      const running = initialStatistics(declaration, 1)
      assert.equal(running.length, entry.nStatistics)
      for (const { size, mean, variance } of entry.statistics) {
        assert.ok(running.subarray(mean, mean + size).every((x) => x === 0))
        assert.ok(running.subarray(variance, variance + size).every((x) => x === 1))
      }
      assert.equal(entry.nStatistics, 2 * entry.statistics.reduce((total, { size }) => total + size, 0))
    }
  })

  it('has its settings in the manifest: those of pretraining differ in the weight decay', () => {
    const settings = Object.fromEntries(
      modelManifest({ networks: ['mlp'] }).models.map((model) => [model.name, model.settings]),
    )
    const adam = { beta1: 0.9, beta2: 0.999, adamEpsilon: 1e-8, batchNormMomentum: 0.1 }
    const base = { dtype: 'float32', opset: 18 }
    assert.deepEqual(settings['mlp/pretrain'], { ...base, decoder: 'sigmoid', ...adam, weightDecay: 5e-4 })
    assert.deepEqual(settings['mlp/ae.train'], { ...base, decoder: 'sigmoid', ...adam, weightDecay: 5e-7 })
    assert.deepEqual(settings['mlp/deep-svdd.train'], { ...base, ...adam, weightDecay: 5e-7 })
    assert.deepEqual(settings['mlp/hsc.score'], base)
  })
})

describe('exporting', () => {
  let folder: string
  const folders: string[] = []
  after(() => Promise.all(folders.map((path) => rm(path, { recursive: true }))))
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'export-models-'))
    folders.push(folder)
  })

  it('makes the folder, and writes the files of models/', async () => {
    const target = join(folder, 'a', 'b')
    const { manifest, written } = await exportModels(target)
    assert.deepEqual([...written].sort(), (await filesOf(committed)).sort())
    assert.deepEqual((await filesOf(target)).sort(), (await filesOf(committed)).sort())
    for (const path of written)
      assert.deepEqual(await readFile(join(target, path)), await readFile(join(committed, path)))
    assert.deepEqual(JSON.parse(await readFile(join(target, 'manifest.json'), 'utf8')), manifest)
  })

  it('writes only what differs, and leaves other files alone', async () => {
    await exportModels(folder, { networks: ['mlp'] })
    await writeFile(join(folder, 'notes.txt'), 'mine')
    await writeFile(join(folder, 'mlp', 'hsc.train.onnx'), 'damaged')
    await rm(join(folder, 'mlp', 'encode.txt'))
    const kept = await stat(join(folder, 'mlp', 'ae.train.onnx'))
    const { written } = await exportModels(folder, { networks: ['mlp'] })
    assert.deepEqual([...written].sort(), ['mlp/encode.txt', 'mlp/hsc.train.onnx'])
    assert.equal((await stat(join(folder, 'mlp', 'ae.train.onnx'))).ino, kept.ino)
    assert.equal(await readFile(join(folder, 'notes.txt'), 'utf8'), 'mine')
    assert.deepEqual(
      (await compareFolder(folder, modelFiles(modelPlans({ networks: ['mlp'] }).map(emitModel)))).foreign,
      ['notes.txt'],
    )
  })

  it('takes other samples and another output of the decoder', async () => {
    const { manifest } = await exportModels(folder, { networks: ['mlp'], sample: [9], decoder: 'identity' })
    const model = manifest.models.find(({ name }) => name === 'mlp/ae.train') ?? assert.fail()
    assert.deepEqual(model.sample, [9])
    assert.equal(model.title, 'mlp 9-32-16-8')
    assert.equal(model.settings.decoder, 'identity')
    assert.deepEqual(model.inputs[0]?.shape, ['N', 9])
    assert.doesNotMatch(await readFile(join(folder, 'mlp', 'ae.train.txt'), 'utf8'), /sigmoid/)
    assert.match(await readFile(join(committed, 'mlp', 'ae.train.txt'), 'utf8'), /sigmoid/)
  })

  it('refuses options that it does not have, and options of the wrong kind', async () => {
    const refused: readonly [unknown, string, RegExp][] = [
      [null, 'WRONG_TYPE', /options of exportModels must be an object/],
      [{ network: ['mlp'] }, 'UNKNOWN_NAME', /exportModels has no option 'network' \(did you mean 'networks'\?\)/],
      [{ networks: 'mlp' }, 'WRONG_TYPE', /networks must be an array/],
      [{ networks: [1] }, 'WRONG_TYPE', /^networks\[0\] must be a string, got 1$/],
      [{ networks: ['mlp'], sample: [9n] }, 'WRONG_TYPE', /sample\[0\] must be a number, got 9n/],
      [{ networks: ['mlp'], sample: [0] }, 'OUT_OF_RANGE', /sample\[0\]/],
      [{ decoder: Symbol('sigmoid') }, 'WRONG_TYPE', /decoder must be a string/],
      [{ signal: 'now' }, 'WRONG_TYPE', /signal must be an AbortSignal/],
    ]
    for (const [options, code, message] of refused)
      await assert.rejects(exportModels(folder, options as object), { code, message })
    await assert.rejects(exportModels(undefined as unknown as string), { code: 'WRONG_TYPE', message: /folder/ })
    assert.throws(() => modelManifest({ signal: AbortSignal.abort() } as object), { code: 'UNKNOWN_NAME' })
    assert.deepEqual(await filesOf(folder), [])
  })

  it('refuses unknown names, samples that do not fit, and places where no folder can be, and then writes nothing', async () => {
    await assert.rejects(exportModels(folder, { networks: ['mlq'] }), { code: 'UNKNOWN_NAME' })
    await assert.rejects(exportModels(folder, { networks: ['mlp'], sample: [2, 3] }), { code: 'SHAPE_MISMATCH' })
    await assert.rejects(exportModels(folder, { decoder: 'relu' as 'sigmoid' }), { code: 'UNKNOWN_NAME' })
    const signal = AbortSignal.abort()
    await assert.rejects(exportModels(folder, { networks: ['mlp'], signal }), { code: 'ABORTED' })
    assert.deepEqual(await filesOf(folder), [])
    await writeFile(join(folder, 'file'), '')
    await assert.rejects(exportModels(join(folder, 'file')), {
      code: 'BAD_FILE',
      message: /cannot make the folder .*file.mlp: its folder is not a folder/,
    })
    await mkdir(join(folder, 'full', 'mlp', 'hsc.train.onnx'), { recursive: true })
    await assert.rejects(exportModels(join(folder, 'full')), {
      code: 'BAD_FILE',
      message: /hsc\.train\.onnx: it is a folder/,
    })
    assert.ok(!(await filesOf(join(folder, 'full'))).includes('manifest.json'))
  })
})

/** Paths of the files in a folder, with forward slashes. */
async function filesOf(folder: string): Promise<string[]> {
  return [...(await compareFolder(folder, new Map())).foreign]
}
