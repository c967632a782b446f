import assert from 'node:assert/strict'
import { test } from 'node:test'
import { syntheticSamples } from '../../src/data/sets/synthetic.js'
import { meanSd } from '../../src/stats/meanSd.js'

const nFeatures = 9

function column(samples: Float32Array, j: number): Float64Array {
  return Float64Array.from({ length: samples.length / nFeatures }, (_, i) => samples[i * nFeatures + j] ?? Number.NaN)
}

test('normal samples have mean 0, variance 1 and no correlation', async () => {
  const n = 100_000
  const samples = await syntheticSamples(n, { kind: 'normal', seed: 3 })
  assert.equal(samples.length, n * nFeatures)
  for (let j = 0; j < nFeatures; j++) {
    const { mean, sd } = meanSd(column(samples, j))
    assert.ok(Math.abs(mean) < 5 / Math.sqrt(n), `mean ${mean}`)
    assert.ok(Math.abs(sd - 1) < 5 / Math.sqrt(2 * n), `sd ${sd}`)
  }
  const [a, b] = [column(samples, 0), column(samples, 8)]
  assert.ok(Math.abs(meanSd(a.map((x, i) => x * (b[i] ?? 0))).mean) < 5 / Math.sqrt(n))
})

// With p = P(coordinate j is shifted) = (0.4·3 + 0.6·4)/9 and r = P(j and k are) = (0.4·3·2 + 0.6·4·3)/72:
// E x = 1.6 p, E x² = p (1.6² + 0.8²) + 1 − p, E xⱼxₖ = 1.6² r.
test('anomalous samples have the moments of their mixture', async () => {
  const n = 400_000
  const samples = await syntheticSamples(n, { kind: 'anomalous', seed: 3 })
  const [p, r] = [0.4, 9.6 / 72]
  const variance = p * (1.6 ** 2 + 0.8 ** 2) + 1 - p - (1.6 * p) ** 2
  for (let j = 0; j < nFeatures; j++) {
    const [x, next] = [column(samples, j), column(samples, (j + 1) % nFeatures)]
    const { mean, sd } = meanSd(x)
    assert.ok(Math.abs(mean - 1.6 * p) < 5 * Math.sqrt(variance / n), `mean ${mean}`)
    assert.ok(Math.abs(sd ** 2 - variance) < 0.02, `variance ${sd ** 2}`)
    const products = meanSd(x.map((value, i) => value * (next[i] ?? 0)))
    assert.ok(Math.abs(products.mean - 1.6 ** 2 * r) < (5 * products.sd) / Math.sqrt(n), `E xx ${products.mean}`)
  }
})

test('a sample is a function of its kind, seed, stream and number', async () => {
  const options = { kind: 'anomalous', seed: 7, stream: 2 } as const
  const whole = await syntheticSamples(5000, { ...options, threads: 1 })
  assert.deepEqual(await syntheticSamples(5000, { ...options, threads: 2 }), whole)
  assert.deepEqual(await syntheticSamples(20, { ...options, from: 4000 }), whole.slice(4000 * 9, 4020 * 9))
  for (const other of [{ kind: 'normal' }, { seed: 8 }, { stream: 3 }] as const) {
    const samples = await syntheticSamples(5000, { ...options, ...other })
    assert.equal(
      samples.some((x, i) => x === whole[i]),
      false,
      JSON.stringify(other),
    )
  }
})

test('tells progress, and stops when its signal fires', async () => {
  const seen: number[] = []
  await syntheticSamples(300_000, { kind: 'normal', onProgress: ({ done, total }) => seen.push(done / total) })
  assert.equal(seen.at(-1), 1)
  const signal = AbortSignal.abort('enough')
  await assert.rejects(syntheticSamples(10, { kind: 'normal', signal }), { code: 'ABORTED', cause: 'enough' })
})

test('refuses what it cannot draw', async () => {
  const normal = { kind: 'normal' } as const
  await assert.rejects(syntheticSamples(-1, normal), { code: 'OUT_OF_RANGE', message: /^n must be an integer/ })
  await assert.rejects(syntheticSamples(2, { ...normal, from: 2 ** 32 - 1 }), {
    code: 'OUT_OF_RANGE',
    message: /^from/,
  })
  await assert.rejects(syntheticSamples(2, { ...normal, stream: 2 ** 27 }), { code: 'OUT_OF_RANGE' })
  await assert.rejects(syntheticSamples(2, { kind: 'strange' as 'normal' }), { code: 'UNKNOWN_NAME' })
  assert.equal((await syntheticSamples(0, normal)).length, 0)
})
