import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { graphOf, modelOf } from '../../src/detectors/detectorModels.js'
import { detector, detectorNames } from '../../src/detectors/detectors.js'
import { scoringModel } from '../../src/detectors/scoringGraph.js'
import { publishedSettings } from '../../src/detectors/settings.js'
import { scoreRows, type TrainOptions, trainReplicas } from '../../src/detectors/trainReplicas.js'
import { mlp } from '../../src/nn/mlp.js'
import { uniform } from '../../src/random/uniform.js'
import { type JobWorker, Pool } from '../../src/runtime/pool.js'

const nSamples = 60
const nFeatures = 5
const samples = {
  features: Float32Array.from(uniform(nSamples * nFeatures, { seed: 7, stream: 1, low: -1 })),
  nSamples,
  sample: [nFeatures],
}
const rows = (from: number, to: number) => Uint32Array.from({ length: to - from }, (_, i) => from + i)
const settings = {
  ...publishedSettings,
  ...{ epochs: 2, pretrainEpochs: 2, batchSize: 16, learningRate: 0.01, milestones: [], validationShare: 0.2 },
}
const runs = [0, 1].map((run) => ({ run, normal: rows(0, 40), anomalous: rows(40, 50) }))
const base: TrainOptions = {
  ...{ network: mlp(nFeatures), settings, pool: samples, runs, seed: 3 },
  objective: detector('deep-sad'),
  decoder: 'identity',
}

async function trained(worker: JobWorker, options: TrainOptions) {
  const replicas = await trainReplicas(worker, options)
  const { parameters, losses, validation } = replicas
  return { parameters, losses, validation, scores: await scoreRows(worker, replicas, samples, rows(0, nSamples)) }
}

async function inPool<T>(job: (worker: JobWorker) => Promise<T>): Promise<T> {
  const pool = new Pool({ workers: 1, device: 'cpu' })
  try {
    return await pool.run('test', job)
  } finally {
    await pool.close()
  }
}

describe('trainings that follow each other in a pool', () => {
  it('are, to the bit, trainings in pools of their own, whatever they share', async () => {
    const some: TrainOptions[] = [
      base,
      { ...base, seed: 4 },
      { ...base, runs: runs.slice(0, 1) },
      { ...base, settings: { ...settings, eta: 5 } },
      { ...base, settings: { ...settings, lossEpsilon: 0.5 } },
      { ...base, settings: { ...settings, weightDecay: 0.1, beta1: 0.5 } },
      { ...base, decoder: 'sigmoid' },
      { ...base, network: mlp(nFeatures, { hidden: [6], code: 3 }) },
      ...detectorNames.map((name) => ({ ...base, objective: detector(name) })),
      base,
    ]
    const alone = []
    for (const options of some) alone.push(await inPool((worker) => trained(worker, options)))
    const pool = new Pool({ workers: 1, device: 'cpu' })
    for (const [i, options] of some.entries())
      assert.deepEqual(await pool.run(`training ${i}`, (worker) => trained(worker, options)), alone[i])
    await pool.close()
  })
})

describe('graphs and models', () => {
  const design = { objective: detector('hsc'), network: base.network, decoder: 'identity', dtype: 'float32' } as const

  it('are made once for all jobs of a pool, and anew for another one', async () => {
    const pool = new Pool({ workers: 2, device: 'cpu' })
    const make = (worker: JobWorker) => Promise.resolve(graphOf(worker, { ...design }))
    const [first, second] = await Promise.all([pool.run('one', make), pool.run('two', make)])
    assert.equal(first, second)
    assert.notEqual(await inPool(make), first)
    const bytes = modelOf(first, ['score'], () => scoringModel(first))
    assert.deepEqual(bytes, scoringModel(first))
    assert.equal(
      modelOf(first, ['score'], () => assert.fail('made twice')),
      bytes,
    )
    await pool.close()
  })

  it('are made anew for all that decides them', async () => {
    await inPool(async (worker) => {
      const graph = graphOf(worker, design)
      const others = [
        { ...design, objective: { ...design.objective } },
        { ...design, network: { ...design.network } },
        { ...design, decoder: 'sigmoid' as const },
        { ...design, dtype: 'float64' as const },
        { ...design, loss: { eta: 2, lossEpsilon: 1e-6 } },
      ]
      for (const other of others) {
        const made = graphOf(worker, other)
        assert.notEqual(made, graph)
        assert.equal(made.design, other)
      }
      assert.equal(graphOf(worker, design), graph)
      const scored = modelOf(graph, ['train', 1], () => Uint8Array.of(1))
      assert.notEqual(
        modelOf(graph, ['train', 2], () => Uint8Array.of(1)),
        scored,
      )
    })
  })
})
