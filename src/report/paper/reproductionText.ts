import { at } from '../../check.js'
import { detectorTitle } from '../../detectors/detectors.js'
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
import { formatCount, formatDigits, formatPercent, formatWholePercent } from '../format.js'
import { textTable } from '../textTable.js'
import { datasetTitle } from '../words.js'
import {
  itemLabel,
  reproductionAnswer,
  sentence,
  simulatedWords,
  trainingWords,
  workWords,
} from './reproductionWords.js'
import { recallText, tableText } from './scenarioText.js'

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
  const quantiles = shares.map((share) => formatPercent(share))
  const head = ['detector', 'scores of', 'n', 'above threshold', ...quantiles, 'threshold']
  const rows = result.panels.flatMap((panel) => {
    const title = detectorTitle(panel.detector)
    return [
      [title, normal, ...scoreTexts(panel.normal, panel.observedFpr), formatDigits(panel.threshold, 3)],
      ['', anomaly, ...scoreTexts(panel.anomalous, panel.observedTpr), ''],
    ]
  })
  return [
    `${itemLabel(result.item)}, ${result.title}`,
    `${datasetTitle(result)} (${result.network}): normal ${normal} (${nNormal} to train on), labelled anomalies ${anomaly} (${nAnomaly}), ` +
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
