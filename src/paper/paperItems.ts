import { requireKnown } from '../check.js'
import type { ConvergeDataset } from '../converge/convergeOptions.js'
import type { AnomalyShare } from '../data/anomalyMixture.js'
import type { DatasetName } from '../data/datasets.js'
import type { DetectorName } from '../detectors/detectors.js'

/** A data set of the paper. */
export type PaperData = DatasetName

/** One numbered table or figure of Ye, Chen and Zheng (2021). */
export interface PaperItem {
  /** For example `table4`. */
  readonly name: string
  readonly kind: 'table' | 'figure'
  readonly number: number
  readonly title: string
  /** The data that it is made from; none for Table 2. */
  readonly data: readonly PaperData[]
  /** The study that `reproduceTable` repeats; absent where this version does not reproduce the item. */
  readonly scenario?: PaperScenario
  /** The study that `reproduceFigure` repeats; absent where this version does not reproduce the item. */
  readonly convergence?: PaperConvergence
}

/** Two detectors whose ξ̂ and FPR a figure shows by sample size. */
export interface PaperConvergence {
  readonly dataset: ConvergeDataset
  readonly baseline: DetectorName
  readonly candidate: DetectorName
}

/** What a table's detectors were trained on: one class of labelled anomalies, or a mixture, beside one normal class. */
export interface PaperScenario {
  readonly dataset: DatasetName
  /** The paper's number: 1, where both classes resemble each other, 2, where they do not, 3 for mixtures. */
  readonly scenario: 1 | 2 | 3
  readonly normal: string
  /** The labelled class, or the mixture as the table words it. */
  readonly anomaly: string
  readonly mixture?: readonly AnomalyShare[]
  /** The distance of the normal class to each labelled one, as printed below the tables. */
  readonly l2Normal: Readonly<Record<string, number>>
}

const pairs = ['Deep SVDD and Deep SAD', 'Deep SVDD and HSC', 'AE and SAE', 'AE and ABC'] as const
const pairNames = [
  { baseline: 'deep-svdd', candidate: 'deep-sad' },
  { baseline: 'deep-svdd', candidate: 'hsc' },
  { baseline: 'ae', candidate: 'sae' },
  { baseline: 'ae', candidate: 'abc' },
] as const
const titles: Record<DatasetName, string> = {
  synthetic: 'synthetic data',
  statlog: 'StatLog',
  'fashion-mnist': 'Fashion-MNIST',
  spectrum: 'Cellular Spectrum Misuse',
}

/** Tables 2–11 and Figures 1–17, in that order. */
export const paperItems: readonly PaperItem[] = [
  { name: 'table2', kind: 'table', number: 2, title: 'the six detectors', data: [] },
  recallTable(3, { dataset: 'fashion-mnist', scenario: 1, normal: 'top', anomaly: 'shirt', l2Normal: { shirt: 0.02 } }),
  recallTable(4, {
    dataset: 'statlog',
    scenario: 1,
    normal: 'very damp grey soil',
    anomaly: 'damp grey soil',
    l2Normal: { 'damp grey soil': 3.63 },
  }),
  recallTable(5, {
    dataset: 'spectrum',
    scenario: 1,
    normal: 'normal',
    anomaly: 'NB-10ms',
    l2Normal: { 'NB-10ms': 6.17 },
  }),
  recallTable(6, {
    dataset: 'fashion-mnist',
    scenario: 2,
    normal: 'top',
    anomaly: 'sneaker',
    l2Normal: { sneaker: 0.13 },
  }),
  recallTable(7, {
    dataset: 'statlog',
    scenario: 2,
    normal: 'very damp grey soil',
    anomaly: 'red soil',
    l2Normal: { 'red soil': 8.48 },
  }),
  recallTable(8, {
    dataset: 'spectrum',
    scenario: 2,
    normal: 'normal',
    anomaly: 'WB-los',
    l2Normal: { 'WB-los': 43.84 },
  }),
  recallTable(9, mixture(50)),
  recallTable(10, mixture(90)),
  recallTable(11, mixture(10)),
  figure(1, `score distributions, ${pairs[0]}`, 'synthetic'),
  convergenceFigure(2, 'synthetic', 0),
  figure(3, `TPR under scenarios 1 and 2, ${pairs[0]}`, 'fashion-mnist', 'spectrum'),
  figure(4, `score distributions, ${pairs[1]}`, 'synthetic'),
  figure(5, `score distributions, ${pairs[2]}`, 'synthetic'),
  figure(6, `score distributions, ${pairs[3]}`, 'synthetic'),
  figure(7, `score distributions, ${pairs[0]}`, 'fashion-mnist'),
  figure(8, `score distributions, ${pairs[0]}`, 'spectrum'),
  convergenceFigure(9, 'synthetic', 1),
  convergenceFigure(10, 'synthetic', 2),
  convergenceFigure(11, 'synthetic', 3),
  figure(12, `ξ and FPR by sample size, ${pairs[0]}`, 'spectrum'),
  figure(13, `ξ and FPR by sample size, ${pairs[1]}`, 'spectrum'),
  figure(14, `ξ and FPR by sample size, ${pairs[2]}`, 'spectrum'),
  figure(15, `ξ and FPR by sample size, ${pairs[3]}`, 'spectrum'),
  figure(16, `ξ and FPR by sample size, ${pairs[0]}`, 'fashion-mnist'),
  convergenceFigure(17, 'statlog', 0),
]

/** A table or figure by name. Errors: `UNKNOWN_NAME`, listing those there are. */
export function paperItem(name: string): PaperItem {
  const known = requireKnown(
    'table or figure',
    name,
    paperItems.map((item) => item.name),
  )
  const item = paperItems.find((one) => one.name === known)
  if (item === undefined) throw new Error(`${known} is one of the names`)
  return item
}

function recallTable(number: number, scenario: PaperScenario): PaperItem {
  const { dataset, normal, anomaly } = scenario
  return {
    name: `table${number}`,
    kind: 'table',
    number,
    title: `TPR under scenario ${scenario.scenario}, ${titles[dataset]}: normal ${normal}, labelled ${anomaly}`,
    data: [dataset],
    scenario,
  }
}

/** Scenario 3: so many percent of shirts among the labelled anomalies, the rest sneakers. */
function mixture(shirts: number): PaperScenario {
  const sneakers = 100 - shirts
  return {
    dataset: 'fashion-mnist',
    scenario: 3,
    normal: 'top',
    anomaly: `${shirts}% shirt and ${sneakers}% sneaker`,
    mixture: [
      { class: 'shirt', weight: shirts / 100 },
      { class: 'sneaker', weight: sneakers / 100 },
    ],
    l2Normal: { shirt: 0.02, sneaker: 0.13 },
  }
}

function figure(number: number, title: string, ...data: readonly PaperData[]): PaperItem {
  return { name: `figure${number}`, kind: 'figure', number, title, data }
}

function convergenceFigure(number: number, dataset: ConvergeDataset, pair: 0 | 1 | 2 | 3): PaperItem {
  return {
    ...figure(number, `ξ and FPR by sample size, ${pairs[pair]}`, dataset),
    convergence: { dataset, ...pairNames[pair] },
  }
}
