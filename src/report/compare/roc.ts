import { at } from '../../check.js'
import type { ScoreArray } from '../../native.js'
import { countAbove } from '../scores/sortedScores.js'

export interface RocPoint {
  readonly fpr: number
  readonly tpr: number
}

/** Steps to draw at most. */
const maxSteps = 300

/**
 * The ROC curve of a detector from 0 to `fprEnd`: at FPR k/n the recall at s₍ₙ₋ₖ₎, the largest that at most k false
 * alarms allow; constant from each point to the next. With more than 300 steps some are left out.
 *
 * @param sorted each sample in ascending order
 */
export function roc(
  { normal, anomalous }: { readonly normal: ScoreArray; readonly anomalous: ScoreArray },
  fprEnd: number,
): RocPoint[] {
  const n = normal.length
  const last = Math.min(n - 1, Math.floor(fprEnd * n))
  const nSteps = Math.min(last, maxSteps)
  const points = Array.from({ length: nSteps + 1 }, (_, i) => {
    const k = nSteps === 0 ? 0 : Math.floor((i * last) / nSteps)
    return { fpr: k / n, tpr: countAbove(anomalous, at(normal, n - 1 - k)) / anomalous.length }
  })
  return [...points, { fpr: fprEnd, tpr: at(points, nSteps).tpr }]
}
