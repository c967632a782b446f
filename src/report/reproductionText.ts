import Table from 'cli-table3'
import { detector } from '../detectors/detectors.js'
import { allowedErrors, type ComparedArrow, printedRounding } from '../paper/compareWithPrinted.js'
import type { PaperItem } from '../paper/paperItems.js'
import type { ReproducedCell, ReproducedDistance, TableReproduction } from '../paper/reproduceTable.js'
import { formatMeanSd, formatPercent, formatSigned } from './format.js'

const look = { head: [], border: [], compact: true }

/** Every table and figure of the paper, what it is of, and whether this version reproduces it. */
export function paperItemsText(items: readonly PaperItem[]): string {
  const rows = new Table({ head: ['item', 'what', 'data', 'reproduced'], style: look })
  for (const { name, title, data, scenario, convergence } of items) {
    rows.push([name, title, data.join(', '), (scenario ?? convergence) === undefined ? 'no' : 'yes'])
  }
  return rows.toString()
}

/** A table of the paper beside ours, cell by cell, for people at a terminal. No colours. */
export function reproductionText(result: TableReproduction): string {
  const rows = new Table({
    head: ['anomalies', 'detector', 'ours', 'paper', 'difference', 's.e.', 'ξ', 'ours', 'paper', ''],
    colAligns: ['left', 'left', 'right', 'right', 'right', 'right', 'right', 'center', 'center', 'left'],
    style: look,
  })
  for (const { class: name, n, l2, cells } of result.rows) {
    for (const [i, cell] of cells.entries()) {
      const own = [`${name} (n = ${n})`, ...l2.map((one) => distanceWords(one, l2.length > 1))]
      rows.push([own[i] ?? '', ...cellTexts(cell)])
    }
  }
  return [
    `${titleOf(result)}, ${result.simulated ? `${result.scenario.dataset} (simulated)` : result.scenario.dataset} ` +
      `(${result.network}): normal ${result.scenario.normal} (${result.nNormal} to train on), labelled anomalies ` +
      `${result.scenario.anomaly} (${result.nAnomaly}), ${sizeWords(result)}`,
    rows.toString(),
    `TPR at FPR 5 %, mean ± sd over runs (paper: ${result.paperRuns}). s.e.: difference beyond ±${printedRounding}, the printed figures' rounding, ` +
      `in standard errors √(sd₁²/n₁ + sd₂²/n₂); ≠ marks those beyond ${allowedErrors}.`,
    'Arrows: the supervised detector’s mean recall above or below that of its semi-supervised version, as printed to two digits; ' +
      'ours is in brackets where the 95 % interval of ξ includes 0; ! marks opposite arrows.',
    ...normalDistances(result),
    ...result.notes.map((note) => `Note: ${note}.`),
    ...result.warnings.map((warning) => `Warning: ${warning}`),
    `Data: ${result.attribution}.`,
    reproductionSummary(result),
  ].join('\n')
}

/** `L² 3.63, paper 3.63`, with the labelled class where there are several. */
function distanceWords({ labelled, ours, paper }: ReproducedDistance, several: boolean): string {
  return `L²${several ? ` to ${labelled}` : ''} ${ours.toFixed(2)}, paper ${paper.toFixed(2)}`
}

/** A sentence for each labelled class: how far the normal class is from it. */
export function normalDistances({ scenario, l2Normal }: TableReproduction): string[] {
  return l2Normal.map(
    ({ labelled, ours, paper }) =>
      `Distance between ${scenario.normal} and ${labelled}: ${ours.toFixed(2)}, paper ${paper.toFixed(2)}.`,
  )
}

/** `54 of 60 cells within three standard errors; …`: the result in one line. */
export function reproductionSummary({ summary }: Pick<TableReproduction, 'summary'>): string {
  const { cells, within, arrows, agree, contradicted } = summary
  return (
    `${within} of ${cells} cells within ${allowedErrors} standard errors; of ${arrows} arrows ${agree} as printed, ` +
    `${contradicted} contradicted, ${arrows - agree - contradicted} where one side has none.`
  )
}

/** The cells as CSV, one a line, with a header. */
export function reproductionCsv({ item, rows }: TableReproduction): string {
  const head =
    'item,class,n,labelled,l2,paper_l2,detector,runs,mean,sd,paper_mean,paper_sd,standard_error,errors,within,xi,xi_low,xi_high,arrow,paper_arrow,agreement'
  const lines = rows.flatMap(({ class: name, n, l2, cells }) =>
    cells.map(({ detector: detectorName, runs, ours, paper, standardError, errors, within, arrow }) =>
      [
        item,
        name,
        n,
        ...(['labelled', 'ours', 'paper'] as const).map((field) => l2.map((one) => one[field]).join(';')),
        detectorName,
        runs,
        ours.mean,
        ours.sd,
        paper.mean,
        paper.sd,
        standardError,
        errors,
        within,
        ...(arrow === undefined
          ? ['', '', '', '', '', '']
          : [arrow.xi, ...arrow.interval, arrow.ours ?? 'none', arrow.paper ?? 'none', arrow.agreement]),
      ].join(','),
    ),
  )
  return `${[head, ...lines].join('\n')}\n`
}

/** `Table 4, scenario 1` */
export function titleOf({ item, scenario }: TableReproduction): string {
  return `${item.replace('table', 'Table ')}, scenario ${scenario.scenario}`
}

/** What was done of the paper's work: `10 runs, 200 epochs after 100 of pretraining`. */
export function sizeWords({ runs, epochs, pretrainEpochs, share }: TableReproduction): string {
  const part = share === 1 ? '' : `, ${formatPercent(share)} of the samples`
  return `${runs} ${runs === 1 ? 'run' : 'runs'}, ${epochs} epochs after ${pretrainEpochs} of pretraining${part}`
}

/** Our arrow, in brackets where the interval of ξ includes 0. */
export function ownArrow({ arrow }: ReproducedCell): string {
  if (arrow === undefined) return ''
  return arrow.direction === 'none' && arrow.ours !== null ? `(${arrowOf(arrow.ours)})` : arrowOf(arrow.ours)
}

/** `·` where there is none. */
export function arrowOf(arrow: ComparedArrow['ours']): string {
  return arrow === null ? '·' : arrow === 'up' ? '↑' : '↓'
}

/** `≠` for a figure beyond the errors allowed, `!` for an arrow contradicted. */
export function marks({ within, arrow }: ReproducedCell): string {
  return `${within ? '' : '≠'}${arrow?.agreement === 'contradicts' ? '!' : ''}`
}

/** `+1.3`, or `∞` where neither side varies. */
export function formatErrors(errors: number): string {
  if (errors === 0) return '0'
  return `${errors < 0 ? '−' : '+'}${Number.isFinite(errors) ? Math.abs(errors).toFixed(1) : '∞'}`
}

function cellTexts(cell: ReproducedCell): string[] {
  const { ours, paper, errors, arrow } = cell
  return [
    detector(cell.detector).title,
    formatMeanSd(ours),
    formatMeanSd(paper),
    formatSigned(ours.mean - paper.mean),
    formatErrors(errors),
    arrow === undefined ? '' : formatSigned(arrow.xi),
    ownArrow(cell),
    arrow === undefined ? '' : arrowOf(arrow.paper),
    marks(cell),
  ]
}
