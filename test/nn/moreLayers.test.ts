import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, describe, it } from 'node:test'
import { detector } from '../../src/detectors/detectors.js'
import { Draws } from '../../src/detectors/draws.js'
import { initialParameters } from '../../src/detectors/initialise.js'
import { publishedSettings } from '../../src/detectors/settings.js'
import { scoreRows, type TrainOptions, trainReplicas } from '../../src/detectors/trainReplicas.js'
import { gradients } from '../../src/graph/grad.js'
import * as ops from '../../src/graph/ops.js'
import { affine, batchNormAffine } from '../../src/nn/affine.js'
import { convolution1d } from '../../src/nn/convolution1d.js'
import { dropout } from '../../src/nn/dropout.js'
import { convolution2d, convolutionTranspose2d } from '../../src/nn/imageLayers.js'
import { flatten, leakyRelu, linear, view } from '../../src/nn/layers.js'
import { type Module, sequential } from '../../src/nn/module.js'
import type { Network } from '../../src/nn/network.js'
import { networkDigest } from '../../src/nn/networkDigest.js'
import { declare } from '../../src/nn/parameters.js'
import { uniform } from '../../src/random/uniform.js'
import { Pool } from '../../src/runtime/pool.js'
import { compile } from '../graph/evaluate.js'
import { applied, checkDerivatives, nReplicas, nSamples, numbersOf, valuesOf } from './layerCheck.js'

const golden = JSON.parse(readFileSync(new URL('../oracle/layers_torch.json', import.meta.url), 'utf8'))

const everySample = {
  weights: ops.constant(new Array<number>(6).fill(1 / 3), 'float64', [nReplicas, 1, nSamples]),
  valid: ops.constant(new Array<number>(6).fill(1), 'float64', [nReplicas, nSamples, 1]),
}
const images = { dtype: 'float32', tolerance: 2e-5 } as const
const cases: [name: string, module: Module, sample: readonly number[], precision?: typeof images][] = [
  ['conv2d', convolution2d('c', 3, { size: 3, stride: 2, padding: 1, bias: true }), [2, 7, 6], images],
  ['conv2d by 3', convolution2d('c', 2, { size: 2, stride: 3, bias: true }), [2, 8, 7], images],
  ['convTranspose2d', convolutionTranspose2d('c', 3, { size: 3, padding: 1, bias: true }), [2, 4, 5], images],
  ['conv1d', convolution1d('c', 4, { size: 3, padding: 1, bias: true }), [7, 2]],
  ['conv1d by 2', convolution1d('c', 4, { size: 3, padding: 1, stride: 2, bias: true }), [9, 2]],
  ['conv1d by 4', convolution1d('c', 2, { size: 2, stride: 4, bias: true }), [11, 3]],
  ['batchNorm', batchNormAffine('n'), [4]],
  ['batchNorm of images', batchNormAffine('n'), [2, 3, 4]],
]

describe('layers give what PyTorch gives, and its gradients', () => {
  for (const [name, module, sample, precision] of cases) {
    const { dtype, tolerance } = precision ?? ({ dtype: 'float64', tolerance: 1e-11 } as const)
    it(name, async () => {
      const { y, given } = applied(module, sample, { dtype, ...(dtype === 'float64' && { frame: everySample }) })
      const factors = ops.constant(numbersOf(golden.cases[name].y.length, 9), dtype, y.shape.map(Number))
      const loss = ops.sum(
        ops.mul(y, factors),
        y.shape.map((_, axis) => axis),
      )
      const tensors = given.map(({ tensor }) => tensor)
      const all = gradients(loss, tensors)
      const run = await compile(tensors, { y, ...Object.fromEntries(all.map((g, i) => [`d${i}`, g])) })
      const got = await run(given)
      const near = (actual: readonly number[] | undefined, expected: readonly number[]) => {
        assert.equal(actual?.length, expected.length)
        for (const [i, value] of expected.entries())
          assert.ok(
            Math.abs((actual?.[i] ?? Number.NaN) - value) <= tolerance * (1 + Math.abs(value)),
            `${i}: ${actual?.[i]}, not ${value}`,
          )
      }
      near(got.y, golden.cases[name].y)
      for (const [i, expected] of golden.cases[name].gradients.entries()) near(got[`d${i}`], expected)
    })
  }
})

