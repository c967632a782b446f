import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { BatchPlan } from '../../src/detectors/batchPlan.js'
import { detectorGraph } from '../../src/detectors/detectorGraph.js'
import { detector, detectorNames } from '../../src/detectors/detectors.js'
import { untrained } from '../../src/detectors/initialise.js'
import { learnsFromAnomalies } from '../../src/detectors/objectives/objective.js'
import { gatheredRows, gatheredSamples, labelValues, poolValue } from '../../src/detectors/samplePool.js'
import { encodingModel } from '../../src/detectors/scoringGraph.js'
import { trainingModel } from '../../src/detectors/trainingGraph.js'
import { adamDefaults } from '../../src/nn/adam.js'
import { mlp } from '../../src/nn/mlp.js'
import { elements } from '../../src/nn/parameters.js'
import { uniform } from '../../src/random/uniform.js'
import { Pool } from '../../src/runtime/pool.js'
import { type Values, value } from '../../src/runtime/value.js'

const nSamples = 40
const nFeatures = 6
const pool = { features: Float32Array.from(uniform(nSamples * nFeatures, { seed: 5 })), nSamples, sample: [nFeatures] }
const anomaly = Uint8Array.from({ length: nSamples }, (_, row) => (row >= 32 ? 1 : 0))
const network = mlp(nFeatures, { hidden: [5], code: 3 })
const runs = [0, 1]

const workers = new Pool({ workers: 1, device: 'cpu' })
after(() => workers.close())

const run = (model: Uint8Array, feeds: Values): Promise<Values> =>
  workers.run('test', async (worker) => (await worker.open(model, 'running')).run({}, feeds))

describe('a stretch of training that is given the samples of each step, or their labels alone', () => {
  for (const name of detectorNames) {
    it(`trains ${name} to the bits of one that is given the pool, padding and labels included`, async () => {
      const objective = detector(name)
      const graph = detectorGraph({ objective, network, decoder: 'identity', dtype: 'float32' })
      const rows = Uint32Array.from({ length: 38 }, (_, i) => i + 1)
      const sets = runs.map((each) => ({ run: each, rows, ...(objective.batches === 'balanced' && { nAnomalous: 7 }) }))
      const plan = new BatchPlan(sets, { batchSize: 16, seed: 3, phase: 'train', nSamples })
      const batches = plan.steps(0, 4)
      const { start } = untrained(graph.declaration, runs, 1)
      const flat = (data: Float32Array) => value('float32', data, [runs.length, data.length / runs.length])
      const zeros = () => flat(new Float32Array(start.parameters.length))
      const feeds: Values = {
        batches: value('int32', batches.data, batches.dims),
        step: value('int32', Int32Array.of(1, 2, 3, 4), [4]),
        learningRate: value('float32', new Float32Array(4).fill(1e-3), [4]),
        ...{ parameters: flat(start.parameters), m: zeros(), v: zeros(), statistics: flat(start.statistics) },
        ...(graph.centre && { centre: flat(new Float32Array(runs.length * graph.nCode).fill(0.3)) }),
      }
      const learns = learnsFromAnomalies(objective)
      const whole = await run(trainingModel(graph, adamDefaults), {
        ...feeds,
        x: poolValue(pool),
        ...(learns && { anomaly: value('bool', anomaly, [nSamples]) }),
      })
      const { values } = gatheredSamples(pool, learns ? anomaly : undefined, runs.length * plan.batchSize)
      const gathered = await run(trainingModel(graph, adamDefaults, { isGathered: true }), {
        ...feeds,
        ...values(batches),
      })
      assert.deepEqual(gathered, whole)
      const labelled = await run(trainingModel(graph, adamDefaults, { isLabelled: true }), {
        ...feeds,
        x: poolValue(pool),
        ...(learns && labelValues(anomaly, batches)),
      })
      assert.deepEqual(labelled, whole)
    })
  }

  it('has at most 64 MiB of samples in a chunk, and one step where that has more', () => {
    const stepsOf = (sample: number[], rows: number) =>
      gatheredSamples({ features: new Float32Array(0), nSamples: 0, sample }, undefined, rows).mostSteps
    for (const [sample, rows] of [
      [[36], 128],
      [[1, 28, 28], 640],
      [[125, 128], 128],
    ] as const) {
      const bytes = 4 * rows * elements(sample)
      const steps = stepsOf([...sample], rows)
      assert.ok(steps * bytes <= 2 ** 26 && (steps + 1) * bytes > 2 ** 26)
    }
    assert.equal(stepsOf([125, 128], 128_000), 1)
  })
})

it('rows that are gathered before they are encoded have the same codes', async () => {
  const graph = detectorGraph({ objective: detector('deep-svdd'), network, decoder: 'identity', dtype: 'float32' })
  const { start } = untrained(graph.declaration, runs, 1)
  const flat = (data: Float32Array) => value('float32', data, [runs.length, data.length / runs.length])
  const weights = { parameters: flat(start.parameters), statistics: flat(start.statistics) }
  const rows = Int32Array.of(7, 0, 39, 7, 21, 3)
  const whole = await run(encodingModel(graph), { ...weights, x: poolValue(pool), rows: value('int32', rows, [2, 3]) })
  assert.deepEqual(await run(encodingModel(graph), { ...weights, ...gatheredRows(pool, rows, [2, 3]) }), whole)
})
