import { allocate } from '../../allocate.js'
import { type OptionChecks, oneOf, requireOptions } from '../../check.js'
import { type JobOptions, jobChecks, runJob, threadsOf } from '../../job.js'
import { addon, type EnumName, enums, type ScoreArray } from '../../native.js'
import { copyScores } from './scores.js'

/** What tied values get for a rank, see {@link rank}. */
export type TieRule = EnumName<'tieRule'>

export interface RankOptions extends JobOptions {
  /** Default `average`. */
  readonly ties?: TieRule | undefined
}

const checks: OptionChecks<RankOptions> = { ...jobChecks, ties: oneOf('tie rule', enums.tieRule) }

/**
 * The rank of each value among all, from 1.
 *
 * Tied values, −0 and +0 among them, get the mean of the ranks they span (`average`, the default), the smallest of
 * them (`min`), the largest (`max`), one more than the number of distinct smaller values (`dense`), or different ranks
 * in the order of their indices (`ordinal`). Cost as for {@link argsort}, and 8 n bytes for the result.
 *
 * Errors: `NOT_A_NUMBER` with the index of the first NaN, `UNKNOWN_NAME`, `WRONG_TYPE`, `DETACHED`, `OUT_OF_MEMORY`,
 * `ABORTED`.
 *
 * @example
 * await rank(Float64Array.of(10, 20, 20)) // Float64Array [1, 2.5, 2.5]
 */
export async function rank(values: ScoreArray, options: RankOptions = {}): Promise<Float64Array> {
  const { ties = 'average', ...job } = requireOptions('rank', options, checks)
  const threads = threadsOf(job)
  const copy = copyScores('values', values, true)
  const ranks = allocate('the ranks', copy.length, (n) => new Float64Array(n))
  await runJob(
    () => addon.rank(copy, ties, ranks, threads),
    () => 'values',
    options,
  )
  return ranks
}
