import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as core from '../../src/index.js'
import type { LabelledTable } from '../../src/rooms/data.js'
import { tableDataset } from '../../src/rooms/data.js'
import { linear, type Network } from '../../src/rooms/nn.js'
import * as random from '../../src/rooms/random.js'
import { anomalyMatrix, converge, labelSweep, runStudy } from '../../src/rooms/study.js'
import { loadDetector, train } from '../../src/rooms/train.js'

/** 120 normal samples and 40 each of two classes of anomalies, of three features. */
function table(): LabelledTable {
  const labels = Uint8Array.from({ length: 200 }, (_, row) => (row < 120 ? 0 : row < 160 ? 1 : 2))
  const noise = random.normal(600, { seed: 5, stream: 1 })
  const features = Float32Array.from(noise, (z, i) => z + 2 * Number(labels[Math.floor(i / 3)]))
  return {
    ...{ name: 'made', attribution: '', featureNames: ['a', 'b', 'c'], features, labels },
    classes: ['normal', 'near', 'far'],
  }
}

/** Changes all of a table and of lists and records of options, in place. */
function spoil(value: unknown): void {
  if (ArrayBuffer.isView(value)) (value as Float32Array).fill(0)
  else if (Array.isArray(value)) value.fill(typeof value[0] === 'number' ? 1 : 'changed')
  else if (typeof value === 'object' && value !== null) {
    for (const [key, own] of Object.entries(value)) {
      if (typeof own === 'object') spoil(own)
      else Reflect.set(value, key, typeof own === 'number' ? 1 : 'changed')
    }
  }
}

/** An answer without what takes time. */
function timeless(answer: unknown): unknown {
  return JSON.parse(
    JSON.stringify(answer, (key, value: unknown) => {
      if (/seconds$/i.test(key)) return undefined
      return ArrayBuffer.isView(value) ? Array.from(value as Float64Array) : value
    }),
  )
}

/** Requires the same answer whether or not options and scores change once the call has returned its promise. */
async function requireSteady<T extends [unknown, ...unknown[]]>(
  call: (...args: T) => Promise<unknown>,
  make: () => T,
): Promise<void> {
  const wanted = timeless(await call(...make()))
  const args = make()
  const answer = call(...args)
  for (const arg of args) spoil(arg)
  assert.deepEqual(timeless(await answer), wanted)
}

const quick = () => ({
  settings: { epochs: 2, pretrainEpochs: 1, milestones: [1] },
  mlp: { hidden: [4] },
  device: 'cpu' as const,
  network: 'mlp',
})
const pair = () => ({ dataset: table(), workers: 1, ...quick() })

