import { type SetBias, setBias } from '../stats/bias/setBias.js'
import { type JointBias, simultaneous } from '../stats/bias/simultaneous.js'
import type { IntervalMethod } from '../stats/bootstrap/bootstrapInterval.js'
import type { CandidateReplicates } from './candidateReplicates.js'

/** ξ of one candidate on one set of anomalies: alone, and among its family. */
export interface FamilyBias {
  readonly bias: SetBias
  readonly joint: JointBias
}

export interface Families {
  /** [candidates]: over all anomalies. */
  readonly overall: readonly FamilyBias[]
  /** [candidates][classes] */
  readonly classes: readonly (readonly FamilyBias[])[]
}

/**
 * Two families of answers, each of which holds as a whole: ξ on every class for every candidate, and ξ over all
 * anomalies for every candidate. A family of one, over all anomalies of a single candidate, keeps that answer's own
 * interval and p-value unless its replicates say too little ({@link simultaneous}). Without shared replicates the candidates' shares of a family are joined by Bonferroni: intervals
 * at level 1 − α/C, p-values times C.
 *
 * @param sizes anomalies in each set: all, then each class
 */
export function families(
  replicates: CandidateReplicates,
  sizes: readonly number[],
  { method, level }: { readonly method: IntervalMethod; readonly level: number },
): Families {
  const biases = replicates.results.map((result) =>
    sizes.map((n, k) => setBias(result, 0, k, { method, level, design: 'paired', n, nCandidate: n })),
  )
  const classes = jointly(
    biases.map(([, ...perClass]) => perClass),
    replicates.shared,
    level,
  )
  const overall = jointly(
    biases.map((sets) => sets.slice(0, 1)),
    replicates.shared,
    level,
  ).flat()
  if (overall.length > 1) return { overall, classes }
  return { overall: overall.map(alone), classes }
}

function jointly(family: readonly (readonly SetBias[])[], shared: boolean, level: number): FamilyBias[][] {
  const contrast = ({ xi, replicates, n }: SetBias) => ({ estimate: xi, replicates: replicates.xi, n })
  const join = (biases: readonly SetBias[], joint: readonly JointBias[]) =>
    biases.flatMap((bias, i) => joint.slice(i, i + 1).map((one) => ({ bias, joint: one })))
  if (shared) {
    const joint = simultaneous(family.flat().map(contrast), level)
    // All candidates have as many sets.
    return family.map((biases, i) => join(biases, joint.slice(i * biases.length)))
  }
  const shares = family.length
  return family.map((biases) => {
    const joint = simultaneous(biases.map(contrast), 1 - (1 - level) / shares)
    return join(
      biases,
      joint.map((one) => ({ ...one, pAdjusted: Math.min(1, shares * one.pAdjusted) })),
    )
  })
}

function alone({ bias, joint }: FamilyBias): FamilyBias {
  if (joint.degenerate) return { bias, joint }
  return { bias, joint: { ...joint, interval: bias.interval, pAdjusted: bias.pValue } }
}
