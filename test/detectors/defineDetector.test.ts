import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type DetectorDefinition, defineDetector } from '../../src/detectors/defineDetector.js'
import { detector, detectorNames, detectors, detectorTitle } from '../../src/detectors/detectors.js'
import { loadDetector } from '../../src/detectors/loadDetector.js'
import { abc } from '../../src/detectors/objectives/abc.js'
import type { Objective } from '../../src/detectors/objectives/objective.js'
import { objectiveDigest } from '../../src/detectors/objectives/objectiveDigest.js'
import { publishedSettings } from '../../src/detectors/settings.js'
import { train } from '../../src/detectors/train.js'
import { scoreRows, trainReplicas } from '../../src/detectors/trainReplicas.js'
import { add, constant, div, greater, input, maximum, mul, reshape, sub, sum } from '../../src/graph/ops.js'
import { mlp } from '../../src/nn/mlp.js'
import { normal as normalVariates } from '../../src/random/normal.js'
import { Pool } from '../../src/runtime/pool.js'

const quick = { epochs: 4, pretrainEpochs: 2 }
const hinge: DetectorDefinition = {
  name: 'hinge-sad',
  title: 'Hinge SAD',
  distance: 'hypersphere',
  loss: { anomaly: (d) => maximum(sub(4, d), 0) },
}

/** 100 normal samples of four features, and 20 anomalous ones that lie aside. */
function table() {
  const labels = Uint8Array.from({ length: 120 }, (_, row) => (row < 100 ? 0 : 1))
  const noise = normalVariates(480, { seed: 5, stream: 1 })
  const features = Float32Array.from(noise, (z, i) => z + (i < 400 ? 0 : 4))
  const featureNames = ['a', 'b', 'c', 'd']
  return { name: 'made.csv', attribution: '', featureNames, features, labels, classes: ['normal', 'far'] }
}

describe('a detector of the caller’s', () => {
  it('is trained, saved and loaded like one of the six', async () => {
    const own = defineDetector(hinge)
    const { model, metadata, losses, recall } = await train({
      data: table(),
      detector: own,
      settings: quick,
      device: 'cpu',
    })
    assert.equal(metadata.detector, 'hinge-sad')
    assert.deepEqual(metadata.trainedOn, { normal: 80, anomalous: 8 })
    assert.equal(losses.length, 4)
    assert.equal(recall[0]?.class, 'far')
    const loaded = await loadDetector(model, { device: 'cpu' })
    const { scores } = await loaded.score(table().features)
    assert.ok(scores.every(Number.isFinite))
    assert.equal(loaded.metadata.detector, 'hinge-sad')
    await loaded.close()
  })

  it('with the losses of one of the six trains to the same numbers', async () => {
    const { distance, loss } = abc
    const own = defineDetector({ name: 'my-abc', title: 'Mine', distance, loss })
    const common = { data: table(), settings: quick, device: 'cpu' } as const
    const [mine, theirs] = [await train({ ...common, detector: own }), await train({ ...common, detector: 'abc' })]
    assert.deepEqual(mine.losses, theirs.losses)
    assert.equal(mine.metadata.threshold, theirs.metadata.threshold)
  })

  it('trains on normal samples only without a loss of anomalies, by a loss of its own', async () => {
    const common = { data: table(), settings: quick, device: 'cpu' } as const
    const base = { name: 'one-class', title: 'One-class', distance: 'hypersphere', centre: 'origin' } as const
    const plain = await train({ ...common, detector: defineDetector(base) })
    assert.deepEqual(plain.metadata.trainedOn, { normal: 80, anomalous: 0 })
    assert.equal(plain.pretrainLosses.length, 0)
    const doubled = defineDetector({ ...base, loss: { normal: (d) => mul(2, d) } })
    const twice = await train({ ...common, detector: doubled })
    const ratio = (twice.losses[0] ?? Number.NaN) / (plain.losses[0] ?? Number.NaN)
    // The first batch's loss is doubled exactly; Adam's steps do not follow the scale of the loss.
    assert.ok(ratio > 1.9 && ratio < 2.1, String(ratio))
  })

  it('is frozen, and has defaults', () => {
    const own = defineDetector({ ...hinge, loss: undefined })
    assert.ok(Object.isFrozen(own) && Object.isFrozen(own.loss))
    assert.deepEqual([own.centre, own.source, own.loss.anomaly], ['pretrained', '', undefined])
    const d = input('d', 'float32', ['R', 1, 'B'])
    assert.equal(own.loss.normal(d, { eta: 1, lossEpsilon: 1e-6 }), d)
  })

  it('takes the place of a name, which an object of the same shape does not', () => {
    const own = defineDetector(hinge)
    assert.equal(detector(own), own)
    for (const other of [{ ...own }, null, 7, undefined]) {
      assert.throws(() => detector(other as unknown as Objective), {
        code: 'WRONG_TYPE',
        message: /the detector must be a name, or what defineDetector returns/,
      })
    }
  })
})

