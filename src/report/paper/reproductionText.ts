import { at } from '../../check.js'
import { formatCount } from '../../counted.js'
import { detectorTitle } from '../../detectors/detectors.js'
import { allowedErrors, printedRounding } from '../../paper/compareWithPrinted.js'
import type { PaperItem } from '../../paper/paperItems.js'
import type {
  ConvergenceReproduction,
  DensityPanel,
  DensityReproduction,
  DetectorsReproduction,
  FailedReproduction,
  RecallReproduction,
  RepeatedScenario,
  ReproducedCell,
  ReproducedDistance,
  Reproduction,
  TableReproduction,
} from '../../paper/types.js'
import { convergeText } from '../converge/convergeText.js'
import {
  formatDigits,
  formatErrors,
  formatGiven,
  formatMeanSd,
  formatSigned,
  formatThreshold,
  formatWholePercent,
} from '../format.js'
import { requireAnswer } from '../requireAnswer.js'
import { datasetTitle } from '../study/studyWords.js'
import { textTable } from '../textTable.js'
import { warningLines } from '../words.js'
import {
  arrowOf,
  itemLabel,
  marks,
  normalDistances,
  ownArrow,
  panelNotes,
  reproductionAnswer,
  reproductionSummary,
  sentence,
  simulatedWords,
  sizeWords,
  trainingWords,
  workWords,
} from './reproductionWords.js'

/** Every table and figure of the paper, and what it is of. */
export function paperItemsText(items: readonly PaperItem[]): string {
  const rows = items.map(({ name, title, data }) => [name, title, data.join(', ')])
  return textTable(['item', 'what', 'data'], rows, { align: 'lll' })
}

/**
 * A repeated table or figure for people at a terminal: a table with the printed figures beside ours, of a figure what it
 * draws; of a failure the reason. No colours.
 */
export function reproductionText(result: Reproduction | FailedReproduction): string {
  requireAnswer('reproductionText', result, 'reproduce')
  switch (result.kind) {
    case 'failure':
      return `${itemLabel(result.item)}, ${result.title}: not repeated. ${result.reason}`
    case 'detectors':
      return detectorsText(result)
    case 'table':
      return tableText(result)
    case 'recall':
      return recallText(result)
    case 'density':
      return densityText(result)
    case 'convergence':
      return convergenceText(result)
  }
}

function detectorsText(result: DetectorsReproduction): string {
  const rows = result.cells.map(({ distance, supervised, ours, paper, agrees }) => [
    `${distance}-based`,
    supervised ? 'normal and labelled anomalies (supervised)' : 'normal only (semi-supervised)',
    ours.map(({ title }) => title).join(', '),
    paper.join(', '),
    agrees ? '' : '≠',
  ])
  return [
    `${itemLabel(result.item)}, ${result.title}`,
    textTable(['type', 'trained on', 'ours', 'paper', ''], rows, { align: 'lllll' }),
    ...result.cells.flatMap(({ ours }) => ours.map(({ title, source }) => `${title}: ${source}.`)),
    reproductionAnswer(result),
  ].join('\n')
}

function densityText(result: DensityReproduction): string {
  const { normal, anomaly, nNormal, nAnomaly } = result
  const quantiles = shares.map((share) => formatGiven(share))
  const head = ['detector', 'scores of', 'n', 'above threshold', ...quantiles, 'threshold']
  const rows = result.panels.flatMap((panel) => {
    const title = detectorTitle(panel.detector)
    return [
      [title, normal, ...scoreTexts(panel.normal, panel.observedFpr), formatThreshold(panel.threshold)],
      ['', anomaly, ...scoreTexts(panel.anomalous, panel.observedTpr), ''],
    ]
  })
  return [
    `${itemLabel(result.item)}, ${result.title}`,
    `${datasetTitle(result)} (${result.network}): normal ${normal} (${formatCount(nNormal)} to train on), labelled anomalies ${anomaly} (${formatCount(nAnomaly)}), ` +
      `one run, ${trainingWords(result)}`,
    textTable(head, rows, { align: `ll${'r'.repeat(head.length - 2)}` }),
    'Quantiles of the scores; the threshold is set on those of the normal samples, for an FPR of 5 %.',
    ...tail(result),
  ].join('\n')
}

/** Of the scores, where quantiles are shown. */
const shares = [0.05, 0.25, 0.5, 0.75, 0.95]

