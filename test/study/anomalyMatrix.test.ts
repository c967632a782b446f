import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { ScoringBiasError } from '../../src/errors.js'
import { matrixReport, matrixSvg } from '../../src/report/matrix/matrixReport.js'
import { matrixText } from '../../src/report/matrix/matrixText.js'
import { type AnomalyMatrix, anomalyMatrix } from '../../src/study/anomalyMatrix.js'
import { runStudy } from '../../src/study/runStudy.js'

const small = {
  dataset: 'statlog',
  runs: 2,
  settings: { epochs: 4, pretrainEpochs: 2 },
  resamples: 200,
  device: 'cpu',
  seed: 3,
} as const
const refused = (code: string) => (error: unknown) => error instanceof ScoringBiasError && error.code === code

describe('a matrix on StatLog', () => {
  let matrix: AnomalyMatrix
  before(async () => {
    matrix = await anomalyMatrix(small)
  })

  test('has a row and a column for every class but the normal one, nearest to it first', () => {
    const expected = ['vegetation stubble', 'damp grey soil', 'red soil', 'grey soil', 'cotton crop']
    assert.deepEqual([...matrix.tested].sort(), [...expected].sort())
    assert.deepEqual(
      matrix.rows.map(({ labelled }) => labelled),
      matrix.tested,
    )
    const distances = matrix.rows.map(({ l2Normal }) => l2Normal)
    assert.deepEqual(
      distances,
      distances.toSorted((a, b) => a - b),
    )
  })

  test('a row is the study with that class labelled, to the bit', async () => {
    for (const anomaly of ['red soil', 'cotton crop']) {
      const study = await runStudy({ ...small, anomaly })
      const row = matrix.rows.find(({ labelled }) => labelled === anomaly)
      for (const one of study.classes) {
        const cell = row?.classes.find(({ name }) => name === one.name)
        assert.deepEqual([cell?.xi, cell?.n, cell?.l2], [one.xi, one.n, one.l2])
        assert.deepEqual([cell?.tprBaseline, cell?.tprCandidate], [one.tprBaseline, one.tprCandidate])
      }
      const { pValue, tau } = row?.similarity.unlabelled ?? {}
      const expected = study.similarity.unlabelled
      assert.deepEqual([pValue, tau], [expected?.pValue, expected?.tau])
      assert.equal(row?.nAnomaly, study.training.nAnomaly)
    }
  })

  test('means are over classes first, then over runs', () => {
    for (const { classes, labelled, means, overall, unlabelled, nUp, nDown } of matrix.rows) {
      const mean = (xis: readonly number[]) => xis.reduce((a, b) => a + b, 0) / xis.length
      assert.ok(Math.abs(overall.mean - mean(classes.map(({ xi }) => xi))) < 1e-12)
      const others = classes.filter(({ name }) => name !== labelled).map(({ xi }) => xi)
      assert.ok(Math.abs(unlabelled.mean - mean(others)) < 1e-12)
      assert.deepEqual(
        means.map(({ run }) => run),
        [0, 1],
      )
      // Of two values the sample standard deviation is |a − b|/√2.
      const [a = Number.NaN, b = Number.NaN] = means.map(({ xi }) => xi)
      assert.ok(Math.abs(overall.sd - Math.abs(a - b) / Math.SQRT2) < 1e-12)
      assert.equal(nUp, classes.filter(({ direction }) => direction === 'up').length)
      assert.equal(nDown, classes.filter(({ direction }) => direction === 'down').length)
    }
  })

  test('the largest and the smallest mean come with those that they cannot be told apart from', () => {
    const ranked = matrix.rows.toSorted((a, b) => b.overall.mean - a.overall.mean)
    assert.equal(matrix.best[0], ranked[0]?.labelled)
    assert.equal(matrix.worst[0], ranked.at(-1)?.labelled)
    assert.equal(matrix.differences.length, 10)
    for (const { labelled, over, difference, direction } of matrix.differences) {
      const mean = (name: string) => matrix.rows.find((row) => row.labelled === name)?.overall.mean ?? Number.NaN
      assert.ok(difference >= 0 && Math.abs(mean(labelled) - mean(over) - difference) < 1e-12)
      if (labelled === matrix.best[0]) assert.equal(matrix.best.includes(over), direction === 'none')
    }
  })

  test('cells, means and differences are families, of two runs with a warning that is said once', () => {
    const cells = matrix.rows.flatMap(({ classes }) => classes)
    for (const one of [...cells, ...matrix.rows.map(({ overall }) => overall), ...matrix.differences]) {
      const [[low, high], [least, most]] = [one.interval, one.simultaneous]
      assert.ok(least <= low && high <= most && one.pAdjusted >= one.pValue && one.pValue > 0)
      assert.equal(one.direction !== 'none', one.pAdjusted <= 0.05 + 1e-12)
    }
    assert.equal(matrix.warnings.filter((warning) => warning.startsWith('2 runs show little')).length, 1)
  })

  test('the text, the page and the heat map show every cell', async () => {
    const text = matrixText(matrix)
    assert.match(
      text,
      new RegExp(`the largest mean ξ is with ${matrix.best[0]} labelled .* it cannot be told apart from`),
    )
    assert.match(text, /Kendall’s τ within labelled classes [−+]?\d\.\d\d \(p .*\).*; over all 25 cells/)
    const svg = await matrixSvg(matrix)
    const page = await matrixReport(matrix, { command: 'scoring-bias matrix statlog' })
    assert.ok((page.match(/\(labelled\)/g)?.length ?? 0) >= 5)
    assert.ok(page.includes('scoring-bias matrix statlog'))
    const drawn = svg.match(/[+−]?\d\.\d\d( [↑↓])?<\/text>/g) ?? []
    assert.equal(drawn.length, 5 * 5 + 5)
    for (const { xi, direction } of matrix.rows.flatMap(({ classes }) => classes)) {
      const digits = Math.abs(xi).toFixed(2)
      const arrow = { up: ' ↑', down: ' ↓', none: '' }[direction]
      assert.ok(svg.includes(`${digits}${arrow}</text>`), `${digits}${arrow}`)
    }
  })
})

