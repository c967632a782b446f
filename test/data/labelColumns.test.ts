import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { tableDataset } from '../../src/data/tableDataset.js'
import { requireTable } from '../../src/data/tables/labelledTable.js'
import { readLabelledTable } from '../../src/data/tables/readLabelledTable.js'
import { chosenNetwork } from '../../src/detectors/publishedTraining.js'
import { cli } from '../cli/commandLine.js'
import { csv, plain, type Row, writeCases } from '../scoreCases.js'

const folder = await mkdtemp(join(tmpdir(), 'label-columns-'))
after(() => rm(folder, { recursive: true }))
before(() => writeCases(folder))
const path = (name: string) => join(folder, name)

async function file(name: string, rows: readonly Row[]): Promise<string> {
  await writeFile(path(name), csv(rows))
  return path(name)
}

const features = plain.map(({ iforest = 0, deepsad = 0, label = 0 }, i) => ({ a: iforest, b: deepsad, i, label }))
const renamed = (name: string) => features.map(({ label, ...row }) => ({ ...row, [name]: label }))

describe('a column of labels that nobody named', () => {
  for (const name of [
    'y',
    'y_true',
    'Target',
    'class',
    'is_outlier',
    'Anomaly',
    'labels',
    'ground truth',
    'label1',
    'label_1',
    'class_id',
  ]) {
    it(`${name} is no feature`, async () => {
      const unnamed = await file('unnamed.csv', renamed(name))
      await assert.rejects(readLabelledTable(unnamed), (error: Error & { code: string }) => {
        assert.equal(error.code, 'UNKNOWN_NAME')
        assert.match(
          error.message,
          new RegExp(
            `has no column 'label'\\. '${name}' \\([01], [01]\\) looks like one\\. Name it with --label ${/ /.test(name) ? `'${name}'` : name}\\. `,
          ),
        )
        assert.match(error.message, /If it is a feature and all samples are normal, say --no-label$/)
        return true
      })
      const { classes, featureNames } = await readLabelledTable(unnamed, { label: name })
      assert.deepEqual(
        [[...classes].sort(), featureNames],
        [
          ['0', '1'],
          ['a', 'b', 'i'],
        ],
      )
      const all = await readLabelledTable(unnamed, { label: false })
      assert.deepEqual([all.classes, all.featureNames], [['normal'], ['a', 'b', 'i', name]])
    })
  }

  it('is a feature under such a name where it has many values, and none where it is left out', async () => {
    const many = features.map(({ label: _, a, ...row }) => ({ ...row, y: a }))
    assert.deepEqual((await readLabelledTable(await file('many.csv', many))).featureNames, ['b', 'i', 'y'])
    const ignored = await readLabelledTable(await file('ignored.csv', renamed('y')), { ignore: ['y'] })
    assert.deepEqual(ignored.featureNames, ['a', 'b', 'i'])
  })

  it('is asked for where labels are needed, by its values where its name says nothing', async () => {
    const needed = { labelled: true }
    await assert.rejects(readLabelledTable(await file('grp.csv', renamed('grp')), needed), {
      code: 'UNKNOWN_NAME',
      message: /has no column 'label'\. 'grp' \([01], [01]\) looks like one\. Name it with --label grp$/,
    })
    const two = renamed('grp').map((row, i) => ({ ...row, part: i % 3 }))
    await assert.rejects(readLabelledTable(await file('two.csv', two), needed), {
      message: /These look like one: 'grp' \([01], [01]\), 'part' \(0, 1, 2\)\. Name it with --label grp or another$/,
    })
    const none = features.map(({ label: _, ...row }) => row)
    await assert.rejects(readLabelledTable(await file('none.csv', none), needed), {
      message: /None of its columns looks like one: 'a', 'b', 'i'\. Name the column of classes with --label$/,
    })
  })
})