function scoreTexts(sample: DensityPanel['normal'], above: number): string[] {
  const sorted = sample.toSorted()
  const quantiles = shares.map((share) => at(sorted, Math.floor(share * (sorted.length - 1))))
  return [
    formatCount(sample.length),
    formatWholePercent(above),
    ...quantiles.map((quantile) => formatDigits(quantile, 3)),
  ]
}

function convergenceText(result: ConvergenceReproduction): string {
  const simulated = simulatedWords(result)
  const part = result.share === 1 ? '' : ` (${formatGiven(result.share)} of the samples)`
  return [
    `${itemLabel(result.item)}, ${result.title}${simulated === '' ? '' : ` (${simulated})`}${part}`,
    convergeText(result),
    ...result.notes.map((note) => `Note: ${note}.`),
    sentence(workWords(result)),
    reproductionAnswer(result),
  ].join('\n')
}

function tail(result: Reproduction): string[] {
  return [
    ...result.notes.map((note) => `Note: ${note}.`),
    ...(result.kind === 'recall' ? panelNotes(result) : []),
    ...warningLines(result.warnings),
    `Data: ${result.attribution}.`,
    reproductionAnswer(result),
  ]
}

/** A table of the paper beside ours, cell by cell. */
function tableText(result: TableReproduction): string {
  return [
    `${itemLabel(result.item)}, scenario ${result.scenario.scenario}, ${scenarioWords(result)}`,
    cellTable(result),
    ...legend(result),
    ...normalDistances(result),
    ...tail(result),
  ].join('\n')
}

/** Figure 3: a table for each panel. */
function recallText(result: RecallReproduction): string {
  return [
    `${itemLabel(result.item)}, ${result.title}`,
    ...result.panels.flatMap((panel) => [
      '',
      `(${panel.label}) scenario ${panel.scenario.scenario}, ${scenarioWords(panel)}; printed figures of ${itemLabel(panel.table)}`,
      cellTable(panel),
      reproductionSummary(panel),
    ]),
    '',
    ...legend(at(result.panels, 0)),
    ...tail(result),
  ].join('\n')
}

function scenarioWords(one: RepeatedScenario): string {
  const { scenario } = one
  return (
    `${datasetTitle({ ...scenario, ...one })} ` +
    `(${one.network}): normal ${scenario.normal} (${formatCount(one.nNormal)} to train on), labelled anomalies ` +
    `${scenario.anomaly} (${formatCount(one.nAnomaly)}), ${sizeWords(one)}`
  )
}

function legend({ paperRuns }: RepeatedScenario): string[] {
  return [
    `TPR at FPR 5 %, mean ± sd over runs (paper: ${paperRuns}). s.e.: difference beyond ±${printedRounding}, the printed figures' rounding, ` +
      `in standard errors √(sd₁²/n₁ + sd₂²/n₂); ≠ marks those beyond ${allowedErrors}.`,
    'Arrows: the supervised detector’s mean recall above or below that of its semi-supervised version, which is trained on normal samples only, as printed to two digits; ' +
      'ours is in brackets where the simultaneous 95 % interval of ξ includes 0; ! marks opposite arrows.',
  ]
}

function cellTable({ rows }: RepeatedScenario): string {
  const head = ['anomalies', 'detector', 'ours', 'paper', 'difference', 's.e.', 'ξ', 'ours', 'paper', '']
  const lines = rows.flatMap(({ class: name, n, l2, cells }) => {
    const own = [`${name} (n = ${formatCount(n)})`, ...l2.map((one) => distanceWords(one, l2.length > 1))]
    return cells.map((cell, i) => [i < own.length ? at(own, i) : '', ...cellTexts(cell)])
  })
  return textTable(head, lines, { align: 'llrrrrrccl' })
}

/** `L² 3.63, paper 3.63`, with the labelled class where there are several. */
function distanceWords({ labelled, ours, paper }: ReproducedDistance, several: boolean): string {
  return `L²${several ? ` to ${labelled}` : ''} ${ours.toFixed(2)}, paper ${paper.toFixed(2)}`
}

function cellTexts(cell: ReproducedCell): string[] {
  const { ours, paper, errors, arrow } = cell
  return [
    detectorTitle(cell.detector),
    formatMeanSd(ours, cell.runs),
    formatMeanSd(paper),
    formatSigned(ours.mean - paper.mean),
    formatErrors(errors),
    arrow === undefined ? '' : formatSigned(arrow.xi),
    ownArrow(cell),
    arrow === undefined ? '' : arrowOf(arrow.paper),
    marks(cell),
  ]
}
