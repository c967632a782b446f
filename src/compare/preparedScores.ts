import { at, requireKnown } from '../check.js'
import { counted, formatCount } from '../counted.js'
import { ScoringBiasError } from '../errors.js'
import type { NormalsBelow } from '../scores/normalsBelow.js'
import type { CollectedScores, MissingOfSet, MissingSamples } from '../scores/scoreCollector.js'
import type { ReadScoresOptions } from './readingOptions.js'
import type { ScoreData } from './types.js'

interface Prepared extends Pick<ReadScoresOptions, 'negate' | 'dropMissing'> {
  /** Whether the samples are a part of all, which need not have every kind of them. Default false. */
  readonly isPart?: boolean | undefined
}

/** Scores as they were collected, and whose they are. */
type Collected = CollectedScores & Pick<ScoreData, 'source' | 'detectors' | 'trainings'>

/** The share of samples that may be left out where nobody says. */
const usualShare = 0.05

/** What to ask of a reader of scores about those that are missing, or that float64 would round to the same as others. */
export function scoreReading(dropMissing: Prepared['dropMissing'] = false) {
  const keepMissing = dropMissing !== false
  return {
    keepMissing,
    exact: true,
    ifMissing: 'Fill it in, or leave out all such samples with dropMissing (--drop-missing)',
    ifNoNumber:
      'Correct the file, or name another column. Of all columns as candidates, the option ignore leaves it out',
  }
}

/** Requires names of detectors. Errors: `UNKNOWN_NAME`, with the nearest. */
export function requireNegated(negate: readonly string[] = [], detectors: readonly string[]): void {
  for (const name of negate) requireKnown('detector to negate', name, detectors)
}

/** Scores without samples that lack one, those of some detectors negated. Errors: `BAD_FILE`, `EMPTY_SAMPLE`. */
export function preparedScores(
  collected: Collected,
  { negate = [], dropMissing = false, isPart = false }: Prepared,
): Collected {
  const limit = dropMissing === true ? usualShare : dropMissing
  const scores = limit === false ? collected : withoutMissing(collected, limit, isPart)
  const { detectors, validation, test, anomalous } = scores
  for (const set of [validation, anomalous, ...(test === undefined ? [] : [test])]) {
    for (const name of new Set(negate)) {
      const values = at(set, detectors.indexOf(name))
      // Not −x, which makes −0 of 0.
      for (const [i, value] of values.entries()) values[i] = 0 - value
    }
  }
  return scores
}

/** How many samples lack a score, by detector and by class. */
class MissingCounts implements MissingOfSet {
  readonly detectors = new Map<string, number>()
  readonly classes = new Map<string, number>()
  samples = 0

  add(lacking: readonly string[], ofClass: string): void {
    this.samples++
    for (const detector of lacking) this.detectors.set(detector, (this.detectors.get(detector) ?? 0) + 1)
    this.classes.set(ofClass, (this.classes.get(ofClass) ?? 0) + 1)
  }

  /** Adds those of other samples. */
  addAll({ samples, detectors, classes }: MissingOfSet): void {
    this.samples += samples
    for (const [name, n] of detectors) this.detectors.set(name, (this.detectors.get(name) ?? 0) + n)
    for (const [name, n] of classes) this.classes.set(name, (this.classes.get(name) ?? 0) + n)
  }
}

/** The same of several parts of the samples. */
export function allMissing(parts: readonly MissingSamples[]): MissingSamples {
  const sets = [new MissingCounts(), new MissingCounts(), new MissingCounts()] as const
  for (const part of parts) for (const [set, own] of part.entries()) at(sets, set).addAll(own)
  return sets
}

/** What a reader should know of samples that were left out because they lack a score, among all. */
export function missingNotes(missing: MissingSamples, all: number): string[] {
  const counts = together(missing)
  if (counts.samples === 0) return []
  return [
    `${missingNote(counts, all)}. ${counts.samples === 1 ? 'It is' : 'They are'} left out. Where scores are missing for a reason, ξ of the others is not that of all`,
  ]
}

function together(missing: MissingSamples): MissingCounts {
  const counts = new MissingCounts()
  for (const set of missing) counts.addAll(set)
  return counts
}

