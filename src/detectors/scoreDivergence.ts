import { at } from '../check.js'
import type { Divergence } from './divergence.js'
import type { Objective } from './objectives/objective.js'

/**
 * Largest relative spread of a collapsed hypersphere.
 *
 * A coordinate of a code is a sum of n products, whose relative rounding error in float32 is about √n·2⁻²⁴: up to 2e-6 for the
 * widest layers here (n = 1,568). Batch norm divides by √(σ² + 1e-4), at worst 0.01, and so magnifies what is left of
 * nearly equal activations at most a hundredfold. A spread of 1e-4 may thus be all rounding; trained
 * detectors spread their samples over more than the size of the codes.
 */
export const collapsedSpread = 1e-4

export interface ScoredReplica {
  readonly distance: Objective['distance']
  /** Centre of the hypersphere [code]; empty where it is the origin or there is none. */
  readonly centre: ArrayLike<number>
  /** Scores of all samples, [samples]. */
  readonly scores: Float32Array
  /** Rows that the threshold is set on. */
  readonly normal: Uint32Array
}

/**
 * What the scores of a trained replica say against it, if anything: that some are not finite, that the hypersphere collapsed, or that
 * all normal samples score the same.
 *
 * A sample that sets no threshold may have an infinite score: it is so far out that its square overflows, and it is
 * detected; of a linear head it may be −∞, and is missed. That is no fault of the replica, and one such sample must not cost a run.
 *
 * A hypersphere detector's score is r² for the distance r of a code from the centre c. It has collapsed when
 * (max r − min r)/max(‖c‖, max r) ≤ {@link collapsedSpread} over all samples of finite scores: where all codes are at c, r is rounding
 * beside ‖c‖; where all are at another point, all r are equal. A hypersphere about the origin that shrinks
 * as a whole keeps its ranks, as nothing cancels, and has not collapsed.
 *
 * One pass over the scores, no allocation.
 */
export function scoreDivergence({ distance, centre, scores, normal }: ScoredReplica): Divergence | undefined {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (const score of scores) {
    if (Number.isNaN(score)) return { kind: 'not-finite', quantity: 'score' }
    if (score === Number.POSITIVE_INFINITY) continue
    low = Math.min(low, score)
    high = Math.max(high, score)
  }
  if (!normal.every((row) => Number.isFinite(scores[row]))) return { kind: 'not-finite', quantity: 'score' }
  if (distance === 'hypersphere') {
    const size = Math.max(norm(centre), Math.sqrt(high))
    const spread = size === 0 ? 0 : (Math.sqrt(high) - Math.sqrt(low)) / size
    if (spread <= collapsedSpread) return { kind: 'collapsed', spread }
  }
  const first = at(scores, at(normal, 0))
  // A single one tells nothing of a spread.
  if (normal.length === 1) return undefined
  return normal.every((row) => scores[row] === first) ? { kind: 'constant-scores', score: first } : undefined
}

function norm(vector: ArrayLike<number>): number {
  let squares = 0
  for (let i = 0; i < vector.length; i++) squares += at(vector, i) ** 2
  return Math.sqrt(squares)
}
