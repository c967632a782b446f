import Table from 'cli-table3'
import type { Convergence } from '../../converge/types.js'
import { detectorTitle } from '../format.js'
import {
  boundsOutcome,
  cellTexts,
  cellTitles,
  convergeClasses,
  convergeHeadline,
  convergeLegend,
  formatRate,
  ratesLegend,
} from './convergeWords.js'

/** A convergence study for people at a terminal: the table of cells, the rates, and what they mean. No colours. */
export function convergeText(result: Convergence): string {
  return [
    convergeHeadline(result),
    convergeClasses(result),
    cellTable(result),
    convergeLegend(result),
    boundsOutcome(result),
    '',
    rateTable(result),
    ratesLegend,
    ...result.warnings.map((warning) => `Warning: ${warning}`),
    ...(result.attribution === '' ? [] : [`Data: ${result.attribution}.`]),
  ].join('\n')
}

function cellTable({ cells }: Convergence): string {
  const table = compactTable(['α', 'n', ...cellTitles])
  for (const cell of cells) table.push([String(cell.alpha), cell.n.toLocaleString('en'), ...cellTexts(cell)])
  return table.toString()
}

function rateTable({ rates, detectors }: Convergence): string {
  const { baseline, candidate } = detectors
  const table = compactTable([
    'α',
    'rate of ξ̂',
    `of FPR ${detectorTitle(baseline)}`,
    `of FPR ${detectorTitle(candidate)}`,
  ])
  for (const { alpha, xi, fprBaseline, fprCandidate } of rates) {
    table.push([String(alpha), ...[xi, fprBaseline, fprCandidate].map(formatRate)])
  }
  return table.toString()
}

function compactTable(head: string[]) {
  return new Table({ head, colAligns: head.map(() => 'right'), style: { head: [], border: [], compact: true } })
}