describe('layers differentiate', () => {
  it('a convolution over steps', () =>
    checkDerivatives(applied(convolution1d('c', 2, { size: 3, stride: 2, padding: 1, bias: true }), [5, 2])))
  it('a convolution over steps, whose end no filter reaches', () =>
    checkDerivatives(applied(convolution1d('c', 2, { size: 2, stride: 3 }), [6, 1])))
  it('an affine layer of vectors', () => checkDerivatives(applied(affine('a'), [4])))
  it('an affine layer of sequences', () => checkDerivatives(applied(affine('a'), [2, 3])))
  it('an affine layer of images', () => checkDerivatives(applied(affine('a'), [2, 2, 3])))
  it('affine batch norm', () => checkDerivatives(applied(batchNormAffine('n'), [3], { frame: everySample })))
  // Of float32: linear in each operand, so that a large step is exact but for rounding.
  it('a strided convolution of images', () =>
    checkDerivatives(
      applied(convolution2d('c', 2, { size: 2, stride: 2, bias: true }), [1, 4, 5], { dtype: 'float32' }),
      1e-4,
      1,
    ))
})

describe('layers name what does not fit', () => {
  const refused = (module: () => Module, sample: readonly number[], code: string, message: RegExp) =>
    it(`${message.source}`, () => assert.throws(() => declare(module(), sample), { code, message }))
  refused(
    () => convolution1d('c', 2, { size: 3 }),
    [4],
    'SHAPE_MISMATCH',
    /layer 'c' takes sequences \[steps, features\]/,
  )
  refused(
    () => convolution1d('c', 2, { size: 5, padding: 1 }),
    [2, 3],
    'SHAPE_MISMATCH',
    /layer 'c' covers 5 steps, got samples of shape \[2, 3\] with 2 steps of padding/,
  )
  refused(
    () => convolution1d('c', 2, { size: 2, stride: 0 }),
    [4, 1],
    'OUT_OF_RANGE',
    /stride must be an integer from 1 to 65536/,
  )
  refused(
    () => convolution2d('c', 2, { size: 2, stride: 0 }),
    [1, 4, 4],
    'OUT_OF_RANGE',
    /stride must be an integer from 1 to 65536/,
  )
  refused(
    () => convolution2d('c', 2, { size: 9, stride: 2 }),
    [1, 4, 4],
    'SHAPE_MISMATCH',
    /layer 'c' cannot take samples \[1, 4, 4\]/,
  )
  refused(() => dropout('d', 1), [4], 'OUT_OF_RANGE', /rate of layer 'd'/)
  refused(() => affine('a'), [], 'SHAPE_MISMATCH', /layer 'a' takes vectors, sequences or images/)
})

describe('parameters of an affine layer', () => {
  it('start at 1 and 0, and leave where others start', () => {
    const [plain, normed] = [linear('lin', 3), sequential(linear('lin', 3), affine('a'))].map((module) =>
      initialParameters(declare(module, [2]), [0, 1], 5),
    )
    assert.deepEqual([...(normed ?? [])].slice(6, 12), [1, 1, 1, 0, 0, 0])
    assert.deepEqual([...(normed ?? [])].slice(0, 6), [...(plain ?? [])].slice(0, 6))
  })
})

describe('dropout', () => {
  const drawn = (rate: number, uniforms: readonly number[]) =>
    applied(dropout('d', rate), [4], {
      frame: { uniforms: () => ops.constant(uniforms, 'float64', [nReplicas, nSamples, 4]) },
    })

  it('drops what draws less than its rate, and divides the rest by 1 − rate', async () => {
    const uniforms = Array.from({ length: 24 }, (_, i) => ((i * 7) % 24) / 24)
    const layer = drawn(0.25, uniforms)
    const [x = []] = layer.given.map(({ data }) => data)
    assert.deepEqual(
      await valuesOf(layer),
      x.map((value, i) => ((uniforms[i] ?? 1) >= 0.25 ? value * (1 / 0.75) : value * 0)),
    )
    await checkDerivatives(layer)
  })

  it('leaves activations as they are in evaluation', () => {
    const { y, given } = applied(dropout('d', 0.5), [4], { frame: { mode: 'evaluate', uniforms: () => undefined } })
    assert.equal(y, given[0]?.tensor)
  })

  it('draws by seed, phase, step and run alone, in chunks of bounded size', () => {
    const draws = (runs: number[], seed = 3, phase: 'train' | 'pretrain' = 'train') =>
      new Draws({ seed, phase, runs, size: 5 })
    const numbers = (from: number, to: number, ...rest: Parameters<typeof draws>) => [
      ...(draws(...rest).values(from, to, 4).data as Float32Array),
    ]
    const [whole, alone] = [numbers(0, 3, [7, 8]), numbers(2, 3, [8])]
    assert.deepEqual(whole.slice(-20), alone)
    assert.equal(new Set([...whole, ...numbers(0, 3, [7, 8], 4), ...numbers(0, 3, [7, 8], 3, 'pretrain')]).size, 360)
    assert.ok(whole.every((u) => u > 0 && u <= 1))
    assert.equal(draws([0, 1]).mostSteps(2 ** 20), 1)
    assert.equal(draws([0, 1]).mostSteps(128), Math.floor(2 ** 25 / (4 * 2 * 128 * 5)))
    const mean = numbers(0, 5000, [0]).reduce((sum, u) => sum + Number(u < 0.3), 0) / 100_000
    // Four standard errors of a share of 100,000 draws.
    assert.ok(Math.abs(mean - 0.3) < 4 * Math.sqrt(0.21 / 100_000), `${mean}`)
  })

  it('makes networks of different rates different ones', () => {
    const of = (rate: number): Network => ({
      name: 'n',
      title: 'n',
      sample: [4],
      encoder: sequential(dropout('d', rate), linear('code', 2)),
      decoder: linear('rec', 4),
    })
    assert.notEqual(networkDigest(of(0.1)), networkDigest(of(0.2)))
    assert.equal(networkDigest(of(0.1)), networkDigest(of(0.1)))
  })
})

