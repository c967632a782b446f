import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { DuckDBInstance } from '@duckdb/node-api'
import { converge } from '../../src/converge/converge.js'
import { paperItem, paperItems } from '../../src/paper/paperItems.js'
import { printedTables } from '../../src/paper/printedTables.js'
import { reproduce } from '../../src/paper/reproduce.js'
import { reproductionSize, reproductionSizes } from '../../src/paper/reproduceOptions.js'
import type { DensityReproduction } from '../../src/paper/types.js'
import { runStudy } from '../../src/study/runStudy.js'
import { skip } from '../data/fashionMnistHere.js'

const folder = await mkdtemp(join(tmpdir(), 'figures-'))
after(() => rm(folder, { recursive: true }))
const size = { epochs: 2, pretrainEpochs: 1 }
const cpu = { device: 'cpu' } as const
const few = { ...cpu, ...size }

test('Table 2 has the six detectors in the printed cells', async () => {
  const result = await reproduce('table2')
  if (result.kind !== 'detectors') return assert.fail(result.kind)
  assert.deepEqual(
    result.cells.map(({ distance, supervised, ours, agrees }) => [
      distance,
      supervised,
      ours.map(({ title }) => title).join(', '),
      agrees,
    ]),
    [
      ['hypersphere', false, 'Deep SVDD', true],
      ['hypersphere', true, 'Deep SAD, HSC', true],
      ['reconstruction', false, 'AE', true],
      ['reconstruction', true, 'SAE, ABC', true],
    ],
  )
  assert.match(result.cells[1]?.paper.join() ?? '', /Hypersphere Classifier/)
})

describe('Figure 1 on a share of the synthetic data', () => {
  let result: DensityReproduction
  before(async () => {
    const reproduced = await reproduce('figure1', { ...few, share: 0.1, epochs: 20, pretrainEpochs: 10 })
    if (reproduced.kind !== 'density') return assert.fail(reproduced.kind)
    result = reproduced
  })

  test('shows what training did not see: the test part', () => {
    for (const { normal, anomalous } of result.panels) assert.deepEqual([normal.length, anomalous.length], [2000, 200])
    assert.deepEqual([result.nNormal, result.nAnomaly, result.published], [1000, 100, false])
  })

  test('has the threshold of each detector where 5 % of the normal samples are above', () => {
    for (const { threshold, normal, anomalous, observedFpr: fpr, observedTpr: tpr } of result.panels) {
      assert.equal(fpr, 0.05)
      assert.equal(normal.filter((score) => score > threshold).length, 100)
      assert.equal(tpr, anomalous.filter((score) => score > threshold).length / 200)
    }
  })

  test('labelled anomalies set the scores apart, as printed', () => {
    const [{ observedTpr: before }, { observedTpr: after }] = result.panels
    assert.ok(after > before + 0.1, `${before} before, ${after} after`)
  })

  test('says that its samples are simulated, once', () => {
    assert.equal(result.simulated, true)
    assert.deepEqual(result.warnings, [])
  })
})

test('scores are those of a study of one run', async () => {
  const result = await reproduce('figure6', { ...few, share: 0.02, runs: 7, seed: 3 })
  if (result.kind !== 'density') return assert.fail(result.kind)
  const pair = { dataset: 'synthetic', baseline: 'ae', candidate: 'abc' }
  const { scores } = await runStudy({ ...cpu, settings: size, ...pair, share: 0.02, runs: 1, seed: 3, resamples: 200 })
  const [ae, abc] = result.panels
  assert.deepEqual([ae.detector, abc.detector], ['ae', 'abc'])
  assert.deepEqual(
    [ae.threshold, ae.normal, ae.anomalous],
    [scores.baseline.threshold, scores.baseline.normal, scores.baseline.classes[0]],
  )
  assert.deepEqual([abc.threshold, abc.anomalous], [scores.candidate.threshold, scores.candidate.classes[0]])
})

