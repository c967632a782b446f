import assert from 'node:assert/strict'
import { test } from 'node:test'
import { syntheticStreams } from '../../src/converge/syntheticSource.js'
import { classRows, type Dataset } from '../../src/data/core/dataset.js'
import { loadDataset, loadTable } from '../../src/data/datasets.js'
import { syntheticSamples } from '../../src/data/sets/synthetic.js'
import { makeSplit } from '../../src/data/splits/splits.js'
import { classDistances } from '../../src/study/similarity.js'

const nFeatures = 9
const classes = { normal: 'normal', anomaly: 'anomalous' } as const

/** Features of the samples of a class in the training part (0) or the test part (1). */
function samplesOf({ features, labels, testPart }: Dataset, iClass: number, isTest: number): number[] {
  const rows = classRows({ labels }, iClass).filter((row) => testPart?.[row] === isTest)
  return [...rows].flatMap((row) => [...features.subarray(row * nFeatures, (row + 1) * nFeatures)])
}

test('it has the sizes of Section 4.2: 10,000 + 1,000 to train on, 20,000 + 2,000 to evaluate on', async () => {
  const dataset = await loadDataset('synthetic')
  assert.deepEqual(
    [dataset.classes, dataset.counts, dataset.simulated],
    [['normal', 'anomalous'], [30_000, 3000], true],
  )
  assert.deepEqual(
    [dataset.standardisation, dataset.raw, (await loadTable('synthetic')).features.length],
    [undefined, undefined, 33_000 * nFeatures],
  )
  for (const run of [0, 1]) {
    const { trainNormal, trainAnomaly, validation, tests, seen } = makeSplit(dataset, { ...classes, run, seed: 5 })
    const sizes = [trainNormal, trainAnomaly, validation, ...tests.map(({ rows }) => rows)].map(({ length }) => length)
    assert.deepEqual(sizes, [10_000, 1000, 20_000, 2000])
    const evaluated = [validation, ...tests.map(({ rows }) => rows)].flatMap((rows) => [...rows])
    assert.ok(evaluated.every((row) => seen[row] === 0 && dataset.testPart?.[row] === 1))
  }
})

// Coordinates are shifted with probability 0.4: the mean of anomalous samples is 0.4 · 1.6 in each of nine.
test('its classes lie as far apart as their laws', async () => {
  const [nearest, distance] = classDistances(await loadDataset('synthetic'), 'anomalous')
  assert.equal(nearest?.name, 'anomalous')
  assert.ok(Math.abs((distance?.l2 ?? 0) - 3 * 0.64) < 0.06, `${distance?.l2}`)
})

test('a part of it is the first samples of its stream, whatever the share, and dataSeed is the seed', async () => {
  const whole = await loadDataset('synthetic', { dataSeed: 3 })
  const tenth = await loadDataset('synthetic', { dataSeed: 3, share: 0.1 })
  assert.equal(tenth.labels.length, 3300)
  for (const [iClass, kind] of (['normal', 'anomalous'] as const).entries()) {
    for (const [isTest, stream] of [3, 4].entries()) {
      const samples = samplesOf(whole, iClass, isTest)
      assert.deepEqual(samples, [...(await syntheticSamples(samples.length / nFeatures, { kind, seed: 3, stream }))])
      assert.deepEqual(samplesOf(tenth, iClass, isTest), samples.slice(0, samples.length / 10))
    }
  }
  assert.notDeepEqual((await loadDataset('synthetic', { dataSeed: 4 })).features, whole.features)
  assert.deepEqual((await loadDataset('synthetic', { dataSeed: 3 })).features, whole.features)
})

test('its streams are not those of converge', () => {
  const { runs, ...single } = syntheticStreams
  assert.ok(runs > 4)
  const ofConverge: readonly number[] = Object.values(single)
  assert.ok(!ofConverge.includes(3) && !ofConverge.includes(4))
})

test('refuses a share and a seed that it cannot have, and stops when its signal fires', async () => {
  await assert.rejects(loadDataset('synthetic', { share: 0 }), { code: 'OUT_OF_RANGE', message: /^share/ })
  await assert.rejects(loadDataset('synthetic', { dataSeed: -1 }), { code: 'OUT_OF_RANGE', message: /^dataSeed/ })
  await assert.rejects(loadDataset('synthetic', { signal: AbortSignal.abort() }), { code: 'ABORTED' })
})
