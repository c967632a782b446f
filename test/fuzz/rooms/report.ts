import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import fc from 'fast-check'
import {
  type Comparison,
  compare,
  compareRange,
  compareSeeds,
  type Plan,
  planSamples,
  type ScoreData,
  type TargetsComparison,
} from '../../../src/index.js'
import { tableDataset } from '../../../src/rooms/data.js'
import { reproduce } from '../../../src/rooms/paper.js'
import type * as report from '../../../src/rooms/report.js'
import { anomalyMatrix, labelSweep } from '../../../src/rooms/study.js'
import { study } from '../../report/study/studyFixture.js'
import type { CallSpec, RoomCalls } from '../calls.js'
import { meanTrainer } from '../meanTrainer.js'
import { folder } from '../tables.js'

mkdirSync(`${folder}/reproduction`)

/** Names that files and callers may bring. */
const hostile = ['<img src=x>', '=1+1', 'constructor', '__proto__', 'a"b', "'", '\u001b[2J', 'a\nb', '</script>', 'ü']
const scores = (seed: number, n: number) => Float64Array.from({ length: n }, (_, i) => Math.sin(i * i + seed))

async function comparisonOf(name: string): Promise<{ data: ScoreData; result: Comparison }> {
  const data: ScoreData = {
    source: name,
    detectors: [name, `${name} 2`],
    validation: [scores(1, 60), scores(2, 60)],
    anomalous: [scores(3, 30), scores(4, 30)],
    classes: Array.from({ length: 30 }, (_, i) => `${name}${i % 2}`),
  }
  return { data, result: await compare(data, { resamples: 50, curve: [0.05, 0.1] }) }
}

const comparisons = await Promise.all(hostile.map(comparisonOf))
const seeds = fc.constantFrom(
  ...(await Promise.all(
    comparisons.map(({ data: { detectors, validation, anomalous, ...data } }) => {
      const twice = <T>(all: readonly T[]) => [...all, ...all]
      const three = { detectors: twice(detectors), validation: twice(validation), anomalous: twice(anomalous) }
      const trainings = { baseline: `${data.source}*`, candidate: `*${data.source}`, nBaseline: 2 }
      return compareSeeds({ ...data, ...three, trainings }, { resamples: 50 })
    }),
  )),
)
const ranges = fc.constantFrom(
  ...(await Promise.all(comparisons.map(({ data }) => compareRange(data, { fprRange: [0.05, 0.2], resamples: 50 })))),
)
const comparison = fc.constantFrom(...comparisons)
const studies = fc.constantFrom(...hostile).map((name) => ({
  ...study,
  dataset: name,
  normal: name,
  anomaly: study.classes[0]?.name ?? '',
  detectors: { baseline: name, candidate: 'deep-sad' },
}))
const table = (name: string) => ({
  name,
  attribution: name,
  featureNames: ['x1', 'x2'],
  features: Float32Array.from({ length: 120 }, (_, i) => Math.sin(i * i)),
  classes: ['normal', `${name}1`, `${name}2`],
  labels: Uint8Array.from({ length: 60 }, (_, i) => i % 3),
})
const asked = { runs: 2, resamples: 100, fpr: 0.3, trainer: meanTrainer } as const
const matrices = fc.constantFrom(
  ...(await Promise.all(hostile.map((name) => anomalyMatrix({ dataset: table(name), ...asked })))),
)
const sweeps = fc.constantFrom(
  ...(await Promise.all(
    hostile.map((name) =>
      labelSweep({ dataset: table(name), anomaly: `${name}1`, labelled: [1, 4], contamination: [0, 0.1], ...asked }),
    ),
  )),
)
const plans: fc.Arbitrary<Plan> = fc.constantFrom(planSamples({ precision: 0.1 }), planSamples({ xi: 0.2, power: 0.9 }))
const reproductions = fc.constant(await reproduce('table2'))
const options = fc.record({ command: fc.constantFrom(...hostile) }, { requiredKeys: [] })

