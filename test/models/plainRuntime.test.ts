import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { InferenceSession, Tensor } from 'onnxruntime-node'

// Nothing of this package is imported here: the models and their manifest are all there is, as for any other runtime.

interface TensorEntry {
  readonly name: string
  readonly dtype: 'float32' | 'int32' | 'bool'
  readonly shape: readonly (number | string)[]
}

interface ModelEntry {
  readonly name: string
  readonly role: 'train' | 'score' | 'pretrain' | 'encode'
  readonly detectors: readonly string[]
  readonly network: string
  readonly inputs: readonly TensorEntry[]
  readonly outputs: readonly TensorEntry[]
  readonly nParameters: number
  readonly nStatistics: number
  readonly parameters: readonly { readonly name: string; shape: readonly number[]; offset: number; fanIn: number }[]
  readonly statistics: readonly { readonly name: string; size: number; mean: number; variance: number }[]
  readonly file: string
  readonly size: number
  readonly sha256: string
}

interface Manifest {
  readonly sizes: Readonly<Record<string, string>>
  readonly tensors: Readonly<Record<string, string>>
  readonly models: readonly ModelEntry[]
}

const folder = new URL('../../models/', import.meta.url)
const manifest: Manifest = JSON.parse(readFileSync(new URL('manifest.json', folder), 'utf8'))
const networks = [...new Set(manifest.models.map(({ network }) => network))]

/** A pool of 12 samples of which every fourth is a labelled anomaly; all of it is one batch, for two replicas. */
const sizes: Readonly<Record<string, number>> = { N: 12, S: 25, R: 2, B: 12 }

function dims(shape: TensorEntry['shape']): number[] {
  return shape.map((size) => {
    if (typeof size === 'number') return size
    assert.ok(size in manifest.sizes, `the manifest says what ${size} is`)
    return sizes[size] ?? assert.fail(`no size ${size}`)
  })
}

function count(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1)
}

/** Reproducible numbers in ±1. */
function noise(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    return state / 2 ** 31
  }
}

const isAnomaly = (n: number) => n % 4 === 0

/** The value that an input starts from, as the manifest describes it. */
function start(model: ModelEntry, { name, shape }: TensorEntry): Tensor {
  const size = dims(shape)
  const total = count(size)
  const floats = (element: (i: number) => number) =>
    new Tensor(
      'float32',
      Float32Array.from({ length: total }, (_, i) => element(i)),
      size,
    )
  switch (name) {
    case 'x': {
      const perSample = total / (size[0] ?? 1)
      const random = noise(7)
      return floats((i) => {
        const n = Math.floor(i / perSample)
        const wave = Math.sin((isAnomaly(n) ? 1.7 : 0.4) * (i % perSample))
        return (isAnomaly(n) ? 0.6 : 0.4) + 0.25 * wave + 0.15 * random()
      })
    }
    case 'anomaly':
      return new Tensor(
        'bool',
        Uint8Array.from({ length: total }, (_, n) => (isAnomaly(n) ? 1 : 0)),
        size,
      )
    case 'batches':
    case 'rows':
      return new Tensor(
        'int32',
        Int32Array.from({ length: total }, (_, i) => i % (sizes.B ?? 1)),
        size,
      )
    case 'step':
      return new Tensor(
        'int32',
        Int32Array.from({ length: total }, (_, i) => i + 1),
        size,
      )
    case 'learningRate':
      return floats(() => 1e-3)
    case 'parameters': {
      const random = noise(3)
      const data = new Float32Array(total).fill(Number.NaN)
      for (let r = 0; r < total; r += model.nParameters) {
        for (const { shape: own, offset, fanIn } of model.parameters) {
          for (let i = 0; i < count(own); i++) data[r + offset + i] = random() / Math.sqrt(fanIn)
        }
      }
      return new Tensor('float32', data, size)
    }
    case 'm':
    case 'v':
      return floats(() => 0)
    case 'statistics': {
      const data = new Float32Array(total).fill(Number.NaN)
      for (let r = 0; r < total; r += model.nStatistics) {
        for (const { size: features, mean, variance } of model.statistics) {
          data.fill(0, r + mean, r + mean + features)
          data.fill(1, r + variance, r + variance + features)
        }
      }
      return new Tensor('float32', data, size)
    }
    case 'centre':
      return floats((i) => (i % 2 === 0 ? 0.3 : -0.3))
    default:
      return assert.fail(`an input that this test does not know: ${name}`)
  }
}

function feedsOf(model: ModelEntry): Record<string, Tensor> {
  return Object.fromEntries(model.inputs.map((input) => [input.name, start(model, input)]))
}

async function load({ file }: ModelEntry): Promise<InferenceSession> {
  return InferenceSession.create(new Uint8Array(readFileSync(new URL(file, folder))), {
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  })
}

function floatsOf(results: InferenceSession.OnnxValueMapType, name: string): Float32Array {
  const tensor = results[name]
  assert.ok(tensor?.data instanceof Float32Array, `${name} is float32`)
  return tensor.data
}

