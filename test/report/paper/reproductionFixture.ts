import assert from 'node:assert/strict'
import { compareArrows, compareRecall } from '../../../src/paper/compareWithPrinted.js'
import { paperItem } from '../../../src/paper/paperItems.js'
import type {
  DensityReproduction,
  FailedReproduction,
  RecallPanel,
  RecallReproduction,
  ReproducedRow,
  ReproductionHead,
} from '../../../src/paper/types.js'
import { study } from '../study/studyFixture.js'

const head = (item: string): ReproductionHead => ({
  item,
  title: paperItem(item).title,
  simulated: true,
  notes: ['a note that readers need'],
  warnings: [],
  elapsedSeconds: 12.34,
  attribution: 'nobody’s data',
  version: '0.1.0',
  versions: { node: '20.20.2' },
})
const work = {
  epochs: 5,
  pretrainEpochs: 3,
  learningRate: 1e-3,
  share: 0.25,
  published: false,
  network: 'mlp',
  device: 'cpu',
  workers: 2,
} as const

export const density: DensityReproduction = {
  ...head('figure1'),
  ...work,
  kind: 'density',
  size: 'quick',
  seed: 0,
  dataset: 'synthetic',
  normal: 'normal',
  anomaly: '<odd> & co',
  nNormal: 100,
  nAnomaly: 10,
  decoder: 'sigmoid',
  panels: [
    {
      detector: 'deep-svdd',
      threshold: study.scores.baseline.threshold,
      observedFpr: 0.05,
      observedTpr: 0.09,
      normal: study.scores.baseline.normal,
      anomalous: study.scores.baseline.classes[0] ?? new Float32Array(0),
    },
    {
      detector: 'deep-sad',
      threshold: study.scores.candidate.threshold,
      observedFpr: 0.05,
      observedTpr: 0.71,
      normal: study.scores.candidate.normal,
      anomalous: study.scores.candidate.classes[0] ?? new Float32Array(0),
    },
  ],
}

function row(name: string, ours: readonly [number, number], printed: readonly [number, number]): ReproducedRow {
  const paper = printed.map((mean) => ({ mean, sd: 0.02, arrow: null }))
  const [own, arrow] = [ours.map((mean) => ({ mean, sd: 0.01 })), compareArrows(ours[0], ours[1], 'up')]
  const cells = (['deep-svdd', 'deep-sad'] as const).map((detector, i) => ({
    detector,
    runs: 4,
    ...compareRecall({
      ours: own[i] ?? { mean: 0, sd: 0 },
      runs: 4,
      paper: paper[i] ?? { mean: 0, sd: 0, arrow: null },
      paperRuns: 100,
    }),
    ...(i === 1 && {
      arrow: {
        ...arrow,
        xi: ours[1] - ours[0],
        interval: [0.1, 0.2] as const,
        simultaneous: [0, 0.3] as const,
        direction: 'up' as const,
      },
    }),
  }))
  return { class: name, n: 100, l2: [{ labelled: 'shirt', ours: 0.012, paper: 0.01 }], cells }
}

const panel = (label: string, table: string): RecallPanel => {
  const item = paperItem(table)
  if (item.kind !== 'table') return assert.fail(table)
  return {
    ...work,
    label,
    table,
    scenario: item.scenario,
    simulated: item.scenario.dataset === 'spectrum',
    runs: 4,
    paperRuns: 100,
    nNormal: 1000,
    nAnomaly: 100,
    distance: 'mean-square',
    l2Normal: [],
    rows: [row('shirt', [0.09, 0.72], [0.09, 0.71]), row('boot', [0.93, 0.29], [0.92, 0.6])],
    summary: { cells: 4, within: 3, arrows: 2, agree: 1, contradicted: 1 },
    notes: ['of every panel'],
    warnings: [],
    attribution: 'nobody’s data',
  }
}
export const recall: RecallReproduction = {
  ...head('figure3'),
  kind: 'recall',
  size: 'quick',
  seed: 0,
  detectors: { baseline: 'deep-svdd', candidate: 'deep-sad' },
  panels: [panel('a', 'table3'), panel('b', 'table6'), panel('c', 'table5'), panel('d', 'table8')],
}
export const failure: FailedReproduction = {
  kind: 'failure',
  item: 'table3',
  title: paperItem('table3').title,
  code: 'NO_DATA',
  reason: 'no files in <nowhere>',
}
