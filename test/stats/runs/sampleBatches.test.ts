import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sampleBatches } from '../../../src/stats/runs/sampleBatches.js'
import { relativeBiasOfSeeds } from '../../../src/stats/runs/seedBias.js'
import { normals } from '../samples.js'

const rows = (...sizes: number[]) => {
  let first = 0
  const classes = sizes.map((n) => Uint32Array.from({ length: n }, () => first++))
  return sizes.length === 1 ? classes : [Uint32Array.from({ length: first }, (_, i) => i), ...classes]
}

test('few samples are each on their own', () => {
  const { normal, anomalous, count } = sampleBatches(3, rows(2, 1), 0)
  assert.deepEqual([[...normal], [...anomalous], count], [[0, 1, 2], [3, 4, 5], 6])
})

test('of many, batches are equally large but for one, of one set alone, and random', () => {
  const { normal, anomalous, count } = sampleBatches(12_001, rows(400, 10_500), 7)
  assert.equal(count, 5000 + 400 + 5000)
  const sizes = (numbers: Uint32Array) => {
    const found = new Map<number, number>()
    for (const number of numbers) found.set(number, (found.get(number) ?? 0) + 1)
    return found
  }
  const [ofNormals, ofAnomalies] = [sizes(normal), sizes(anomalous)]
  assert.deepEqual([...new Set(ofNormals.values())].toSorted(), [2, 3])
  assert.deepEqual([ofNormals.size, ofAnomalies.size], [5000, 5400])
  assert.ok(Math.max(...normal) < Math.min(...anomalous))
  assert.equal(new Set(anomalous.slice(0, 400)).size, 400)
  assert.ok(normal.some((batch, i) => batch !== i % 5000))
  assert.notDeepEqual(sampleBatches(12_001, rows(400, 10_500), 8).normal, normal)
})

test('intervals by batches are those by samples, within the error that batches make', async () => {
  const [n0, n1] = [15_000, 600]
  const training = (stream: number, shift: number) => {
    const blend = (n: number, own: number, of: number, by: number) => {
      const [shared, other] = [normals(n, of), normals(n, own)]
      return shared.map((x, i) => 0.7 * x + 0.7 * (other[i] ?? Number.NaN) + by)
    }
    return { normal: blend(n0, stream, 50, 0), anomalous: blend(n1, stream + 1, 51, shift) }
  }
  const trainings = {
    baseline: [training(60, 1), training(62, 1.1)],
    candidate: [training(64, 1.5), training(66, 1.4)],
  }
  const options = { resamples: 2000, seed: 1 }
  const each = {
    normal: Array.from({ length: n0 }, (_, i) => i),
    anomalous: Array.from({ length: n1 }, (_, i) => n0 + i),
  }
  const batches = await relativeBiasOfSeeds(trainings, options)
  const samples = await relativeBiasOfSeeds(trainings, { ...options, groups: each })
  assert.deepEqual([batches.xi, batches.trainingError], [samples.xi, samples.trainingError])
  // 1,500 tolerated alarms leave little: 3 % of chance of draws and batches.
  assert.ok(
    Math.abs(batches.sampleError / samples.sampleError - 1) < 0.08,
    `${batches.sampleError}, ${samples.sampleError}`,
  )
})
