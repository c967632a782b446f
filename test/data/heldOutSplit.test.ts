import assert from 'node:assert/strict'
import { test } from 'node:test'
import { heldOutSplit, isFifth, wholeOfFifth } from '../../src/data/splits/heldOutSplit.js'
import { type LabelledTable, requireTable, tableDigest } from '../../src/data/tables/labelledTable.js'

/** counts[i] samples of class i, in order of class; features are row number and its square. */
function counted(counts: Record<string, number>): LabelledTable {
  const labels = Object.values(counts).flatMap((count, i) => Array<number>(count).fill(i))
  return {
    name: 'counted.csv',
    attribution: '',
    featureNames: ['row', 'square'],
    features: Float32Array.from(labels.flatMap((_, row) => [row, row * row])),
    classes: Object.keys(counts),
    labels: Uint8Array.from(labels),
  }
}

const table = counted({ fine: 101, crack: 40, dent: 3, hole: 1 })
const options = { normal: 'fine', anomaly: ['crack', 'dent'], seed: 0 }

test('four fifths of the normal samples are trained on, the others are for the threshold', () => {
  const { trainNormal, validation } = heldOutSplit(table, options)
  assert.equal(trainNormal.length, 80)
  assert.deepEqual(
    [...trainNormal, ...validation].sort((a, b) => a - b),
    Array.from({ length: 101 }, (_, row) => row),
  )
})

test('labelled anomalies are a tenth of the normal samples trained on, none of them is tested', () => {
  const { trainAnomaly, tests, seen } = heldOutSplit(table, options)
  assert.equal(trainAnomaly.length, 8)
  assert.deepEqual(
    tests.map((one) => one.class),
    ['crack', 'dent', 'hole'],
  )
  const tested = tests.flatMap((one) => [...one.rows])
  assert.deepEqual(
    [...trainAnomaly, ...tested].sort((a, b) => a - b),
    Array.from({ length: 44 }, (_, i) => 101 + i),
  )
  assert.equal(
    seen.reduce((a, b) => a + b, 0),
    88,
  )
})

test('where anomalies are few, a fifth of them is kept to test', () => {
  const { trainAnomaly, tests } = heldOutSplit(table, { ...options, anomaly: ['dent'] })
  assert.equal(trainAnomaly.length, 2)
  assert.equal(tests.find((one) => one.class === 'dent')?.rows.length, 1)
})

test('without labelled anomalies every anomaly is tested', () => {
  const { trainAnomaly, tests } = heldOutSplit(table, { ...options, anomaly: [] })
  assert.equal(trainAnomaly.length, 0)
  assert.deepEqual(
    tests.map(({ rows }) => rows.length),
    [40, 3, 1],
  )
})

test('a class by its name, in a list and with the whole share is the same class', () => {
  const one = heldOutSplit(table, { ...options, anomaly: 'crack' })
  assert.deepEqual(heldOutSplit(table, { ...options, anomaly: ['crack'] }), one)
  assert.deepEqual(heldOutSplit(table, { ...options, anomaly: [{ class: 'crack', weight: 1 }] }), one)
})

test('the order in which classes are named decides nothing', () => {
  assert.deepEqual(heldOutSplit(table, { ...options, anomaly: ['dent', 'crack'] }), heldOutSplit(table, options))
})

test('a fifth is of that many samples, and of no fewer', () => {
  for (let n = 4; n < 40; n++) {
    const fifthOf = (normals: number) => heldOutSplit(counted({ fine: normals, dent: 3 }), { ...options, anomaly: [] })
    const [whole, less] = [fifthOf(wholeOfFifth(n)), fifthOf(wholeOfFifth(n) - 1)]
    assert.equal(whole.validation.length, n)
    assert.equal(less.validation.length, n - 1)
    assert.ok(isFifth(whole))
  }
})

test('equal seeds give equal splits, others do not', () => {
  assert.deepEqual(heldOutSplit(table, options), heldOutSplit(table, options))
  assert.notDeepEqual(
    heldOutSplit(table, { ...options, seed: 1 }).trainNormal,
    heldOutSplit(table, options).trainNormal,
  )
})

test('classes that are unknown, too small or on both sides are refused', () => {
  const cases = [
    [{ normal: 'fone' }, 'UNKNOWN_CLASS', /unknown normal class 'fone' \(did you mean 'fine'\?\); known: fine, crack/],
    [{ anomaly: ['crak'] }, 'UNKNOWN_CLASS', /unknown anomaly class 'crak'/],
    [{ anomaly: ['crack', 'dent', 'crack'] }, 'OUT_OF_RANGE', /^anomaly class 'crack' is named twice\. Name it once$/],
    [{ anomaly: ['fine'] }, 'OUT_OF_RANGE', /must be different classes, both are 'fine'/],
    [
      { anomaly: ['hole'] },
      'EMPTY_SAMPLE',
      /counted\.csv: anomaly class 'hole' has 1 sample\. At least 2 are needed, to train and to test\. /,
    ],
    [{ normal: 'dent', anomaly: ['crack'] }, 'EMPTY_SAMPLE', /normal class 'dent' has 3 samples\. At least 13/],
  ] as const
  for (const [changed, code, message] of cases)
    assert.throws(() => heldOutSplit(table, { ...options, ...changed }), { code, message })
})

test('requireTable refuses what does not fit together, with its place', () => {
  const broken = { ...table, features: table.features.with(5, Number.NaN) }
  assert.throws(() => requireTable(broken), { code: 'NOT_A_NUMBER', message: /feature 'square' of sample 2 is NaN/ })
  assert.throws(() => requireTable({ ...table, features: table.features.subarray(1) }), { code: 'LENGTH_MISMATCH' })
  assert.throws(() => requireTable({ ...table, labels: new Uint8Array() }), { code: 'EMPTY_SAMPLE' })
})

test('the digest is SHA-256 of float32 features and byte labels', () => {
  const small = { ...table, features: Float32Array.of(1, -2), labels: Uint8Array.of(1) }
  // python3: hashlib.sha256(struct.pack('<2fB', 1, -2, 1)).hexdigest()
  assert.equal(tableDigest(small), '2673dad302565f93241004f6b0c1a20ca8302ead26c9afaafa8ddabca57d1f62')
})
