import { at } from '../../check.js'
import { alphaOf } from '../bootstrap/bootstrapInterval.js'
import type { Side } from './biasLaw.js'
import { closedFamilies, closedLevel, type Question, sharesOutside } from './closedLevel.js'
import { type Direction, direction } from './direction.js'
import type { GateAnswer, Verdict } from './gate.js'
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
  /** Where one is asked for. */
  readonly gate?: GateAnswer | undefined
}

/** What is said of one candidate. */
export interface CandidateAnswers {
  /** Over all anomalies. */
  readonly overall: SetAnswer
  /** Class by class. */
  readonly classes: readonly SetAnswer[]
  /** Of its gate, where one is asked for. */
  readonly verdict?: Verdict | undefined
}

/**
 * Two families of answers, each of which holds as a whole: ξ on every class for every candidate, and ξ over all
 * anomalies for every candidate. A family of one keeps that answer's own interval and p-value.
 *
 * @param biases [candidate][target][set]: all anomalies first, then each class; a single class is all anomalies, which are
 * not answered for twice
 * @returns [candidate][target]
 */
export async function families(
  biases: readonly (readonly (readonly SetBias[])[])[],
  options: FamilyOptions,
): Promise<CandidateAnswers[][]> {
  const overall = await jointly(
    biases.map((targets) => targets.map((sets) => at(sets, 0))),
    options,
  )
  const classes = await jointly(
    biases.map((targets) => targets.flatMap(([, ...perClass]) => perClass)),
    options,
  )
  return biases.map((targets, i) =>
    targets.map(({ length }, f) => {
      const width = length - 1
      return { overall: at(at(overall, i), f), classes: at(classes, i).slice(f * width, (f + 1) * width) }
    }),
  )
}

export interface FamilyOptions extends Pick<SetBiasOptions, 'level'> {
  /** Whether replicate b is the same resample for every candidate. Without, candidates are joined by Bonferroni. */
  readonly shared: boolean
}

/** The answers of one family, [candidates][sets], as many sets for each. */
export async function jointly(family: readonly (readonly SetBias[])[], options: FamilyOptions): Promise<SetAnswer[][]> {
  const alpha = alphaOf(options.level)
  const levels = await familyLevels(family, options)
  return family.map((biases, i) => {
    const { gamma, adjusted } = at(levels, i)
    return biases.map((bias) => {
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
}

/** The level of each candidate of a family: one for all where they share their resamples. */
export async function familyLevels(
  family: readonly (readonly SetBias[])[],
  { level, shared }: FamilyOptions,
  side: Side = 'both',
): Promise<JointLevel[]> {
  const parts = shared ? [family.flat()] : family
  const levels: JointLevel[] = []
  for (const biases of parts) {
    levels.push(await familyLevel(biases, { alpha: alphaOf(level), shares: parts.length, side }))
  }
  return family.map((_, i) => at(levels, shared ? 0 : i))
}

/** Of sets that share their resamples, if any: those of one pair in closed form, which move together, and drawn ones. */
function familyLevel(biases: readonly SetBias[], question: Question): JointLevel | Promise<JointLevel> {
  const { alpha, shares, side } = question
  const { columns, closed, parts } = partsOf(biases, side)
  if (closed.length === 0 || biases.length < 2) return jointLevel(columns, alpha, shares, side)
  // Only two-sided p-values are adjusted.
  const pValues = side === 'both' ? biases.map(({ reading }) => reading.pValue) : []
  return closedLevel(parts, pValues, question)
}

/** The parts of a family that are independent of each other. */
function partsOf(biases: readonly Pick<SetBias, 'law'>[], side?: Side) {
  const columns = biases.flatMap(({ law }) => ('draws' in law ? [law.draws] : []))
  const closed = biases.flatMap(({ law }) => ('draws' in law ? [] : [law]))
  const parts = [...closedFamilies(closed, side), ...(columns.length === 0 ? [] : [drawnFamily(columns, side)])]
  return { columns, closed, parts }
}

/**
 * Step-down p-values of the sets of one pair (minP: Westfall and Young, Resampling-Based Multiple Testing, 1993, section
 * 2.8; Romano and Wolf, JASA 100, 2005). In ascending order of p, each is the largest so far of max(p, P(some set that is
 * not yet passed is as deep as p)): that of the first is the single-step one, no other is larger. They hold the
 * family-wise error rate as the single-step ones do, but no interval leaves 0 out exactly where they are at most α.
 *
 * @returns in the order of the sets
 */
export async function stepDown(biases: readonly Pick<SetBias, 'law' | 'reading'>[]): Promise<number[]> {
  const order = biases.map((bias, k) => ({ bias, k })).sort((a, b) => a.bias.reading.pValue - b.bias.reading.pValue)
  const adjusted: number[] = new Array(biases.length)
  let most = 0
  for (const [step, { bias, k }] of order.entries()) {
    const { pValue } = bias.reading
    const left = order.slice(step).map((own) => own.bias)
    const some = left.length < 2 || pValue >= 1 ? [] : await sharesOutside(partsOf(left).parts, [pValue])
    most = Math.min(1, Math.max(most, pValue, ...some))
    adjusted[k] = most
  }
  return adjusted
}
