import { at, invariant, list, text, wrongType } from '../../check.js'
import { counted } from '../../counted.js'
import { ScoringBiasError } from '../../errors.js'
import type { SampleGroups } from '../../native.js'
import { requireSameLength, type SetName } from '../bootstrap/bootstrapInput.js'
import type { BiasOptions } from './options.js'
import { labelName, requireLabels, type ScoreSets } from './sets.js'

/** The group of each sample: names, or numbers that stand for them. */
export type GroupLabels = ArrayLike<string> | ArrayLike<number>

/** The groups of samples that all detectors scored: a name in both lists is one group. */
export interface Groups {
  /** [n₀] */
  readonly normal: GroupLabels
  /** [n₁] */
  readonly anomalous: GroupLabels
  /** Names in the order in which groups are numbered, which decides what is drawn. Default: as they first occur. */
  readonly names?: readonly string[] | undefined
}

/** Groups by number, and what they are called. */
export interface NumberedGroups {
  /** [n₀] */
  readonly normal: Uint32Array
  /** [n₁] */
  readonly anomalous: Uint32Array
  readonly names: readonly string[]
  readonly count: number
}

/**
 * Numbers groups in the order in which they first occur.
 *
 * Errors: `WRONG_TYPE` with the index, `LENGTH_MISMATCH`, `EMPTY_SAMPLE` for a group without a name, and
 * `OUT_OF_RANGE` where all samples are one group.
 */
export function numberGroups(
  groups: Groups,
  scores: { readonly normal: ArrayLike<number>; readonly anomalous: ArrayLike<number> },
  [normalName, anomalousName]: readonly [string, string],
): NumberedGroups {
  if (typeof groups !== 'object' || groups === null)
    throw wrongType('groups', 'an object { normal, anomalous }', groups)
  const { names = [] } = groups
  list(text)('groups.names', names)
  const numbers = new Map(names.map((name, i) => [name, i]))
  const of = (name: 'normal' | 'anomalous') => {
    const labels = groups[name]
    requireLabels(`groups.${name}`, labels)
    requireSameLength(`groups.${name}`, labels, name === 'normal' ? normalName : anomalousName, scores[name])
    return Uint32Array.from({ length: labels.length }, (_, i) => {
      const key = labelName(
        `groups.${name}[${i}]`,
        labels[i],
        'Every sample needs the name of its group. Give samples on their own a name each',
      )
      const known = numbers.get(key)
      if (known !== undefined) return known
      numbers.set(key, numbers.size)
      return numbers.size - 1
    })
  }
  const [normal, anomalous] = [of('normal'), of('anomalous')]
  if (numbers.size === 1) {
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      `all samples are of one group, '${numbers.keys().next().value}'. Nothing can be said of other groups from one. Give at ` +
        'least two groups, or leave groups out',
    )
  }
  return { normal, anomalous, names: [...numbers.keys()], count: numbers.size }
}

/** The groups of the samples of each set, whose rows among the anomalies are [set][place]. */
export function groupsOfSets(
  { normal, anomalous, count }: Pick<NumberedGroups, 'normal' | 'anomalous' | 'count'>,
  rows: readonly ArrayLike<number>[],
): SampleGroups {
  return { count, normal, classes: rows.map((own) => Uint32Array.from(own, (row) => at(anomalous, row))) }
}

/** Groups by number, and those of the samples of each set. */
export interface GroupedSets {
  readonly named: NumberedGroups
  readonly samples: SampleGroups
}

/** The groups of scores. Errors: those of {@link numberGroups}. */
export function groupedSets({ input, rows }: ScoreSets, groups: Groups, nameOf: SetName): GroupedSets {
  const scores = { normal: at(input.normal, 0), anomalous: at(at(input.anomalous, 0), 0) }
  const named = numberGroups(groups, scores, [nameOf(0, 0), nameOf(0, 1)])
  return { named, samples: groupsOfSets(named, rows) }
}

/** How many groups there are, and how many of them have samples of a kind. */
export interface GroupCounts {
  readonly all: number
  readonly normal: number
  readonly anomalous: number
  /** [class]; empty without classes. */
  readonly classes: readonly number[]
}

export function groupCounts({ named, samples }: GroupedSets, nClasses: number): GroupCounts {
  const [anomalous, ...classes] = samples.classes.map((own) => new Set(own).size)
  invariant(anomalous !== undefined, 'the first set are all anomalies')
  return {
    all: named.count,
    normal: new Set(samples.normal).size,
    anomalous,
    classes: nClasses === 1 ? [anomalous] : classes,
  }
}

interface GroupsQuestion extends Pick<BiasOptions, 'intervalMethod' | 'engine' | 'thresholdRule'> {
  readonly design?: string | undefined
  readonly replicates?: boolean | undefined
}

/** Refuses what is not answered for samples in groups: `OUT_OF_RANGE`. */
export function requireGroupsQuestion(asked: GroupsQuestion): void {
  const { design = 'paired', intervalMethod = 'confidence', engine = 'auto', thresholdRule = 'inverse-cdf' } = asked
  const refuse = (what: string, wayOut: string): never => {
    throw new ScoringBiasError('OUT_OF_RANGE', `samples in groups have no ${what}. ${wayOut}, or leave groups out`)
  }
  if (design !== 'paired') refuse(`design '${design}'`, 'Give scores of the same samples by both detectors')
  if (intervalMethod !== 'confidence') {
    refuse(`interval method '${intervalMethod}'`, "Use the interval method 'confidence'")
  }
  if (engine !== 'auto') refuse(`engine '${engine}'`, "Use the engine 'auto'")
  if (thresholdRule !== 'inverse-cdf')
    refuse(`threshold rule '${thresholdRule}'`, "Use the threshold rule 'inverse-cdf'")
  if (asked.replicates === true) refuse('replicates', 'Leave replicates out')
}

/** With fewer groups intervals are wide and rough (docs/groups.md). */
const fewGroups = 20

/** What to know of how many groups there are, before relying on what is said of others. */
export function groupsWarnings(counts: GroupCounts, classNames: readonly string[]): string[] {
  const sets = [
    ['normal samples', counts.normal] as const,
    ['anomalies', counts.anomalous] as const,
    ...(classNames.length < 2
      ? []
      : classNames.map((name, k) => [`anomalies of class '${name}'`, at(counts.classes, k)] as const)),
  ]
  const few = sets.filter(([, n]) => n < fewGroups)
  if (few.length === 0) return []
  const shown = few.slice(0, 5).map(([name, n]) => `${n} ${n === 1 ? 'has' : 'have'} ${name}`)
  return [
    `of ${counted(counts.all, 'group')}, ${shown.join(', ')}${few.length > 5 ? ', …' : ''}. With fewer than ${fewGroups} groups, intervals are wide ` +
      `and rough. Use at least ${fewGroups} groups of each kind`,
  ]
}
