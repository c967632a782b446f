import type { SeedClass, SeedComparison } from '../../compare/compareSeeds.js'
import { csvText } from '../csvField.js'
import { requireAnswer } from '../requireAnswer.js'
import { answerColumns, type Column } from './answerColumns.js'
import { shownClasses } from './seedText.js'

const columns: readonly Column<SeedClass>[] = [
  ['n', ({ n }) => n],
  ['groups', ({ nGroups = '' }) => nGroups],
  ['tpr_baseline', ({ tprBaseline }) => tprBaseline.mean],
  ['tpr_candidate', ({ tprCandidate }) => tprCandidate.mean],
  ['sd_baseline', ({ tprBaseline, recallsBaseline }) => (recallsBaseline.length === 1 ? '' : tprBaseline.sd)],
  ['sd_candidate', ({ tprCandidate, recallsCandidate }) => (recallsCandidate.length === 1 ? '' : tprCandidate.sd)],
  ['trainings_baseline', ({ recallsBaseline }) => recallsBaseline.length],
  ['trainings_candidate', ({ recallsCandidate }) => recallsCandidate.length],
  ...answerColumns,
  ['se_samples', ({ sampleError }) => sampleError],
  ['se_training', ({ trainingError }) => trainingError],
]

/** A comparison of trainings as CSV: one row for each class and one for all anomalies, whose class is empty. */
export function seedCsv(comparison: SeedComparison): string {
  requireAnswer('seedCsv', comparison, 'compareSeeds')
  const { baseline, candidate, overall } = comparison
  const rows = shownClasses(comparison).map((one) => [
    ...[baseline.name, candidate.name, one === overall ? '' : one.name],
    ...columns.map(([, read]) => read(one)),
  ])
  return csvText([['baseline', 'candidate', 'class', ...columns.map(([name]) => name)], ...rows])
}
