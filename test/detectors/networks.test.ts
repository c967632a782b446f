import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { detector, detectorNames } from '../../src/detectors/detectors.js'
import { publishedSettings } from '../../src/detectors/settings.js'
import { scoreRows, type TrainOptions, trainReplicas } from '../../src/detectors/trainReplicas.js'
import { convolution2d, maxPool2d } from '../../src/nn/imageLayers.js'
import { flatten, leakyRelu, linear, view } from '../../src/nn/layers.js'
import { lenet } from '../../src/nn/lenet.js'
import { lstmNet } from '../../src/nn/lstmNet.js'
import { sequential } from '../../src/nn/module.js'
import type { Network } from '../../src/nn/network.js'
import { elements } from '../../src/nn/parameters.js'
import { uniform } from '../../src/random/uniform.js'
import { Pool } from '../../src/runtime/pool.js'

/** A network put together by a user: no batch norm, and vectors where lenet has images. */
const own: Network = {
  name: 'own',
  title: 'own',
  sample: [2, 6, 6],
  encoder: sequential(
    convolution2d('conv', 3, { size: 3, padding: 1 }),
    leakyRelu(0.1),
    maxPool2d('pool', 2),
    flatten('flatten'),
    linear('code', 4),
  ),
  decoder: sequential(linear('rec', 72), view('view', 2, 6, 6)),
}

const nSamples = 44
const rows = (from: number, to: number) => Uint32Array.from({ length: to - from }, (_, i) => from + i)

/** 36 normal samples in 0 … 0.5 and 8 anomalies in 0.5 … 1. */
function samplesOf(sample: readonly number[]) {
  const size = elements(sample)
  const features = uniform(nSamples * size, { seed: 7, stream: 1, low: 0, high: 0.5 })
  return { features: Float32Array.from(features, (x, i) => (i < 36 * size ? x : x + 0.5)), nSamples, sample }
}
const runs = [0, 1].map((run) => ({ run, normal: rows(run, 20 + run), anomalous: rows(36 + run, 40 + run) }))
const settings = { ...publishedSettings, epochs: 3, pretrainEpochs: 2, batchSize: 16, milestones: [2] }

for (const network of [lenet(), lstmNet([5, 6], { layers: [8, 4], code: 4 }), own]) {
  describe(`the detectors on ${network.name}`, () => {
    const pool = new Pool({ workers: 2, device: 'cpu' })
    after(() => pool.close())
    const samples = samplesOf(network.sample)
    const train = (options: TrainOptions) =>
      pool.run('test', async (worker) => {
        const trained = await trainReplicas(worker, options)
        return { trained, scores: await scoreRows(worker, trained, samples, rows(0, nSamples)) }
      })
    const base = { network, decoder: 'sigmoid', settings, pool: samples, runs, seed: 3 } as const

    for (const name of detectorNames) {
      it(`${name}: replicas side by side are, to the bit, replicas trained alone`, async () => {
        const options = { ...base, objective: detector(name) }
        const together = await train(options)
        for (const [r, run] of runs.entries()) {
          const alone = await train({ ...options, runs: [run] })
          assert.deepEqual(alone.scores[0], together.scores[r])
        }
        assert.notDeepEqual(together.scores[0], together.scores[1])
        assert.ok(together.scores.every((score) => score.every(Number.isFinite)))
        assert.ok((together.trained.losses.at(-1) ?? 1) < (together.trained.losses[1] ?? 0), 'the loss falls')
      })
    }
  })
}
