import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { columnScale, scaleDigest } from '../../src/data/core/columnScale.js'
import { heldOutSplit } from '../../src/data/splits/heldOutSplit.js'
import { gapsOf } from '../../src/data/tables/labelledTable.js'
import { readLabelledTable } from '../../src/data/tables/readLabelledTable.js'
import { type Detector, loadDetector } from '../../src/detectors/loadDetector.js'
import { train } from '../../src/detectors/train.js'
import type { UnitResult, UnitStore } from '../../src/study/core/unit.js'
import { runStudy } from '../../src/study/runStudy.js'
import { cli } from '../cli/commandLine.js'

/** Takes every unit as new, and remembers it. */
function noting(): { readonly units: Map<string, string>; readonly store: UnitStore } {
  const units = new Map<string, string>()
  const results = new Map<string, UnitResult>()
  const store: UnitStore = {
    plan: async (planned) => {
      for (const { id, config } of planned) units.set(id, config)
    },
    claim: async (planned) => planned.filter(({ id }) => !results.has(id)),
    keep: async ({ id }, result) => {
      results.set(id, result)
    },
    find: async ({ id }) => results.get(id),
    keepStudy: async () => {},
    studies: async () => [],
  }
  return { units, store }
}

const folder = mkdtempSync(join(tmpdir(), 'own-features-'))
after(() => rmSync(folder, { recursive: true }))

/** 200 normal samples of three colours, one of them missing in some, and 40 odd ones, some of a colour of their own; `b` is missing in every seventh. */
const colours = ['red', 'blue', 'blue', 'green', '']
const rowsOf = (n: number) =>
  Array.from({ length: n }, (_, i) => {
    const isOdd = i % 6 === 5
    const colour = isOdd && i % 4 === 1 ? 'violet' : colours[i % 5]
    return [
      isOdd ? 'odd' : 'normal',
      Math.sin(i) + (isOdd ? 3 : 0),
      i % 7 === 3 ? '' : 20 * Math.cos(3 * i),
      colour,
    ] as const
  })
const rows = rowsOf(240)
const csv = (own: readonly (readonly unknown[])[], head = 'label,a,b,colour') =>
  `${head}\n${own.map((row) => row.join()).join('\n')}\n`
const path = join(folder, 'own.csv')
writeFileSync(path, csv(rows))
const model = join(folder, 'own.onnx')
const own = ['--one-hot', 'colour', '--impute', 'median']
const quick = ['--epochs', '2', '--pretrain-epochs', '1', '--device', 'cpu', '--quiet']
const table = await readLabelledTable(path, { oneHot: ['colour'], impute: 'median' })

const scoresOf = (stdout: string) =>
  stdout
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => Number(line.split(',')[1]))
const scoresIn = async (text: string) => {
  const data = join(folder, 'new.csv')
  writeFileSync(data, text)
  const { code, stdout, stderr } = await cli('score', model, data, '--device', 'cpu', '--quiet')
  assert.equal(code, 0, stderr)
  return scoresOf(stdout)
}