describe('defineDetector refuses', () => {
  const cases: [what: string, changed: object, code: string, message: RegExp][] = [
    ['an unknown option', { looss: {} }, 'UNKNOWN_NAME', /'looss' \(did you mean 'loss'\?\)/],
    ['a missing name', { name: undefined }, 'WRONG_TYPE', /name must be a string/],
    ['a missing title', { title: undefined }, 'WRONG_TYPE', /title must be a string/],
    ['a missing distance', { distance: undefined }, 'WRONG_TYPE', /distance must be a string/],
    ['an unknown distance', { distance: 'sphere' }, 'UNKNOWN_NAME', /hypersphere, reconstruction/],
    ['a name of one of the six', { name: 'abc' }, 'OUT_OF_RANGE', /none of deep-svdd.*got 'abc'/],
    ['a name that is not lower-case words', { name: 'Hinge SAD' }, 'OUT_OF_RANGE', /lower-case words.*'Hinge SAD'/],
    ['an unknown centre', { centre: 'none' }, 'UNKNOWN_NAME', /pretrained, origin/],
    ['a centre of a reconstruction', { distance: 'reconstruction', centre: 'origin' }, 'OUT_OF_RANGE', /no centre/],
    ['an unknown loss', { loss: { anomalous: (d: unknown) => d } }, 'UNKNOWN_NAME', /did you mean 'anomaly'/],
    ['a loss that is no function', { loss: { normal: 1 } }, 'WRONG_TYPE', /normal must be a function/],
    [
      'a loss that returns no tensor',
      { loss: { normal: () => 1 } },
      'WRONG_TYPE',
      /loss\.normal returns must be a tensor/,
    ],
    [
      'a loss of another shape',
      { loss: { anomaly: (d: Parameters<typeof sum>[0]) => sum(d, [2], true) } },
      'SHAPE_MISMATCH',
      /loss\.anomaly returns must be float32\[R, 1, B\] as d is, got float32\[R, 1, 1\]/,
    ],
    [
      'a loss of another type',
      { loss: { anomaly: (d: Parameters<typeof sum>[0]) => greater(d, 1) } },
      'SHAPE_MISMATCH',
      /got bool/,
    ],
  ]
  for (const [what, changed, code, message] of cases) {
    it(what, () => {
      assert.throws(() => defineDetector({ ...hinge, ...changed }), { name: 'ScoringBiasError', code, message })
    })
  }

  it('what is no definition', () => {
    assert.throws(() => defineDetector(null as unknown as DetectorDefinition), { code: 'WRONG_TYPE' })
  })
})

describe('the digest of an objective', () => {
  const digest = (changed: Partial<DetectorDefinition>) => objectiveDigest(defineDetector({ ...hinge, ...changed }))
  it('is that of its losses, distance and centre, whatever it is called', () => {
    assert.equal(digest({}), digest({ name: 'other', title: 'Other', source: 'Somebody' }))
    assert.equal(objectiveDigest(abc), digest({ distance: 'reconstruction', loss: abc.loss }))
    const weights = (x: number) =>
      digest({ loss: { anomaly: (d) => mul(d, reshape(constant(Float32Array.of(x), 'float32', [1]), [1, 1, 1])) } })
    const all = [
      digest({}),
      digest({ centre: 'origin' }),
      digest({ distance: 'reconstruction' }),
      digest({ loss: {} }),
      digest({ loss: { anomaly: (d) => maximum(sub(5, d), 0) } }),
      digest({ loss: { normal: (d) => maximum(sub(4, d), 0) } }),
      // Alike at eta = 1.
      digest({ loss: { anomaly: (d, { eta }) => div(eta, add(d, 1)) } }),
      digest({ loss: { anomaly: (d) => div(1, add(d, 1)) } }),
      weights(2),
      weights(3),
      ...detectors.map((one) => objectiveDigest(one)),
    ]
    assert.equal(new Set(all).size, all.length - 1, 'one without losses of its own is Deep SVDD')
    for (const one of all) assert.match(one, /^[0-9a-f]{64}$/)
  })
})

describe('the table of detectors', () => {
  it('is all that a detector is added to', async () => {
    const dummy: Objective = { ...abc, name: 'dummy', title: 'Dummy' }
    const table: readonly Objective[] = [...detectors, dummy]
    assert.equal(detector('dummy', table), dummy)
    assert.throws(() => detector('dumy', table), { code: 'UNKNOWN_NAME', message: /did you mean 'dummy'/ })
    assert.throws(() => detector('dummy'), { code: 'UNKNOWN_NAME' })
    const features = normalVariates(80, { seed: 1, stream: 1 })
    const samples = { features: Float32Array.from(features), nSamples: 20, sample: [4] }
    const run = { run: 0, normal: Uint32Array.from({ length: 16 }, (_, i) => i), anomalous: Uint32Array.of(16, 17) }
    const pool = new Pool({ workers: 1, device: 'cpu' })
    const scores = await pool.run('test', async (worker) => {
      const trained = await trainReplicas(worker, {
        objective: detector('dummy', table),
        network: mlp(4),
        decoder: 'identity',
        settings: { ...publishedSettings, ...quick },
        pool: samples,
        runs: [run],
        seed: 0,
      })
      return scoreRows(worker, trained, samples, run.normal)
    })
    await pool.close()
    assert.equal(scores[0]?.length, 16)
  })

  it('has the names and titles of the paper, in its order, and those that came later', () => {
    const later = ['classifier', 'devnet', 'prenet']
    assert.deepEqual(detectorNames, ['deep-svdd', 'deep-sad', 'hsc', 'ae', 'sae', 'abc', ...later])
    const titles = ['Deep SVDD', 'Deep SAD', 'HSC', 'AE', 'SAE', 'ABC', 'Classifier', 'DevNet', 'PReNet']
    assert.deepEqual(detectorNames.map(detectorTitle), titles)
    assert.equal(detectorTitle('isolation forest'), 'isolation forest')
  })
})