describe('columns of texts', () => {
  it('are named all at once, beside those that are left out already', async () => {
    const rows = features.map(({ label, ...row }, i) => ({
      ...row,
      label,
      id: `s${i}`,
      kind: i % 2 === 0 ? 'a' : 'b',
      note: 'n',
    }))
    const texts = await file('texts.csv', rows)
    await assert.rejects(readLabelledTable(texts, { ignore: ['note'] }), {
      code: 'BAD_FILE',
      message:
        /columns 'id', 'kind' hold texts, and features are numbers\. Leave them out: --ignore note,id,kind$|columns 'id', 'kind' hold texts, and features are numbers\. Leave them out: --ignore note,id,kind\. /,
    })
    const unlabelled = await file(
      'unlabelled.csv',
      rows.map(({ label: _, ...row }) => row),
    )
    await assert.rejects(readLabelledTable(unlabelled, { ignore: ['note', 'id'] }), {
      message:
        /column 'kind' holds texts.*: --ignore note,id,kind\. Or make a feature of each category: --one-hot kind\. If the classes are in 'kind', say --label kind$/,
    })
  })

  it('are no lists, thousands or dates, which are refused for what they are', async () => {
    for (const [value, what] of [
      ['"[1, 2]"', /values within a value/],
      ['"1,234"', /a decimal one or part thousands/],
      ['0x10', /a hexadecimal number/],
      ['2020-01-02', /not a number/],
    ] as const) {
      const rows = features.map((row) => ({ ...row, a: value }))
      await assert.rejects(readLabelledTable(await file('odd.csv', rows)), what)
    }
  })

  it('are no columns of numbers with a word in them, which is refused with its line', async () => {
    const rows = features.map((row, i) => (i === 4 ? { ...row, a: 'x' } : row))
    await assert.rejects(
      readLabelledTable(await file('word.csv', rows)),
      /word\.csv line 6: column 'a' is 'x', not a number/,
    )
  })
})

describe('study, converge, matrix and train', () => {
  it('name the column to take for labels', async () => {
    const unnamed = await file('cli.csv', renamed('y_true'))
    for (const args of [['study'], ['converge'], ['matrix'], ['train', '--detector', 'ae', '-o', path('d.onnx')]]) {
      const { code, stderr, stdout } = await cli(args[0] ?? '', unnamed, ...args.slice(1))
      assert.deepEqual([code, stdout], [2, ''])
      assert.match(
        stderr,
        /^error: .*has no column 'label'\. 'y_true' \([01], [01]\) looks like one\. Name it with --label y_true/,
      )
      assert.equal(/--no-label/.test(stderr), args[0] === 'train')
    }
  })

  it('say that a study needs anomalies', async () => {
    const { code, stderr } = await cli('study', await file('nolabel.csv', renamed('y')), '--no-label', '--no-report')
    assert.equal(code, 2)
    assert.match(stderr, /^error: all samples are of the class 'normal'\. A study needs anomalies\. .*\(--label\)\n$/)
  })
})

describe('images in NPZ', () => {
  it('keep their shape, which networks take', async () => {
    const table = await readLabelledTable(path('images.npz'))
    assert.deepEqual([table.sample, table.featureNames.length], [[28, 28], 784])
    const { sample } = tableDataset(table)
    assert.deepEqual(sample, [28, 28])
    const network = (name: string | undefined) =>
      chosenNetwork({ network: name }, { published: 'mlp', sample, name: 'images' })
    assert.deepEqual(network('lenet').sample, [1, 28, 28])
    assert.deepEqual(network('lstm').sample, [28, 28])
    assert.deepEqual(network(undefined).sample, [784])
  })

  it('lose it with a pixel', async () => {
    const { sample, arrays, featureNames } = await readLabelledTable(path('images.npz'), { ignore: ['images5'] })
    assert.deepEqual([sample, featureNames.length], [undefined, 783])
    assert.deepEqual(arrays, [{ name: 'images', shape: [28, 28] }])
  })

  it('have as many elements as features', async () => {
    const table = await readLabelledTable(path('images.npz'))
    assert.throws(() => requireTable({ ...table, sample: [28, 27] }), {
      code: 'LENGTH_MISMATCH',
      message: /28×27 has 756 elements, and there are 784 features/,
    })
    assert.throws(() => requireTable({ ...table, sample: 784 as never }), { code: 'WRONG_TYPE' })
    for (const arrays of [7, [{ name: 'images' }], [{ shape: [28, 28] }]])
      assert.throws(() => requireTable({ ...table, arrays: arrays as never }), { code: 'WRONG_TYPE' })
  })
})
