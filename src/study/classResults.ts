import { at } from '../check.js'
import { familyWarnings, resamplesWarnings } from '../stats/bias/warnings.js'
import { runFamily } from '../stats/runs/runFamily.js'
import type { ClassResult } from './core/types.js'
import type { CheckedStudy } from './studyOptions.js'
import type { StudyStatistics } from './studyStatistics.js'

/** Philox stream of the cells' noise; used for nothing else. */
const stream = 0x58494345

/** Answers for all cells of a table: one row for each scenario, with its classes in order. */
export interface TableResults {
  readonly rows: readonly (readonly ClassResult[])[]
  readonly warnings: readonly string[]
}

/**
 * What a study, or a matrix of scenarios, says of ξ cell by cell. All cells are one family, so that a table of arrows holds
 * as a whole; see `runFamily`. The scenarios' draws are joint: they are of one seed, and their samples are the same.
 */
export function classResults(
  scenarios: readonly StudyStatistics[],
  { level, seed, resamples }: Pick<CheckedStudy, 'level' | 'seed' | 'resamples'>,
): TableResults {
  const cells = scenarios.flatMap(({ classes }) => classes)
  const tolerant = scenarios.every((one) => one.tolerant)
  const { answers, gamma } = runFamily(
    cells.map(({ xi }) => xi),
    { level, seed, stream, most: 1, tolerant },
  )
  const repeated = cells.filter(({ xi }) => xi.values.length > 1)
  const results = cells.map(({ rates }, i): ClassResult => ({ ...rates, ...at(answers, i) }))
  const ends = scenarios.map(({ classes }) => classes.length)
  return {
    rows: ends.map((n, i) => {
      const begin = ends.slice(0, i).reduce((sum, length) => sum + length, 0)
      return results.slice(begin, begin + n)
    }),
    warnings: [
      ...resamplesWarnings({ resamples, level }),
      ...familyWarnings(
        repeated.map(() => ({ gamma })),
        { resamples, level },
      ),
    ],
  }
}
