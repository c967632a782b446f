import { at } from '../check.js'
import { meanSd } from '../stats/meanSd.js'
import { runFamily } from '../stats/runs/runFamily.js'
import { type RunMean, runMean } from '../stats/runs/runMean.js'
import type { RunAnswer } from './core/types.js'
import type { CheckedStudy } from './studyOptions.js'
import type { StudyStatistics } from './studyStatistics.js'

/** How far the mean of ξ of one labelled class is ahead of that of another. */
export interface RowDifference extends RunAnswer {
  readonly labelled: string
  readonly over: string
  /** Mean over the runs that count in both. */
  readonly difference: number
}

/** A labelled class with what runs and samples showed. */
interface Labelled {
  readonly name: string
  readonly statistics: Pick<StudyStatistics, 'converged' | 'overall' | 'tolerant'>
}

/** Philox streams of the noise of rows' means, and of their differences; used for nothing else. */
const streams = { means: 0x58494d45, differences: 0x58494446 } as const

/**
 * Every row's mean of ξ over classes, the differences of every two of them, and which rows have the largest and the smallest
 * mean. The means are one family, the differences another; see `runFamily`. Rows have their runs and samples in common, and
 * so what these do to both is not in a difference.
 */
export function rowAnswers(rows: readonly Labelled[], { level, seed }: Pick<CheckedStudy, 'level' | 'seed'>) {
  const tolerant = rows.every(({ statistics }) => statistics.tolerant)
  const family = { level, seed, tolerant }
  const means = rows.map(({ statistics: { overall } }) => runMean(overall.values, overall.draws))
  const mean = (i: number) => meanSd(at(means, i).values).mean
  const ranked = rows.map((_, i) => i).sort((a, b) => mean(b) - mean(a))
  const pairs = ranked.flatMap((i, place) =>
    ranked.slice(place + 1).flatMap((j) => {
      const difference = differenceOf(at(rows, i).statistics, at(rows, j).statistics)
      return difference === undefined ? [] : [{ i, j, difference }]
    }),
  )
  const apart = runFamily(
    pairs.map(({ difference }) => difference),
    { ...family, stream: streams.differences, most: 2 },
  )
  const differences = pairs.map(
    ({ i, j, difference }, pair): RowDifference => ({
      labelled: at(rows, i).name,
      over: at(rows, j).name,
      difference: meanSd(difference.values).mean,
      ...at(apart.answers, pair),
    }),
  )
  const names = ranked.map((i) => at(rows, i).name)
  return {
    overall: runFamily(means, { ...family, stream: streams.means, most: 1 }).answers,
    differences,
    best: likeness(names, differences),
    worst: likeness(names.toReversed(), differences),
  }
}

/** The difference of the means of two rows over the runs that count in both; undefined where there is none. */
function differenceOf(one: Labelled['statistics'], other: Labelled['statistics']): RunMean | undefined {
  const common = one.converged.flatMap((run, i) => {
    const j = other.converged.indexOf(run)
    return j < 0 ? [] : [[i, j] as const]
  })
  if (common.length === 0) return undefined
  const minus = (a: Float64Array, b: Float64Array) => a.map((x, i) => x - at(b, i))
  return runMean(
    Float64Array.from(common, ([i, j]) => at(one.overall.values, i) - at(other.overall.values, j)),
    common.map(([i, j]) => minus(at(one.overall.draws, i), at(other.overall.draws, j))),
  )
}

/** The first of the classes, and those that its mean cannot be told apart from. */
function likeness(ranked: readonly string[], differences: readonly RowDifference[]): string[] {
  const first = at(ranked, 0)
  const apart = (other: string) =>
    differences.some(({ labelled, over, direction }) => {
      return direction !== 'none' && [labelled, over].includes(first) && [labelled, over].includes(other)
    })
  return ranked.filter((name) => name === first || !apart(name))
}
