import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Worker } from 'node:worker_threads'
import { uniform } from '../../src/native.js'
import { bootstrap, type DetectorScores } from '../../src/stats/bootstrap.js'
import { sort } from '../../src/stats/sort.js'

function scores(replicate: number, n: number): Float64Array {
  const data = new Float64Array(n)
  uniform(5, 1, replicate, data, 0, 1)
  return data
}

const detectors = (n: number): DetectorScores[] =>
  [0, 10].map((from) => ({ normal: scores(from, n), anomalous: [scores(from + 1, n / 4), scores(from + 2, n / 10)] }))

describe('native work', () => {
  it('gives the same bits with 1, 2 and 7 threads, and however replicates are cut up', async () => {
    const options = { fprs: [0.05, 0.2], resamples: 301, seed: 9 }
    const one = await bootstrap(detectors(400), { ...options, threads: 1 })
    for (const threads of [2, 7]) {
      const many = await bootstrap(detectors(400), { ...options, threads })
      assert.deepEqual(many.tpr, one.tpr)
      assert.deepEqual(many.thresholds, one.thresholds)
    }
    const tail = await bootstrap(detectors(400), { ...options, resamples: 101, firstReplicate: 200 })
    assert.deepEqual(tail.tpr, one.tpr?.slice(200 * 2 * 2 * 2))
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
      if (++ticks === 5) controller.abort('enough')
    }, 5)
    const pending = bootstrap(detectors(100_000), {
      resamples: 100_000,
      outputs: { thresholds: false, tpr: false },
      signal: controller.signal,
    })
    await assert.rejects(pending, { code: 'ABORTED', cause: 'enough' })
    clearInterval(timer)
    assert.equal(ticks, 5)
  })

  it('loads in several threads at once', async () => {
    const code = `
      const { createRequire } = require('node:module')
      const addon = createRequire(${JSON.stringify(import.meta.url)})('../../build/Release/scoring_bias.node')
      require('node:worker_threads').parentPort.postMessage(addon.permutation(1, 2, 3, 5))`
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
})
