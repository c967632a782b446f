import { requireOptions } from '../../check.js'
import { type JobOptions, jobChecks, runJob, threadsOf } from '../../job.js'
import { addon, type ScoreArray } from '../../native.js'
import { copyScores } from './scores.js'

/**
 * The values in ascending order, as a new array of the same type; the caller's array is not changed.
 *
 * −∞ comes first and +∞ last; −0 comes before +0, which it equals. A radix sort: O(n) time, about 8 ms for 10⁶ float32
 * values on one thread, twice that for float64 (docs/benchmarks.md); memory for two copies. Any n below 2³¹, 0 included.
 *
 * Errors: `NOT_A_NUMBER` with the index of the first NaN, `WRONG_TYPE`, `DETACHED`, `OUT_OF_MEMORY`, `ABORTED`.
 *
 * @example
 * await sort(Float32Array.of(3, 1, 2)) // Float32Array [1, 2, 3]
 */
export async function sort<T extends ScoreArray>(values: T, options?: JobOptions): Promise<T>
export async function sort(values: ScoreArray, options: JobOptions = {}): Promise<ScoreArray> {
  const threads = threadsOf(requireOptions('sort', options, jobChecks))
  const sorted = copyScores('values', values, true)
  await runJob(
    () => addon.sort(sorted, threads),
    () => 'values',
    options,
  )
  return sorted
}
