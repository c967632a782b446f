import assert from 'node:assert/strict'
import fc from 'fast-check'
import * as data from '../../../src/rooms/data.js'
import type { RoomCalls } from '../calls.js'
import { endings, folder, pathsOfTables, usual, usualPaths } from '../tables.js'

const constant = 'a constant'
const name = fc.constantFrom(...data.datasetNames)
/** Data sets that are computed or come with the package. */
const here = fc.constantFrom('synthetic', 'statlog')
const share = fc.record(
  { share: fc.double({ min: 0.002, max: 0.02, noNaN: true }), dataSeed: fc.nat() },
  { requiredKeys: ['share'] },
)
const places = fc.record({ dataDir: fc.constant(folder) }, { requiredKeys: [] })

/** Small tables of three classes, of which `normal` is one. */
export const tables = fc
  .tuple(
    fc.integer({ min: 1, max: 4 }),
    fc.integer({ min: 8, max: 20 }),
    fc.nat(),
    fc.constantFrom('odd', '__proto__', 'ü'),
  )
  .map(([width, perClass, seed, other]): data.LabelledTable => {
    const n = 3 * perClass
    return {
      name: 'fuzz',
      attribution: '',
      featureNames: Array.from({ length: width }, (_, j) => `x${j}`),
      features: Float32Array.from({ length: n * width }, (_, i) => Math.sin(i * i + seed)),
      classes: ['normal', other, 'third'],
      labels: Uint8Array.from({ length: n }, (_, i) => i % 3),
    }
  })

function requireRows(rows: Uint32Array, labels: Uint8Array, iClass: number): void {
  assert.ok(rows.every((row) => labels[row] === iClass))
  assert.equal(new Set(rows).size, rows.length)
}

const asked = {
  normal: fc.constant('normal'),
  anomaly: fc.constant('third'),
  seed: fc.nat(),
  run: fc.nat({ max: 1000 }),
}

/** Calls of every function of the room of data. */
export const dataCalls: RoomCalls<typeof data> = {
  datasetNames: constant,
  splitKinds: constant,
  syntheticKinds: constant,
  tableFormats: constant,
  datasetInfo: { names: ['data set'], args: fc.tuple(name), holds: (info, own) => assert.equal(info.name, own) },
  publishedUse: { names: ['data set'], args: fc.tuple(name) },
  dataStatus: {
    names: ['data set', 'options'],
    args: fc.tuple(name, places),
    holds: (status, own) => assert.equal(status.name, own),
  },
  verifyDataset: { names: ['data set', 'options'], args: fc.tuple(here, places), cost: 10 },
  fetchDataset: {
    names: ['data set', 'options'],
    // The others are on the network; their tests have a server of their own.
    args: fc.tuple(here, fc.record({ to: fc.constant(folder) }, { requiredKeys: [] })),
    holds: ({ downloaded }) => assert.deepEqual(downloaded, []),
  },
  loadDataset: {
    names: ['data set', 'options'],
    args: fc.tuple(here, share),
    cost: 10,
    holds: ({ features, labels, sample }) => {
      assert.equal(features.length, labels.length * sample.reduce((a, b) => a * b))
      assert.ok(features.every(Number.isFinite))
    },
  },
  loadTable: {
    names: ['data set', 'options'],
    args: fc.tuple(here, share),
    cost: 10,
    holds: ({ features, labels, featureNames }) => assert.equal(features.length, labels.length * featureNames.length),
  },
  syntheticSamples: {
    names: ['n', 'options'],
    args: fc.tuple(
      fc.integer({ min: 0, max: 60 }),
      fc.record(
        { kind: fc.constantFrom(...data.syntheticKinds), seed: fc.nat(), from: fc.nat({ max: 9999 }) },
        { requiredKeys: ['kind'] },
      ),
    ),
    holds: async (samples, n, { from = 0, ...options }) => {
      assert.equal(samples.length, 9 * n)
      if (n > 1) assert.deepEqual(await data.syntheticSamples(n - 1, { ...options, from: from + 1 }), samples.slice(9))
    },
  },
  unionName: {
    names: ['data', 'normal'],
    args: fc.tuple(tables, fc.constantFrom('normal', ['normal', 'third'])),
    holds: (own, _, normal) => assert.ok(typeof normal !== 'string' || own === normal),
  },
  mergeClasses: {
    names: ['data', 'normal'],
    args: fc.tuple(tables, fc.constantFrom('normal', ['normal', 'third'])),
    holds: (merged, { labels }, normal) => {
      const n = labels.filter((label) => label === 0 || (typeof normal !== 'string' && label === 2)).length
      const iNormal = merged.classes.indexOf(data.unionName({ ...merged }, merged.classes[0] as string))
      assert.ok(n === merged.labels.filter((label) => label === iNormal).length)
    },
  },
  tableDataset: {
    names: ['table', 'options', 'feature'],
    args: fc.tuple(tables, fc.record({ normal: fc.constant('normal') }, { requiredKeys: [] })),
    holds: ({ features, labels, sample: [width = 0] }) => {
      assert.equal(features.length, labels.length * width)
      for (let j = 0; j < width; j++) {
        const column = Array.from(labels, (_, i) => features[i * width + j] as number).filter((_, i) => labels[i] === 0)
        assert.ok(Math.abs(column.reduce((a, b) => a + b) / column.length) < 1e-5, 'columns of normals have mean 0')
      }
    },
  },
  heldOutSplit: {
    names: ['table', 'options'],
    args: fc.tuple(tables, fc.record(asked)),
    refusals: ['EMPTY_SAMPLE', 'OUT_OF_RANGE'],
    holds: ({ trainNormal, validation, trainAnomaly }, { labels }) => {
      requireRows(trainNormal, labels, 0)
      requireRows(trainAnomaly, labels, 2)
      assert.ok(validation.every((row) => !trainNormal.includes(row)))
    },
  },
  makeSplit: {
    names: ['dataset', 'options'],
    args: fc.tuple(tables, fc.record(asked)),
    refusals: ['EMPTY_SAMPLE', 'OUT_OF_RANGE'],
    holds: ({ trainNormal, trainAnomaly, tests }, { labels }) => {
      requireRows(trainNormal, labels, 0)
      requireRows(trainAnomaly, labels, 2)
      for (const { rows } of tests) assert.equal(new Set(rows).size, rows.length)
    },
  },
  openTable: {
    names: ['path', 'options', 'file'],
    args: fc.constantFrom(...endings).map((ending): [string, object] => [usualPaths[ending], {}]),
    cost: 10,
    varies: true,
    holds: async (reader) => {
      const scores: number[] = []
      for await (const { numbers } of reader.batches({ numbers: ['baseline'] })) scores.push(...(numbers[0] ?? []))
      assert.deepEqual(scores, usual.baseline)
    },
    close: (reader) => reader.close(),
  },
  readLabelledTable: {
    names: ['path', 'options', 'file'],
    args: fc.tuple(pathsOfTables, fc.constant({ label: 'class', ignore: ['key'] })),
    cost: 10,
    holds: ({ featureNames, features, labels }) => {
      assert.deepEqual(featureNames, ['label', 'baseline', 'candidate'])
      assert.equal(features.length, labels.length * 3)
    },
  },
}
