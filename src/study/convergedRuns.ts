import { at } from '../check.js'
import { describeDivergence, diverged } from '../detectors/divergence.js'
import type { ScoredRuns } from './trainer/trainScenarios.js'

/** One detector's part of a study, as far as its training goes. */
type DetectorTraining = Pick<ScoredRuns, 'title' | 'training'>

export interface ConvergedRuns {
  /** Indices of the runs in which both detectors converged, in increasing order. */
  readonly indices: readonly number[]
  /** One sentence about the others, if there are any. */
  readonly warnings: readonly string[]
}

/**
 * The runs that a study may count. ξ compares two detectors of one run, so a run in which either diverged is left out
 * whole, and the result says how many of how many, which, and why.
 *
 * @throws `DIVERGED` when no run is left, naming them all
 */
export function convergedRuns(baseline: DetectorTraining, candidate: DetectorTraining): ConvergedRuns {
  const nRuns = baseline.training.length
  const reasons = Array.from({ length: nRuns }, (_, i) =>
    [baseline, candidate].flatMap(({ title, training }) => {
      const divergence = at(training, i).divergence
      return divergence === undefined ? [] : [`${title}: ${describeDivergence(divergence)}`]
    }),
  )
  const indices = reasons.flatMap((why, i) => (why.length === 0 ? [i] : []))
  if (indices.length === nRuns) return { indices, warnings: [] }
  const named = reasons.flatMap((why, i) =>
    why.length === 0 ? [] : [`run ${at(baseline.training, i).run}: ${why.join(', ')}`],
  )
  if (indices.length === 0) throw diverged(`no run is left: a detector diverged in each of ${nRuns}`, named)
  return {
    indices,
    warnings: [
      `${named.length} of ${nRuns} runs diverged and are left out of all figures, both detectors of each ` +
        `(numbered from 0; ${named.join('; ')})`,
    ],
  }
}
