import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type AnomalyShare, apportion, mixtureOf, mixtureText } from '../../src/data/splits/anomalyMixture.js'
import { heldOutSplit } from '../../src/data/splits/heldOutSplit.js'
import { makeSplit } from '../../src/data/splits/splits.js'
import { runStudy } from '../../src/study/runStudy.js'

const share = (name: string, weight: number): AnomalyShare => ({ class: name, weight })

/** A data set with nothing but labels: counts[i] samples of class i. */
function counted(counts: Record<string, number>) {
  const labels = Object.values(counts).flatMap((count, i) => Array<number>(count).fill(i))
  return { name: 'counted', classes: Object.keys(counts), labels: Uint8Array.from(labels) }
}

describe('apportionment', () => {
  it('is by largest remainder, equal remainders to those first in order', () => {
    assert.deepEqual(apportion(120, [0.9, 0.1]), [108, 12])
    assert.deepEqual(apportion(5, [0.5, 0.5]), [3, 2])
    assert.deepEqual(apportion(10, [1 / 3, 1 / 3, 1 / 3]), [4, 3, 3])
    assert.deepEqual(apportion(100, [0.29, 0.71]), [29, 71])
    // The method's textbook example (votes of 100,000 for 10 seats).
    assert.deepEqual(apportion(10, [0.47, 0.16, 0.158, 0.12, 0.061, 0.031]), [5, 2, 1, 1, 1, 0])
  })

  it('gives everything, and each its quota rounded down or up', () => {
    const weights = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(fc.nat(5000), weights, (n, parts) => {
        const total = parts.reduce((sum, part) => sum + part, 0)
        const counts = apportion(
          n,
          parts.map((part) => part / total),
        )
        assert.equal(
          counts.reduce((sum, count) => sum + count, 0),
          n,
        )
        // In whole numbers: n·part/total − 1 < count < n·part/total + 1.
        for (const [i, count] of counts.entries()) assert.ok(Math.abs(count * total - n * (parts[i] ?? 0)) < total)
      }),
    )
  })
})

