import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import fc from 'fast-check'
import { columnScale, scaleDigest, scaled, unseenWarnings } from '../../src/data/core/columnScale.js'
import { tableDataset } from '../../src/data/tableDataset.js'
import { requireTable } from '../../src/data/tables/labelledTable.js'
import { withOneHot } from '../../src/data/tables/oneHot.js'
import { readLabelledTable } from '../../src/data/tables/readLabelledTable.js'

const folder = mkdtempSync(join(tmpdir(), 'gaps-'))
after(() => rmSync(folder, { recursive: true }))
function file(text: string): string {
  const path = join(folder, 'a.csv')
  writeFileSync(path, text)
  return path
}

const names = ['a', 'b']
const none = Number.NaN
const median = { featureNames: names, categories: [], impute: 'median' } as const
const every = (n: number) => Uint32Array.from({ length: n }, (_, i) => i)

describe('missing features', () => {
  it('are the median over the rows of the scale, which is then that of the filled column', () => {
    // The last row is not trained on, and has no say.
    const values = Float32Array.of(1, none, none, 6, 4, 2, 2, 4, 1000, 1000)
    const scale = columnScale(values, 2, every(4), { gaps: median })
    assert.deepEqual([...(scale.fill ?? [])], [2, 4])
    // a: 1, 2, 4, 2; b: 4, 6, 2, 4.
    assert.deepEqual([...scale.mean], [2.25, 4])
    assert.deepEqual([...scale.sd], [Math.sqrt(1.1875), Math.sqrt(2)].map(Math.fround))
    const z = scaled(Float32Array.of(none, none), scale)
    assert.deepEqual([...z], [Math.fround(Math.fround(-0.25) / Math.fround(Math.sqrt(1.1875))), 0])
  })

  it('are filled without standardisation, too', () => {
    const scale = columnScale(Float32Array.of(1, none, 5, 7), 2, every(2), { gaps: median, standardised: false })
    assert.deepEqual([...scaled(Float32Array.of(none, none, 8, 9), scale)], [3, 7, 8, 9])
  })

  it('give what a table without gaps gives that has the medians in their place', () => {
    const column = fc.array(fc.option(fc.integer({ min: -50, max: 50 }), { nil: none }), {
      minLength: 3,
      maxLength: 30,
    })
    fc.assert(
      fc.property(column, (numbers) => {
        const there = numbers.filter((x) => !Number.isNaN(x)).toSorted((a, b) => a - b)
        fc.pre(there.length > 0)
        const [low, high] = [
          there[Math.ceil(there.length / 2) - 1] ?? none,
          there[Math.floor(there.length / 2)] ?? none,
        ]
        const filled = Float32Array.from(numbers, (x) => (Number.isNaN(x) ? (low + high) / 2 : x))
        const gaps = { featureNames: ['a'], categories: [], impute: 'median' } as const
        const scale = columnScale(Float32Array.from(numbers), 1, every(numbers.length), { gaps })
        const whole = columnScale(filled, 1, every(numbers.length))
        assert.deepEqual([scale.mean, scale.sd, scale.constant], [whole.mean, whole.sd, whole.constant])
        assert.deepEqual(scaled(Float32Array.from(numbers), scale), scaled(filled, whole))
      }),
    )
  })

  it('have no median where a feature is missing in all rows', () => {
    const fit = (whose?: string) =>
      columnScale(Float32Array.of(1, none, 2, none, 3, 9), 2, every(2), { gaps: median, whose })
    const way = 'It has no median there. Leave it out (--ignore b)'
    // Over a whole class, as a data set is described, no one has said what is trained on.
    assert.throws(() => fit(), {
      code: 'EMPTY_SAMPLE',
      message: `feature 'b' is missing in all 2 normal samples. ${way}`,
    })
    assert.throws(() => fit('rows of a run'), { message: `feature 'b' is missing in all 2 rows of a run. ${way}` })
  })

  it('are part of what names a scale, and so a unit', () => {
    const rows = every(2)
    const digests = [
      columnScale(Float32Array.of(1, 3, 1, 3), 2, rows),
      columnScale(Float32Array.of(1, 3, 1, 3), 2, rows, { gaps: median }),
      columnScale(Float32Array.of(1, 3, 1, 3), 2, rows, { gaps: { featureNames: names, categories: [1] } }),
      columnScale(Float32Array.of(1, 3, 1, 0), 2, rows, {
        gaps: { featureNames: names, categories: [1] },
        standardised: false,
      }),
      columnScale(Float32Array.of(1, 0, 1, 0), 2, rows, {
        gaps: { featureNames: names, categories: [1] },
        standardised: false,
      }),
    ].map(scaleDigest)
    assert.equal(new Set(digests).size, digests.length)
  })
})

