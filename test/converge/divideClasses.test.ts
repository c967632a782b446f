import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type DivideOptions, divideClasses, studiedClasses } from '../../src/converge/divideClasses.js'

/** 40 samples of a, 30 of b, 60 of c, 8 of d, one after the other in turns. */
const counts = [40, 30, 60, 8]
const labels = Uint8Array.from(
  counts.flatMap((count, iClass) => Array.from({ length: count }, (_, i) => ({ iClass, i }))).sort((p, q) => p.i - q.i),
  ({ iClass }) => iClass,
)
const data = { name: 'toy', classes: ['a', 'b', 'c', 'd'], labels }

function divide(asked: Parameters<typeof studiedClasses>[1], options: Omit<DivideOptions, 'classes' | 'seed'> = {}) {
  return divideClasses(data, { classes: studiedClasses(data, asked), seed: 0, ...options })
}

/** How many rows are of each class. */
function tally(rows: Uint32Array): number[] {
  return counts.map((_, iClass) => rows.reduce((n, row) => n + Number(labels[row] === iClass), 0))
}

describe('divideClasses', () => {
  it('uses every sample of the classes once, half of the normals to train, a tenth as many labelled anomalies', () => {
    const { normal, anomalous, heldOut } = divide({ normal: ['b', 'a'], anomaly: 'c' })
    assert.deepEqual([normal.length, heldOut.normal.length], [35, 35])
    assert.deepEqual(
      [tally(anomalous), tally(heldOut.anomalous)],
      [
        [0, 0, 3, 0],
        [0, 0, 57, 0],
      ],
    )
    const all = [...normal, ...heldOut.normal, ...anomalous, ...heldOut.anomalous].sort((x, y) => x - y)
    assert.deepEqual(
      all,
      [...labels.keys()].filter((row) => labels[row] !== 3),
    )
  })

  it('takes as many as are asked for, and as published only up to half', () => {
    assert.equal(divide({ normal: 'c' }, { nTrain: 59 }).heldOut.normal.length, 1)
    assert.equal(divide({ normal: 'c' }, { publishedTrain: 20 }).normal.length, 20)
    assert.equal(divide({ normal: 'c' }, { publishedTrain: 1200 }).normal.length, 30)
    assert.equal(divide({ normal: 'c' }, { nTrain: 40, publishedTrain: 20 }).normal.length, 40)
  })

  it('keeps half of few anomalies for the runs', () => {
    const { anomalous, heldOut } = divideClasses(
      { ...data, labels: Uint8Array.from({ length: 1004 }, (_, row) => (row < 1000 ? 0 : 3)) },
      { classes: { normal: ['a'], anomaly: ['d'] }, seed: 1 },
    )
    assert.deepEqual([anomalous.length, heldOut.anomalous.length], [2, 2])
  })

  it('keeps the shares of a mixture, in what is labelled and in what runs are drawn from', () => {
    const anomaly = [
      { class: 'c', weight: 0.75 },
      { class: 'b', weight: 0.25 },
    ]
    const { anomalous, heldOut } = divide({ normal: 'a', anomaly }, { nTrain: 39 })
    // Of ⌊39/10⌋ one and two; of the 29 and 58 left, 58 are three quarters of 78, rounded down.
    assert.deepEqual(tally(anomalous), [0, 1, 2, 0])
    assert.deepEqual(tally(heldOut.anomalous), [0, 20, 58, 0])
  })

  it('draws other rows with another seed, the same with the same', () => {
    const classes = studiedClasses(data, { normal: 'a', anomaly: 'c' })
    const of = (seed: number) => divideClasses(data, { classes, seed })
    assert.deepEqual(of(3), of(3))
    assert.notDeepEqual(of(3), of(4))
  })

  it('says what is missing where a part would be empty, with the numbers', () => {
    const cases: [() => unknown, RegExp][] = [
      [
        () => divide({ normal: 'd' }),
        /^toy: there are 8 samples of d, of which 4 would be trained on\. At least 10 are needed\. Take a larger share, or name more normal classes$/,
      ],
      [
        () => divide({ normal: ['a', 'b'] }, { nTrain: 70 }),
        /^toy: there are 70 samples of a, b\. To train on 70 leaves none to draw runs from\. Lower nTrain$/,
      ],
      [
        () =>
          divide({
            normal: 'a',
            anomaly: [
              { class: 'b', weight: 0.9 },
              { class: 'c', weight: 0.1 },
            ],
          }),
        /^toy: none of the 60 samples of c would be a labelled anomaly; at least one must be .*: leave the class out, or train on more$/,
      ],
    ]
    for (const [call, message] of cases) assert.throws(call, { code: 'EMPTY_SAMPLE', message })
  })
})

describe('studiedClasses', () => {
  it("lists classes in the data's order; the first that is not normal is anomalous where nobody says", () => {
    assert.deepEqual(studiedClasses(data, { normal: ['b', 'a'] }), { normal: ['a', 'b'], anomaly: ['c'] })
    assert.deepEqual(studiedClasses(data, { normal: 'c', anomaly: ['d', 'a'] }), { normal: ['c'], anomaly: ['a', 'd'] })
    assert.deepEqual(studiedClasses(data, { normal: 'c', anomaly: [{ class: 'd', weight: 1 }] }), {
      normal: ['c'],
      anomaly: ['d'],
    })
  })

  it('refuses classes that are unknown, named twice, of both kinds or not there', () => {
    const cases: [Parameters<typeof studiedClasses>[1], string, RegExp][] = [
      [{ normal: 'A' }, 'UNKNOWN_CLASS', /^unknown normal class 'A'/],
      [{ normal: 'a', anomaly: 'e' }, 'UNKNOWN_CLASS', /^unknown anomaly class 'e'/],
      [{ normal: 'a', anomaly: [{ class: 'e', weight: 1 }] }, 'UNKNOWN_CLASS', /^unknown anomaly class 'e'/],
      [{ normal: ['a', 'a'] }, 'OUT_OF_RANGE', /^normal class 'a' is named twice\. Name it once$/],
      [{ normal: 'a', anomaly: ['b', 'b'] }, 'OUT_OF_RANGE', /^anomaly class 'b' is named twice\. Name it once$/],
      [
        { normal: ['a', 'b'], anomaly: ['c', 'b'] },
        'OUT_OF_RANGE',
        /^class 'b' cannot be both normal and anomalous\. Normal are a, b\. Name other anomalies$/,
      ],
      [{ normal: 'a', anomaly: [{ class: 'b', weight: 0.4 }] }, 'OUT_OF_RANGE', /must sum to 1, got 0\.4$/],
      [
        { normal: [] },
        'EMPTY_SAMPLE',
        /^toy: no class is normal\. Name at least one that is, but not all of a, b, c, d$/,
      ],
      [{ normal: data.classes }, 'EMPTY_SAMPLE', /^toy: no class is anomalous\./],
      [{ normal: 'a', anomaly: [] }, 'EMPTY_SAMPLE', /^toy: no class is anomalous\./],
    ]
    for (const [asked, code, message] of cases) assert.throws(() => studiedClasses(data, asked), { code, message })
  })
})
