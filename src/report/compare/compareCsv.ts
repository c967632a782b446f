import { type ComparedClass, type Comparison, shownSets, type TargetsComparison } from '../../compare/types.js'
import { csvText } from '../csvField.js'
import { requireAnswer } from '../requireAnswer.js'
import { answerColumns, type Column, gateColumns } from './answerColumns.js'

const columns: readonly Column<ComparedClass>[] = [
  ['class', ({ name }) => name],
  ['n', ({ n }) => n],
  ['tpr_baseline', ({ tprBaseline }) => tprBaseline.rate],
  ['tpr_candidate', ({ tprCandidate }) => tprCandidate.rate],
  ...answerColumns,
  ['enough', ({ enough = '' }) => enough],
]

/** Of samples in groups. */
const groups = ['groups', ({ nGroups = '' }) => nGroups] as const satisfies (typeof columns)[number]

/**
 * A comparison as CSV: one row for each class of each candidate and one for all its anomalies, whose class is empty. Comparisons at
 * several targets (`compareTargets`) are the same rows, the target first. Mixes, precision and alerts are in the JSON alone.
 */
export function compareCsv(comparison: Comparison | TargetsComparison): string {
  requireAnswer('compareCsv', comparison, 'compare', 'compareTargets')
  const targets = 'targets' in comparison ? comparison.targets : [comparison]
  const [only] = targets
  if (only !== undefined && targets.length === 1) return csvText(rowsOf(only))
  const rows = targets.map((one) => rowsOf(one).map((row, i) => [i === 0 ? 'fpr' : one.fpr, ...row]))
  return csvText(rows.flatMap((own, f) => (f === 0 ? own : own.slice(1))))
}

function rowsOf({ baseline, candidates, verdict, nGroups }: Comparison): unknown[][] {
  const all = [...columns, ...(nGroups === undefined ? [] : [groups]), ...(verdict === undefined ? [] : gateColumns)]
  const rows = candidates.flatMap((compared) =>
    shownSets(compared).map((one) => [
      ...[baseline.name, compared.candidate.name],
      ...all.map(([, read]) => read(one === compared.overall ? { ...one, name: '' } : one)),
    ]),
  )
  return [['baseline', 'candidate', ...all.map(([name]) => name)], ...rows]
}
