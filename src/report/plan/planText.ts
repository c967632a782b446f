import type { Plan } from '../../theory/planSamples.js'
import { textTable } from '../textTable.js'
import {
  planAssumptions,
  planHeadline,
  planOutcome,
  theoremQuestion,
  theoremRows,
  tradeoffRows,
  tradeoffTitles,
} from './planWords.js'

/** A plan for people at a terminal: what to label, what it rests on, the trade-off, and Theorem 3 beside it. No colours. */
export function planText(plan: Plan): string {
  return [
    planHeadline(plan),
    planOutcome(plan),
    planAssumptions(plan),
    '',
    'Other numbers of samples that do:',
    textTable(tradeoffTitles('normals', 'anomalies', plan), tradeoffRows(plan), { align: 'rrr' }),
    '',
    theoremQuestion(plan),
    textTable(['version', 'normals', 'anomalies', 'ε'], theoremRows(plan), { align: 'lrrr' }),
    ...plan.warnings.map((warning) => `Warning: ${warning}`),
  ].join('\n')
}
