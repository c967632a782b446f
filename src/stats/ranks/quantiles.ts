import { allocate } from '../../allocate.js'
import { type OptionChecks, oneOf, requireKnown, requireOptions } from '../../check.js'
import { ScoringBiasError } from '../../errors.js'
import { type JobOptions, jobChecks, runJob, threadsOf } from '../../job.js'
import { addon, type EnumName, enums, type ScoreArray } from '../../native.js'
import { copyNumbers, copyScores } from './scores.js'

/** A definition of the sample quantile, see {@link quantiles}. */
export type QuantileDefinition = EnumName<'quantileDefinition'>

export interface QuantileOptions extends JobOptions {
  readonly definition: QuantileDefinition
}

const checks: OptionChecks<QuantileOptions> = {
  ...jobChecks,
  definition: oneOf('quantile definition', enums.quantileDefinition),
}

/**
 * Quantiles of a sample at probabilities in [0, 1], by the definition named.
 *
 * Hyndman and Fan (The American Statistician 50, 1996), in their order, which is R's `type` 1 to 9:
 * `inverse-cdf` (the smallest x with F̂(x) ≥ p), `averaged-inverse-cdf`, `closest-observation` (ties to the even rank),
 * and, interpolating linearly at position n·p + m of the sorted sample, `interpolated-inverse-cdf` (m = 0), `hazen`
 * (½), `weibull` (p), `linear` (1 − p; the default of R and numpy), `median-unbiased` ((p + 1)/3) and
 * `normal-unbiased` (p/4 + ⅜). Ranks do not suffer from binary rounding: p = 0.07 of 100 values is rank 7.
 *
 * An infinite neighbour is not interpolated with: the result is that infinity. Cost: one sort (see {@link sort}).
 *
 * @param probabilities one number or several
 * @returns as many quantiles, as float64
 *
 * Errors: `EMPTY_SAMPLE`, `NOT_A_NUMBER` with the index in the sample, `OUT_OF_RANGE` with the index of the
 * probability, `UNKNOWN_NAME`, `WRONG_TYPE`, `DETACHED`, `OUT_OF_MEMORY`, `ABORTED`.
 *
 * @example
 * await quantiles(Float64Array.of(0, 10, 20), [0.25, 0.5], { definition: 'linear' }) // Float64Array [5, 10]
 */
export async function quantiles(
  sample: ScoreArray,
  probabilities: number | readonly number[] | ScoreArray,
  options: QuantileOptions,
): Promise<Float64Array> {
  const asked = requireOptions('quantiles', options, checks)
  const threads = threadsOf(asked)
  const definition = requireKnown('quantile definition', asked.definition, enums.quantileDefinition)
  const sorted = copyScores('sample', sample)
  const p = copyNumbers('probabilities', probabilities)
  const outside = p.findIndex((x) => !(x >= 0 && x <= 1))
  if (outside >= 0) {
    throw new ScoringBiasError('OUT_OF_RANGE', `probabilities[${outside}] must lie in [0, 1], got ${p[outside]}`)
  }
  const values = allocate('the result', p.length, (n) => new Float64Array(n))
  await runJob(
    () => addon.quantiles(sorted, p, definition, values, threads),
    () => 'sample',
    options,
  )
  return values
}
