import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { ScoringBiasError } from '../../src/errors.js'
import { reproduce } from '../../src/paper/reproduce.js'
import type { ReproduceOptions } from '../../src/paper/reproduceOptions.js'
import type { TableReproduction } from '../../src/paper/types.js'
import { reproductionCsv } from '../../src/report/paper/reproductionCsv.js'
import { reproductionReport } from '../../src/report/paper/reproductionReport.js'
import { reproductionText } from '../../src/report/paper/reproductionText.js'
import { runStudy } from '../../src/study/runStudy.js'
import { skip } from '../data/fashionMnistHere.js'

async function reproduceTable(name: string, options: ReproduceOptions): Promise<TableReproduction> {
  const result = await reproduce(name, options)
  return result.kind === 'table' ? result : assert.fail(`${name} is ${result.kind}`)
}

const cellOf = (result: TableReproduction, tested: string, name: string) => {
  const cell = result.rows.find((row) => row.class === tested)?.cells.find((one) => one.detector === name)
  return cell ?? assert.fail(`${tested}, ${name}`)
}

describe('table4 with --quick', () => {
  let result: TableReproduction
  before(async () => {
    result = await reproduceTable('table4', { size: 'quick', device: 'cpu' })
  })

  test('has the printed rows in the printed order, and all six detectors in each', () => {
    assert.deepEqual(
      result.rows.map((row) => row.class),
      ['damp grey soil', 'red soil', 'grey soil', 'vegetation stubble', 'cotton crop'],
    )
    for (const { cells } of result.rows) {
      assert.deepEqual(
        cells.map(({ detector }) => detector),
        ['deep-svdd', 'deep-sad', 'hsc', 'ae', 'sae', 'abc'],
      )
    }
    assert.deepEqual([result.runs, result.epochs, result.published], [3, 200, true])
    assert.deepEqual([result.nNormal, result.nAnomaly], [1206, 120])
  })

  test('the distances are those printed', () => {
    for (const { class: name, l2 } of result.rows) {
      assert.equal(l2.length, 1)
      for (const { ours, paper } of l2) assert.ok(Math.abs(ours - paper) < 0.01, name)
    }
    for (const { ours, paper } of result.l2Normal) assert.ok(Math.abs(ours - paper) < 0.01)
  })

  for (const [tested, name, arrow] of [
    ['damp grey soil', 'deep-sad', 'up'],
    ['damp grey soil', 'hsc', 'up'],
    ['damp grey soil', 'sae', 'up'],
    ['grey soil', 'deep-sad', 'up'],
    ['grey soil', 'hsc', 'up'],
    ['vegetation stubble', 'deep-sad', 'down'],
    ['vegetation stubble', 'hsc', 'down'],
  ] as const) {
    test(`the arrow of ${name} on ${tested} is the printed one`, () => {
      const { arrow: compared } = cellOf(result, tested, name)
      assert.deepEqual([compared?.ours, compared?.agreement], [arrow, 'agrees'])
    })
  }

  test('the column of AE is the printed one, digit by digit', () => {
    for (const { cells } of result.rows) {
      const { ours, paper } = cells.find(({ detector }) => detector === 'ae') ?? assert.fail('no AE')
      assert.ok(Math.abs(ours.mean - paper.mean) <= 0.011, `${ours.mean} against ${paper.mean}`)
    }
  })

  test('the summary counts what the cells say', () => {
    const cells = result.rows.flatMap((row) => row.cells)
    const { summary } = result
    assert.deepEqual([summary.cells, summary.arrows], [30, 20])
    assert.equal(summary.within, cells.filter(({ within }) => within).length)
    assert.ok(summary.within >= 24, `${summary.within} of 30 within three standard errors`)
    assert.equal(summary.contradicted, cells.filter(({ arrow }) => arrow?.agreement === 'contradicts').length)
    assert.ok(
      reproductionText(result).endsWith(
        `${summary.within} of 30 cells within 3 standard errors; of 20 arrows ${summary.agree} as printed, ` +
          `${summary.contradicted} contradicted, ${20 - summary.agree - summary.contradicted} where one side has none.`,
      ),
    )
  })

  test('the text marks cells outside and arrows contradicted', async () => {
    const [row] = result.rows
    const [first, second, ...rest] = row?.cells ?? []
    if (row === undefined || first === undefined || second?.arrow === undefined) return assert.fail('no cells')
    const changed = {
      ...result,
      rows: [
        {
          ...row,
          cells: [
            { ...first, errors: -7.25, within: false },
            {
              ...second,
              arrow: { ...second.arrow, ours: 'down', agreement: 'contradicts', direction: 'none' } as const,
            },
            ...rest,
          ],
        },
      ],
    }
    const lines = reproductionText(changed).split('\n')
    assert.match(lines.find((line) => line.includes(' Deep SVDD ')) ?? '', /−7\.3 .*≠ │$/)
    assert.match(lines.find((line) => line.includes(' Deep SAD ')) ?? '', /\(↓\) +│ +↑ +│ ! +│$/)
    assert.match(await reproductionReport(changed), /<strong>≠<\/strong>/)
  })

  test('the CSV has a line for every cell, with our exact figures', () => {
    const [head = '', ...lines] = reproductionCsv(result).trimEnd().split('\n')
    assert.equal(lines.length, 30)
    const columns = head.split(',')
    for (const line of lines) assert.equal(line.split(',').length, columns.length)
    const [first = ''] = lines
    assert.equal(Number(first.split(',')[columns.indexOf('mean')]), result.rows[0]?.cells[0]?.ours.mean)
  })

  test('the notes tell of the decoder and of the printed arrow that contradicts its figures', () => {
    assert.match(result.notes.join('\n'), /sigmoid/)
    assert.match(result.notes.join('\n'), /0\.01 ↓/)
  })

  test('Deep SVDD and Deep SAD are not pretrained, as in print, and it says so', () => {
    assert.equal(result.pretrainEpochs, 0)
    assert.match(
      result.notes.join('\n'),
      /Deep SVDD and Deep SAD are not pretrained: .*--pretrain-epochs 100 pretrains/,
    )
    assert.match(reproductionText(result), /200 epochs without pretraining\n/)
  })
})