describe('a mixture of anomaly classes', () => {
  const classes = ['a', 'b', 'c']

  it('is put in the order of the classes, and shown as it is asked for', () => {
    const mixture = mixtureOf([share('c', 0.1), share('a', 0.9)], classes)
    assert.deepEqual(mixture, [share('a', 0.9), share('c', 0.1)])
    assert.equal(mixtureText(mixture), 'a=0.9,c=0.1')
    assert.equal(mixtureText(mixtureOf('b', classes)), 'b')
  })

  it('takes weights that sum to 1 but for rounding, and no others', () => {
    mixtureOf(
      classes.map((name) => share(name, 1 / 3)),
      classes,
    )
    mixtureOf([share('a', 0.5), share('b', 0.5 + 9e-10)], classes)
    const refused: [AnomalyShare[], RegExp][] = [
      [[share('a', 0.9), share('b', 0.2)], /must sum to 1, got 0\.9 \+ 0\.2 = 1\.1$/],
      [[share('a', 0.5), share('b', 0.5 + 2e-9)], /must sum to 1/],
      [[], /must sum to 1, got none/],
      [
        [share('a', 0.5), share('b', 0.2), share('a', 0.3)],
        /anomaly class 'a' is named twice\. Name it once, with the sum of its weights/,
      ],
      [[share('a', 1.5), share('b', -0.5)], /the weight of anomaly class 'a' must lie in \(0, 1\], got 1\.5/],
      [[share('a', 1), share('b', 0)], /'b' must lie in \(0, 1\], got 0/],
      [[share('a', Number.NaN)], /weight of anomaly class 'a' must be finite/],
    ]
    for (const [mixture, message] of refused)
      assert.throws(() => mixtureOf(mixture, classes), { code: 'OUT_OF_RANGE', message })
  })

  const data = counted({ normal: 250, a: 40, b: 12, c: 30 })
  const options = { normal: 'normal', run: 0, seed: 0 }
  const counts = (rows: Uint32Array) => data.classes.map((_, i) => rows.filter((row) => data.labels[row] === i).length)

  it('is drawn by its shares, the same in any order, and tested without what was drawn', () => {
    const split = makeSplit(data, { ...options, anomaly: [share('b', 0.1), share('a', 0.9)] })
    // 250 normal samples, 200 of them to train on, 20 anomalies.
    assert.deepEqual(counts(split.trainAnomaly), [0, 18, 2, 0])
    assert.deepEqual(split.trainAnomaly, Uint32Array.from(new Set(split.trainAnomaly)).sort())
    assert.deepEqual(makeSplit(data, { ...options, anomaly: [share('a', 0.9), share('b', 0.1)] }), split)
    assert.deepEqual(
      split.tests.map((one) => [one.class, one.rows.length]),
      [
        ['a', 22],
        ['b', 10],
        ['c', 30],
      ],
    )
    for (const { rows } of split.tests) assert.ok(rows.every((row) => !split.trainAnomaly.includes(row)))
    const next = makeSplit(data, { ...options, run: 1, anomaly: [share('b', 0.1), share('a', 0.9)] })
    assert.notDeepEqual(next.trainAnomaly, split.trainAnomaly)
    assert.deepEqual(counts(next.trainAnomaly), [0, 18, 2, 0])
  })

  it('of one class is that class', () => {
    assert.deepEqual(
      makeSplit(data, { ...options, anomaly: [share('a', 1)] }),
      makeSplit(data, { ...options, anomaly: 'a' }),
    )
  })

  it('draws each class independently of the size of the others’ draws', () => {
    const few = makeSplit(data, { ...options, anomaly: [share('a', 0.5), share('b', 0.5)] })
    const many = makeSplit(data, { ...options, anomaly: [share('a', 0.5), share('b', 0.25), share('c', 0.25)] })
    const ofA = (rows: Uint32Array) => rows.filter((row) => data.labels[row] === 1)
    assert.deepEqual(ofA(few.trainAnomaly), ofA(many.trainAnomaly))
  })

  it('refuses classes that are unknown, normal, too small, or too little of the mixture', () => {
    const refused: [AnomalyShare[], string, RegExp][] = [
      [[share('a', 0.5), share('d', 0.5)], 'UNKNOWN_CLASS', /unknown anomaly class 'd'/],
      [[share('a', 0.5), share('normal', 0.5)], 'OUT_OF_RANGE', /different classes, both are 'normal'/],
      [
        [share('a', 0.3), share('b', 0.7)],
        'EMPTY_SAMPLE',
        /'b' has 12 samples, and training takes 14\. That is too few\. Label another class, or mix it with others$/,
      ],
      [
        [share('a', 0.4), share('b', 0.6)],
        'EMPTY_SAMPLE',
        /'b' has 12 samples, and training takes 12\. That leaves none to test\. Label another class/,
      ],
      [
        [share('a', 0.99), share('b', 0.01)],
        'EMPTY_SAMPLE',
        /^with weight 0\.01, anomaly class 'b' gets none of 20 .*\. Leave it out/,
      ],
    ]
    for (const [anomaly, code, message] of refused)
      assert.throws(() => makeSplit(data, { ...options, anomaly }), { code, message })
  })

  it('is drawn by its shares from a table too, a fifth of each class kept to test', () => {
    const names = { normal: 'normal', seed: 1 }
    const split = heldOutSplit(data, { ...names, anomaly: [share('a', 0.6), share('b', 0.4)] })
    assert.deepEqual(counts(split.trainAnomaly), [0, 12, 8, 0])
    assert.throws(() => heldOutSplit(data, { ...names, anomaly: [share('a', 0.5), share('b', 0.5)] }), {
      code: 'EMPTY_SAMPLE',
      message: /'b' has 12 samples, and training takes 10\. That leaves too few to test/,
    })
  })

  it('makes a study, with distances to its mean', async () => {
    const anomaly = [share('grey soil', 0.25), share('damp grey soil', 0.75)]
    const quick = {
      dataset: 'statlog',
      runs: 1,
      settings: { epochs: 1, pretrainEpochs: 0 },
      resamples: 100,
      device: 'cpu',
    } as const
    const result = await runStudy({ ...quick, anomaly })
    assert.equal(result.anomaly, 'grey soil=0.25,damp grey soil=0.75')
    assert.deepEqual(result.mixture, anomaly)
    const of = (name: string) => result.classes.find((one) => one.name === name)
    assert.deepEqual([of('grey soil')?.n, of('damp grey soil')?.n], [1358 - 30, 626 - 90])
    // Both lie on the line between their means, 4.4219 apart (Table 4): the mean of the mixture is a quarter of it away.
    assert.equal(of('damp grey soil')?.l2.toFixed(3), (4.421859082970629 / 4).toFixed(3))
    assert.equal(of('grey soil')?.l2.toFixed(3), ((4.421859082970629 * 3) / 4).toFixed(3))
  })
})