describe('the exported models in plain onnxruntime-node', () => {
  for (const model of manifest.models) {
    it(`${model.name} runs, and gives what the manifest says`, async () => {
      const bytes = readFileSync(new URL(model.file, folder))
      assert.equal(bytes.length, model.size)
      assert.equal(createHash('sha256').update(bytes).digest('hex'), model.sha256)
      for (const { name } of [...model.inputs, ...model.outputs])
        assert.ok(name in manifest.tensors, `${name} is described`)

      const session = await load(model)
      assert.deepEqual(
        session.inputNames,
        model.inputs.map(({ name }) => name),
      )
      assert.deepEqual(
        session.outputNames,
        model.outputs.map(({ name }) => name),
      )
      const results = await session.run(feedsOf(model))
      for (const { name, dtype, shape } of model.outputs) {
        const tensor = results[name]
        assert.deepEqual([tensor?.type, tensor?.dims], [dtype, dims(shape)], name)
        assert.ok(floatsOf(results, name).every(Number.isFinite), `${name} is finite`)
      }
      if (model.role === 'train' || model.role === 'pretrain') {
        const losses = floatsOf(results, 'losses')
        const replicas = sizes.R ?? 0
        for (let r = 0; r < replicas; r++) {
          const [first, last] = [losses[r] ?? 0, losses.at(r - replicas) ?? 0]
          assert.ok(last < first, `replica ${r}: the loss goes from ${first} to ${last}`)
        }
      }
      await session.release()
    })
  }

  for (const network of networks) {
    it(`train Deep SAD on ${network} from pretraining to scores`, async () => {
      const find = (name: string) =>
        manifest.models.find((model) => model.name === `${network}/${name}`) ?? assert.fail(name)
      const run = async (model: ModelEntry, given: Record<string, Tensor | undefined>) => {
        const session = await load(model)
        const state = Object.entries(given).flatMap(([name, tensor]) =>
          tensor === undefined ? [] : [[name, tensor] as const],
        )
        const results = await session.run({ ...feedsOf(model), ...Object.fromEntries(state) })
        await session.release()
        return results
      }
      /** The first columns of a flat state [R, …], under the name of the input that they are for. */
      const encoderOf = (results: InferenceSession.OnnxValueMapType, name: string, width: number) => {
        if (width === 0) return undefined
        const flat = floatsOf(results, name)
        const own = flat.length / (sizes.R ?? 1)
        const rows = Array.from({ length: sizes.R ?? 0 }, (_, r) => [...flat.subarray(r * own, r * own + width)])
        return new Tensor('float32', Float32Array.from(rows.flat()), [sizes.R ?? 0, width])
      }

      const [pretrain, encode, train, score] = ['pretrain', 'encode', 'deep-sad.train', 'deep-sad.score'].map(find)
      assert.ok(pretrain && encode && train && score)
      const pretrained = await run(pretrain, {})
      const encoder = {
        parameters: encoderOf(pretrained, 'nextParameters', encode.nParameters),
        ...(encode.nStatistics > 0 && { statistics: encoderOf(pretrained, 'nextStatistics', encode.nStatistics) }),
      }
      const centre = centreOf(await run(encode, encoder))
      // Ten times the published rate: few steps then have to do.
      const learningRate = new Tensor('float32', new Float32Array(sizes.S ?? 0).fill(1e-2), [sizes.S ?? 0])
      let state: Record<string, Tensor | undefined> = encoder
      let trained: InferenceSession.OnnxValueMapType = {}
      for (let chunk = 0; chunk < 4; chunk++) {
        const steps = sizes.S ?? 0
        const step = new Tensor(
          'int32',
          Int32Array.from({ length: steps }, (_, s) => chunk * steps + s + 1),
          [steps],
        )
        trained = await run(train, { ...state, step, learningRate, centre })
        const { nextParameters, nextM, nextV, nextStatistics } = trained
        state = { parameters: nextParameters, m: nextM, v: nextV, statistics: nextStatistics } as typeof state
      }
      const scores = floatsOf(await run(score, { ...state, centre }), 'score')
      for (let r = 0; r < (sizes.R ?? 0); r++) {
        const own = [...scores.subarray(r * (sizes.B ?? 0), (r + 1) * (sizes.B ?? 0))]
        const normal = own.filter((_, n) => !isAnomaly(n))
        const anomalous = own.filter((_, n) => isAnomaly(n))
        assert.ok(mean(anomalous) > Math.max(...normal), `replica ${r}: ${anomalous} against ${normal}`)
      }
    })
  }
})

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length
}

/** The mean code of each replica, coordinates near 0 moved away from it. */
function centreOf(results: InferenceSession.OnnxValueMapType): Tensor {
  const codes = floatsOf(results, 'code')
  const [replicas = 0, batch = 0, size = 0] = results.code?.dims ?? []
  const centre = new Float32Array(replicas * size)
  for (let i = 0; i < codes.length; i++) {
    const at = Math.floor(i / (batch * size)) * size + (i % size)
    centre[at] = (centre[at] ?? 0) + (codes[i] ?? 0) / batch
  }
  return new Tensor(
    'float32',
    centre.map((c) => (Math.abs(c) >= 0.1 ? c : c < 0 ? -0.1 : 0.1)),
    [replicas, size],
  )
}
