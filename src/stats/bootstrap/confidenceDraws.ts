import { allocate } from '../../allocate.js'
import { at, requireInteger } from '../../check.js'
import { type JobOptions, runJob, threadsOf } from '../../job.js'
import { addon, type BootstrapArguments } from '../../native.js'
import type { OnProgress } from '../../progress.js'
import type { PairResult } from './bootstrap.js'
import type { SetName } from './bootstrapInput.js'

export interface ConfidenceOptions extends JobOptions {
  /** Number of draws B. */
  readonly resamples: number
  readonly seed: number
  /** The number of the first draw. Default 0. */
  readonly first?: number | undefined
  /** Whether to return thresholds. Default false. */
  readonly thresholds?: boolean | undefined
  readonly onProgress?: OnProgress | undefined
}

/**
 * Draws of the confidence distribution of both recalls of two detectors, in the shape of bootstrap replicates: the law
 * is in native/kernels/bootstrap/confidence.h, its derivation and measured coverage in docs/intervals.md.
 *
 * Time: O(n) to prepare, and 0.3 µs a draw, class and target. Memory: the outputs. Errors: those of {@link bootstrap}.
 */
export async function confidenceDraws(
  input: BootstrapArguments['input'],
  { resamples, seed, first = 0, thresholds = false, ...options }: ConfidenceOptions,
  nameOf: SetName,
): Promise<PairResult> {
  const nDetectors = input.normal.length
  const nClasses = at(input.anomalous, 0).length
  const nFprs = input.fprs.length
  const float64 = (what: string, length: number) => allocate(what, length, (n) => new Float64Array(n))
  const perTarget = nFprs * nDetectors
  const outputs = {
    observedThresholds: float64('the thresholds', perTarget),
    observedFpr: float64('the false-positive rates', perTarget),
    observedTpr: float64('the true-positive rates', perTarget * nClasses),
    thresholds: thresholds ? float64('the draws of thresholds', resamples * perTarget) : undefined,
    tpr: float64('the draws of TPRs', resamples * perTarget * nClasses),
    centres: float64('the draws of centres', resamples * nFprs * nClasses),
  }
  const range = {
    seed: requireInteger('seed', seed, 0),
    first,
    count: requireInteger('resamples', resamples, 1, 2 ** 31 - 1),
    threads: threadsOf(options),
    engine: 'tree' as const,
  }
  await runJob(
    (control) => addon.confidenceDraws(input, range, outputs, control),
    (array) => nameOf(Math.floor(array / (nClasses + 1)), array % (nClasses + 1)),
    options,
    { phase: 'resampling', total: resamples, onProgress: options.onProgress },
  )
  const { observedThresholds, observedFpr, observedTpr, ...draws } = outputs
  return {
    ...{ nDetectors, nClasses, nFprs, resamples, engine: 'confidence' },
    observed: { thresholds: observedThresholds, observedFpr, observedTpr },
    ...draws,
    ...{ acceleration: undefined, standardError: undefined, standardErrors: undefined },
  }
}
