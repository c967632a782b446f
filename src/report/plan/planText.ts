import Table from 'cli-table3'
import type { Plan } from '../../theory/planSamples.js'
import { formatCount, planAssumptions, planHeadline, planOutcome, theoremQuestion } from './planWords.js'

/** A plan for people at a terminal: what to label, what it rests on, the trade-off, and Theorem 3 beside it. No colours. */
export function planText(plan: Plan): string {
  return [
    planHeadline(plan),
    planOutcome(plan),
    planAssumptions(plan),
    '',
    'Other numbers of samples that do:',
    tradeoffTable(plan),
    '',
    theoremQuestion(plan),
    theoremTable(plan),
    ...plan.warnings.map((warning) => `Warning: ${warning}`),
  ].join('\n')
}

function tradeoffTable({ tradeoff, anomalyCost }: Plan): string {
  const table = compactTable(['normals', 'anomalies', costTitle(anomalyCost)])
  for (const { nNormal, nAnomalous } of tradeoff) {
    table.push([nNormal, nAnomalous, Math.ceil(nNormal + anomalyCost * nAnomalous)].map(formatCount))
  }
  return table.toString()
}

function theoremTable({ theorem }: Plan): string {
  const table = compactTable(['version', 'normals', 'anomalies', 'ε'])
  for (const { version, needs, epsilonFromPlan } of theorem) {
    const sizes = needs === undefined ? ['–', '–'] : [needs.nNormal, needs.nAnomalous].map(formatCount)
    table.push([version, ...sizes, epsilonFromPlan.toFixed(3)])
  }
  return table.toString()
}

/** What the last column of the trade-off adds up. */
export function costTitle(anomalyCost: number): string {
  return anomalyCost === 1 ? 'together' : `cost (${anomalyCost} an anomaly)`
}

function compactTable(head: string[]) {
  return new Table({
    head,
    colAligns: head.map((_, i) => (i === 0 && head[0] === 'version' ? 'left' : 'right')),
    style: { head: [], border: [], compact: true },
  })
}
