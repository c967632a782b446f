import type { RangeClass, RangeComparison } from '../../compare/compareRange.js'
import { csvText } from '../csvField.js'
import { requireAnswer } from '../requireAnswer.js'
import { answerColumns, type Column, gateColumns } from './answerColumns.js'
import { shownRangeSets } from './rangeText.js'

const columns: readonly Column<RangeClass>[] = [
  ['n', ({ n }) => n],
  ['mean_tpr_baseline', ({ tprBaseline }) => tprBaseline],
  ['mean_tpr_candidate', ({ tprCandidate }) => tprCandidate],
  ...answerColumns,
  ['enough', ({ enough = '' }) => enough],
]

/** A comparison over a range as CSV: one row for each class of each candidate and one for all its anomalies, whose class is empty. */
export function rangeCsv(comparison: RangeComparison): string {
  requireAnswer('rangeCsv', comparison, 'compareRange')
  const { baseline, candidates, fprRange, over, verdict, nGroups } = comparison
  const all: typeof columns = [
    ...columns,
    ...(nGroups === undefined ? [] : ([['groups', ({ nGroups: own = '' }) => own]] as const satisfies typeof columns)),
    ...(verdict === undefined ? [] : gateColumns),
  ]
  const rows = candidates.flatMap((compared) =>
    shownRangeSets(compared).map((one) => [
      ...[...fprRange, over, baseline.name, compared.candidate.name, one === compared.overall ? '' : one.name],
      ...all.map(([, read]) => read(one)),
    ]),
  )
  const head = ['fpr_from', 'fpr_to', 'over', 'baseline', 'candidate', 'class', ...all.map(([name]) => name)]
  return csvText([head, ...rows])
}
