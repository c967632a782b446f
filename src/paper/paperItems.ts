import { at, invariant, requireKnown } from '../check.js'
import type { PublishedUse } from '../data/core/source.js'
import { type DatasetName, publishedUse } from '../data/datasets.js'
import type { AnomalyShare } from '../data/splits/anomalyMixture.js'
import { frozen } from '../frozen.js'
import { paperPairs, printedName, type SupervisedPair } from './paperDetectors.js'

/** What every numbered table or figure of Ye, Chen and Zheng (2021) has. */
export interface NumberedItem {
  /** For example `table4`. */
  readonly name: string
  readonly number: number
  readonly title: string
  /** The data that it is made from; none for Table 2. */
  readonly data: readonly DatasetName[]
}

/** Table 2: the six detectors by type. */
export interface DetectorsItem extends NumberedItem {
  readonly kind: 'detectors'
}

/** Tables 3–11: recall of the six detectors on every class of anomalies, in one scenario. */
export interface TableItem extends NumberedItem {
  readonly kind: 'table'
  readonly scenario: PaperScenario
}

/** Figure 3: recall of two detectors on every class of anomalies, as bars. */
export interface RecallItem extends NumberedItem, SupervisedPair {
  readonly kind: 'recall'
  /** Its panels, and the tables whose scenarios they show. */
  readonly panels: readonly { readonly label: string; readonly table: string }[]
}

/** Figures 1 and 4–8: densities of the scores of normal samples and of labelled anomalies, for two detectors. */
export interface DensityItem extends NumberedItem {
  readonly kind: 'density'
  readonly density: PaperPair & { readonly normal: string; readonly anomaly: string }
}

/** Figures 2 and 9–17: ξ̂ and the FPR by sample size. */
export interface ConvergenceItem extends NumberedItem {
  readonly kind: 'convergence'
  readonly convergence: PaperPair
}

/** One numbered table or figure of Ye, Chen and Zheng (2021); `kind` says what it shows. */
export type PaperItem = DetectorsItem | TableItem | RecallItem | DensityItem | ConvergenceItem

/** Two detectors that a figure compares on a data set. */
export interface PaperPair extends SupervisedPair {
  readonly dataset: DatasetName
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

/** The class that counts as normal in all that the paper does with a data set. */
const normalClass = {
  'fashion-mnist': 'top',
  statlog: 'very damp grey soil',
  spectrum: 'normal',
  synthetic: 'normal',
} as const satisfies Partial<Record<DatasetName, string>>

/** Tables 2–11 and Figures 1–17, in that order. */
export const paperItems: readonly PaperItem[] = frozen([
  { name: 'table2', kind: 'detectors', number: 2, title: 'the six detectors by type', data: [] },
  recallTable(3, 'fashion-mnist', 1, { shirt: 0.02 }),
  recallTable(4, 'statlog', 1, { 'damp grey soil': 3.63 }),
  recallTable(5, 'spectrum', 1, { 'NB-10ms': 6.17 }),
  recallTable(6, 'fashion-mnist', 2, { sneaker: 0.13 }),
  recallTable(7, 'statlog', 2, { 'red soil': 8.48 }),
  recallTable(8, 'spectrum', 2, { 'WB-los': 43.84 }),
  tableOf(9, mixture(50)),
  tableOf(10, mixture(90)),
  tableOf(11, mixture(10)),
  density(1, 'synthetic', 0, 'anomalous'),
  convergence(2, 'synthetic', 0),
  {
    name: 'figure3',
    kind: 'recall',
    number: 3,
    title: `TPR under scenarios 1 and 2, ${pairTitle(paperPairs[0])}`,
    data: ['fashion-mnist', 'spectrum'],
    ...paperPairs[0],
    panels: [
      { label: 'a', table: 'table3' },
      { label: 'b', table: 'table6' },
      { label: 'c', table: 'table5' },
      { label: 'd', table: 'table8' },
    ],
  },
  density(4, 'synthetic', 1, 'anomalous'),
  density(5, 'synthetic', 2, 'anomalous'),
  density(6, 'synthetic', 3, 'anomalous'),
  density(7, 'fashion-mnist', 0, 'shirt'),
  density(8, 'spectrum', 0, 'NB-10ms'),
  convergence(9, 'synthetic', 1),
  convergence(10, 'synthetic', 2),
  convergence(11, 'synthetic', 3),
  convergence(12, 'spectrum', 0),
  convergence(13, 'spectrum', 1),
  convergence(14, 'spectrum', 2),
  convergence(15, 'spectrum', 3),
  convergence(16, 'fashion-mnist', 0),
  convergence(17, 'statlog', 0),
])

/** A table or figure by name. Errors: `UNKNOWN_NAME`, listing those there are. */
export function paperItem(name: string): PaperItem {
  const names = paperItems.map((item) => item.name)
  return at(paperItems, names.indexOf(requireKnown('table or figure', name, names)))
}

/** The beginning of what repeats an item. */
export function headOf<K extends PaperItem['kind']>({ kind, name, title }: NumberedItem & { readonly kind: K }) {
  return { kind, item: name, title }
}

/** What the paper does with one of its data sets. */
export function paperUse(dataset: string): PublishedUse {
  const use = publishedUse(dataset)
  invariant(use, `${dataset} is a data set of the paper`)
  return use
}

function pairTitle({ baseline, candidate }: SupervisedPair): string {
  return `${printedName(baseline)} and ${printedName(candidate)}`
}

/** Of one labelled class, at the distance to the normal one that is printed. */
function recallTable(
  number: number,
  dataset: keyof typeof normalClass,
  scenario: 1 | 2,
  l2Normal: PaperScenario['l2Normal'],
): TableItem {
  const anomaly = at(Object.keys(l2Normal), 0)
  return tableOf(number, { dataset, scenario, normal: normalClass[dataset], anomaly, l2Normal })
}

function tableOf(number: number, scenario: PaperScenario): TableItem {
  const { dataset, normal, anomaly } = scenario
  return {
    name: `table${number}`,
    kind: 'table',
    number,
    title: `TPR under scenario ${scenario.scenario}, ${paperUse(dataset).title}: normal class ${normal}, labelled ${anomaly}`,
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
    normal: normalClass['fashion-mnist'],
    anomaly: `${shirts}% shirt and ${sneakers}% sneaker`,
    mixture: [
      { class: 'shirt', weight: shirts / 100 },
      { class: 'sneaker', weight: sneakers / 100 },
    ],
    l2Normal: { shirt: 0.02, sneaker: 0.13 },
  }
}

function density(number: number, dataset: keyof typeof normalClass, iPair: number, anomaly: string): DensityItem {
  const pair = { dataset, ...at(paperPairs, iPair) }
  return {
    ...figure('density', number, 'score distributions', pair),
    density: { ...pair, normal: normalClass[dataset], anomaly },
  }
}

function convergence(number: number, dataset: DatasetName, iPair: number): ConvergenceItem {
  const pair = { dataset, ...at(paperPairs, iPair) }
  return { ...figure('convergence', number, 'ξ and FPR by sample size', pair), convergence: pair }
}

function figure<K extends string>(kind: K, number: number, shown: string, pair: PaperPair) {
  const title = `${shown}, ${pairTitle(pair)}, ${paperUse(pair.dataset).title}`
  return { name: `figure${number}`, kind, number, title, data: [pair.dataset] }
}
