import { requireOptions, wrongType } from '../../check.js'
import { type JobOptions, jobChecks, runJob } from '../../job.js'
import { addon, type ScoreArray } from '../../native.js'
import { copyNumbers, copyScores } from './scores.js'

/** What a detector flags at given thresholds. */
export interface Rates {
  /** The fraction of normal scores strictly above each threshold. */
  readonly observedFpr: Float64Array
  /** The fraction of anomaly scores strictly above each threshold. */
  readonly observedTpr: Float64Array
}

/**
 * False- and true-positive rates of one detector at any thresholds: FPR(τ) = #{normal > τ}/n₀ and
 * TPR(τ) = #{anomalous > τ}/n₁. A score equal to a threshold is not flagged.
 *
 * Thresholds may be infinite and in any order. Up to 16 of them read the scores once each, more cost a sort.
 *
 * @param scores one detector's scores of normal and of anomalous samples
 * @param thresholds one number or several
 *
 * Errors: `EMPTY_SAMPLE`, `NOT_A_NUMBER` with the index in the scores or thresholds, `WRONG_TYPE`, `DETACHED`,
 * `OUT_OF_MEMORY`, `ABORTED`.
 *
 * @example
 * const scores = { normal: Float64Array.of(1, 2), anomalous: Float64Array.of(2, 3) }
 * await rates(scores, [1.5, 2]) // { observedFpr: Float64Array [0.5, 0], observedTpr: Float64Array [1, 0.5] }
 */
export async function rates(
  scores: { readonly normal: ScoreArray; readonly anomalous: ScoreArray },
  thresholds: number | readonly number[] | Float64Array,
  options: JobOptions = {},
): Promise<Rates> {
  requireOptions('rates', options, jobChecks)
  if (typeof scores !== 'object' || scores === null) {
    throw wrongType('scores', 'an object { normal, anomalous }', scores)
  }
  const taus = copyNumbers('thresholds', thresholds)
  const normal = copyScores('normal', scores.normal)
  const anomalous = copyScores('anomalous', scores.anomalous)
  const [fpr, tpr] = await Promise.all([
    fractionAbove('normal', normal, taus, options),
    fractionAbove('anomalous', anomalous, taus, options),
  ])
  return { observedFpr: fpr, observedTpr: tpr }
}

async function fractionAbove(
  name: string,
  scores: ScoreArray,
  taus: Float64Array,
  options: JobOptions,
): Promise<Float64Array> {
  const flagged = new Uint32Array(taus.length)
  await runJob(
    () => addon.countAbove(scores, taus, flagged),
    (array) => (array === 0 ? name : 'thresholds'),
    options,
  )
  return Float64Array.from(flagged, (count) => count / scores.length)
}
