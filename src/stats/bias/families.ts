import { at } from '../../check.js'
import { alphaOf } from '../bootstrap/bootstrapInterval.js'
import { closedFamilies, closedLevel } from './closedLevel.js'
import { type Direction, direction } from './direction.js'
import type { SetBias, SetBiasOptions } from './setBias.js'
import { cut, drawnFamily, type JointBias, type JointLevel, jointLevel } from './simultaneous.js'

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
export async function families(
  biases: readonly (readonly SetBias[])[],
  options: FamilyOptions,
): Promise<CandidateAnswers[]> {
  const overall = await jointly(
    biases.map((sets) => [at(sets, 0)]),
    options,
  )
  const classes = await jointly(
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
export async function jointly(
  family: readonly (readonly SetBias[])[],
  { level, shared }: FamilyOptions,
): Promise<SetAnswer[][]> {
  const alpha = alphaOf(level)
  const parts = shared ? [family.flat()] : family
  const answers: SetAnswer[] = []
  for (const biases of parts) {
    const { gamma, adjusted } = await familyLevel(biases, alpha, parts.length)
    for (const bias of biases) {
      const { reading } = bias
      const joint = { interval: cut(reading.interval(gamma)), pAdjusted: adjusted(reading.pValue) }
      answers.push({
        ...bias,
        interval: cut(reading.interval(alpha)),
        pValue: reading.pValue,
        joint,
        gamma,
        direction: direction(joint.interval),
      })
    }
  }
  const width = family[0]?.length ?? 0
  return family.map((_, i) => answers.slice(i * width, (i + 1) * width))
}

/** Of sets that share their resamples, if any: those of one pair in closed form, which move together, and drawn ones. */
function familyLevel(biases: readonly SetBias[], alpha: number, shares: number): JointLevel | Promise<JointLevel> {
  const columns = biases.flatMap(({ law }) => ('draws' in law ? [law.draws] : []))
  const closed = biases.flatMap(({ law }) => ('draws' in law ? [] : [law]))
  if (closed.length === 0 || biases.length < 2) return jointLevel(columns, alpha, shares)
  const parts = [...closedFamilies(closed), ...(columns.length === 0 ? [] : [drawnFamily(columns)])]
  return closedLevel(
    parts,
    biases.map(({ reading }) => reading.pValue),
    { alpha, shares },
  )
}
