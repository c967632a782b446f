import { at } from '../../check.js'
import { counted, formatCount } from '../../counted.js'
import { ScoringBiasError } from '../../errors.js'
import type { MissingSamples, SplitCounts } from '../../scores/scoreCollector.js'
import { splitNotes } from '../../scores/scoreCollector.js'
import { allMissing, missingNotes } from '../preparedScores.js'
import type { ScoreData } from '../types.js'
import { nameOf, requireAlike, type ScoreSummary } from './scoreSummary.js'

/**
 * The scores of all parts together, in the order of their files' names, whatever order they are given in: those of the files
 * put one after another.
 *
 * @param paths what messages call the summaries
 *
 * Errors: `OUT_OF_RANGE` for parts that do not belong together, or are there twice; `EMPTY_SAMPLE` where no part has normal samples,
 * or none has anomalies.
 */
export function mergeSummaries(summaries: readonly ScoreSummary[], paths: readonly string[]): ScoreData {
  requireAlike(summaries, paths)
  const ordered = [...summaries].sort((a, b) => compareTexts(nameOf(a), nameOf(b)) || compareTexts(a.digest, b.digest))
  const parts = ordered.map(({ data }) => data)
  const first = at(parts, 0)
  const joined = (setOf: (data: ScoreData) => readonly ArrayLike<number>[] | undefined) => {
    const sets = parts.map(setOf).filter((set) => set !== undefined)
    return first.detectors.map((_, d) => concatenated(sets.map((set) => at(set, d))))
  }
  const belows = parts.flatMap(({ below }) => below ?? [])
  const ofSplits = parts
    .flatMap((data) => data.ofSplits ?? [])
    .reduce(addSplits, { trainedOn: 0, unused: 0, nAnomalous: 0 })
  const missing = allMissing(parts.map((data) => data.missing).filter((part) => part !== undefined))
  const nTest = belows.reduce((sum, below) => sum + below.nTest, 0)
  let before = 0
  const positions = belows.map(({ positions, nNormal }) => {
    const own = positions.map((place) => place + before)
    before += nNormal
    return own
  })
  const anomalous = joined((data) => data.anomalous)
  requireKinds(ordered, { nNormal: before, nTest, nAnomalous: at(anomalous, 0).length })
  return {
    source: ordered.length === 1 ? first.source : `${ordered.length} summaries (${ordered.map(nameOf).join(', ')})`,
    detectors: first.detectors,
    validation: joined((data) => data.validation),
    ...(nTest > 0 && { test: joined((data) => data.test) }),
    anomalous,
    ...(first.classes && { classes: parts.flatMap(({ classes = [] }) => classes) }),
    ...(first.groups && { groups: joinedGroups(parts) }),
    below: {
      nNormal: before,
      nTest,
      positions: concatenated(positions),
      groups: first.groups && leftOutGroups(parts),
      parts: belows.flatMap((below) => below.parts),
    },
    ofSplits,
    missing,
    notes: notesOf(parts, { ofSplits, missing, all: before + nTest + at(anomalous, 0).length }),
  }
}

/** Requires of all parts together what scores to compare need. Errors: `EMPTY_SAMPLE`. */
function requireKinds(
  summaries: readonly ScoreSummary[],
  { nNormal, nTest, nAnomalous }: Readonly<Record<'nNormal' | 'nTest' | 'nAnomalous', number>>,
): void {
  const parts = counted(summaries.length, 'summary', 'summaries')
  const { normal, hasSplit } = at(summaries, 0).question
  if (nNormal === 0) {
    const label = normal === undefined ? 'label 0' : `the label '${normal}'`
    const what = hasSplit
      ? `there is no normal sample of the split 'validation' in ${parts}, and ${formatCount(nTest)} of the split 'test'`
      : `there is no normal sample in ${parts}`
    throw new ScoringBiasError(
      'EMPTY_SAMPLE',
      `${what}. Those set the thresholds. Add a part that has some, with ${label}`,
    )
  }
  if (nAnomalous > 0) return
  const split = hasSplit ? " of the split 'test'" : ''
  throw new ScoringBiasError(
    'EMPTY_SAMPLE',
    `there is no anomalous sample${split} in ${parts}. Without anomalies there is no recall to compare. Add a part that has some`,
  )
}

function notesOf(
  parts: readonly ScoreData[],
  {
    ofSplits,
    missing,
    all,
  }: { readonly ofSplits: SplitCounts; readonly missing: MissingSamples; readonly all: number },
): string[] {
  const lacking = missing.reduce((sum, { samples }) => sum + samples, 0)
  return [
    ...splitNotes(ofSplits),
    ...new Set(parts.flatMap(({ notes = [] }) => notes)),
    ...missingNotes(missing, all + lacking),
  ]
}

function addSplits(one: SplitCounts, other: SplitCounts): SplitCounts {
  return {
    trainedOn: one.trainedOn + other.trainedOn,
    unused: one.unused + other.unused,
    nAnomalous: one.nAnomalous + other.nAnomalous,
  }
}

/** Groups of all parts, numbered as they would be if their files stood one after another: normals first. */
function joinedGroups(parts: readonly ScoreData[]) {
  const of = (kind: 'normal' | 'anomalous') =>
    parts.flatMap(({ groups }) => (groups === undefined ? [] : Array.from(groups[kind], String)))
  const [normal, anomalous] = [of('normal'), of('anomalous')]
  const names = parts.flatMap(({ groups, below }) => [
    ...(below?.groups?.keys() ?? []),
    ...(groups === undefined ? [] : Array.from(groups.normal, String)),
  ])
  return { normal, anomalous, names: [...new Set([...names, ...anomalous])] }
}

function leftOutGroups(parts: readonly ScoreData[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { below } of parts) {
    for (const [name, count] of below?.groups ?? []) counts.set(name, (counts.get(name) ?? 0) + count)
  }
  return counts
}

function concatenated(arrays: readonly ArrayLike<number>[]): Float64Array<ArrayBuffer> {
  const all = new Float64Array(arrays.reduce((sum, { length }) => sum + length, 0))
  let place = 0
  for (const array of arrays) {
    all.set(array, place)
    place += array.length
  }
  return all
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
