import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { BatchPlan } from '../../src/detectors/batchPlan.js'
import { defineDetector } from '../../src/detectors/defineDetector.js'
import { detectorGraph } from '../../src/detectors/detectorGraph.js'
import { detector } from '../../src/detectors/detectors.js'
import { pairLoss } from '../../src/detectors/heads.js'
import { referenceLaw } from '../../src/detectors/objectives/devNet.js'
import { absolute, lossDefaults } from '../../src/detectors/objectives/objective.js'
import { preNet } from '../../src/detectors/objectives/preNet.js'
import { gradients } from '../../src/graph/grad.js'
import { greater, input } from '../../src/graph/ops.js'
import { mlp } from '../../src/nn/mlp.js'
import { uniform } from '../../src/random/uniform.js'
import { evaluate } from '../graph/evaluate.js'
import { readGolden } from './golden.js'

const rows = (from: number, to: number) => Uint32Array.from({ length: to - from }, (_, i) => from + i)
const numbers = (data: ArrayLike<number | bigint>) => Array.from(data, Number)

describe('balanced batches', () => {
  const options = { batchSize: 16, seed: 3, phase: 'train', nSamples: 120 } as const
  const set = (run: number, nAnomalous: number) => ({ run, nAnomalous, rows: rows(0, 100) })
  const batchesOf = (plan: BatchPlan, steps: number, nSets: number) => {
    const { data } = plan.steps(0, steps)
    return Array.from({ length: steps * nSets }, (_, i) => numbers(data.slice(i * 16, (i + 1) * 16)))
  }

  for (const nAnomalous of [1, 3, 40, 99]) {
    it(`are half labelled anomalies where ${nAnomalous} of 100 are, each as often as the others or once more`, () => {
      const plan = new BatchPlan([set(0, nAnomalous)], options)
      assert.equal(plan.stepsPerEpoch, 7)
      const batches = batchesOf(plan, 7, 1)
      const counts = Array<number>(100).fill(0)
      for (const [step, batch] of batches.entries()) {
        assert.equal(batch.filter((row) => row >= 100 - nAnomalous).length, 8)
        assert.equal(plan.batchLength(step), 16)
        for (const row of batch) counts[row] = (counts[row] ?? Number.NaN) + 1
      }
      for (const part of [counts.slice(0, 100 - nAnomalous), counts.slice(100 - nAnomalous)])
        assert.ok(Math.max(...part) - Math.min(...part) <= 1, `${part}`)
    })
  }

  it('of a replica do not depend on those beside it, and differ between runs and epochs', () => {
    const both = batchesOf(new BatchPlan([set(0, 10), set(1, 25)], options), 14, 2)
    const alone = batchesOf(new BatchPlan([set(1, 25)], options), 14, 1)
    assert.deepEqual(
      both.filter((_, i) => i % 2 === 1),
      alone,
    )
    assert.notDeepEqual(alone[0], alone[7])
    assert.notDeepEqual(both[0], both[1])
  })
})

describe("DevNet's reference scores", () => {
  it('have the mean and standard deviation of 5,000 draws of N(0, 1), within four standard errors', () => {
    const { mean, sd } = referenceLaw()
    assert.ok(Math.abs(mean) < 4 / Math.sqrt(5000) && mean !== 0)
    assert.ok(Math.abs(sd - 1) < 4 / Math.sqrt(10_000) && sd !== 1)
  })

  for (const network of ['mlp', 'lenet', 'lstm']) {
    it(`are those of the golden run on ${network}`, () => {
      assert.deepEqual(readGolden(`${network}-devnet`).reference, referenceLaw())
    })
  }
})

