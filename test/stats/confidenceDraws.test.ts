import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { relativeBias } from '../../src/stats/bias/relativeBias.js'
import { normals, scorePair } from './samples.js'

type Rows = number[][]
interface Oracle {
  draws: ['paired' | 'independent', Rows, Rows, number, number[], number][]
  signs: [up: number, down: number, mid: number, exact: number][]
}
const oracle: Oracle = JSON.parse(readFileSync(new URL('../oracle/confidence.json', import.meta.url), 'utf8'))

test('the draws have the law that numpy draws by its definition', async () => {
  const resamples = 100_000
  assert.equal(oracle.draws.length, 6)
  for (const [design, normal, anomalous, fpr, quantiles, atMostZero] of oracle.draws) {
    const detector = (d: number) => ({
      normal: Float64Array.from(normal[d] ?? []),
      anomalous: Float64Array.from(anomalous[d] ?? []),
    })
    const scores = { baseline: detector(0), candidate: detector(1) }
    const { replicates } = await relativeBias(scores, { design, fpr, resamples, replicates: true, seed: 3 })
    const xi = replicates?.xi ?? assert.fail()
    // The share of draws below numpy's quantiles, within five standard errors of either.
    for (const [i, p] of [0.025, 0.25, 0.5, 0.75, 0.975].entries()) {
      const share = xi.filter((x) => x <= (quantiles[i] ?? Number.NaN)).length / resamples
      const error = Math.sqrt((p * (1 - p)) / resamples + (p * (1 - p)) / 400_000)
      assert.ok(Math.abs(share - p) < 5 * error, `${design} ${normal[0]?.length}: ${share} for ${p}`)
    }
    const share = xi.filter((x) => x <= 0).length / resamples
    assert.ok(Math.abs(share - atMostZero) < 5 * Math.sqrt((atMostZero * (1 - atMostZero)) / 80_000), `${share}`)
  }
})

/** Thresholds between −1 and 1; of the anomalies, far from them, some are flagged by one detector alone. */
function settled(up: number, down: number, both = 4, neither = 5) {
  const flags = (first: number, second: number) =>
    Float64Array.of(
      ...new Array(up).fill(first),
      ...new Array(down).fill(second),
      ...new Array(both).fill(50),
      ...new Array(neither).fill(-50),
    )
  return {
    baseline: { normal: normals(2000, 1), anomalous: flags(-50, 50) },
    candidate: { normal: normals(2000, 2), anomalous: flags(50, -50) },
  }
}

test('with thresholds that no anomaly is near the p-value is the mid-p value of the sign test', async () => {
  for (const [up, down, mid, exact] of oracle.signs) {
    const { pValue, direction } = await relativeBias(settled(up, down), { resamples: 100_000 })
    assert.ok(Math.abs(pValue - mid) < 5 * Math.sqrt(mid / 50_000) + 1e-4, `${up} to ${down}: ${pValue} for ${mid}`)
    if (exact > 0.1) assert.equal(direction, 'none')
  }
})

test('three samples of three are no arrow, by any interval method', async () => {
  for (const intervalMethod of ['confidence', 'percentile', 'bca'] as const) {
    const { pValue, direction } = await relativeBias(settled(3, 0, 0, 2), { intervalMethod })
    assert.equal(direction, 'none')
    assert.ok(Math.abs(pValue - 0.125) < 0.02, `${pValue}`)
  }
})

test('recalls of 0 and 1 are inside the interval', async () => {
  for (const design of ['paired', 'independent'] as const) {
    const { interval, xi } = await relativeBias(settled(20, 0, 0, 0), { design })
    assert.deepEqual([xi, interval[1]], [1, 1])
    assert.ok(interval[0] > 0.6)
  }
})

test('infinite scores, ties and a single sample are answered', async () => {
  const infinite = {
    normal: Float64Array.of(Number.NEGATIVE_INFINITY, 0, 0, 0, Number.POSITIVE_INFINITY),
    anomalous: Float64Array.of(Number.POSITIVE_INFINITY, 0, Number.NEGATIVE_INFINITY),
  }
  const one = { normal: Float64Array.of(1), anomalous: Float64Array.of(1) }
  for (const pair of [infinite, one]) {
    for (const design of ['paired', 'independent'] as const) {
      for (const fpr of [1e-6, 0.2, 0.999]) {
        const { interval, direction } = await relativeBias({ baseline: pair, candidate: pair }, { design, fpr })
        assert.ok(interval[0] <= 0 && interval[1] >= 0 && direction === 'none')
      }
    }
  }
})

test('of a certified threshold the target is the true rate that it has on average', async () => {
  const scores = scorePair(400, 300)
  const certified = await relativeBias(scores, { thresholdRule: 'certified', resamples: 40_000 })
  const kept = certified.baseline.observedFpr * 400
  const plain = await relativeBias(scores, { fpr: (kept + 1) / 401, resamples: 40_000 })
  assert.deepEqual(certified.interval, plain.interval)
})

test('bits do not depend on threads, nor those of one class on the others', async () => {
  const scores = scorePair(300, 90)
  const classes = Array.from({ length: 90 }, (_, i) => i % 3)
  const asked = { classes, resamples: 2000, replicates: true, seed: 9 }
  const one = await relativeBias(scores, { ...asked, threads: 1 })
  assert.deepEqual(await relativeBias(scores, { ...asked, threads: 4 }), one)
  const merged = await relativeBias(scores, { ...asked, classes: classes.map((k) => Math.min(k, 1)) })
  assert.deepEqual(merged.classes[0]?.replicates, one.classes[0]?.replicates)
  assert.deepEqual(merged.replicates, one.replicates)
})

test('a stopped run rejects', async () => {
  const controller = new AbortController()
  const running = relativeBias(scorePair(300, 90), { resamples: 5_000_000, signal: controller.signal })
  setImmediate(() => controller.abort())
  await assert.rejects(running, { code: 'ABORTED' })
})
