import assert from 'node:assert/strict'
import { test } from 'node:test'
import { syntheticSamples } from '../../src/data/sets/synthetic.js'
import { heldOutSplit } from '../../src/data/splits/heldOutSplit.js'
import { mergeClasses, unionName } from '../../src/data/splits/normalClasses.js'
import { makeSplit } from '../../src/data/splits/splits.js'
import { tableDataset } from '../../src/data/tableDataset.js'
import type { LabelledTable } from '../../src/data/tables/labelledTable.js'
import { openTable } from '../../src/data/tables/openTable.js'
import { readLabelledTable } from '../../src/data/tables/readLabelledTable.js'
import { ScoringBiasError } from '../../src/errors.js'

const table: LabelledTable = {
  name: 'forty.csv',
  attribution: '',
  featureNames: ['x'],
  features: Float32Array.from({ length: 40 }, (_, i) => i),
  classes: ['normal', 'crack', 'dent'],
  labels: Uint8Array.from({ length: 40 }, (_, i) => (i < 20 ? 0 : (i % 2) + 1)),
}
const split = { normal: 'normal', anomaly: 'crack', run: 0, seed: 0 }

/** Calls with what a program without types might give. */
const calls: [string, (wrong: never) => unknown, unknown, string][] = [
  ['makeSplit', (options) => makeSplit(table, options), { ...split, sead: 1 }, 'UNKNOWN_NAME'],
  ['makeSplit', (options) => makeSplit(table, options), null, 'WRONG_TYPE'],
  ['makeSplit', (options) => makeSplit(table, options), { normal: 'normal', anomaly: 'crack' }, 'WRONG_TYPE'],
  ['makeSplit', (options) => makeSplit(table, options), { ...split, anomaly: undefined }, 'WRONG_TYPE'],
  ['makeSplit', (options) => makeSplit(table, options), { ...split, anomaly: 7 }, 'WRONG_TYPE'],
  ['makeSplit', (options) => makeSplit(table, options), { ...split, anomaly: ['crack'] }, 'WRONG_TYPE'],
  ['makeSplit', (options) => makeSplit(table, options), { ...split, seed: 1n }, 'WRONG_TYPE'],
  ['makeSplit', (data) => makeSplit(data, split), null, 'WRONG_TYPE'],
  ['makeSplit', (data) => makeSplit(data, split), { ...table, labels: [0, 1] }, 'WRONG_TYPE'],
  ['heldOutSplit', (options) => heldOutSplit(table, options), { ...split, anomalies: ['crack'] }, 'UNKNOWN_NAME'],
  ['heldOutSplit', (options) => heldOutSplit(table, options), { ...split, anomaly: undefined }, 'WRONG_TYPE'],
  ['heldOutSplit', (options) => heldOutSplit(table, options), { ...split, anomaly: [7] }, 'WRONG_TYPE'],
  ['unionName', (data) => unionName(data, 'normal'), null, 'WRONG_TYPE'],
  ['unionName', (normal) => unionName(table, normal), [Symbol('normal')], 'WRONG_TYPE'],
  [
    'mergeClasses',
    (data) => mergeClasses(data, ['crack', 'dent']),
    { ...table, labels: Uint8Array.of(0, 3) },
    'OUT_OF_RANGE',
  ],
  ['tableDataset', (options) => tableDataset(table, options), { dataDir: '.' }, 'UNKNOWN_NAME'],
  ['tableDataset', (options) => tableDataset(table, options), { normal: null }, 'WRONG_TYPE'],
  ['tableDataset', (data) => tableDataset(data), undefined, 'WRONG_TYPE'],
  ['tableDataset', (data) => tableDataset(data), { ...table, features: [1] }, 'WRONG_TYPE'],
  ['tableDataset', (data) => tableDataset(data), { ...table, classes: ['normal'] }, 'OUT_OF_RANGE'],
  ['openTable', (path) => openTable(path), 7, 'WRONG_TYPE'],
  ['openTable', (options) => openTable('-', options), { format: 'xls' }, 'UNKNOWN_NAME'],
  ['openTable', (options) => openTable('-', options), { format: 7 }, 'WRONG_TYPE'],
  ['openTable', (options) => openTable('-', options), { stdin: 'a,b' }, 'WRONG_TYPE'],
  ['openTable', (options) => openTable('-', options), { formt: 'csv' }, 'UNKNOWN_NAME'],
  ['readLabelledTable', (options) => readLabelledTable('-', options), { ignore: 'id' }, 'WRONG_TYPE'],
  ['readLabelledTable', (options) => readLabelledTable('-', options), { labels: 'y' }, 'UNKNOWN_NAME'],
  ['readLabelledTable', (options) => readLabelledTable('-', options), { signal: 'stop' }, 'WRONG_TYPE'],
  ['syntheticSamples', (options) => syntheticSamples(2, options), undefined, 'WRONG_TYPE'],
  ['syntheticSamples', (options) => syntheticSamples(2, options), { kind: 'anomaly' }, 'UNKNOWN_NAME'],
  ['syntheticSamples', (options) => syntheticSamples(2, options), { kind: 'normal', sed: 1 }, 'UNKNOWN_NAME'],
  ['syntheticSamples', (options) => syntheticSamples(2, options), { kind: 'normal', onProgress: 1 }, 'WRONG_TYPE'],
]

for (const [name, call, wrong, code] of calls) {
  test(`${name} refuses ${code} ${show(wrong)}`, async () => {
    await assert.rejects(
      async () => call(wrong as never),
      (error) => error instanceof ScoringBiasError && error.code === code,
    )
  })
}

test('batches of a table refuse what they cannot give', async () => {
  const reader = await openTable(new URL(import.meta.url).pathname, { format: 'csv' })
  try {
    for (const wanted of [null, {}, { numbers: 'x' }, { numbers: [], text: ['x'] }])
      await assert.rejects(reader.batches(wanted as never).next(), { name: 'ScoringBiasError' })
  } finally {
    await reader.close()
  }
})

function show(value: unknown): string {
  return JSON.stringify(value, (_, one) => (typeof one === 'object' || typeof one === 'string' ? one : String(one)))
}
