import { at } from '../../check.js'
import { detectorTitle } from '../../detectors/detectors.js'
import { allowedErrors, printedRounding } from '../../paper/compareWithPrinted.js'
import type {
  RecallReproduction,
  RepeatedScenario,
  ReproducedCell,
  ReproducedDistance,
  TableReproduction,
} from '../../paper/types.js'
import { formatErrors, formatMeanSd, formatSigned } from '../format.js'
import { textTable } from '../textTable.js'
import {
  arrowOf,
  byPanel,
  itemLabel,
  marks,
  normalDistances,
  ownArrow,
  reproductionAnswer,
  reproductionSummary,
  sizeWords,
} from './reproductionWords.js'

/** A table of the paper beside ours, cell by cell, for people at a terminal. No colours. */
export function tableText(result: TableReproduction): string {
  return [
    `${itemLabel(result.item)}, scenario ${result.scenario.scenario}, ${scenarioWords(result)}`,
    cellTable(result),
    ...legend(result),
    ...normalDistances(result),
    ...result.notes.map((note) => `Note: ${note}.`),
    ...result.warnings.map((warning) => `Warning: ${warning}`),
    `Data: ${result.attribution}.`,
    reproductionSummary(result),
  ].join('\n')
}

/** Figure 3 for people at a terminal: a table for each panel. No colours. */
export function recallText(result: RecallReproduction): string {
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
    ...result.notes.map((note) => `Note: ${note}.`),
    ...byPanel(result.panels, (panel) => panel.notes).map(([labels, note]) => `Panels ${labels}: ${note}.`),
    ...result.warnings.map((warning) => `Warning: ${warning}`),
    `Data: ${result.attribution}.`,
    reproductionAnswer(result),
  ].join('\n')
}

function scenarioWords(one: RepeatedScenario): string {
  const { scenario } = one
  return (
    `${one.simulated ? `${scenario.dataset} (simulated)` : scenario.dataset} ` +
    `(${one.network}): normal ${scenario.normal} (${one.nNormal} to train on), labelled anomalies ` +
    `${scenario.anomaly} (${one.nAnomaly}), ${sizeWords(one)}`
  )
}

function legend({ paperRuns }: RepeatedScenario): string[] {
  return [
    `TPR at FPR 5 %, mean ± sd over runs (paper: ${paperRuns}). s.e.: difference beyond ±${printedRounding}, the printed figures' rounding, ` +
      `in standard errors √(sd₁²/n₁ + sd₂²/n₂); ≠ marks those beyond ${allowedErrors}.`,
    'Arrows: the supervised detector’s mean recall above or below that of its semi-supervised version, as printed to two digits; ' +
      'ours is in brackets where the 95 % interval of ξ includes 0; ! marks opposite arrows.',
  ]
}

function cellTable({ rows }: RepeatedScenario): string {
  const head = ['anomalies', 'detector', 'ours', 'paper', 'difference', 's.e.', 'ξ', 'ours', 'paper', '']
  const lines = rows.flatMap(({ class: name, n, l2, cells }) => {
    const own = [`${name} (n = ${n})`, ...l2.map((one) => distanceWords(one, l2.length > 1))]
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