test('figures are those of a study of each pair, to the bit, at the learning rate asked for', async () => {
  const small = { runs: 2, device: 'cpu', seed: 5 } as const
  const size = { epochs: 3, pretrainEpochs: 2, learningRate: 1e-4 }
  const table = await reproduceTable('table7', { ...small, ...size })
  assert.equal(table.published, false)
  assert.equal(table.learningRate, 1e-4)
  assert.match(reproductionText(table), /3 epochs after 2 of pretraining, learning rate 1e-4\n/)
  assert.match(table.notes[0] ?? '', /fewer than published/)
  assert.match(table.notes[1] ?? '', /Deep SVDD and Deep SAD are pretrained here, and not in print/)
  assert.match(table.notes.join('\n'), /8\.48/)
  for (const [baseline, candidate] of [
    ['deep-svdd', 'hsc'],
    ['ae', 'sae'],
  ] as const) {
    const study = await runStudy({
      ...small,
      settings: size,
      dataset: 'statlog',
      anomaly: 'red soil',
      baseline,
      candidate,
      resamples: 2000,
    })
    for (const one of study.classes) {
      assert.deepEqual(cellOf(table, one.name, baseline).ours, one.tprBaseline)
      const { ours, arrow } = cellOf(table, one.name, candidate)
      assert.deepEqual(ours, one.tprCandidate)
      assert.deepEqual([arrow?.xi, arrow?.interval, arrow?.direction], [one.xi, one.interval, one.direction])
      assert.deepEqual(arrow?.simultaneous, one.simultaneous)
    }
  }
})

test('a table of a mixture, on a share of Fashion-MNIST: classes, distances and labelled anomalies as printed', {
  skip,
}, async () => {
  const few = { share: 0.02, runs: 1, epochs: 1, pretrainEpochs: 1 }
  const result = await reproduceTable('table10', few)
  assert.deepEqual([result.nNormal, result.nAnomaly, result.published], [120, 12, false])
  assert.deepEqual(result.rows.length, 9)
  for (const { class: name, l2 } of result.rows) {
    assert.deepEqual(
      l2.map(({ labelled }) => labelled),
      ['shirt', 'sneaker'],
    )
    // A share of the samples moves the class means; dress to sneaker is the known misprint.
    for (const { ours, paper } of l2) assert.ok(Math.abs(ours - paper) < 0.025, `${name}: ${ours}, printed ${paper}`)
  }
  const text = reproductionText(result)
  assert.match(text, /labelled anomalies 90% shirt and 10% sneaker \(12\), 1 run/)
  assert.match(text, /L² to shirt 0\.00, paper 0\.00/)
  assert.match(text, /Distance between top and sneaker: 0\.\d\d, paper 0\.13\./)
})

test('bad requests are refused before anything is trained', async () => {
  const refused = (code: string) => (error: unknown) => error instanceof ScoringBiasError && error.code === code
  await assert.rejects(reproduce('table12'), refused('UNKNOWN_NAME'))
  await assert.rejects(reproduce('table4', { runs: 0 }), refused('OUT_OF_RANGE'))
  await assert.rejects(reproduce('table4', { epochs: 1.5 }), refused('OUT_OF_RANGE'))
  await assert.rejects(reproduce('table4', { learningRate: 1 }), refused('OUT_OF_RANGE'))
  await assert.rejects(reproduce('figure1', { share: 2 }), refused('OUT_OF_RANGE'))
  await assert.rejects(reproduce('figure3', { signal: AbortSignal.abort() }), refused('ABORTED'))
})
