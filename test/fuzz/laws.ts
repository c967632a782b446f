import assert from 'node:assert/strict'
import fc from 'fast-check'
import { readScores } from '../../src/compare/readScores.js'
import { tableDataset } from '../../src/data/tableDataset.js'
import { loadDetector } from '../../src/detectors/loadDetector.js'
import { scoreTable } from '../../src/detectors/scoreTable.js'
import { train } from '../../src/detectors/train.js'
import { relativeBias } from '../../src/stats/bias/relativeBias.js'
import { describeDataset } from '../../src/study/describeDataset.js'
import { classDistances } from '../../src/study/similarity.js'
import { scorePairs } from '../props/arbitraries.js'
import { biasOptions } from './biasArbitraries.js'
import { calls, check, type Subject } from './calls.js'
import { tables } from './rooms/data.js'
import { endings, scoreTables, writeTables } from './tables.js'

function law<T>(name: string, cost: number, inputs: fc.Arbitrary<T>, holds: (input: T) => Promise<void>): Subject {
  const property = fc.asyncProperty(inputs, async (input) => {
    calls.valid++
    await holds(input)
  })
  return { name: `law: ${name}`, cost, run: (parameters) => check(property, parameters) }
}

/** Enough samples of each class to train and to test. */
const largeTables = tables.filter(({ labels }) => labels.length >= 3 * 16)

/** What several functions together owe their callers. */
export const laws: readonly Subject[] = [
  law('one table in every format is one answer', 60, scoreTables, async (table) => {
    const paths = await writeTables(table, 'same')
    const { source: _, ...first } = await readScores(paths.npz)
    const normal = table.baseline.filter((_, i) => table.label[i] === 0)
    assert.deepEqual(Array.from(first.validation[0] ?? []), normal)
    for (const ending of endings) {
      const { source, ...read } = await readScores(paths[ending])
      assert.deepEqual(read, first, source)
    }
  }),
  law(
    'a monotone map of the scores moves thresholds alone',
    4,
    fc.tuple(scorePairs, biasOptions),
    async ([pair, options]) => {
      // A line through two scores is no image of the line through their images.
      if (options.thresholdRule === 'linear') return
      const map = (x: number) => x ** 3 + x - 5
      const { normal, anomalous } = pair.candidate
      const mapped = { ...pair, candidate: { normal: normal.map(map), anomalous: anomalous.map(map) } }
      const [plain, other] = [await relativeBias(pair, options), await relativeBias(mapped, options)]
      assert.equal(other.candidate.threshold, map(plain.candidate.threshold))
      // Warnings name thresholds.
      const candidate = { ...other.candidate, threshold: plain.candidate.threshold }
      assert.deepEqual({ ...other, candidate, warnings: [] }, { ...plain, warnings: [] })
    },
  ),
  law('a description counts every sample, and distances begin at the class itself', 1, tables, async (table) => {
    const dataset = tableDataset(table)
    const { n, classes } = describeDataset(dataset)
    assert.equal(
      n,
      classes.reduce((sum, own) => sum + own.n, 0),
    )
    const [first, ...others] = classDistances(dataset, 'third')
    assert.deepEqual(first, { name: 'third', l2: 0 })
    for (const [i, { l2 }] of others.entries()) assert.ok(l2 >= (others[i - 1]?.l2 ?? 0))
  }),
  law('a table scored in batches has the scores of its samples', 120, largeTables, async (table) => {
    const options = { settings: { epochs: 1, pretrainEpochs: 1 }, anomaly: 'third', fpr: 0.5, device: 'cpu' } as const
    const { model } = await train({ data: table, detector: 'hsc', ...options })
    const detector = await loadDetector(model, { device: 'cpu' })
    try {
      const width = table.featureNames.length
      const column = (j: number) =>
        Float64Array.from(table.labels, (_, i) => table.features[i * width + j] ?? Number.NaN)
      const reader = {
        name: 'memory',
        columns: table.featureNames,
        named: true,
        async *batches() {
          const numbers = table.featureNames.map((_, j) => column(j))
          yield { firstRow: 0, nRows: table.labels.length, numbers, texts: [] }
        },
        place: async (row: number) => `row ${row + 1}`,
        close: async () => {},
      }
      const scores: number[] = []
      for await (const batch of scoreTable(detector, reader)) scores.push(...batch.scores)
      assert.deepEqual(Float32Array.from(scores), (await detector.score(table.features)).scores)
    } finally {
      await detector.close()
    }
  }),
]