const rows = (from: number, to: number) => Uint32Array.from({ length: to - from }, (_, i) => from + i)

const networks: Network[] = [
  {
    name: 'sequences',
    title: 'sequences',
    sample: [8, 3],
    encoder: sequential(
      convolution1d('conv.0', 6, { size: 3, stride: 2, padding: 1, bias: true }),
      affine('a'),
      leakyRelu(),
      dropout('drop', 0.2),
      flatten('flatten'),
      linear('code', 3),
    ),
    decoder: sequential(
      linear('lin', 24),
      batchNormAffine('norm'),
      leakyRelu(),
      dropout('drop', 0.3),
      view('view', 8, 3),
      convolution1d('rec', 3, { size: 3, padding: 1, bias: true }),
    ),
  },
  {
    name: 'images',
    title: 'images',
    sample: [1, 6, 4],
    encoder: sequential(
      convolution2d('conv', 3, { size: 3, stride: 2, padding: 1, bias: true }),
      batchNormAffine('norm'),
      leakyRelu(),
      dropout('drop', 0.2),
      flatten('flatten'),
      linear('code', 3),
    ),
    decoder: sequential(
      linear('lin', 24),
      view('view', 1, 6, 4),
      convolutionTranspose2d('rec', 1, { size: 3, padding: 1, bias: true }),
    ),
  },
]
for (const network of networks) {
  describe(`detectors train on ${network.name} of these layers`, () => {
    const pools = [1, 2].map((workers) => new Pool({ workers, device: 'cpu' }))
    after(() => Promise.all(pools.map((pool) => pool.close())))
    const features = Float32Array.from(uniform(60 * 24, { seed: 7, stream: 1 }), (x, i) => (i < 50 * 24 ? x : x + 1))
    const samples = { features, nSamples: 60, sample: network.sample }
    const runs = [0, 1].map((run) => ({ run, normal: rows(run, 40 + run), anomalous: rows(50, 55) }))
    const settings = {
      ...publishedSettings,
      epochs: 6,
      pretrainEpochs: 2,
      batchSize: 16,
      learningRate: 0.01,
      milestones: [],
    }
    const train = (pool: Pool | undefined, options: Partial<TrainOptions>) =>
      (pool ?? assert.fail('there is a pool')).run('test', async (worker) => {
        const base = {
          network,
          decoder: 'identity',
          settings,
          pool: samples,
          runs,
          seed: 3,
          objective: detector('ae'),
        } as const
        const trained = await trainReplicas(worker, { ...base, ...options })
        return { trained, scores: await scoreRows(worker, trained, samples, rows(0, 60)) }
      })

    for (const name of ['ae', 'deep-sad']) {
      it(`${name}: replicas side by side are, to the bit, those that train alone, on any number of workers`, async () => {
        const objective = detector(name)
        const together = await train(pools[1], { objective })
        for (const [r, run] of runs.entries()) {
          const alone = await train(pools[0], { objective, runs: [run] })
          assert.deepEqual(alone.scores[0], together.scores[r])
        }
        const { losses } = together.trained
        assert.ok((losses.at(-1) ?? 1) < (losses[1] ?? 0), 'the loss falls')
      })
    }
  })
}