describe('categories and missing features, from training to scores of new data', () => {
  let detector: Detector
  after(() => detector.close())

  it('train keeps what it fitted on the normal samples trained on', async () => {
    const { code, stdout, stderr } = await cli('train', path, '--detector', 'sae', ...own, ...quick, '-o', model)
    assert.equal(code, 0, stderr)
    assert.match(
      stdout,
      /\nEach category of colour is a feature\.\nThe median over the normal samples trained on stands for a missing feature\.\n/,
    )
    assert.match(
      stdout,
      /Warning: none of the 160 normal samples trained on has the category 'colour=violet'\. So it is taken for no category/,
    )
    detector = await loadDetector(model, { device: 'cpu' })
    const { features, preparation } = detector.metadata
    assert.deepEqual(features, ['a', 'b', 'colour=blue', 'colour=green', 'colour=red', 'colour=violet'])
    assert.deepEqual(preparation?.oneHot, [{ column: 'colour', categories: ['blue', 'green', 'red', 'violet'] }])
    assert.deepEqual(preparation?.unseen, ['colour=violet'])
    const { impute } = preparation ?? {}
    assert.equal(impute?.by, 'median')
    assert.deepEqual(impute?.values.slice(2), [0, 0, 0, 0])
  })

  it('the medians are those of the normal samples trained on, not of all', async () => {
    const { metadata } = await train({ data: table, detector: 'ae', settings: { epochs: 1 }, device: 'cpu' })
    const [a] = metadata.preparation?.impute?.values ?? []
    const everyone = rows.map((row) => row[1]).toSorted((x, y) => x - y)
    assert.ok(a !== undefined && a < (everyone[120] ?? 0), `${a}`)
    assert.equal(metadata.trainedOn.normal, 160)
  })

  it('score reads the same columns, in any order, and the library gives the same scores', async () => {
    const scores = await scoresIn(csv(rows))
    const { scores: own } = await detector.score(table.features)
    assert.deepEqual(scores.map(Math.fround), [...own])
    const turned = rows.map(([label, a, b, colour]) => [colour, 7, b, label, a])
    assert.deepEqual(await scoresIn(csv(turned, 'colour,id,b,label,a')), scores)
    assert.ok(scores.every(Number.isFinite))
  })

  it('a missing feature scores as its median, an unseen or unknown category as none', async () => {
    const [a, b] = detector.metadata.preparation?.impute?.values ?? []
    const [gone, filled] = await scoresIn(
      csv(
        [
          ['', '', 'red'],
          [a, b, 'red'],
        ],
        'a,b,colour',
      ),
    )
    assert.equal(gone, filled)
    const [none, violet, unknown] = await scoresIn(
      csv(
        [
          [1, 2, ''],
          [1, 2, 'violet'],
          [1, 2, 'pink'],
          [1, 2, 'red'],
        ],
        'a,b,colour',
      ),
    )
    assert.equal(violet, none)
    assert.equal(unknown, none)
    const { scores } = await detector.score(Float32Array.of(1, 2, 0, 0, 0, 1, 1, 2, 0, 0, 0, 0, 1, 2, 0, 0, 1, 0))
    assert.equal(scores[0], scores[1])
    assert.notEqual(scores[0], scores[2])
  })

  it('the file does the same in plain ONNX Runtime', async () => {
    const session = await InferenceSession.create(new Uint8Array(readFileSync(model)))
    const { score } = await session.run({ x: new Tensor('float32', table.features, [240, 6]) })
    const { scores } = await detector.score(table.features)
    for (const [i, value] of scores.entries())
      assert.ok(Math.abs(Number(score?.data[i]) - value) <= 1e-5 * value, `${i}`)
  })

  it('without standardisation, too', async () => {
    const { model: bytes, metadata } = await train({
      data: table,
      detector: 'ae',
      standardise: false,
      settings: { epochs: 1 },
      device: 'cpu',
    })
    assert.equal(metadata.standardisation, null)
    const raw = await loadDetector(bytes, { device: 'cpu' })
    try {
      const [, b = 0] = metadata.preparation?.impute?.values ?? []
      const { scores } = await raw.score(Float32Array.of(1, Number.NaN, 1, 0, 0, 0, 1, b, 1, 0, 0, 1))
      assert.equal(scores[0], scores[1])
    } finally {
      await raw.close()
    }
  })

  it('what lacks the column of categories, or its values, is refused', async () => {
    const data = join(folder, 'lacks.csv')
    writeFileSync(data, 'a,b\n1,2\n')
    const lacks = await cli('score', model, data, '--device', 'cpu')
    assert.match(lacks.stderr, /lacks 1 of the detector's 3 columns: 'colour'\. Its columns are 'a', 'b'/)
    const plain = join(folder, 'plain.onnx')
    const full = join(folder, 'full.csv')
    writeFileSync(
      full,
      csv(rows.map(([label, a, b, colour]) => [label, a, b === '' ? 0 : b, colour === '' ? 'red' : colour])),
    )
    const trained = await cli('train', full, '--detector', 'ae', '--one-hot', 'colour', ...quick, '-o', plain)
    assert.equal(trained.code, 0, trained.stderr)
    for (const [row, message] of [
      ['1,2,', /line 2: column 'colour' is empty\./],
      ['1,,red', /line 2: column 'b' is empty\./],
    ] as const) {
      writeFileSync(data, `a,b,colour\n${row}\n`)
      const { code, stderr } = await cli('score', plain, data, '--device', 'cpu')
      assert.equal(code, 2)
      assert.match(stderr, message)
    }
  })
})

describe('categories and missing features in studies', () => {
  const study = {
    dataset: table,
    baseline: 'ae',
    candidate: 'sae',
    runs: 2,
    resamples: 100,
    settings: { epochs: 1 },
    device: 'cpu',
  } as const

  it('runs fit them on the normal samples that they train on, and name their units by them', async () => {
    const { units, store } = noting()
    const result = await runStudy({ ...study, store })
    assert.deepEqual([result.data?.oneHot, result.data?.impute], [['colour'], 'median'])
    assert.match(result.warnings.join(), /none of the normal samples trained on has the category 'colour=violet'/)
    assert.ok(result.classes.every(({ xi }) => Number.isFinite(xi)))
    const configs = [...units.values()].map((config) => JSON.parse(config))
    // The held-out split has all runs train on the same normal samples.
    const { trainNormal } = heldOutSplit(table, { normal: 'normal', anomaly: ['odd'], run: 0, seed: 0 })
    const gaps = gapsOf(table)
    const fitted = scaleDigest(columnScale(table.features, 6, trainNormal, { gaps }))
    for (const { standardised } of configs) assert.equal(standardised.sha256, fitted)

    const other = noting()
    await runStudy({
      ...study,
      dataset: { ...table, features: table.features.map((x) => (Number.isNaN(x) ? 0 : x)) },
      store: other.store,
    })
    await runStudy({ ...study, standardise: false, store: other.store })
    for (const id of other.units.keys()) assert.ok(!units.has(id))
  })

  const two = join(folder, 'two.csv')
  writeFileSync(
    two,
    csv(rows.map(([label, ...rest], i) => [label === 'odd' && i % 4 === 1 ? 'strange' : label, ...rest])),
  )
  const pair = ['--baseline', 'ae', '--candidate', 'sae', ...quick]
  const runs = ['--runs', '1', '--resamples', '100', ...pair]
  const few = ['--labelled', '2', '--contamination', '0,0.05']
  const drawn = ['--anomaly', 'odd', '--n', '20', '--alpha', '0.1', '--runs', '20']
  const said =
    /Each category of colour is a feature\.\s*The median over the normal samples trained on stands for a missing feature\./

  it('matrix, sweep, converge and data show take them, and say so', async () => {
    for (const command of [
      ['study', two, ...own, ...runs, '--no-report'],
      ['matrix', two, ...own, ...runs],
      ['sweep', two, ...own, ...runs, ...few],
      ['converge', two, ...own, ...pair, ...drawn],
      ['converge', two, ...own, ...pair, ...drawn, '--no-standardise'],
      ['data', 'show', two, ...own, '--quiet'],
    ]) {
      const { code, stdout, stderr } = await cli(...command)
      assert.equal(code, 0, `${command[0]}: ${stderr}`)
      assert.ok(!stdout.includes('NaN'), stdout)
      if (command[0] !== 'data') assert.match(stdout, said, command[0])
    }
  })

  it('the pages and the JSON of a matrix, a sweep and a convergence study tell of the same samples', async () => {
    const page = join(folder, 'page.html')
    const part = ['--share', '0.9', '--data-seed', '7']
    for (const command of [
      ['matrix', two, ...own, ...runs, ...part],
      ['sweep', two, ...own, ...runs, ...few, ...part],
      ['converge', two, ...own, ...pair, ...drawn, ...part],
    ]) {
      const { code, stdout, stderr } = await cli(...command, '--json', '--report', page)
      assert.equal(code, 0, `${command[0]}: ${stderr}`)
      const answer = JSON.parse(stdout)
      const { sha256, nSamples, share, dataSeed, oneHot, impute } = answer.data ?? answer
      assert.deepEqual([nSamples, share, dataSeed, oneHot, impute], [216, 0.9, 7, ['colour'], 'median'], command[0])
      assert.match(sha256, /^[0-9a-f]{64}$/)
      const shown = readFileSync(page, 'utf8')
      assert.match(shown, said, command[0])
      assert.ok(shown.includes('216 samples, a share of 0.9 of every class'), command[0])
      assert.ok(shown.includes(sha256), command[0])
    }
  })

  it('are for files only', async () => {
    const { code, stderr } = await cli('study', 'statlog', '--impute', 'median', '--no-report')
    assert.equal(code, 2)
    assert.match(stderr, /--impute is for data from a file, and statlog is a data set with a name\. Leave --impute out/)
  })
})
