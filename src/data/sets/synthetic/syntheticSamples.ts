import { allocate } from '../../../allocate.js'
import {
  callback,
  integer,
  type OptionChecks,
  oneOf,
  required,
  requireInteger,
  requireOptions,
} from '../../../check.js'
import { type JobOptions, jobChecks, runJob, threadsOf } from '../../../job.js'
import { addon, type EnumName, enums } from '../../../native.js'
import type { OnProgress } from '../../../progress.js'

export const syntheticKinds = enums.syntheticKind
export type SyntheticKind = EnumName<'syntheticKind'>

/** Features of a synthetic sample. */
export const nSyntheticFeatures = 9

export interface SyntheticOptions extends JobOptions {
  readonly kind: SyntheticKind
  /** Integer in [0, 2⁵³). Default 0. */
  readonly seed?: number | undefined
  /** Integer in [0, 2²⁷). Default 0. */
  readonly stream?: number | undefined
  /** Number of the first sample in its stream; from + n is at most 2³². Default 0. */
  readonly from?: number | undefined
  readonly onProgress?: OnProgress | undefined
}

const checks: OptionChecks<SyntheticOptions> = {
  kind: required(oneOf('kind', syntheticKinds)),
  seed: integer(0),
  stream: integer(0, 2 ** 27 - 1),
  from: integer(0, 2 ** 32),
  ...jobChecks,
  onProgress: callback,
}

/**
 * Samples of the synthetic data set of Ye, Chen and Zheng (IJCAI 2021, Section 4.2), nine features each.
 *
 * Normal ones are N(0, I₉). Anomalous ones are too, except for 3 (with probability 0.4) or 4 (0.6) random coordinates drawn
 * from N(1.6, 0.8), where 0.8 is the standard deviation. Computed in float64, rounded once.
 *
 * Sample `from + i` is a pure function of (kind, seed, stream, from + i), by Philox4x32-10: a set can be drawn in pieces, in
 * any order and by any number of threads. Samples that differ in any of the four are independent, and independent of
 * everything else that this package draws. About 0.2 µs a sample and thread.
 *
 * @returns [n, 9], row-major
 *
 * Errors: `WRONG_TYPE`, `OUT_OF_RANGE`, `UNKNOWN_NAME`, `OUT_OF_MEMORY`, `ABORTED`.
 *
 * @example
 * await syntheticSamples(1000, { kind: 'anomalous', seed: 1 }) // Float32Array [1000 × 9]
 */
export async function syntheticSamples(n: number, options: SyntheticOptions): Promise<Float32Array> {
  requireInteger('n', n, 0, 2 ** 31 - 1)
  const samples = allocate(`${n} synthetic samples`, n * nSyntheticFeatures, (length) => new Float32Array(length))
  await fillSynthetic(samples, options)
  return samples
}

/** {@link syntheticSamples} into an array [n, 9] that nobody else touches meanwhile. */
export async function fillSynthetic(samples: Float32Array, options: SyntheticOptions): Promise<void> {
  const { kind, seed = 0, stream = 0, from = 0, ...job } = requireOptions('syntheticSamples', options, checks)
  const n = samples.length / nSyntheticFeatures
  requireInteger('from', from, 0, 2 ** 32 - n)
  const threads = threadsOf(job)
  await runJob(
    (control) => addon.gaussian9d(seed, stream, from, kind, samples, threads, control),
    () => 'from',
    job,
    { phase: 'drawing samples', total: n, onProgress: job.onProgress },
  )
}
