import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { at } from '../../src/check.js'
import { heldOutSplit } from '../../src/data/splits/heldOutSplit.js'
import type { LabelledTable } from '../../src/data/tables/labelledTable.js'
import { BatchPlan } from '../../src/detectors/batchPlan.js'
import { detector, detectorNames } from '../../src/detectors/detectors.js'
import { describeDivergence, requireConverged } from '../../src/detectors/divergence.js'
import { fit } from '../../src/detectors/fit.js'
import { collapsedSpread, scoreDivergence } from '../../src/detectors/scoreDivergence.js'
import { publishedSettings, trainingSchedule } from '../../src/detectors/settings.js'
import { train } from '../../src/detectors/train.js'
import { type RunData, scoreRows, type TrainOptions, trainReplicas } from '../../src/detectors/trainReplicas.js'
import type { ScoringBiasError } from '../../src/errors.js'
import { linear, sigmoid } from '../../src/nn/layers.js'
import { mlp } from '../../src/nn/mlp.js'
import { sequential } from '../../src/nn/module.js'
import { uniform } from '../../src/random/uniform.js'
import { Pool } from '../../src/runtime/pool.js'
import { type Values, value } from '../../src/runtime/value.js'
import { runStudy } from '../../src/study/runStudy.js'

const nFeatures = 5
/** 50 normal samples, 10 anomalies, and from row 60 on the same again, too large for float32 to square. */
const features = (() => {
  const data = uniform(60 * nFeatures, { seed: 5, stream: 1, low: -1 }).map((x, i) => (i < 50 * nFeatures ? x : x + 2))
  return Float32Array.of(...data, ...data.map((x) => x * 1e25))
})()
const samples = { features, nSamples: 120, sample: [nFeatures] }
const rows = (from: number, to: number) => Uint32Array.from({ length: to - from }, (_, i) => from + i)
const sound = (run: number): RunData => ({ run, normal: rows(0, 50), anomalous: rows(50, 60) })
const wild = (run: number): RunData => ({ run, normal: rows(60, 110), anomalous: rows(110, 120) })
const settings = {
  ...publishedSettings,
  epochs: 3,
  pretrainEpochs: 2,
  batchSize: 16,
  learningRate: 0.01,
  milestones: [2],
}
const base = { network: mlp(nFeatures), decoder: 'identity', settings, pool: samples, seed: 3 } as const

