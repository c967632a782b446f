import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { classRows, type Dataset } from '../../src/data/core/dataset.js'
import { loadStatlog } from '../../src/data/sets/statlog.js'
import { makeSplit, requireClasses, type SplitOptions } from '../../src/data/splits/splits.js'

let statlog: Dataset
before(async () => {
  statlog = await loadStatlog()
})

const scenario1: SplitOptions = { normal: 'very damp grey soil', anomaly: 'damp grey soil', run: 0, seed: 0 }
const rowsOf = (name: string) => classRows(statlog, statlog.classes.indexOf(name))

/** A data set with nothing but labels: counts[i] samples of class i. */
function counted(counts: Record<string, number>): Pick<Dataset, 'classes' | 'labels'> {
  const labels = Object.values(counts).flatMap((count, i) => Array<number>(count).fill(i))
  return {
    classes: Object.keys(counts),
    labels: Uint8Array.from(labels),
  }
}

test('the StatLog split has the published sizes', () => {
  const split = makeSplit(statlog, scenario1)
  assert.equal(split.trainNormal.length, 1206)
  assert.equal(split.trainAnomaly.length, 120)
  assert.equal(split.validation.length, 1508)
  assert.deepEqual(Object.fromEntries(split.tests.map((one) => [one.class, one.rows.length])), {
    'red soil': 1533,
    'cotton crop': 703,
    'grey soil': 1358,
    'damp grey soil': 506,
    'vegetation stubble': 707,
  })
})

test('training rows are distinct rows of their class, in order, and no anomaly trained on is tested', () => {
  const { trainNormal, trainAnomaly, tests, seen, validation } = makeSplit(statlog, { ...scenario1, run: 3, seed: 11 })
  const anomalies = rowsOf('damp grey soil')
  assert.deepEqual(validation, rowsOf('very damp grey soil'))
  for (const [rows, of] of [
    [trainNormal, validation],
    [trainAnomaly, anomalies],
  ] as const) {
    assert.deepEqual(rows, Uint32Array.from(new Set(rows)).sort())
    const members = new Set(of)
    assert.ok(rows.every((row) => members.has(row)))
  }
  assert.deepEqual(
    Uint32Array.from(seen.keys()).filter((row) => seen[row] === 1),
    Uint32Array.of(...trainNormal, ...trainAnomaly).sort(),
  )
  const tested = tests.find((one) => one.class === 'damp grey soil')?.rows ?? []
  assert.deepEqual(Uint32Array.of(...tested, ...trainAnomaly).sort(), anomalies)
})

test('equal options give equal splits; another run or seed another one', () => {
  const split = makeSplit(statlog, scenario1)
  assert.deepEqual(makeSplit(statlog, scenario1), split)
  for (const other of [{ run: 1 }, { seed: 1 }]) {
    const changed = makeSplit(statlog, { ...scenario1, ...other })
    assert.notDeepEqual(changed.trainNormal, split.trainNormal)
    assert.notDeepEqual(changed.trainAnomaly, split.trainAnomaly)
  }
})

test('every sample is as likely to be drawn as any other', () => {
  const data = counted({ normal: 20, anomaly: 5 })
  const nRuns = 4000
  const drawn = new Float64Array(25)
  for (let run = 0; run < nRuns; run++) {
    makeSplit(data, { normal: 'normal', anomaly: 'anomaly', run, seed: 5 }).seen.forEach((one, row) => {
      drawn[row] = (drawn[row] ?? 0) + one
    })
  }
  // 16 of 20 and 1 of 5 are drawn: binomial counts, five standard deviations allowed.
  const tolerance = 5 * Math.sqrt(nRuns * 0.8 * 0.2)
  drawn.forEach((count, row) => {
    const expected = nRuns * (row < 20 ? 0.8 : 0.2)
    assert.ok(Math.abs(count - expected) < tolerance, `row ${row}: ${count}, expected ${expected}`)
  })
})

test('classes that do not exist are refused, with those that do', () => {
  assert.throws(() => makeSplit(statlog, { ...scenario1, normal: 'very damp gray soil' }), {
    code: 'UNKNOWN_CLASS',
    message: /^unknown normal class 'very damp gray soil' \(did you mean 'very damp grey soil'\?\); known: red soil, /,
  })
  assert.throws(() => makeSplit(statlog, { ...scenario1, anomaly: 'sea' }), {
    code: 'UNKNOWN_CLASS',
    message: /anomaly class 'sea'/,
  })
})

test('the same class as normal and anomalous is refused', () => {
  assert.throws(() => requireClasses(statlog, 'red soil', 'red soil'), { code: 'OUT_OF_RANGE', message: /'red soil'/ })
})

test('classes too small to train on and test are refused; the smallest that are not work', () => {
  const split = (normal: number, anomaly: number) =>
    makeSplit(counted({ normal, anomaly }), { normal: 'normal', anomaly: 'anomaly', run: 0, seed: 0 })
  assert.throws(() => split(12, 5), {
    code: 'EMPTY_SAMPLE',
    message: /'normal' has 12 samples, of which 9 would be trained on\. At least 10/,
  })
  assert.throws(() => split(13, 1), { code: 'EMPTY_SAMPLE', message: /'anomaly' has 1 sample, and training takes 1\./ })
  assert.deepEqual(split(13, 2).trainNormal.length, 10)
  assert.deepEqual(split(13, 2).tests[0]?.rows.length, 1)
})

test('run numbers out of range are refused', () => {
  assert.throws(() => makeSplit(statlog, { ...scenario1, run: -1 }), { code: 'OUT_OF_RANGE' })
  assert.throws(() => makeSplit(statlog, { ...scenario1, run: 0.5 }), { code: 'OUT_OF_RANGE' })
})
