import assert from 'node:assert/strict'
import { test } from 'node:test'
import { scorePairs } from '../../src/converge/scorePairs.js'
import { syntheticSamples } from '../../src/data/sets/synthetic.js'
import { detector } from '../../src/detectors/detectors.js'
import { pairModel } from '../../src/detectors/savedModel.js'
import { publishedSettings } from '../../src/detectors/settings.js'
import { scoreRows, trainReplicas } from '../../src/detectors/trainReplicas.js'
import { mlp } from '../../src/nn/mlp.js'
import { Pool } from '../../src/runtime/pool.js'

test('a pair scores as its two detectors do, whatever the number of samples', async () => {
  const n = 300
  const features = await syntheticSamples(n, { kind: 'anomalous', seed: 1 })
  const samples = { features, nSamples: n, sample: [9] }
  const rows = Uint32Array.from({ length: n }, (_, row) => row)
  const pool = new Pool({ workers: 1, device: 'cpu' })
  try {
    await pool.run('scoring', async (worker) => {
      const train = (name: string) =>
        trainReplicas(worker, {
          objective: detector(name),
          network: mlp(9),
          decoder: 'identity',
          settings: { ...publishedSettings, epochs: 2, pretrainEpochs: 2 },
          pool: samples,
          runs: [{ run: 0, normal: rows.subarray(0, 200), anomalous: rows.subarray(200) }],
          seed: 1,
        })
      const [baseline, candidate] = [await train('deep-svdd'), await train('sae')]
      const session = await worker.open(pairModel(baseline, candidate), 'loading')
      const scores = await scorePairs(session, features, [9])
      for (const [role, trained] of Object.entries({ baseline, candidate })) {
        const [alone = new Float32Array()] = await scoreRows(worker, trained, samples, rows)
        for (const [i, score] of scores[role as 'baseline' | 'candidate'].entries()) {
          assert.ok(Math.abs(score - (alone[i] ?? 0)) <= 1e-5 * Math.abs(score), `${role} of ${i}`)
        }
      }
      const few = await scorePairs(session, features.subarray(9 * 100, 9 * 103), [9])
      assert.deepEqual(few.candidate, scores.candidate.slice(100, 103))
    })
  } finally {
    await pool.close()
  }
})