describe('a replica that diverges', () => {
  const pool = new Pool({ workers: 2, device: 'cpu' })
  after(() => pool.close())
  const train = (options: TrainOptions) =>
    pool.run('test', async (worker) => {
      const trained = await trainReplicas(worker, options)
      return { ...trained, scores: await scoreRows(worker, trained, samples, rows(0, 60)) }
    })

  for (const name of detectorNames) {
    it(`${name}: leaves those beside it as they are without it, to the bit`, async () => {
      const options = { ...base, objective: detector(name) }
      const mixed = await train({ ...options, runs: [sound(0), wild(1), sound(2)] })
      const alone = await train({ ...options, runs: [sound(0), sound(2)] })
      const pretrains = name === 'deep-svdd' || name === 'deep-sad'
      // Their losses grow as the code does, not as its square: what overflows is a moment of Adam.
      const isLinear = name === 'devnet' || name === 'prenet'
      const phase = pretrains ? 'pretrain' : 'train'
      const told = isLinear ? ({ quantity: 'state', epoch: 3 } as const) : ({ quantity: 'loss', epoch: 1 } as const)
      assert.deepEqual(mixed.divergences, [undefined, { kind: 'not-finite', phase, ...told }, undefined])
      const sound02 = (flat: ArrayLike<number>, width: number) =>
        Array.from(flat).filter((_, i) => Math.floor(i / width) % 3 !== 1)
      for (const [kept, separate, width] of [
        [mixed.losses, alone.losses, 1],
        [mixed.pretrainLosses, alone.pretrainLosses, 1],
        [mixed.parameters, alone.parameters, mixed.graph.nParameters],
        [mixed.statistics, alone.statistics, mixed.graph.nStatistics],
        [mixed.centre, alone.centre, mixed.graph.nCode],
      ] as const) {
        assert.deepEqual(sound02(kept, width), Array.from(separate))
        assert.ok(separate.every(Number.isFinite))
      }
      assert.deepEqual([mixed.scores[0], mixed.scores[2]], alone.scores)
      assert.ok(mixed.losses.every((loss, i) => Number.isNaN(loss) === (!isLinear && i % 3 === 1)))
    })
  }

  it('does not stop progress, nor training longer than needed once all have', async () => {
    const seen: [number, number][] = []
    const long = { ...settings, epochs: 100_000, pretrainEpochs: 100_000 }
    const onProgress = (done: number, total: number) => seen.push([done, total])
    const runs = [wild(0), wild(1)]
    const trained = await train({ ...base, settings: long, objective: detector('deep-sad'), runs, onProgress })
    const total = 4 * 200_000
    assert.deepEqual(seen.at(-1), [total, total])
    assert.ok(trained.divergences.every((divergence) => divergence?.kind === 'not-finite'))
    assert.throws(() => requireConverged('Deep SAD', trained.runs, trained.divergences), {
      code: 'DIVERGED',
      message:
        /^Deep SAD diverged in 2 of 2 runs \(run 0: the loss was no longer finite in epoch 1 of pretraining; run 1: /,
    })
  })

  it('is told from a moment of Adam that became infinite, though every loss and parameter is finite', async () => {
    // Squares of errors stay below 3e38, squares of gradients do not: the update m/√v is 0 from then on.
    const large = { ...samples, features: features.map((x) => x * 1e12) }
    const network = mlp(nFeatures, { hidden: [] })
    const trained = await train({ ...base, objective: detector('ae'), network, pool: large, runs: [sound(0)] })
    assert.ok(trained.losses.every(Number.isFinite) && trained.parameters.every(Number.isFinite))
    assert.deepEqual(trained.divergences, [{ kind: 'not-finite', quantity: 'state', phase: 'train', epoch: 3 }])
  })
})

describe('the scores of a replica', () => {
  const pool = new Pool({ workers: 1, device: 'cpu' })
  after(() => pool.close())
  const normal = rows(0, 50)

  it('show a collapsed hypersphere, and only when what is left of the spread may be rounding', async () => {
    // Saturating units whose inputs are shut off are a bias, the way out that Ruff et al. (2018) warn of.
    const network = { ...mlp(nFeatures), encoder: sequential(linear('a', 8), sigmoid(), linear('b', 4)) }
    const objective = detector('deep-svdd')
    const kinds = await pool.run('test', async (worker) => {
      const trained = await trainReplicas(worker, { ...base, objective, network, runs: [sound(0)] })
      const shutTo = async (factor: number, centre: Float32Array) => {
        const parameters = trained.parameters.map((w, i) => (i < 8 * nFeatures ? factor * w : w))
        const [scores = normal] = await scoreRows(worker, { ...trained, parameters, centre }, samples, rows(0, 60))
        return scoreDivergence({ distance: 'hypersphere', centre, scores: Float32Array.from(scores), normal })?.kind
      }
      // σ(0) = 1/2: the code of all samples is half the sum of the rows of the last layer.
      const last = trained.parameters.subarray(8 * nFeatures)
      const code = Float32Array.from({ length: 4 }, (_, j) =>
        [0, 1, 2, 3, 4, 5, 6, 7].reduce((sum, i) => sum + (last[4 * i + j] ?? 0) / 2, 0),
      )
      const factors = [1, 1e-2, 1e-6, 0]
      return {
        besideTheCentre: await Promise.all(factors.map((factor) => shutTo(factor, trained.centre))),
        atTheCentre: await Promise.all(factors.map((factor) => shutTo(factor, code))),
      }
    })
    const expected = [undefined, undefined, 'collapsed', 'collapsed']
    assert.deepEqual(kinds, { besideTheCentre: expected, atTheCentre: expected })
  })

  it('of a hypersphere about the origin may be small as long as they differ', () => {
    const scores = Float32Array.from({ length: 60 }, (_, i) => 1e-20 * (1 + i))
    const given = { distance: 'hypersphere', centre: [], normal } as const
    assert.equal(scoreDivergence({ ...given, scores }), undefined)
    assert.deepEqual(scoreDivergence({ ...given, scores: new Float32Array(60) }), { kind: 'collapsed', spread: 0 })
    const far = Float32Array.from({ length: 60 }, (_, i) => (1 + 0.5 * collapsedSpread * (i % 2)) ** 2)
    assert.equal(scoreDivergence({ ...given, scores: far })?.kind, 'collapsed')
  })

  it('are constant where no threshold can split the normal samples, and not finite where one is not', () => {
    const given = { distance: 'reconstruction', centre: [], normal } as const
    const scores = Float32Array.from({ length: 60 }, (_, i) => (i < 50 ? 0.25 : i))
    assert.deepEqual(scoreDivergence({ ...given, scores }), { kind: 'constant-scores', score: 0.25 })
    assert.equal(scoreDivergence({ ...given, scores: scores.with(3, 0.5) }), undefined)
    const notFinite = { kind: 'not-finite', quantity: 'score' }
    assert.deepEqual(scoreDivergence({ ...given, scores: scores.with(59, Number.NaN) }), notFinite)
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY])
      assert.deepEqual(scoreDivergence({ ...given, scores: scores.with(3, bad) }), notFinite)
  })

  it('are not what one sample shows whose score overflows, where it sets no threshold', () => {
    const scores = Float32Array.from({ length: 60 }, (_, i) => 1 + i).with(59, Number.POSITIVE_INFINITY)
    for (const distance of ['reconstruction', 'hypersphere'] as const)
      assert.equal(scoreDivergence({ distance, centre: [], normal, scores }), undefined)
    const collapsed = new Float32Array(60).fill(1).with(59, Number.POSITIVE_INFINITY)
    assert.deepEqual(scoreDivergence({ distance: 'hypersphere', centre: [], normal, scores: collapsed }), {
      kind: 'collapsed',
      spread: 0,
    })
  })

  it('are described in words', () => {
    const one = { distance: 'reconstruction', centre: [], scores: Float32Array.of(1, 2), normal: rows(0, 1) } as const
    assert.equal(scoreDivergence(one), undefined, 'one sample shows no spread')
    const words = (
      [
        { kind: 'not-finite', quantity: 'state', phase: 'pretrain', epoch: 7 },
        { kind: 'not-finite', quantity: 'score' },
        { kind: 'constant-scores', score: 0.25 },
        { kind: 'collapsed', spread: 3.21e-5 },
        { kind: 'collapsed', spread: 0 },
      ] as const
    ).map(describeDivergence)
    assert.deepEqual(words, [
      'parameters, statistics or moments were no longer finite in epoch 7 of pretraining',
      'scores are not finite',
      'all normal samples have the score 0.25',
      'the hypersphere collapsed: all samples have one code to within 3e-5 of its size',
      'the hypersphere collapsed: all samples have one code',
    ])
  })
})

