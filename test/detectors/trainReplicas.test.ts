import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { BatchPlan, type TrainingPhase } from '../../src/detectors/batchPlan.js'
import { detectorGraph } from '../../src/detectors/detectorGraph.js'
import { detector, detectorNames } from '../../src/detectors/detectors.js'
import { initialParameters } from '../../src/detectors/initialise.js'
import { publishedSettings } from '../../src/detectors/settings.js'
import { trainingModel } from '../../src/detectors/trainingGraph.js'
import { scoreRows, type TrainOptions, trainReplicas } from '../../src/detectors/trainReplicas.js'
import { adamDefaults } from '../../src/nn/adam.js'
import { linear } from '../../src/nn/layers.js'
import { mlp } from '../../src/nn/mlp.js'
import { uniform } from '../../src/random/uniform.js'
import { Pool } from '../../src/runtime/pool.js'
import { outputOf, type Values, value } from '../../src/runtime/value.js'

const nSamples = 90
const nFeatures = 5
/** 70 normal samples in ±1 and 20 anomalies in 1 … 3. */
const features = (() => {
  const data = uniform(nSamples * nFeatures, { seed: 7, stream: 1, low: -1 })
  return Float32Array.from(data, (x, i) => (i < 70 * nFeatures ? x : x + 2))
})()
const samples = { features, nSamples, sample: [nFeatures] }
const rows = (from: number, to: number) => Uint32Array.from({ length: to - from }, (_, i) => from + i)
const runs = [0, 1, 2].map((run) => ({ run, normal: rows(0, 50), anomalous: rows(70 + run, 80 + run) }))
const settings = {
  ...publishedSettings,
  epochs: 4,
  pretrainEpochs: 3,
  batchSize: 16,
  learningRate: 0.01,
  milestones: [2],
}
const base = { network: mlp(nFeatures), decoder: 'identity', settings, pool: samples, runs, seed: 3 } as const