describe('what a caller changes once a call has returned has no effect on', () => {
  it('train', () =>
    requireSteady(train, () => [
      {
        data: table(),
        detector: 'deep-sad',
        anomaly: [
          { class: 'near', weight: 0.5 },
          { class: 'far', weight: 0.5 },
        ],
        ...quick(),
      },
    ]))
  it('runStudy', () => requireSteady(runStudy, () => [{ ...pair(), runs: 2, resamples: 200, anomaly: 'far' }]))
  it('anomalyMatrix', () => requireSteady(anomalyMatrix, () => [{ ...pair(), runs: 1, resamples: 200 }]))
  it('labelSweep', () =>
    requireSteady(labelSweep, () => [{ ...pair(), runs: 1, resamples: 200, labelled: [2, 4], contamination: [0] }]))
  it('converge', () =>
    requireSteady(converge, () => [{ ...pair(), anomaly: ['far'], sizes: [10, 20], alphas: [0.1, 0.2], runs: 20 }]))

  /** The whole network is spoilt: its title, and what encodes. */
  const own = () => ({
    ...{ name: 'own', title: 'own 3-2', sample: [3] },
    ...{ encoder: linear('code', 2), decoder: linear('rec', 3) },
  })
  const exchanged = async (call: (network: Network) => Promise<unknown>) => {
    const wanted = timeless(await call(own()))
    const network = own()
    const answer = call(network)
    Object.assign(network, { title: 'own 3-1', encoder: linear('code', 1) }).sample.fill(1)
    assert.deepEqual(timeless(await answer), wanted)
  }
  const { network: _, mlp: __, ...short } = quick()
  it('train by a network of theirs', () =>
    exchanged((network) => train({ data: table(), detector: 'ae', ...short, network })))
  it('runStudy by a network of theirs', () =>
    exchanged((network) => runStudy({ dataset: table(), workers: 1, ...short, network, runs: 1, resamples: 200 })))
  it('converge by a network of theirs', () =>
    exchanged((network) =>
      converge({ dataset: table(), workers: 1, ...short, network, sizes: [10], alphas: [0.1], runs: 20 }),
    ))

  const scores = () => {
    const of = (n: number, stream: number) => random.normal(n, { seed: 3, stream })
    return {
      source: 'example',
      detectors: ['old', 'new', 'newer'],
      validation: [1, 2, 3].map((d) => of(60, d)),
      test: [1, 2, 3].map((d) => of(20, 10 + d)),
      anomalous: [1, 2, 3].map((d) => of(30, 20 + d).map((x) => x + d)),
      classes: Array.from({ length: 30 }, (_, i) => (i % 2 === 0 ? 'dent' : 'crack')),
      notes: ['a note'],
    }
  }
  const mix = () => ({ dent: 0.25, crack: 0.75 })
  it('compare', () => requireSteady(core.compare, () => [scores(), { mix: mix(), curve: [0.1, 0.2], resamples: 200 }]))
  // Rows are read as they come; how they are read is decided before.
  it('compare of rows', () => {
    const rows = [0, 0, 1, 1].map((label, i) => ({ label, b: i, c: 4 - i, kind: label === 0 ? '' : 'dent' }))
    return requireSteady(
      (options: core.CompareOptions) => core.compare(rows, options),
      () => [{ mix: { dent: 1 }, rows: { baseline: 'b', candidates: ['c'], class: 'kind' }, resamples: 200 }],
    )
  })
  it('readScores of rows', () => {
    const rows = [0, 0, 1, 1].map((label, i) => ({ label, baseline: i, candidate: 4 - i }))
    return requireSteady(
      (options: core.ReadScoresOptions) => core.readScores(rows, options),
      () => [{ negate: ['candidate'] }],
    )
  })
  it('compareTargets', () =>
    requireSteady(core.compareTargets, () => [scores(), { mix: mix(), fprs: [0.1, 0.2], resamples: 200 }]))
  it('compareRange', () =>
    requireSteady(core.compareRange, () => [scores(), { fprRange: [0.1, 0.3] as [number, number], resamples: 200 }]))
  it('compareSeeds', () =>
    requireSteady(core.compareSeeds, () => [
      { ...scores(), trainings: { baseline: 'old', candidate: 'new', nBaseline: 1 } },
      { resamples: 200 },
    ]))
})

describe('arrays that have lost their buffers are refused by name', () => {
  const lost = <T extends Float32Array | Uint8Array>(values: T): T => {
    structuredClone(values, { transfer: [values.buffer as ArrayBuffer] })
    return values
  }
  const gone = (name: string) => ({
    code: 'DETACHED',
    message: `${name} has lost its buffer, which was transferred or resized`,
  })

  it('features and labels of tables and data sets', async () => {
    for (const name of ['features', 'labels'] as const) {
      const bad = () => {
        const own = table()
        lost(own[name])
        return own
      }
      await assert.rejects(train({ data: bad(), detector: 'deep-svdd' }), gone(name))
      await assert.rejects(runStudy({ dataset: bad() }), gone(name))
      await assert.rejects(converge({ dataset: bad() }), gone(name))
      assert.throws(() => tableDataset(bad()), gone(name))
    }
  })

  it('features of a detector, and its file', async () => {
    const { model } = await train({ data: table(), detector: 'deep-svdd', ...quick() })
    await assert.rejects(loadDetector(lost(new Uint8Array(model))), gone('the model'))
    const detector = await loadDetector(model, { device: 'cpu' })
    try {
      await assert.rejects(detector.score(lost(new Float32Array(6))), gone('features'))
      const { features } = table()
      const wanted = await detector.score(features)
      const scoring = detector.score(features)
      features.fill(9)
      assert.deepEqual(await scoring, wanted)
    } finally {
      await detector.close()
    }
  })
})
