import { type Comparison, shownSets } from '../../compare/types.js'
import { csvField } from '../csvField.js'

const columns = [
  'baseline',
  'candidate',
  'class',
  'n',
  'tpr_baseline',
  'tpr_candidate',
  'xi',
  'low',
  'high',
  'p',
  'simultaneous_low',
  'simultaneous_high',
  'p_adjusted',
  'direction',
  'enough',
]

/** A comparison as CSV: one row for each class of each candidate and one for all its anomalies, whose class is empty. */
export function compareCsv({ baseline, candidates }: Comparison): string {
  const rows = candidates.flatMap((compared) =>
    shownSets(compared).map((one) => [
      baseline.name,
      compared.candidate.name,
      one === compared.overall ? '' : one.name,
      one.n,
      one.tprBaseline.rate,
      one.tprCandidate.rate,
      one.xi,
      ...one.interval,
      one.pValue,
      ...one.simultaneous,
      one.pAdjusted,
      one.direction,
      one.enough ?? '',
    ]),
  )
  return [columns, ...rows].map((row) => row.map((field) => csvField(String(field))).join()).join('\n')
}