/** 100 normal samples and 20 anomalies of three features; those of the normal ones in [−1, 1). */
function small(change: (features: Float32Array) => Float32Array = (same) => same): LabelledTable {
  const labels = Uint8Array.from({ length: 120 }, (_, row) => Number(row >= 100))
  const own = uniform(360, { seed: 8, stream: 1, low: -1 }).map((x, i) => (i < 300 ? x : x + 1))
  const named = { name: 'small', attribution: '', featureNames: ['a', 'b', 'c'], classes: ['normal', 'bad'] }
  return { ...named, features: change(Float32Array.from(own)), labels }
}

describe('train and a study refuse alike', () => {
  const quick = { settings: { epochs: 2, pretrainEpochs: 1 }, device: 'cpu' } as const
  const split = heldOutSplit(small(), { normal: 'normal', anomaly: 'bad', seed: 0 })
  const tested = at(at(split.tests, 0).rows, 3)
  const told = async (detector: string, data: LabelledTable) => {
    const other = detector === 'hsc' ? 'sae' : 'hsc'
    const study = { dataset: data, baseline: detector, candidate: other, runs: 1, resamples: 100, workers: 1, ...quick }
    const message = (error: ScoringBiasError) => `${error.code}: ${error.message}`
    return [
      await train({ data, detector, ...quick }).then(() => 'trained', message),
      await runStudy(study).then(() => 'trained', message),
    ]
  }

  for (const name of ['ae', 'deep-svdd', 'hsc']) {
    it(`${name}: features that are the same in all samples`, async () => {
      const [alone, study] = await told(
        name,
        small((all) => all.fill(1)),
      )
      for (const message of [alone, study]) {
        assert.match(message ?? '', /^DIVERGED: .*(all normal samples have the score|have one code\))/)
        assert.match(message ?? '', /standardised features\. Look whether the features differ between normal samples$/)
      }
    })
    it(`${name}: a sample that sets the threshold and whose score is infinite`, async () => {
      const row = at(split.validation, 3)
      const [alone, study] = await told(
        name,
        small((all) => all.with(3 * row, 1e25)),
      )
      const far = 'Look for numbers far out among the features, such as 3.4e38 for a missing one'
      for (const message of [alone, study]) {
        assert.match(message ?? '', /^DIVERGED: .*scores are not finite/)
        assert.ok(message?.endsWith(far), message)
      }
    })
    it(`${name}: but no sample so far out that its score would be NaN, where it is only tested`, async () => {
      const data = small((all) => all.with(3 * tested, 3.4e38).with(3 * tested + 1, -3.4e38))
      assert.deepEqual(await told(name, data), ['trained', 'trained'])
      const { model } = await train({ data, detector: name, ...quick })
      const session = await InferenceSession.create(model)
      const x = new Tensor('float32', data.features, [120, 3])
      const { score, flagged } = await session.run({ x })
      assert.equal(score?.data[tested], Number.POSITIVE_INFINITY)
      assert.equal(flagged?.data[tested], 1)
    })
  }

  it('a hypersphere that training has shut', async () => {
    const settings = {
      ...quick.settings,
      weightDecay: 0.9,
      learningRate: 0.01,
      epochs: 400,
      milestones: [1000],
    }
    await assert.rejects(
      train({
        data: small(),
        detector: 'deep-svdd',
        decoder: 'identity',
        settings,
        mlp: { batchNormEpsilon: 0.9 },
        device: 'cpu',
      }),
      {
        code: 'DIVERGED',
        message: /^Deep SVDD diverged in 1 of 1 run \(run 0: the hypersphere collapsed: all samples have one code/,
      },
    )
  })

  it('but no training of few samples', async () => {
    const labels = Uint8Array.from({ length: 16 }, (_, row) => Number(row >= 13))
    const few = { ...small(), labels, features: small().features.slice(0, 48) }
    assert.deepEqual(
      await train({ data: few, detector: 'deep-svdd', ...quick }).then(({ metadata }) => metadata.validation.n),
      3,
    )
  })
})

