import { at } from '../../check.js'
import { type Direction, direction } from './direction.js'
import type { CandidateReplicates } from './replicates.js'
import { pairedSize, type SetBias, type SetBiasOptions, setBias } from './setBias.js'
import { type JointBias, simultaneous } from './simultaneous.js'

/** ξ on one set of anomalies: for itself, and among its family. */
export interface SetAnswer extends SetBias {
  /** Of the joint interval and p-value of its family; see {@link simultaneous}. */
  readonly joint: JointBias
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
 * anomalies for every candidate. A family of one, over all anomalies of a single candidate, keeps that answer's own
 * interval and p-value unless its replicates say too little ({@link simultaneous}). Without shared replicates the
 * candidates' shares of a family are joined by Bonferroni: intervals at level 1 − α/C, p-values times C.
 *
 * @param sizes anomalies of the baseline and of the candidate in each set: all, then each class
 */
export function families(
  { results, shared }: CandidateReplicates,
  sizes: readonly (readonly [number, number])[],
  options: SetBiasOptions,
): CandidateAnswers[] {
  const biases = results.map((result) => sizes.map((own, k) => setBias(result, { f: 0, k, sizes: own }, options)))
  const classes = jointly(
    biases.map(([, ...perClass]) => perClass),
    { ...options, shared },
  )
  const overall = jointly(
    biases.map((sets) => [at(sets, 0)]),
    { ...options, shared },
  ).map((own) => at(own, 0))
  const settled = overall.length === 1 ? overall.map(alone) : overall
  return settled.map((own, i) => ({ overall: own, classes: at(classes, i) }))
}

/** The answers of one family, [candidates][sets], as many sets for each. */
export function jointly(
  family: readonly (readonly SetBias[])[],
  { design, level, shared }: SetBiasOptions & { readonly shared: boolean },
): SetAnswer[][] {
  const contrast = ({ xi, replicates, n, nCandidate }: SetBias) => ({
    estimate: xi,
    replicates: replicates.xi,
    n: pairedSize(design, n, nCandidate),
  })
  const answers = (biases: readonly SetBias[], joint: readonly JointBias[]) =>
    biases.map((bias, i) => answer(bias, at(joint, i)))
  if (shared) {
    const joint = simultaneous(family.flat().map(contrast), level)
    return family.map((biases, i) => answers(biases, joint.slice(i * biases.length)))
  }
  const shares = family.length
  return family.map((biases) => {
    const joint = simultaneous(biases.map(contrast), 1 - (1 - level) / shares)
    return answers(
      biases,
      joint.map((one) => ({ ...one, pAdjusted: Math.min(1, shares * one.pAdjusted) })),
    )
  })
}

function alone(own: SetAnswer): SetAnswer {
  return own.joint.degenerate ? own : answer(own, { ...own.joint, interval: own.interval, pAdjusted: own.pValue })
}

function answer(bias: SetBias, joint: JointBias): SetAnswer {
  return { ...bias, joint, direction: direction(joint.interval) }
}
