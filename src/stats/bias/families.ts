import { at } from '../../check.js'
import { alphaOf } from '../bootstrap/bootstrapInterval.js'
import { type Direction, direction } from './direction.js'
import type { SetBias, SetBiasOptions } from './setBias.js'
import { cut, type JointBias, jointLevel } from './simultaneous.js'

/** ξ on one set of anomalies: for itself, and among its family. */
export interface SetAnswer extends SetBias {
  /** For this set alone, cut to [−1, 1]. */
  readonly interval: readonly [number, number]
  readonly pValue: number
  /** Of its family; see {@link simultaneous}. */
  readonly joint: JointBias
  /** The joint interval is that of this set at level 1 − γ. */
  readonly gamma: number
  /** Of the joint interval. */
  readonly direction: Direction
}

/** What is said of one candidate. */
export interface CandidateAnswers {
  /** Over all anomalies. */
  readonly overall: SetAnswer
  /** Class by class. */
  readonly classes: readonly SetAnswer[]
}

/**
 * Two families of answers, each of which holds as a whole: ξ on every class for every candidate, and ξ over all
 * anomalies for every candidate. A family of one keeps that answer's own interval and p-value.
 *
 * @param biases [candidate][set]: all anomalies first, then each class; a single class is all anomalies, which are not
 * answered for twice
 */
export function families(biases: readonly (readonly SetBias[])[], options: FamilyOptions): CandidateAnswers[] {
  const overall = jointly(
    biases.map((sets) => [at(sets, 0)]),
    options,
  )
  const classes = jointly(
    biases.map(([, ...perClass]) => perClass),
    options,
  )
  return overall.map((own, i) => ({ overall: at(own, 0), classes: at(classes, i) }))
}

export interface FamilyOptions extends Pick<SetBiasOptions, 'level'> {
  /** Whether replicate b is the same resample for every candidate. Without, candidates are joined by Bonferroni. */
  readonly shared: boolean
}

/** The answers of one family, [candidates][sets], as many sets for each. */
export function jointly(family: readonly (readonly SetBias[])[], { level, shared }: FamilyOptions): SetAnswer[][] {
  const alpha = alphaOf(level)
  const parts = shared ? [family.flat()] : family
  const answers = parts.flatMap((biases) => {
    const columns = biases.map(({ law }) => law)
    const { gamma, adjusted } = jointLevel(columns, alpha, parts.length)
    return biases.map((bias): SetAnswer => {
      const { reading } = bias
      const joint = { interval: cut(reading.interval(gamma)), pAdjusted: adjusted(reading.pValue) }
      return {
        ...bias,
        interval: cut(reading.interval(alpha)),
        pValue: reading.pValue,
        joint,
        gamma,
        direction: direction(joint.interval),
      }
    })
  })
  const width = family[0]?.length ?? 0
  return family.map((_, i) => answers.slice(i * width, (i + 1) * width))
}