test('Figure 3 has the scenarios of its tables, with their printed figures and two detectors', { skip }, async () => {
  const path = join(folder, 'figure3.duckdb')
  const options = { ...few, share: 0.01, runs: 1, epochs: 1, store: path }
  const result = await reproduce('figure3', options)
  if (result.kind !== 'recall') return assert.fail(result.kind)
  const printed = await printedTables()
  assert.deepEqual(
    result.panels.map(({ label, table }) => [label, table]),
    [
      ['a', 'table3'],
      ['b', 'table6'],
      ['c', 'table5'],
      ['d', 'table8'],
    ],
  )
  for (const { table, rows, scenario, summary } of result.panels) {
    const own = printed.find((one) => `table${one.table}` === table)
    assert.equal(own?.abnormal, scenario.anomaly)
    assert.deepEqual(
      rows.map((row) => [row.class, row.cells.map((cell) => [cell.detector, cell.paper])]),
      own?.rows.map((row) => [
        row.class,
        [
          ['deep-svdd', row.tpr['Deep SVDD']],
          ['deep-sad', row.tpr['Deep SAD']],
        ],
      ]),
    )
    assert.deepEqual([summary.cells, summary.arrows], [2 * rows.length, rows.length])
  }
  const [a, b] = result.panels
  // One training of Deep SVDD serves both panels; each tests the other's labelled class whole.
  const recallOf = (panel: typeof a, name: string) => panel?.rows.find((row) => row.class === name)?.cells[0]?.ours.mean
  assert.equal(recallOf(a, 'dress'), recallOf(b, 'dress'))
  assert.notDeepEqual(a?.rows.find((row) => row.class === 'shirt')?.n, b?.rows.find((row) => row.class === 'shirt')?.n)

  // Four Deep SADs and two Deep SVDDs, and Table 3 takes what it needs of them.
  assert.equal(await unitsIn(path), 6)
  const table = await reproduce('table3', options)
  if (table.kind !== 'table') return assert.fail(table.kind)
  assert.equal(await unitsIn(path), 10)
  assert.deepEqual(
    table.rows.map((row) => row.cells.slice(0, 2)),
    a?.rows.map((row) => row.cells),
  )
})

test('a figure of ξ̂ and FPR by sample size is the convergence study by the paper’s protocol', async () => {
  const result = await reproduce('figure9', { ...few, runs: 20 })
  if (result.kind !== 'convergence') return assert.fail(result.kind)
  const protocol = { test: 'fixed', thresholdRule: 'supremum' } as const
  const study = await converge({
    ...cpu,
    settings: size,
    dataset: 'synthetic',
    baseline: 'deep-svdd',
    candidate: 'hsc',
    runs: 20,
    ...protocol,
  })
  assert.deepEqual(result.cells, study.cells)
  assert.deepEqual([result.test, result.thresholdRule, result.paperRuns], ['fixed', 'supremum', 1500])
  // With c of n scores above, the true FPR is Beta(c + 1, n − c): (c + 1)/(n + 1), with c = n − 1 − ⌊0.95 n⌋.
  const means = new Map(result.cells.map(({ n, expected }) => [n, expected.trueFpr?.mean]))
  for (const n of [100, 1000, 10_000]) assert.ok(Math.abs((means.get(n) ?? 0) - (0.05 * n) / (n + 1)) < 1e-12)
  assert.match(result.notes.join('\n'), /supremum.*0\.0495 at n = 100/)
})

test('figures of ξ̂ by sample size have the published sizes and runs', () => {
  const runs = { synthetic: 1500, statlog: 100, 'fashion-mnist': 100, spectrum: 1000 } as const
  for (const item of paperItems) {
    if (item.kind !== 'convergence') continue
    const { dataset } = item.convergence
    assert.deepEqual(reproductionSize(dataset, 'full', 'figures'), {
      runs: runs[dataset],
      epochs: 200,
      share: 1,
    })
    for (const size of reproductionSizes) assert.ok(reproductionSize(dataset, size, 'figures').runs <= runs[dataset])
    assert.equal(reproductionSize(dataset, 'full').runs, 100)
  }
})

test('every figure compares a semi-supervised detector with its supervised version', () => {
  const versions = { 'deep-svdd': ['deep-sad', 'hsc'], ae: ['sae', 'abc'] } as Record<string, string[]>
  for (const { kind, name } of paperItems) {
    const item = paperItem(name)
    assert.equal(item.kind, kind)
    const pair = item.kind === 'density' ? item.density : item.kind === 'convergence' ? item.convergence : undefined
    if (pair !== undefined) assert.ok(versions[pair.baseline]?.includes(pair.candidate), name)
  }
})

async function unitsIn(path: string): Promise<number> {
  const instance = await DuckDBInstance.create(path)
  const connection = await instance.connect()
  const rows = await connection.runAndReadAll("SELECT count(*)::INTEGER FROM units WHERE status = 'done'")
  connection.closeSync()
  instance.closeSync()
  return Number(rows.getRows()[0]?.[0])
}
