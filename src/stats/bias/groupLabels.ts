import { at, wrongType } from '../../check.js'
import { counted } from '../../counted.js'
import { ScoringBiasError } from '../../errors.js'
import type { SampleGroups } from '../../native.js'
import { requireSameLength } from '../bootstrap/bootstrapInput.js'

/** The group of each sample: names, or numbers that stand for them. */
export type GroupLabels = ArrayLike<string> | ArrayLike<number>

/** The groups of samples that all detectors scored: a name in both lists is one group. */
export interface Groups {
  /** [n₀] */
  readonly normal: GroupLabels
  /** [n₁] */
  readonly anomalous: GroupLabels
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
  const numbers = new Map<string, number>()
  const of = (name: 'normal' | 'anomalous') => {
    const labels = groups[name]
    if (typeof labels !== 'object' || labels === null) {
      throw wrongType(`groups.${name}`, 'one label for each sample', labels)
    }
    requireSameLength(`groups.${name}`, labels, name === 'normal' ? normalName : anomalousName, scores[name])
    return Uint32Array.from({ length: labels.length }, (_, i) => {
      const label = labels[i]
      if (typeof label !== 'string' && !(typeof label === 'number' && Number.isFinite(label))) {
        throw wrongType(`groups.${name}[${i}]`, 'a string or a finite number', label)
      }
      if (label === '') {
        throw new ScoringBiasError(
          'EMPTY_SAMPLE',
          `groups.${name}[${i}] is empty. Every sample needs the name of its group. Give samples on their own a name each`,
        )
      }
      const key = String(label)
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

/** With fewer groups intervals hold less often than they say, or are very wide (docs/groups.md). */
const fewGroups = 20

/** What to know of how many groups there are, before relying on what is said of others. */
export function groupsWarnings(
  { names }: NumberedGroups,
  samples: SampleGroups,
  classNames: readonly string[],
): string[] {
  const setNames = ['the anomalies', ...classNames.map((name) => `class '${name}'`)]
  const sets = [
    ['the normal samples', samples.normal] as const,
    ...samples.classes.map((own, set) => [at(setNames, set), own] as const),
  ]
  const few = sets.flatMap(([name, own]) => {
    const n = new Set(own).size
    return n < fewGroups ? [`${name} ${n}`] : []
  })
  if (few.length === 0) return []
  return [
    `of ${counted(names.length, 'group')}, few have samples of every kind: ${few.join(', ')}. What groups have in common is known ` +
      `only roughly from so few. Use at least ${fewGroups} groups of each`,
  ]
}
