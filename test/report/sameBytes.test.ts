import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { compareRange } from '../../src/compare/compareRange.js'
import { compareSeeds } from '../../src/compare/compareSeeds.js'
import { converge } from '../../src/converge/converge.js'
import { tableDataset } from '../../src/data/tableDataset.js'
import { reproduce } from '../../src/paper/reproduce.js'
import * as report from '../../src/rooms/report.js'
import { anomalyMatrix } from '../../src/study/anomalyMatrix.js'
import { labelSweep } from '../../src/study/sweep/labelSweep.js'
import { planSamples } from '../../src/theory/planSamples.js'
import { meanTrainer } from '../fuzz/meanTrainer.js'
import { normals } from '../stats/samples.js'
import { comparisonOf } from './compare/comparisonFixture.js'
import { density, failure, recall } from './paper/reproductionFixture.js'
import { study } from './study/studyFixture.js'

const folder = await mkdtemp(join(tmpdir(), 'same-bytes-'))
after(() => rm(folder, { recursive: true }))

const table = {
  name: 'table',
  attribution: 'nobody',
  featureNames: ['x1', 'x2'],
  features: Float32Array.from({ length: 240 }, (_, i) => Math.sin(i * i)),
  classes: ['normal', 'odd', 'odder'],
  labels: Uint8Array.from({ length: 120 }, (_, i) => i % 3),
}
const matrix = await anomalyMatrix({ dataset: table, runs: 2, fpr: 0.3, resamples: 100, trainer: meanTrainer })
const sweep = await labelSweep({
  ...{ dataset: table, anomaly: 'odd', labelled: [1, 5], contamination: [0, 0.1] },
  ...{ runs: 2, fpr: 0.3, resamples: 100, trainer: meanTrainer },
})
const drawn = { dataset: 'synthetic', nTrain: 30, nTest: 40, runs: 5, sizes: [10], alphas: [0.2] } as const
const training = { settings: { epochs: 1, pretrainEpochs: 1 }, device: 'cpu', workers: 1 } as const
const convergence = await converge({ ...drawn, ...training })
const scores = {
  source: 'scores.csv',
  detectors: ['a', 'b'],
  validation: [normals(60, 1), normals(60, 2)],
  anomalous: [normals(30, 3, 1), normals(30, 4, 2)],
  classes: Array.from({ length: 30 }, (_, i) => `class ${i % 2}`),
}
const comparison = await comparisonOf(scores, { curve: true })
const range = await compareRange(scores, { fprRange: [0.05, 0.2], resamples: 199 })
const seeds = await compareSeeds({
  ...scores,
  trainings: { baseline: 'a*', candidate: 'b*', nBaseline: 1 },
  ...threeOf(scores),
})
const plan = planSamples({ precision: 0.1 })
const items = [await reproduce('table2'), density, recall]
const each = async <T>(make: (item: (typeof items)[number]) => T) => Promise.all(items.map(make))
const entries = [{ result: failure }, ...items.map((result) => ({ result }))]

/** The second detector trained twice. */
function threeOf({ validation: [v1, v2], anomalous: [a1, a2] }: typeof scores) {
  if (v1 === undefined || v2 === undefined || a1 === undefined || a2 === undefined)
    throw new RangeError('two detectors')
  return { detectors: ['a1', 'b1', 'b2'], validation: [v1, v2, v1], anomalous: [a1, a2, a1] }
}

async function written(): Promise<unknown> {
  const own = await mkdtemp(join(folder, 'written-'))
  await each((item) => report.writeReproduction(own, item))
  const files = (await readdir(own)).toSorted()
  return Promise.all(files.map((file) => readFile(join(own, file), 'utf8')))
}

const calls: Readonly<Record<keyof typeof report, () => unknown>> = {
  compareCsv: () => report.compareCsv(comparison),
  compareJson: () => report.compareJson(comparison),
  compareReport: () => report.compareReport(comparison, scores),
  compareText: () => report.compareText(comparison),
  convergeReport: () => report.convergeReport(convergence),
  convergeSvg: () => report.convergeSvg(convergence),
  convergeText: () => report.convergeText(convergence),
  matrixReport: () => report.matrixReport(matrix),
  matrixSvg: () => report.matrixSvg(matrix),
  matrixText: () => report.matrixText(matrix),
  planReport: () => report.planReport(plan),
  planSvg: () => report.planSvg(plan),
  planText: () => report.planText(plan),
  rangeCsv: () => report.rangeCsv(range),
  rangeJson: () => report.rangeJson(range),
  rangeReport: () => report.rangeReport(range),
  rangeText: () => report.rangeText(range),
  reproductionCsv: () => each(report.reproductionCsv),
  reproductionGallery: () => report.reproductionGallery(entries),
  reproductionJson: () => each(report.reproductionJson),
  reproductionMarkdown: () => report.reproductionMarkdown(entries),
  reproductionReport: () => each((item) => report.reproductionReport(item)),
  reproductionSvg: () => each(report.reproductionSvg),
  reproductionText: () => each(report.reproductionText),
  samplesSvg: () => report.samplesSvg(tableDataset(table)),
  seedCsv: () => report.seedCsv(seeds),
  seedJson: () => report.seedJson(seeds),
  seedReport: () => report.seedReport(seeds),
  seedText: () => report.seedText(seeds),
  studyJson: () => report.studyJson(study),
  studyReport: () => report.studyReport(study),
  studyText: () => report.studyText(study),
  sweepReport: () => report.sweepReport(sweep),
  sweepSvg: () => report.sweepSvg(sweep),
  sweepText: () => report.sweepText(sweep),
  writeReproduction: written,
}

describe('the same input gives the same bytes again, also where drawings are made at once:', () => {
  for (const [name, call] of Object.entries(calls)) {
    it(name, async () => {
      const first = await call()
      const [again, , atOnce] = await Promise.all([call(), report.matrixSvg(matrix), call()])
      assert.deepEqual([again, atOnce], [first, first])
    })
  }
})

it('two drawings share no name of a gradient or clip, and use only their own', async () => {
  const drawings = [await report.matrixSvg(matrix), await report.matrixSvg({ ...matrix, rows: matrix.rows.slice(1) })]
  const ids = drawings.map((svg) => new Set(Array.from(svg.matchAll(/\bid="([^"]+)"/g), ([, id]) => id)))
  const used = drawings.map((svg) => new Set(Array.from(svg.matchAll(/url\(#([^)]+)\)/g), ([, id]) => id)))
  assert.ok(ids.some(({ size }) => size > 0))
  assert.deepEqual(used, ids)
  const [first, second] = ids
  assert.ok([...(first ?? [])].every((id) => !second?.has(id)))
})
