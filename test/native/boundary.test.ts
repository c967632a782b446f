import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { describe, it } from 'node:test'
import { Worker } from 'node:worker_threads'
import { uniform } from '../../src/random/uniform.js'
import { bootstrap, type DetectorScores } from '../../src/stats/bootstrap/bootstrap.js'
import { sort } from '../../src/stats/ranks/sort.js'

const addon = createRequire(import.meta.url)('../../build/Release/scoring_bias.node')

function scores(replicate: number, n: number): Float64Array {
  return uniform(n, { seed: 5, stream: 1, replicate })
}

const detectors = (n: number): DetectorScores[] =>
  [0, 10].map((from) => ({ normal: scores(from, n), anomalous: [scores(from + 1, n / 4), scores(from + 2, n / 10)] }))

describe('native work', () => {
  it('gives the same bits with 1, 2 and 7 threads, and however replicates are cut up', async () => {
    for (const engine of ['direct', 'tree'] as const) {
      const options = { fprs: [0.05, 0.2], resamples: 901, seed: 9, engine }
      const one = await bootstrap(detectors(400), { ...options, threads: 1 })
      for (const threads of [2, 7]) {
        const many = await bootstrap(detectors(400), { ...options, threads })
        assert.deepEqual(many.tpr, one.tpr)
        assert.deepEqual(many.thresholds, one.thresholds)
      }
      const tail = await bootstrap(detectors(400), { ...options, resamples: 701, firstReplicate: 200 })
      assert.deepEqual(tail.tpr, one.tpr?.slice(200 * 2 * 2 * 2))
    }
  })

  it('works on copies: the caller may change or transfer arrays as soon as a call has returned', async () => {
    const given = detectors(1000)
    const expected = await bootstrap(given, { resamples: 50 })
    const pending = bootstrap(given, { resamples: 50 })
    const first = given[0]?.normal ?? assert.fail('there is a detector')
    first.fill(Number.NaN)
    structuredClone(first, { transfer: [first.buffer].filter((buffer) => buffer instanceof ArrayBuffer) })
    assert.deepEqual((await pending).tpr, expected.tpr)
  })

  it('refuses a detached array', async () => {
    const values = Float64Array.of(3, 1, 2)
    structuredClone(values, { transfer: [values.buffer] })
    await assert.rejects(sort(values), { code: 'DETACHED' })
  })

  it('names the array and the index of a NaN', async () => {
    const given = detectors(100)
    const bad = given[1]?.anomalous[1] ?? assert.fail('there is a second class')
    bad[7] = Number.NaN
    await assert.rejects(bootstrap(given), {
      code: 'NOT_A_NUMBER',
      message: /detectors\[1\]\.anomalous\[1\]\[7\] is NaN/,
    })
  })

  it('stops when its signal fires, and leaves the main thread free until then', async () => {
    const controller = new AbortController()
    let ticks = 0
    const timer = setInterval(() => {
      if (++ticks < 5) return
      clearInterval(timer)
      controller.abort('enough')
    }, 5)
    const pending = bootstrap(detectors(100_000), {
      // Minutes of work, of which a moment is done.
      resamples: 5_000_000,
      outputs: { thresholds: false, tpr: false },
      signal: controller.signal,
    })
    await assert.rejects(pending, { code: 'ABORTED', cause: 'enough' })
  })

  it('loads in several threads at once', async () => {
    const code = `
      const { createRequire } = require('node:module')
      const addon = createRequire(${JSON.stringify(import.meta.url)})('../../build/Release/scoring_bias.node')
      const order = new Uint32Array(5)
      addon.permutation(1, 2, 3, order)
      require('node:worker_threads').parentPort.postMessage(order)`
    const answers = await Promise.all(
      [0, 1, 2].map(
        () =>
          new Promise((resolve, reject) =>
            new Worker(code, { eval: true, execArgv: [] }).once('message', resolve).once('error', reject),
          ),
      ),
    )
    assert.deepEqual(answers[1], answers[0])
    assert.deepEqual(answers[2], answers[0])
  })

  it('reads shared memory that changes while the call is pending', async () => {
    const values = new Float64Array(new SharedArrayBuffer(8 * 1000)).fill(1)
    const pending = sort(values)
    values.fill(Number.NaN)
    assert.deepEqual(await pending, new Float64Array(1000).fill(1))
  })

  it('reads a resizable array as long as it is, and is not disturbed when it shrinks', async () => {
    const buffer = Reflect.construct(ArrayBuffer, [80, { maxByteLength: 160 }])
    const values = new Float64Array(buffer).fill(2)
    const pending = sort(values)
    Reflect.get(buffer, 'resize').call(buffer, 8)
    assert.deepEqual(await pending, new Float64Array(10).fill(2))
    assert.deepEqual(await sort(values), Float64Array.of(2))
  })

  it('does not run code of a subclass while it copies', async () => {
    class Trap extends Float64Array {
      static get [Symbol.species](): never {
        throw new Error('the species was asked')
      }
    }
    assert.deepEqual(await sort(new Trap([2, 1])), Float64Array.of(1, 2))
  })

  it('finishes before its worker thread ends when that is terminated', async () => {
    const code = `
      const { createRequire } = require('node:module')
      const addon = createRequire(${JSON.stringify(import.meta.url)})('../../build/Release/scoring_bias.node')
      const scores = Float64Array.from({ length: 20000 }, (_, i) => (i * 7919) % 20011)
      const out = (n) => new Float64Array(n)
      addon.bootstrap(
        { normal: [scores], anomalous: [[scores]], excluded: [[undefined]], design: 'paired',
          definition: { rule: 'inverse-cdf', delta: 0.05 }, fprs: Float64Array.of(0.05) },
        { seed: 1, first: 0, count: 2000, threads: 2, engine: 'direct' },
        { observedThresholds: out(1), observedFpr: out(1), observedTpr: out(1), tpr: out(2000) },
        new Int32Array(2))
      require('node:worker_threads').parentPort.postMessage('queued')`
    const worker = new Worker(code, { eval: true, execArgv: [] })
    await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))
    assert.equal(await worker.terminate(), 1)
  })
})

