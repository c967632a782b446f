import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { mergeClasses, requireAnomalous, unionName } from '../../src/data/splits/normalClasses.js'
import { makeSplit } from '../../src/data/splits/splits.js'

const data = {
  name: 'parts.csv',
  classes: ['fine', 'crack', 'new', 'dent'],
  labels: Uint8Array.of(3, 0, 2, 1, 0, 2),
  counts: [20, 10, 20, 10],
  extra: 'kept',
}

describe('classes that become one', () => {
  it('have one label, and all others theirs, whatever order they are named in', () => {
    const { labels, ...merged } = mergeClasses(data, ['new', 'fine'])
    assert.deepEqual(merged, {
      name: 'parts.csv',
      classes: ['fine + new', 'crack', 'dent'],
      counts: [40, 10, 10],
      extra: 'kept',
    })
    assert.deepEqual([...labels], [2, 0, 0, 1, 0, 0])
    assert.deepEqual(mergeClasses(data, ['fine', 'new']), { ...merged, labels })
    assert.deepEqual([...data.labels], [3, 0, 2, 1, 0, 2])
  })

  it('stand where the first of them stood', () => {
    const { classes, labels } = mergeClasses(data, ['dent', 'crack'])
    assert.deepEqual(
      [classes, [...labels]],
      [
        ['fine', 'crack + dent', 'new'],
        [1, 0, 2, 1, 0, 2],
      ],
    )
  })

  it('are the data themselves where there is one, named alone or in a list', () => {
    assert.equal(mergeClasses(data, 'new'), data)
    assert.equal(mergeClasses(data, ['new']), data)
    assert.equal(unionName(data, ['new']), 'new')
  })

  it('keep their training and test parts', () => {
    // Per class twelve samples to train on, then four of the test part.
    const n = 16
    const labels = Uint8Array.from({ length: 4 * n }, (_, row) => Math.floor(row / n))
    const parts = {
      ...data,
      labels,
      testPart: labels.map((_, row) => Number(row % n >= 12)),
      split: { heldOut: 'test part', trained: [1, 1] },
    } as const
    const merged = mergeClasses(parts, ['fine', 'new'])
    const split = makeSplit(merged, { normal: 'fine + new', anomaly: 'dent', run: 0, seed: 1 })
    const rows = (...from: number[]) => from.flatMap((first) => Array.from({ length: 4 }, (_, i) => first + i))
    assert.deepEqual([...split.validation], rows(12, 44))
    assert.deepEqual([...split.trainNormal], rows(0, 4, 8, 32, 36, 40))
    assert.deepEqual(
      split.tests.map((test) => [test.class, test.rows.length]),
      [
        ['crack', 16],
        ['dent', 14],
      ],
    )
  })

  it('are refused where they make no sense, naming what is wrong', () => {
    const cases: [readonly string[] | string, string, RegExp][] = [
      [[], 'EMPTY_SAMPLE', /^normal names no class/],
      ['scratch', 'UNKNOWN_CLASS', /^unknown normal class 'scratch'; known: fine, crack, new, dent$/],
      [['fine', 'crak'], 'UNKNOWN_CLASS', /^unknown normal class 'crak' \(did you mean 'crack'\?\)/],
      [['fine', 'new', 'fine'], 'OUT_OF_RANGE', /^normal class 'fine' is named twice\. Name it once$/],
      [data.classes, 'OUT_OF_RANGE', /^normal has all classes of parts\.csv .*No class is left for the anomalies/],
      [7 as unknown as string, 'WRONG_TYPE', /^normal must be/],
    ]
    for (const [normal, code, message] of cases) {
      assert.throws(() => mergeClasses(data, normal), { code, message }, String(normal))
    }
    const clash = { ...data, classes: ['fine', 'fine + new', 'new', 'dent'] }
    assert.throws(() => mergeClasses(clash, ['fine', 'new']), {
      code: 'OUT_OF_RANGE',
      message:
        "the union of fine and new would be called 'fine + new'. Another class of parts.csv has that name. Rename that class",
    })
  })
})

it('a class of anomalies is none of several normal ones', () => {
  const error = { code: 'OUT_OF_RANGE', message: /^class 'new' cannot be both normal and anomalous/ }
  const normal = ['fine', 'new']
  assert.throws(() => requireAnomalous(normal, 'new'), error)
  assert.throws(() => requireAnomalous(normal, ['crack', 'new']), error)
  const mixture = [
    { class: 'crack', weight: 0.5 },
    { class: 'new', weight: 0.5 },
  ]
  assert.throws(() => requireAnomalous(normal, mixture), error)
  requireAnomalous(normal, 'crack')
})
