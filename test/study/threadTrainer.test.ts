import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { at } from '../../src/check.js'
import { detector } from '../../src/detectors/detectors.js'
import { publishedSettings } from '../../src/detectors/settings.js'
import { mlp } from '../../src/nn/mlp.js'
import { uniform } from '../../src/random/uniform.js'
import type { UnitWork } from '../../src/study/core/unit.js'
import { runBlocks } from '../../src/study/trainer/runBlocks.js'
import { ThreadTrainer } from '../../src/study/trainer/trainScenarios.js'

const nFeatures = 4
const rows = (from: number, to: number) => Uint32Array.from({ length: to - from }, (_, i) => from + i)
const samples = {
  features: Float32Array.from(uniform(100 * nFeatures, { seed: 2, stream: 1, low: -1 })).map((x, i) =>
    i < 95 * nFeatures ? x : x * 1e25,
  ),
  nSamples: 95,
  sample: [nFeatures],
}
/** Different anomalies in every run, and training sets of two sizes. */
const runs = [0, 1, 2, 3, 4].map((run) => ({
  run,
  normal: rows(run, 40 + run + (run % 2)),
  anomalous: rows(60 + 5 * run, 65 + 5 * run),
  validation: rows(0, 60),
}))
const work: UnitWork = {
  objective: detector('deep-sad'),
  network: mlp(nFeatures),
  decoder: 'identity',
  settings: { ...publishedSettings, epochs: 3, pretrainEpochs: 2, batchSize: 16 },
  samples: { ...samples, features: samples.features.subarray(0, 95 * nFeatures) },
  runs,
  seed: 1,
}

/** Trains all runs in blocks of at most `size`, and puts their results in the runs' order. */
async function train(
  { changed = {}, size = 16 }: { changed?: Partial<UnitWork>; size?: number },
  workers: number,
  onSteps: (steps: number) => void = () => {},
) {
  const trainer = new ThreadTrainer({ workers, device: 'cpu' })
  const all = { ...work, ...changed }
  try {
    const blocks = runBlocks(all.runs, size, ({ normal }) => normal.length)
    const results = await Promise.all(
      blocks.map((block) => trainer.train({ ...all, runs: block.map((i) => at(all.runs, i)) }, onSteps)),
    )
    const ofRuns = results.flatMap((result) => result.runs).sort((a, b) => a.training.run - b.training.run)
    return { scores: ofRuns.map((one) => one.scores), training: ofRuns.map((one) => one.training) }
  } finally {
    await trainer.close()
  }
}

describe('training in threads', () => {
  it('gives the same bits for any blocks and workers, though runs differ in anomalies and size', async () => {
    const together = await train({}, 1)
    assert.equal(together.scores.length, 5)
    assert.deepEqual(
      together.training.map(({ run, losses, pretrainLosses }) => [run, losses.length, pretrainLosses.length]),
      [0, 1, 2, 3, 4].map((run) => [run, 3, 2]),
    )
    assert.deepEqual(await train({ size: 1 }, 2), together)
    assert.deepEqual(await train({ size: 2 }, 2), together)
  })

  it('tells of a run that diverged in its place, and leaves the others as they were', async () => {
    const sound = await train({}, 2)
    const wild = runs.map((run) => (run.run === 2 ? { ...run, anomalous: rows(95, 100) } : run))
    const changed = { samples: { ...samples, nSamples: 100 }, runs: wild }
    const { training, scores } = await train({ changed }, 2)
    assert.deepEqual(training[2], {
      run: 2,
      losses: new Float64Array(0),
      pretrainLosses: new Float64Array(0),
      divergence: { kind: 'not-finite', quantity: 'loss', phase: 'pretrain', epoch: 1 },
    })
    for (const i of [0, 1, 3, 4]) {
      assert.deepEqual(training[i], sound.training[i])
      assert.deepEqual(scores[i]?.subarray(0, 95), sound.scores[i])
      // The rows that only run 2 trained on are too large to square.
      assert.deepEqual([...(scores[i]?.subarray(95) ?? [])], Array(5).fill(Number.POSITIVE_INFINITY))
    }
  })

  it('counts every step of every run once', async () => {
    let steps = 0
    await train({ size: 2 }, 2, (more) => {
      steps += more
    })
    assert.equal(steps, 5 * 3 * (3 + 2))
  })
})
