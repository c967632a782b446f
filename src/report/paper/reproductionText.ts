import Table from 'cli-table3'
import type { PaperItem } from '../../paper/paperItems.js'
import type {
  ConvergenceReproduction,
  DensityPanel,
  DensityReproduction,
  DetectorsReproduction,
  FailedReproduction,
  Reproduction,
} from '../../paper/types.js'
import { convergeText } from '../converge/convergeText.js'
import { datasetTitle, detectorTitle, formatPercent } from '../format.js'
import {
  itemLabel,
  reproductionAnswer,
  sentence,
  simulatedWords,
  trainingWords,
  wholePercent,
  workWords,
} from './reproductionWords.js'
import { recallText, tableText } from './scenarioText.js'

const look = { head: [], border: [], compact: true }

/** Every table and figure of the paper, and what it is of. */
export function paperItemsText(items: readonly PaperItem[]): string {
  const rows = new Table({ head: ['item', 'what', 'data'], style: look })
  for (const { name, title, data } of items) rows.push([name, title, data.join(', ')])
  return rows.toString()
}

/**
 * A repeated table or figure for people at a terminal: a table with the printed figures beside ours, of a figure what it
 * draws; of a failure the reason. No colours.
 */
export function reproductionText(result: Reproduction | FailedReproduction): string {
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
  const rows = new Table({ head: ['type', 'trained on', 'ours', 'paper', ''], style: look })
  for (const { distance, supervised, ours, paper, agrees } of result.cells) {
    rows.push([
      `${distance}-based`,
      supervised ? 'normal and labelled anomalies (supervised)' : 'normal only (semi-supervised)',
      ours.map(({ title }) => title).join(', '),
      paper.join(', '),
      agrees ? '' : '≠',
    ])
  }
  return [
    `${itemLabel(result.item)}, ${result.title}`,
    rows.toString(),
    ...result.cells.flatMap(({ ours }) => ours.map(({ title, source }) => `${title}: ${source}.`)),
    reproductionAnswer(result),
  ].join('\n')
}

function densityText(result: DensityReproduction): string {
  const { normal, anomaly, nNormal, nAnomaly } = result
  const rows = new Table({
    head: ['detector', 'scores of', 'n', 'above threshold', '5 %', '25 %', '50 %', '75 %', '95 %', 'threshold'],
    colAligns: ['left', 'left', ...Array<'right'>(8).fill('right')],
    style: look,
  })
  for (const panel of result.panels) {
    rows.push([
      detectorTitle(panel.detector),
      normal,
      ...scoreTexts(panel.normal, panel.observedFpr),
      number(panel.threshold),
    ])
    rows.push(['', anomaly, ...scoreTexts(panel.anomalous, panel.observedTpr), ''])
  }
  return [
    `${itemLabel(result.item)}, ${result.title}`,
    `${datasetTitle(result)} (${result.network}): normal ${normal} (${nNormal} to train on), labelled anomalies ${anomaly} (${nAnomaly}), ` +
      `one run, ${trainingWords(result)}`,
    rows.toString(),
    'Quantiles of the scores; the threshold is set on those of the normal samples, for an FPR of 5 %.',
    ...tail(result),
  ].join('\n')
}

function scoreTexts(sample: DensityPanel['normal'], above: number): string[] {
  const sorted = sample.toSorted()
  const quantiles = [0.05, 0.25, 0.5, 0.75, 0.95].map((p) => sorted[Math.floor(p * (sorted.length - 1))] ?? Number.NaN)
  return [sample.length.toLocaleString('en'), wholePercent(above), ...quantiles.map(number)]
}

/** Three significant digits. */
function number(value: number): string {
  return String(Number(value.toPrecision(3)))
}

function convergenceText(result: ConvergenceReproduction): string {
  const simulated = simulatedWords(result)
  const part = result.share === 1 ? '' : ` (${formatPercent(result.share)} of the samples)`
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
    ...result.warnings.map((warning) => `Warning: ${warning}`),
    `Data: ${result.attribution}.`,
    reproductionAnswer(result),
  ]
}