/** Whether a page or drawing holds no name as markup. */
function requireEscaped(text: string): void {
  assert.ok(
    !text.includes('<img src=x>') && text.split('</script>').length === text.split('<script').length,
    'a name is markup',
  )
}
function requireText(text: string): void {
  assert.ok(text.length > 0 && !/undefined|NaN|\[object/.test(text), text)
}

type Made<T, R> = CallSpec<[result: T], R>
const textOf = <T>(results: fc.Arbitrary<T>): Made<T, string> => ({
  names: ['result'],
  args: fc.tuple(results),
  trusted: [0],
  holds: requireText,
})
const drawingOf = <T>(results: fc.Arbitrary<T>): Made<T, Promise<string>> => ({
  names: ['result'],
  args: fc.tuple(results),
  trusted: [0],
  cost: 20,
  holds: requireEscaped,
})
const pageOf = <T>(
  results: fc.Arbitrary<T>,
): CallSpec<[result: T, options?: report.ReportOptions], Promise<string>> => ({
  names: ['result', 'options', 'report'],
  args: fc.tuple(results, options),
  trusted: [0],
  cost: 30,
  holds: requireEscaped,
})

/** At one target, and the same as at several. */
const compared: fc.Arbitrary<Comparison | TargetsComparison> = comparison.map(({ result }) => result)

const ofConvergence = 'takes what converge returned, which trains; test/report/converge calls it'

/** Calls of every function of the room of reports. */
export const reportCalls: RoomCalls<typeof report> = {
  compareText: textOf(compared),
  compareCsv: textOf(compared),
  compareJson: {
    names: ['comparison'],
    args: fc.tuple(compared),
    trusted: [0],
    holds: (json) => assert.ok(JSON.stringify(json).length > 0),
  },
  rangeReport: pageOf(ranges),
  rangeText: textOf(ranges),
  rangeCsv: textOf(ranges),
  rangeJson: {
    names: ['comparison'],
    args: fc.tuple(ranges),
    trusted: [0],
    holds: (json) => assert.ok(JSON.stringify(json).length > 0),
  },
  seedText: textOf(seeds),
  seedCsv: textOf(seeds),
  seedJson: {
    names: ['comparison'],
    args: fc.tuple(seeds),
    trusted: [0],
    holds: (json) => assert.ok(JSON.stringify(json).length > 0),
  },
  seedReport: pageOf(seeds),
  compareReport: {
    names: ['comparison', 'data', 'options', 'report'],
    args: fc
      .tuple(comparison, options)
      .map(([{ result, data }, own]): [Comparison, ScoreData, report.ReportOptions] => [result, data, own]),
    trusted: [0, 1],
    cost: 40,
    holds: requireEscaped,
  },
  studyText: textOf(studies),
  studyJson: {
    names: ['result'],
    args: fc.tuple(studies),
    trusted: [0],
    holds: (json) => assert.ok(JSON.stringify(json).length > 0),
  },
  studyReport: pageOf(studies),
  matrixText: textOf(matrices),
  matrixSvg: drawingOf(matrices),
  matrixReport: pageOf(matrices),
  sweepText: textOf(sweeps),
  sweepSvg: drawingOf(sweeps),
  sweepReport: pageOf(sweeps),
  planText: textOf(plans),
  planSvg: drawingOf(plans),
  planReport: pageOf(plans),
  convergeText: ofConvergence,
  convergeSvg: ofConvergence,
  convergeReport: ofConvergence,
  samplesSvg: {
    names: ['dataset', 'options', 'samples'],
    args: fc.tuple(
      fc.constantFrom(...hostile).map((name) => tableDataset(table(name))),
      fc.record({ perClass: fc.integer({ min: 1, max: 5 }) }, { requiredKeys: [] }),
    ),
    trusted: [0],
    holds: requireEscaped,
  },
  reproductionText: { names: ['result'], args: fc.tuple(reproductions), trusted: [0], holds: requireText },
  reproductionCsv: textOf(reproductions),
  reproductionJson: {
    names: ['result'],
    args: fc.tuple(reproductions),
    trusted: [0],
    holds: (json) => assert.ok(JSON.stringify(json).length > 0),
  },
  reproductionReport: pageOf(reproductions),
  reproductionSvg: { names: ['result'], args: fc.tuple(reproductions), trusted: [0] },
  reproductionGallery: {
    names: ['entries', 'options', 'gallery'],
    args: fc.tuple(
      reproductions.map((result) => [{ result }]),
      options,
    ),
    trusted: [0],
    holds: requireEscaped,
  },
  reproductionMarkdown: {
    names: ['entries', 'options', 'gallery'],
    args: fc.tuple(
      reproductions.map((result) => [{ result }]),
      options,
    ),
    trusted: [0],
    holds: requireText,
  },
  writeReproduction: {
    names: ['folder', 'result', 'options'],
    args: fc.tuple(fc.constant(`${folder}/reproduction`), reproductions, options),
    trusted: [1],
    cost: 30,
    varies: true,
  },
}
