import { type ComparedClass, type Comparison, shownSets } from '../../compare/types.js'
import { csvText } from '../csvField.js'

const columns: readonly (readonly [string, (one: ComparedClass) => unknown])[] = [
  ['class', ({ name }) => name],
  ['n', ({ n }) => n],
  ['tpr_baseline', ({ tprBaseline }) => tprBaseline.rate],
  ['tpr_candidate', ({ tprCandidate }) => tprCandidate.rate],
  ['xi', ({ xi }) => xi],
  ['low', ({ interval }) => interval[0]],
  ['high', ({ interval }) => interval[1]],
  ['p', ({ pValue }) => pValue],
  ['simultaneous_low', ({ simultaneous }) => simultaneous[0]],
  ['simultaneous_high', ({ simultaneous }) => simultaneous[1]],
  ['p_adjusted', ({ pAdjusted }) => pAdjusted],
  ['direction', ({ direction }) => direction],
  ['enough', ({ enough = '' }) => enough],
]

/** Of samples in groups. */
const groups = ['groups', ({ nGroups = '' }) => nGroups] as const satisfies (typeof columns)[number]

/** A comparison as CSV: one row for each class of each candidate and one for all its anomalies, whose class is empty. */
export function compareCsv({ baseline, candidates, nGroups }: Comparison): string {
  const shown = nGroups === undefined ? columns : [...columns, groups]
  const rows = candidates.flatMap((compared) =>
    shownSets(compared).map((one) => [
      ...[baseline.name, compared.candidate.name],
      ...shown.map(([, read]) => read(one === compared.overall ? { ...one, name: '' } : one)),
    ]),
  )
  return csvText([['baseline', 'candidate', ...shown.map(([name]) => name)], ...rows])
}
