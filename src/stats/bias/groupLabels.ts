import { at, wrongType } from '../../check.js'
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
}

/** How long the lists must be, and what these lengths belong to. */
export interface GroupedScores {
  readonly normal: ArrayLike<number>
  readonly anomalous: ArrayLike<number>
  readonly name: string
}

/**
 * Numbers groups in the order in which they first occur.
 *
 * Errors: `WRONG_TYPE` with the index, `LENGTH_MISMATCH`, `EMPTY_SAMPLE` for a group without a name, and
 * `OUT_OF_RANGE` where all samples are one group.
 */
export function numberGroups(groups: Groups, scores: GroupedScores): NumberedGroups {
  if (typeof groups !== 'object' || groups === null)
    throw wrongType('groups', 'an object { normal, anomalous }', groups)
  const numbers = new Map<string, number>()
  const of = (name: 'normal' | 'anomalous') => {
    const labels = groups[name]
    if (typeof labels !== 'object' || labels === null) {
      throw wrongType(`groups.${name}`, 'one label for each sample', labels)
    }
    requireSameLength(`groups.${name}`, labels, `${scores.name}.${name}`, scores[name])
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
  return { normal, anomalous, names: [...numbers.keys()] }
}

/** The groups of the samples of each class, [class][place] being rows of the anomalies. */
export function groupsOfClasses({ normal, anomalous, names }: NumberedGroups, rows: readonly ArrayLike<number>[]) {
  const classes = rows.map((own) => Uint32Array.from(own, (row) => at(anomalous, row)))
  return { count: names.length, normal, classes } satisfies SampleGroups
}

/** How many groups a set of samples has. */
export function countGroups(numbers: Uint32Array): number {
  return new Set(numbers).size
}