describe('losses of a head', () => {
  const d = input('d', 'float64', ['B'])
  const at = async (name: string, kind: 'normal' | 'anomaly', points: readonly number[]) => {
    const loss = detector(name).loss[kind]
    assert.ok(loss)
    const y = loss(d, lossDefaults)
    const [slope] = gradients(y, [d])
    assert.ok(slope)
    const results = await evaluate([{ tensor: d, dims: [points.length], data: points }], { y, slope })
    return [results.y, results.slope]
  }

  it('of the classifier are ln(1 + e^±d), with its slope, and finite however sure it is', async () => {
    assert.deepEqual(await at('classifier', 'normal', [-1e300, -800, 0, 800]), [
      [0, 0, Math.LN2, 800],
      [0, 0, 0.5, 1],
    ])
    assert.deepEqual(await at('classifier', 'anomaly', [-800, 0, 800]), [
      [800, Math.LN2, 0],
      [-1, -0.5, -0],
    ])
  })

  it('of DevNet are the deviation from 0, and what it lacks of 5', async () => {
    const { mean, sd } = referenceLaw()
    const points = [-2, 0, 4, 7].map((deviation) => mean + sd * deviation)
    const rounded = (values: readonly number[] | undefined) => values?.map((x) => Math.round(x * 1e9) / 1e9)
    assert.deepEqual(rounded((await at('devnet', 'normal', points))[0]), [2, 0, 4, 7])
    assert.deepEqual(rounded((await at('devnet', 'anomaly', points))[0]), [7, 5, 1, 0])
  })

  it('do not hide a score that is not a number', async () => {
    for (const name of ['classifier', 'devnet', 'prenet'])
      for (const kind of ['normal', 'anomaly'] as const)
        assert.ok((await at(name, kind, [Number.NaN]))[0]?.every(Number.isNaN), `${name} ${kind}`)
  })
})

describe('the loss of pairs', () => {
  const lossOf = async (labels: readonly number[], weights: readonly number[]) => {
    const n = labels.length
    const draws = uniform(2 * n, { seed: 5, stream: 1, low: -6, high: 6 })
    const tensors = ['first', 'second', 'labels', 'weights'].map((name) => input(name, 'float64', ['R', 1, 'B']))
    const [one, two, marks, shares] = tensors
    assert.ok(one && two && marks && shares)
    const batch = { labels: greater(marks, 0), weights: shares, pairs: preNet.pairs, loss: absolute }
    const data = [Array.from(draws.slice(0, n)), Array.from(draws.slice(n)), labels, weights]
    const given = tensors.map((tensor, i) => ({ tensor, dims: [1, 1, n], data: data[i] ?? [] }))
    const { result } = await evaluate(given, { result: pairLoss([one, two], batch) })
    return { loss: result?.[0] ?? Number.NaN, draws }
  }

  /** Each kind of pair written out, one by one. */
  function enumerated(labels: readonly number[], used: number, draws: Float64Array): number {
    const n = labels.length
    const mean = (a: number, b: number) => {
      const errors: number[] = []
      for (let i = 0; i < used; i++)
        for (let j = 0; j < used; j++)
          if (labels[i] === a && labels[j] === b)
            errors.push(Math.abs((draws[i] ?? Number.NaN) + (draws[n + j] ?? Number.NaN) - 4 * (a + b)))
      return errors.length === 0 ? 0 : errors.reduce((x, y) => x + y, 0) / errors.length
    }
    return mean(1, 1) / 4 + mean(1, 0) / 4 + mean(0, 0) / 2
  }

  for (const [what, labels, used] of [
    ['of a whole batch', [1, 0, 0, 1, 0, 1, 0], 7],
    ['leaves padding out', [1, 0, 0, 1, 0, 1, 0], 5],
    ['of normal samples only is that of their pairs', [0, 0, 0, 0], 4],
    ['of anomalies only is that of their pairs', [1, 1, 1], 3],
  ] as const) {
    it(`${what}, as its pairs written out`, async () => {
      const weights = labels.map((_, i) => (i < used ? 1 / used : 0))
      const { loss, draws } = await lossOf(labels, weights)
      assert.ok(Math.abs(loss - enumerated(labels, used, draws)) < 1e-12)
    })
  }
})

describe('a detector of the caller with a head', () => {
  const own = defineDetector({
    name: 'own-head',
    title: 'Own head',
    distance: 'head',
    loss: { normal: absolute, anomaly: (d) => absolute(d) },
  })

  it('has a linear layer on the code, and no centre', () => {
    const graph = detectorGraph({ objective: own, network: mlp(4), decoder: 'identity', dtype: 'float32' })
    const names = graph.declaration.parameters.map(({ name }) => name)
    assert.deepEqual(names.slice(-2), ['head.score.weight', 'head.score.bias'])
    assert.deepEqual([own.centre, graph.centre], ['none', undefined])
    assert.throws(() => defineDetector({ ...own, name: 'centred', centre: 'origin' } as never), {
      message: /a detector by head has no centre, got 'origin'/,
    })
  })
})