describe('fit', () => {
  it('keeps the mean losses up to the epoch in which a replica diverges, and trains the others on', async () => {
    const sets = [0, 1].map((run) => ({ run, rows: rows(0, 5) }))
    const plan = new BatchPlan(sets, { batchSize: 2, seed: 0, phase: 'train', nSamples: 5 })
    let step = 0
    const session = {
      run: async ({ batches }: Values): Promise<Values> => {
        const nSteps = batches?.dims[0] ?? 0
        const losses = Float32Array.from({ length: 2 * nSteps }, (_, i) =>
          i % 2 === 1 && step + Math.floor(i / 2) === 7 ? Number.POSITIVE_INFINITY : step + Math.floor(i / 2),
        )
        step += nSteps
        const state = () => value('float32', new Float32Array(2), [2, 1])
        return {
          losses: value('float32', losses, [nSteps, 2]),
          nextParameters: state(),
          nextM: state(),
          nextV: state(),
        }
      },
    }
    const start = { parameters: new Float32Array(2), statistics: new Float32Array(0) }
    const schedule = { ...trainingSchedule(settings), epochs: 4 }
    const divergences = [undefined, undefined]
    const fitted = await fit({ session, plan, schedule, phase: 'train', start, divergences, onSteps: () => {} })
    // Steps 3e, 3e + 1 and 3e + 2 of epoch e weigh 2, 2 and 1.
    const mean = (epoch: number) => 3 * epoch + 4 / 5
    const expected = [0, 1, 2, 3].flatMap((epoch) => [mean(epoch), epoch < 2 ? mean(epoch) : Number.NaN])
    assert.deepEqual([...fitted.losses], expected)
    assert.deepEqual(fitted.divergences, [
      undefined,
      { kind: 'not-finite', quantity: 'loss', phase: 'train', epoch: 3 },
    ])
  })
})