describe('a call that goes past TypeScript', () => {
  const scores = Float64Array.of(1, 2, 3)
  const out = (n: number) => new Float64Array(n)
  const bootstrapCall = (changes: { input?: object; range?: object; outputs?: object; control?: unknown }) =>
    addon.bootstrap(
      {
        normal: [scores],
        anomalous: [[scores]],
        excluded: [[undefined]],
        design: 'paired',
        definition: { rule: 'inverse-cdf', delta: 0.05 },
        fprs: Float64Array.of(0.5),
        ...changes.input,
      },
      { seed: 1, first: 0, count: 2, threads: 1, engine: 'direct', ...changes.range },
      { observedThresholds: out(1), observedFpr: out(1), observedTpr: out(1), ...changes.outputs },
      'control' in changes ? changes.control : new Int32Array(2),
    )

  it('succeeds when it is right', async () => {
    assert.equal(await bootstrapCall({}), undefined)
  })

  it('throws on arguments of the wrong kind', () => {
    for (const name of ['argsort', 'bootstrap', 'countAbove', 'ecdf', 'quantiles', 'rank', 'sort', 'thresholds']) {
      assert.throws(() => addon[name](), TypeError, name)
    }
    assert.throws(() => addon.sort([3, 1], 1), TypeError)
    assert.throws(() => addon.sort(new Int32Array(2), 1), TypeError)
    assert.throws(() => addon.sort(scores, 1e9), RangeError)
    assert.throws(() => addon.argsort(scores, new Int32Array(3), 1), TypeError)
    assert.throws(() => addon.rank(scores, 'mean', out(3), 1), RangeError)
    assert.throws(() => addon.rank(scores, 0, out(3), 1), TypeError)
    assert.throws(() => addon.toleratedAlarms(2, 10), RangeError)
    assert.throws(() => bootstrapCall({ input: { normal: [[1]] } }), TypeError)
    assert.throws(() => bootstrapCall({ input: { anomalous: [scores] } }), TypeError)
    assert.throws(() => bootstrapCall({ input: { anomalous: [] } }), TypeError)
    assert.throws(() => bootstrapCall({ input: { excluded: [[scores]] } }), TypeError)
    assert.throws(() => bootstrapCall({ input: { design: 'unpaired' } }), RangeError)
    assert.throws(() => bootstrapCall({ input: { definition: 0 } }), TypeError)
    assert.throws(() => bootstrapCall({ input: { definition: { rule: 'plug-in', delta: 0 } } }), RangeError)
    assert.throws(() => bootstrapCall({ range: { engine: 'auto' } }), RangeError)
    assert.throws(() => addon.fewestCertified(0, 0.5), RangeError)
    assert.throws(() => bootstrapCall({ range: { count: -1 } }), RangeError)
    assert.throws(() => bootstrapCall({ range: { first: 2 ** 32 } }), RangeError)
    assert.throws(() => bootstrapCall({ control: new Int32Array(1) }), TypeError)
    assert.throws(() => bootstrapCall({ control: undefined }), TypeError)
  })

  it('is refused by the kernel when lengths do not fit', async () => {
    const mismatch = { code: 'LENGTH_MISMATCH' }
    const tree = { range: { engine: 'tree' } }
    assert.equal(await bootstrapCall(tree), undefined)
    for (const outputs of [
      { tpr: out(3) },
      { thresholds: out(1) },
      { observedTpr: undefined },
      { acceleration: out(1) },
      { standardErrors: out(2) },
    ]) {
      await assert.rejects(bootstrapCall({ ...tree, outputs }), mismatch)
    }
    const three = { normal: [scores, scores, scores], anomalous: [[scores], [scores], [scores]] }
    const masks = [[undefined], [undefined], [undefined]]
    await assert.rejects(bootstrapCall({ ...tree, input: { ...three, excluded: masks } }), { code: 'OUT_OF_RANGE' })
    await assert.rejects(addon.argsort(scores, new Uint32Array(2), 1), mismatch)
    await assert.rejects(addon.rank(scores, 'average', out(4), 1), mismatch)
    await assert.rejects(addon.ecdf(scores, scores, out(2), 1), mismatch)
    await assert.rejects(addon.quantiles(scores, out(2), 'linear', out(1), 1), mismatch)
    await assert.rejects(addon.countAbove(scores, out(2), new Uint32Array(1)), mismatch)
    await assert.rejects(
      addon.thresholds(
        scores,
        Float64Array.of(0.5),
        { rule: 'inverse-cdf', delta: 0.05 },
        out(2),
        new Uint32Array(1),
        new Uint32Array(1),
        1,
      ),
      mismatch,
    )
    await assert.rejects(
      addon.thresholds(
        scores,
        Float64Array.of(0.5),
        { rule: 'inverse-cdf', delta: 0.05 },
        out(1),
        new Uint32Array(1),
        new Uint32Array(2),
        1,
      ),
      mismatch,
    )
    await assert.rejects(bootstrapCall({ outputs: { tpr: out(3) } }), mismatch)
    await assert.rejects(bootstrapCall({ outputs: { thresholds: out(1) } }), mismatch)
    await assert.rejects(bootstrapCall({ outputs: { observedTpr: undefined } }), mismatch)
    await assert.rejects(
      bootstrapCall({ input: { normal: [scores, scores], anomalous: [[scores], []], excluded: [[], []] } }),
      mismatch,
    )
    await assert.rejects(bootstrapCall({ range: { first: 2 ** 32 - 1 } }), { code: 'OUT_OF_RANGE' })
    await assert.rejects(bootstrapCall({ input: { normal: [], anomalous: [], excluded: [] } }), {
      code: 'EMPTY_SAMPLE',
    })
    await assert.rejects(addon.ecdf(out(0), scores, out(3), 1), { code: 'EMPTY_SAMPLE' })
    await assert.rejects(addon.quantiles(scores, Float64Array.of(2), 'linear', out(1), 1), {
      code: 'OUT_OF_RANGE',
      index: 0,
    })
  })
})