describe('categories', () => {
  const gaps = { featureNames: ['a', 'colour=blue', 'colour=red'], categories: [1, 2] }

  it('that no row of the scale has are 0, whatever is given, and no constant feature', () => {
    const values = Float32Array.of(5, 0, 1, 7, 0, 0, 9, 1, 0)
    const scale = columnScale(values, 3, every(2), { gaps })
    assert.deepEqual([scale.unseen, scale.constant], [[1], []])
    assert.deepEqual([...scaled(values, scale)], [-1, 0, 1, 1, 0, -1, 3, 0, -1])
  })

  it('are named in a warning', () => {
    assert.deepEqual(unseenWarnings([], gaps.featureNames, 'all'), [])
    assert.match(
      unseenWarnings([1], gaps.featureNames, 'all 9 normal samples')[0] ?? '',
      /^none of the 9 normal samples has the category 'colour=blue'\. So it is taken for no category/,
    )
    assert.match(
      unseenWarnings([1, 2], gaps.featureNames, 'all')[0] ?? '',
      /the categories 'colour=blue' and 'colour=red'\. So they are/,
    )
  })

  it('become features in the order of their names, behind the numbers', async () => {
    const path = file('colour,a,label,size\nred,1,0,2.0\n blue ,2,0,1\nred,3,1,2\n')
    const table = await readLabelledTable(path, { oneHot: ['colour', 'size'] })
    assert.deepEqual(table.featureNames, ['a', 'colour=blue', 'colour=red', 'size=1', 'size=2'])
    assert.deepEqual(table.oneHot, [
      { column: 'colour', categories: ['blue', 'red'] },
      { column: 'size', categories: ['1', '2'] },
    ])
    assert.deepEqual([...table.features], [1, 0, 1, 0, 1, 2, 1, 0, 1, 0, 3, 0, 1, 0, 1])
    assert.equal(table.impute, undefined)
  })

  it('that are not listed, or missing, are none', () => {
    const columns = [{ column: 'c', categories: ['x', 'y'] }]
    const texts = [['y', 'z', '', 'NA', 'x']]
    assert.deepEqual([...withOneHot(new Float32Array(0), columns, { texts, nRows: 5 })], [0, 1, 0, 0, 0, 0, 0, 0, 1, 0])
  })

  it('may be missing with impute only', async () => {
    const path = file('c,a,label\nx,1,0\n,NA,0\ny,3,1\n')
    const table = await readLabelledTable(path, { oneHot: ['c'], impute: 'median' })
    assert.deepEqual([...table.features], [1, 1, 0, none, 0, 0, 3, 0, 1])
    const { features, raw } = tableDataset(table)
    assert.ok(features.every(Number.isFinite) && raw !== undefined && Number.isNaN(raw[3]))
    await assert.rejects(readLabelledTable(path, { oneHot: ['c'] }), {
      code: 'BAD_FILE',
      message:
        /line 3: column 'a' is 'NA', a missing value\. Fill it in, leave the row out, or let the median stand for it: --impute median$/,
    })
    await assert.rejects(readLabelledTable(path, { oneHot: ['c'], ignore: ['a'] }), {
      code: 'BAD_FILE',
      message: /line 3: column 'c' is empty\. Fill it in, .*--impute median$/,
    })
  })

  const text = 'c,a,label\nx,1,0\ny,2,0\nx,3,1\n'
  for (const [what, content, options, code, message] of [
    ['a text that nobody says is a category', text, {}, 'BAD_FILE', /column 'c' holds texts, .*--ignore c$/],
    ['few texts', `${text}x,4,0\n`, {}, 'BAD_FILE', /--ignore c\. Or make a feature of each category: --one-hot c$/],
    ['a column that does not exist', text, { oneHot: ['d'] }, 'UNKNOWN_NAME', /no column 'd'/],
    [
      'the label',
      text,
      { oneHot: ['label'] },
      'OUT_OF_RANGE',
      /oneHot: column 'label' is the label, too\. Name it once/,
    ],
    ['what is ignored', text, { oneHot: ['c'], ignore: ['c'] }, 'OUT_OF_RANGE', /column 'c' is ignored, too/],
    ['a column twice', text, { oneHot: ['c', 'c'] }, 'OUT_OF_RANGE', /column 'c' is named twice/],
    ['another imputation', text, { impute: 'mean' }, 'UNKNOWN_NAME', /unknown imputation 'mean'/],
    [
      'two features of one name',
      'c,c=x,label\nx,1,0\ny,2,0\n',
      { oneHot: ['c'] },
      'BAD_FILE',
      /two features would be called 'c=x'\. Rename a column$/,
    ],
    [
      'too many',
      `c,label\n${Array.from({ length: 1001 }, (_, i) => `k${i},0\n`).join('')}`,
      { oneHot: ['c'] },
      'OUT_OF_RANGE',
      /column 'c' has 1001 different values\..*Is it an identifier\?/,
    ],
  ] as const) {
    it(`are not ${what}`, async () => {
      await assert.rejects(readLabelledTable(file(content), options as object), { code, message })
    })
  }

  it('of a table are among its features, and what is missing needs impute', () => {
    const table = {
      name: 't',
      attribution: '',
      featureNames: ['a'],
      features: Float32Array.of(1, none),
      labels: Uint8Array.of(0, 0),
      classes: ['0'],
    }
    assert.throws(() => requireTable(table), {
      code: 'NOT_A_NUMBER',
      message: /feature 'a' of sample 1 is NaN\. If it is missing, .*impute: 'median'/,
    })
    requireTable({ ...table, impute: 'median' })
    assert.throws(() => requireTable({ ...table, impute: 'median', features: Float32Array.of(1, Infinity) }), {
      code: 'NOT_A_NUMBER',
      message: /is Infinity$/,
    })
    const oneHot = [{ column: 'c', categories: ['x'] }]
    assert.throws(() => requireTable({ ...table, impute: 'median', oneHot }), {
      code: 'UNKNOWN_NAME',
      message: "t has no feature 'c=x', which oneHot says it has",
    })
    const categories = { ...table, featureNames: ['c=x'], oneHot }
    requireTable({ ...categories, features: Float32Array.of(1, 0) })
    requireTable({ ...categories, impute: 'median', features: Float32Array.of(1, none) })
    assert.throws(() => requireTable({ ...categories, features: Float32Array.of(1, 0.5) }), {
      code: 'OUT_OF_RANGE',
      message: /^t: feature 'c=x' of sample 1 is 0\.5\. It is a category \(oneHot\), .*Write 1 or 0, or leave/,
    })
  })
})