describe('training', () => {
  const pool = new Pool({ workers: 2, device: 'cpu' })
  after(() => pool.close())
  const train = (options: TrainOptions) =>
    pool.run('test', async (worker) => {
      const trained = await trainReplicas(worker, options)
      return { trained, scores: await scoreRows(worker, trained, samples, rows(0, nSamples)) }
    })

  for (const name of detectorNames) {
    it(`${name}: replicas side by side are, to the bit, replicas trained alone`, async () => {
      const options = { ...base, objective: detector(name) }
      const together = await train(options)
      assert.equal(together.scores.length, 3)
      for (const [r, run] of runs.entries()) {
        const alone = await train({ ...options, runs: [run] })
        assert.deepEqual(alone.scores[0], together.scores[r])
        const own = together.trained.losses.filter((_, i) => i % 3 === r)
        assert.deepEqual(alone.trained.losses, own)
      }
      assert.notDeepEqual(together.scores[0], together.scores[1])
    })
  }

  it('leaves the samples of its caller where they are, also where it trains on all of them', async () => {
    const every = { run: 0, normal: rows(0, 70), anomalous: rows(70, nSamples) }
    await train({ ...base, objective: detector('sae'), runs: [every] })
    assert.equal(features.length, nSamples * nFeatures)
  })

  it('trains labelled anomalies of different classes side by side as it does apart', async () => {
    const near = { run: 0, normal: rows(0, 50), anomalous: rows(70, 80) }
    const far = { run: 1, normal: rows(20, 70), anomalous: rows(80, 90) }
    for (const name of ['deep-sad', 'abc']) {
      const options = { ...base, objective: detector(name) }
      const together = await train({ ...options, runs: [near, far] })
      const apart = [await train({ ...options, runs: [near] }), await train({ ...options, runs: [far] })]
      assert.deepEqual(
        together.scores,
        apart.map(({ scores }) => scores[0]),
      )
      // The anomalies are what makes the difference.
      const other = await train({ ...options, runs: [{ ...far, anomalous: near.anomalous }] })
      assert.notDeepEqual(other.scores[0], together.scores[1])
    }
  })

  it('learns: the loss falls, and anomalies away from the normal data score higher', async () => {
    const options = { ...base, objective: detector('deep-sad'), settings: { ...settings, epochs: 60, milestones: [] } }
    const { trained, scores } = await train(options)
    const mean = (part: Float32Array) => part.reduce((a, b) => a + b, 0) / part.length
    for (const [r, score] of scores.entries()) {
      assert.ok((trained.losses.at(r - 3) ?? 1) < 0.5 * (trained.losses[r] ?? 0))
      assert.ok(
        mean(score.subarray(82)) > 3 * mean(score.subarray(50, 70)),
        'unseen anomalies against unseen normal samples',
      )
    }
  })

  it('keeps every coordinate of the centre at least 0.1 from 0', async () => {
    const { trained } = await train({ ...base, objective: detector('deep-svdd') })
    assert.equal(trained.centre.length, 3 * 8)
    for (const coordinate of trained.centre) assert.ok(Math.abs(coordinate) >= Math.fround(0.1))
  })

  it('reports progress up to the last step', async () => {
    const seen: [number, number][] = []
    await train({ ...base, objective: detector('deep-sad'), onProgress: (done, total) => seen.push([done, total]) })
    const total = 4 * (3 + 4)
    assert.deepEqual(seen.at(-1), [total, total])
    assert.ok(seen.every(([done], i) => i === 0 || done > (seen[i - 1]?.[0] ?? 0)))
  })

  it('refuses settings out of range and runs without samples', async () => {
    const objective = detector('deep-sad')
    await assert.rejects(train({ ...base, objective, settings: { ...settings, epochs: 0 } }), {
      code: 'OUT_OF_RANGE',
      message: /epochs/,
    })
    await assert.rejects(train({ ...base, objective, settings: { ...settings, learningRate: -1 } }), {
      code: 'OUT_OF_RANGE',
      message: /learningRate/,
    })
    const empty = [{ run: 0, normal: rows(0, 9), anomalous: rows(0, 0) }]
    await assert.rejects(train({ ...base, objective, runs: empty }), {
      code: 'EMPTY_SAMPLE',
      message: /run 0 has no labelled anomalies/,
    })
  })

  it('refuses training sets that cannot go side by side, naming row and runs', async () => {
    const objective = detector('hsc')
    const first = { run: 4, normal: rows(0, 50), anomalous: rows(70, 80) }
    const other = { run: 7, normal: rows(25, 75), anomalous: rows(80, 90) }
    await assert.rejects(train({ ...base, objective, runs: [first, other] }), {
      code: 'LABEL_CONFLICT',
      message: /^row 70 is normal in run 7 and a labelled anomaly in run 4\./,
    })
    await assert.rejects(train({ ...base, objective, runs: [{ ...first, normal: rows(30, 80) }] }), {
      code: 'LABEL_CONFLICT',
      message: /^row 70 is normal in run 4 and a labelled anomaly in run 4\./,
    })
    await assert.rejects(train({ ...base, objective, runs: [first, { ...other, normal: rows(0, 49) }] }), {
      code: 'LENGTH_MISMATCH',
      message: /Run 4 has 60 samples, and run 7 has 59/,
    })
    await assert.rejects(train({ ...base, objective, runs: [{ ...first, anomalous: rows(81, 91) }] }), {
      code: 'OUT_OF_RANGE',
      message: /run 4 has row 90\. There are only 90 samples/,
    })
    // What a detector does not learn from cannot conflict.
    await train({ ...base, objective: detector('ae'), runs: [first, other] })
  })

  it('refuses a network whose parts do not fit', () => {
    const wrong = { ...mlp(nFeatures), decoder: linear('rec', nFeatures + 1) }
    const build = () =>
      detectorGraph({ objective: detector('ae'), network: wrong, decoder: 'identity', dtype: 'float32' })
    assert.throws(build, { code: 'SHAPE_MISMATCH', message: /reconstructs samples of shape \[6\], not \[5\]/ })
  })
})

