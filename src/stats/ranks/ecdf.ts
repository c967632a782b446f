import { allocate } from '../../allocate.js'
import { requireOptions } from '../../check.js'
import { type JobOptions, jobChecks, runJob, threadsOf } from '../../job.js'
import { addon, type ScoreArray } from '../../native.js'
import { copyScores } from './scores.js'

/**
 * The empirical distribution function F̂(u) = #{i : xᵢ ≤ u}/n of a sample, at many points u.
 *
 * Each value is the double nearest to the fraction. Points may be infinite and of either type; a float32 and a float64
 * compare exactly. Cost: one sort of the sample (see {@link sort}) and O(log n) a point.
 *
 * Errors: `EMPTY_SAMPLE`, `NOT_A_NUMBER` with the index in `sample` or `at`, `WRONG_TYPE`, `DETACHED`,
 * `OUT_OF_MEMORY`, `ABORTED`.
 *
 * @example
 * await ecdf(Float64Array.of(1, 2, 3), Float64Array.of(0, 2, 9)) // Float64Array [0, 2/3, 1]
 */
export async function ecdf(sample: ScoreArray, at: ScoreArray, options: JobOptions = {}): Promise<Float64Array> {
  const threads = threadsOf(requireOptions('ecdf', options, jobChecks))
  const sorted = copyScores('sample', sample)
  const points = copyScores('at', at, true)
  const values = allocate('the result', points.length, (n) => new Float64Array(n))
  await runJob(
    () => addon.ecdf(sorted, points, values, threads),
    (array) => (array === 0 ? 'sample' : 'at'),
    options,
  )
  return values
}
