import type { Convergence } from '../../converge/types.js'
import { textTable } from '../textTable.js'
import { dataLines } from '../words.js'
import {
  boundsOutcome,
  cellRows,
  cellTitles,
  convergeClasses,
  convergeHeadline,
  convergeLegend,
  rateRows,
  ratesLegend,
  rateTitles,
} from './convergeWords.js'

/** A convergence study for people at a terminal: the table of cells, the rates, and what they mean. No colours. */
export function convergeText(result: Convergence): string {
  return [
    convergeHeadline(result),
    convergeClasses(result),
    textTable(cellTitles, cellRows(result), { align: 'rrrrrrrrrr' }),
    convergeLegend(result),
    boundsOutcome(result),
    '',
    textTable(rateTitles('rate of ξ̂', 'of FPR', result), rateRows(result), { align: 'rrrr' }),
    ratesLegend,
    ...result.warnings.map((warning) => `Warning: ${warning}`),
    ...dataLines(result),
  ].join('\n')
}