describe('the training graph', () => {
  const pool = new Pool({ workers: 1, device: 'cpu' })
  after(() => pool.close())
  const graph = detectorGraph({
    objective: detector('sae'),
    network: mlp(nFeatures),
    decoder: 'identity',
    dtype: 'float64',
  })

  /** Runs a training of one replica through the given batches, in chunks of the given lengths. */
  async function run(batches: readonly (readonly number[])[], chunks: readonly number[]): Promise<number[]> {
    return pool.run('test', async (worker) => {
      const session = await worker.open(trainingModel(graph, adamDefaults), 'training')
      const row = (data: Float64Array) => value('float64', data, [1, data.length])
      let state: Values = {
        parameters: row(Float64Array.from(initialParameters(graph.declaration, [0], 1))),
        m: row(new Float64Array(graph.nParameters)),
        v: row(new Float64Array(graph.nParameters)),
        statistics: row(new Float64Array(graph.nStatistics)),
      }
      const anomaly = Uint8Array.from({ length: nSamples }, (_, i) => (i >= 70 ? 1 : 0))
      await session.bind({
        x: value('float64', Float64Array.from(features), [nSamples, nFeatures]),
        anomaly: value('bool', anomaly, [nSamples]),
      })
      let from = 0
      for (const length of chunks) {
        const chunk = batches.slice(from, from + length)
        const outputs = await session.run({
          ...state,
          batches: value('int32', Int32Array.from(chunk.flat()), [length, 1, chunk[0]?.length ?? 0]),
          step: value(
            'int32',
            Int32Array.from(chunk, (_, i) => from + i + 1),
            [length],
          ),
          learningRate: value('float64', new Float64Array(length).fill(0.01), [length]),
        })
        const { nextParameters, nextM, nextV, nextStatistics } = outputs
        state = {
          ...(nextParameters && { parameters: nextParameters }),
          ...(nextM && { m: nextM }),
          ...(nextV && { v: nextV }),
          ...(nextStatistics && { statistics: nextStatistics }),
        }
        from += length
      }
      return [...outputOf(state, 'parameters').data, ...outputOf(state, 'statistics').data].map(Number)
    })
  }
  const batch = (s: number) => Array.from({ length: 12 }, (_, b) => (s * 31 + 7 * b) % nSamples)

  it('gives the same bits however the steps are cut into chunks', async () => {
    const batches = [0, 1, 2, 3, 4, 5].map(batch)
    const whole = await run(batches, [6])
    assert.deepEqual(await run(batches, [1, 3, 2]), whole)
    assert.deepEqual(await run(batches, [1, 1, 1, 1, 1, 1]), whole)
  })

  it('counts padding for nothing', async () => {
    const short = [0, 1, 2].map((s) => batch(s).slice(0, 7))
    const padded = short.map((rows) => [...rows, -1, -1, -1])
    const expected = await run(short, [3])
    for (const [i, x] of (await run(padded, [3])).entries()) {
      assert.ok(Math.abs(x - (expected[i] ?? Number.NaN)) < 1e-12, `${x} against ${expected[i]}`)
    }
  })
})

describe('batches', () => {
  const sets = [0, 1].map((run) => ({ run, rows: rows(100, 110) }))
  const plan4 = (seed: number, phase: TrainingPhase) =>
    new BatchPlan(sets, { batchSize: 4, seed, phase, nSamples: 200 })
  const epochs = (plan: BatchPlan, from: number, to: number) => plan.steps(from, to)

  it('cover every sample once an epoch, keep the short batch, and pad it with own rows counted from the end', () => {
    const plan = plan4(0, 'train')
    assert.equal(plan.stepsPerEpoch, 3)
    const { data, dims } = epochs(plan, 0, 6)
    assert.deepEqual(dims, [6, 2, 4])
    for (const epoch of [0, 1]) {
      for (const r of [0, 1]) {
        const seen = [0, 1, 2].flatMap((s) => [
          ...data.subarray(((epoch * 3 + s) * 2 + r) * 4, ((epoch * 3 + s) * 2 + r) * 4 + 4),
        ])
        const [padding = 0, again] = seen.slice(-2)
        assert.ok(padding >= 100 - 200 && padding < 110 - 200 && again === padding)
        assert.deepEqual(
          seen.slice(0, 10).sort((a, b) => a - b),
          [...rows(100, 110)],
        )
      }
    }
    assert.deepEqual(
      [0, 1, 2, 3].map((step) => plan.batchLength(step)),
      [4, 4, 2, 4],
    )
  })

  it('are the same whether asked for at once or step by step, and differ by run, epoch, phase and seed', () => {
    const whole = epochs(plan4(0, 'train'), 0, 6).data
    const plan = plan4(0, 'train')
    assert.deepEqual(
      [0, 1, 2, 3, 4, 5].flatMap((s) => [...epochs(plan, s, s + 1).data]),
      [...whole],
    )
    assert.notDeepEqual(whole.subarray(0, 4), whole.subarray(4, 8))
    assert.notDeepEqual(whole.subarray(0, 8), whole.subarray(24, 32))
    assert.notDeepEqual(epochs(plan4(0, 'pretrain'), 0, 6).data, whole)
    assert.notDeepEqual(epochs(plan4(1, 'train'), 0, 6).data, whole)
  })
})