function withoutMissing(collected: Collected, limit: number, isPart: boolean): Collected {
  const { detectors, validation, test, anomalous, classes, groups, source, below } = collected
  const missing = [new MissingCounts(), new MissingCounts(), new MissingCounts()] as const
  const kept = (set: readonly Float64Array[], own: MissingCounts, classOf: (i: number) => string) => {
    const rows: number[] = []
    for (let i = 0; i < at(set, 0).length; i++) {
      const lacking = detectors.filter((_, d) => Number.isNaN(at(at(set, d), i)))
      if (lacking.length === 0) rows.push(i)
      else own.add(lacking, classOf(i))
    }
    return rows
  }
  const rows = {
    validation: kept(validation, missing[0], () => 'normal'),
    test: test && kept(test, missing[1], () => 'normal'),
    anomalous: kept(anomalous, missing[2], (i) => (classes === undefined ? 'anomalous' : at(classes, i))),
  }
  const counts = together(missing)
  if (counts.samples === 0) return collected
  const all = sizeOf(collected)
  const note = missingNote(counts, all)
  if (counts.samples > limit * all) {
    const enough = Math.ceil((1000 * counts.samples) / all) / 1000
    throw new ScoringBiasError(
      'BAD_FILE',
      `${source}: ${note}. That is more than ${100 * limit} %. Find out why. To leave them out all the same, say --drop-missing ${enough}`,
    )
  }
  for (const [what, left] of [
    ['normal', rows.validation.length + leftOutOf(below, validation)],
    ['anomalous', rows.anomalous.length],
  ] as const) {
    if (left > 0 || isPart) continue
    throw new ScoringBiasError('EMPTY_SAMPLE', `${source}: no ${what} sample has a score of every detector. ${note}`)
  }
  const take = (set: readonly Float64Array[], own: readonly number[]) =>
    set.map((values) => Float64Array.from(own, (i) => at(values, i)))
  return {
    ...collected,
    validation: take(validation, rows.validation),
    test: test && rows.test && take(test, rows.test),
    anomalous: take(anomalous, rows.anomalous),
    classes: classes && rows.anomalous.map((i) => at(classes, i)),
    ...(groups === undefined
      ? {}
      : {
          groups: {
            normal: rows.validation.map((i) => at(groups.normal, i)),
            anomalous: rows.anomalous.map((i) => at(groups.anomalous, i)),
          },
        }),
    missing,
    ...(below && { below: belowWithout(below, rows.validation, missing) }),
    notes: [...collected.notes, ...missingNotes(missing, all)],
  }
}

/** All samples, those that are counted alone too. */
function sizeOf({ validation, test, anomalous, below }: Collected): number {
  const kept = [validation, test, anomalous].reduce((n, set) => n + (set === undefined ? 0 : at(set, 0).length), 0)
  if (below === undefined) return kept
  return below.nNormal + below.nTest + at(anomalous, 0).length
}

function leftOutOf(below: NormalsBelow | undefined, validation: readonly Float64Array[]): number {
  return below === undefined ? 0 : below.nNormal - at(validation, 0).length
}

/** Without the samples that lack a score, all of which are among those kept: these rows of them are left. */
function belowWithout(below: NormalsBelow, rows: readonly number[], [normal, test]: MissingSamples): NormalsBelow {
  return {
    ...below,
    nNormal: below.nNormal - normal.samples,
    nTest: below.nTest - test.samples,
    // As many are gone before row i of those kept as it has moved.
    positions: Float64Array.from(rows, (row, i) => at(below.positions, row) - (row - i)),
  }
}

function missingNote({ samples, detectors, classes }: MissingCounts, all: number): string {
  const share = Number(((100 * samples) / all).toPrecision(2))
  const each = (counts: ReadonlyMap<string, number>) =>
    Array.from(counts, ([name, n]) => `'${name}' ${formatCount(n)}`).join(', ')
  return (
    `${formatCount(samples)} of ${counted(all, 'sample')} (${share} %) ${samples === 1 ? 'lacks' : 'lack'} a score. ` +
    `By detector: ${each(detectors)}. By class: ${each(classes)}`
  )
}