test('one run has no arrow, no winner, and no spread', async () => {
  const matrix = await anomalyMatrix({ ...small, runs: 1 })
  for (const { classes, overall } of matrix.rows) {
    for (const { direction, simultaneous, pAdjusted } of [...classes, overall]) {
      assert.deepEqual([direction, simultaneous, pAdjusted], ['none', [-1, 1], 1])
    }
  }
  assert.equal(matrix.best.length, matrix.rows.length)
  const text = matrixText(matrix)
  assert.doesNotMatch(text, /±/)
  assert.match(text, /one run does not tell it apart from the others/)
  assert.match(await matrixReport(matrix), /one run cannot show how training varies/)
})

test('a row with a baseline that learns from anomalies too is the study of the pair', async () => {
  const pair = { ...small, runs: 1, baseline: 'hsc', candidate: 'deep-sad' } as const
  const matrix = await anomalyMatrix(pair)
  const study = await runStudy({ ...pair, anomaly: 'cotton crop' })
  const row = matrix.rows.find(({ labelled }) => labelled === 'cotton crop')
  for (const one of study.classes) {
    assert.deepEqual(row?.classes.find(({ name }) => name === one.name)?.tprBaseline, one.tprBaseline)
  }
})

test('classes that are too small for a tenth of the normal samples are labelled by four fifths', async () => {
  const counts = { fine: 300, crack: 40, dent: 15 }
  const classes = Object.keys(counts)
  const labels = Uint8Array.from(Object.values(counts).flatMap((n, iClass) => Array<number>(n).fill(iClass)))
  const features = Float32Array.from(
    { length: 3 * labels.length },
    (_, i) => Math.sin(i * i) + (labels[Math.floor(i / 3)] ?? 0),
  )
  const table = { name: 'parts.csv', attribution: '', featureNames: ['a', 'b', 'c'], classes, labels, features }
  const matrix = await anomalyMatrix({ ...small, dataset: table, normal: 'fine' })
  const labelled = matrix.rows.map((row) => [row.labelled, row.nAnomaly])
  assert.deepEqual(Object.fromEntries(labelled), { crack: 24, dent: 12 })
  assert.match(matrixText(matrix), /fine \(240 to train on\), 12 to 24 labelled anomalies, 2 runs/)
})

test('results do not depend on the number of workers', async () => {
  const one = await anomalyMatrix({ ...small, workers: 1 })
  const three = await anomalyMatrix({ ...small, workers: 3 })
  assert.deepEqual(one.rows, three.rows)
})

test('bad requests are refused', async () => {
  await assert.rejects(anomalyMatrix({ ...small, candidate: 'deep-svdd' }), refused('OUT_OF_RANGE'))
  await assert.rejects(anomalyMatrix({ dataset: 'synthetic', share: 0.01 }), {
    code: 'OUT_OF_RANGE',
    message: 'synthetic has 1 class of anomalies. A matrix needs at least 2, a study one',
  })
  await assert.rejects(anomalyMatrix({ ...small, normal: 'lava' }), refused('UNKNOWN_CLASS'))
  await assert.rejects(anomalyMatrix({ ...small, candidate: 'oracle' }), refused('UNKNOWN_NAME'))
})
