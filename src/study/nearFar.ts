import { at } from '../check.js'
import { meanSd } from '../stats/meanSd.js'
import { runFamily } from '../stats/runs/runFamily.js'
import { type RunMean, runMean } from '../stats/runs/runMean.js'
import type { RunAnswer } from './core/types.js'
import type { ClassDistance } from './similarity.js'
import type { CheckedStudy } from './studyOptions.js'
import type { StudyStatistics } from './studyStatistics.js'

/** Whether a class of anomalies lies near the normal class, or far from it. */
export type Side = 'near' | 'far'
/** Both sides, the near one first. */
export const sides: readonly Side[] = ['near', 'far']

/** ξ on average over unlabelled classes of one side, with labelled classes of one side. The family is all settings of a result. */
export interface SettingResult extends RunAnswer {
  /** Of the labelled classes. */
  readonly known: Side
  /** Of the tested classes; none of them is the labelled one. */
  readonly unseen: Side
  /** Pairs of a labelled and a tested class. */
  readonly pairs: number
  /** Mean of ξ over these, equally weighted, and over the runs that count in all of them. */
  readonly xi: number
}

/** What a row of a matrix showed, or a cell of a sweep: one labelled class, and the classes tested. */
export interface KnownClass {
  readonly labelled: string
  /** Its `groups` are those of `unseenGroups`. */
  readonly statistics: Pick<StudyStatistics, 'converged' | 'groups' | 'tolerant'>
}

/** Philox stream of the settings' noise; used for nothing else. */
const stream = 0x5849_4e46

/**
 * The side of each class of anomalies by its distance to the normal class: near up to the median of all such distances, far beyond it. So with an odd
 * number of classes the middle one is near.
 */
export function sidesOf(anomalies: readonly ClassDistance[]): ReadonlyMap<string, Side> {
  const distances = anomalies.map(({ l2 }) => l2).sort((a, b) => a - b)
  const middle = at(distances, Math.ceil(distances.length / 2) - 1)
  return new Map(anomalies.map(({ name, l2 }) => [name, l2 <= middle ? 'near' : 'far']))
}

/** The unlabelled classes of each side, in the order of `sides`: what `scenarioStatistics` is to average over. */
export function unseenGroups(sideOf: ReadonlyMap<string, Side>, labelled: string): string[][] {
  return sides.map((side) => [...sideOf].flatMap(([name, own]) => (own === side && name !== labelled ? [name] : [])))
}

/**
 * ξ in the settings known near, unseen far; known far, unseen near; and where both lie on one side, as far as there are such pairs.
 *
 * @param families of rows: settings are told apart within each; all together are one family, see `runFamily`
 */
export function settingResults(
  families: readonly (readonly KnownClass[])[],
  { sideOf, level, seed }: { readonly sideOf: ReadonlyMap<string, Side> } & Pick<CheckedStudy, 'level' | 'seed'>,
): SettingResult[][] {
  const found = families.map((rows) =>
    sides.flatMap((known) =>
      sides.flatMap((unseen, group) => {
        const own = rows.filter(({ labelled }) => sideOf.get(labelled) === known)
        const setting = settingMean(own, group, sideOf)
        return setting === undefined ? [] : [{ known, unseen, ...setting }]
      }),
    ),
  )
  const tolerant = families.flat().every(({ statistics }) => statistics.tolerant)
  const { answers } = runFamily(
    found.flat().map(({ mean }) => mean),
    { level, seed, stream, most: 1, tolerant },
  )
  const rest = [...answers]
  return found.map((settings) =>
    settings.map(({ known, unseen, pairs, mean }): SettingResult => {
      return { known, unseen, pairs, xi: meanSd(mean.values).mean, ...at(rest.splice(0, 1), 0) }
    }),
  )
}

/** Over the pairs of some rows and their g-th group of tested classes; undefined where there is none, or no run counts in all. */
function settingMean(
  rows: readonly KnownClass[],
  group: number,
  sideOf: ReadonlyMap<string, Side>,
): { readonly pairs: number; readonly mean: RunMean } | undefined {
  const used = rows.flatMap(({ labelled, statistics: { converged, groups } }) => {
    const n = at(unseenGroups(sideOf, labelled), group).length
    const means = groups[group]
    return n === 0 || means === undefined ? [] : [{ n, converged, means }]
  })
  const runs = used[0]?.converged.filter((run) => used.every(({ converged }) => converged.includes(run))) ?? []
  if (runs.length === 0) return undefined
  const pairs = used.reduce((sum, { n }) => sum + n, 0)
  const ofRun = (run: number) =>
    used.map(({ n, converged, means }) => ({ weight: n / pairs, means, i: converged.indexOf(run) }))
  const values = runs.map((run) =>
    ofRun(run).reduce((sum, { weight, means, i }) => sum + weight * at(means.values, i), 0),
  )
  const draws = runs.map((run) => {
    const parts = ofRun(run).map(({ weight, means, i }) => ({ weight, own: at(means.draws, i) }))
    return at(parts, 0).own.map((_, b) => parts.reduce((sum, { weight, own }) => sum + weight * at(own, b), 0))
  })
  return { pairs, mean: runMean(Float64Array.from(values), draws) }
}
