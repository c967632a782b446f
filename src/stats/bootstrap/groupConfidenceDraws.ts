import { allocate } from '../../allocate.js'
import { requireInteger } from '../../check.js'
import { runJob, threadsOf } from '../../job.js'
import { addon, type SampleGroups } from '../../native.js'
import type { DetectorScores } from './bootstrap.js'
import { copyInput, detectorSet } from './bootstrapInput.js'
import type { RunDraws, RunDrawsOptions } from './runConfidenceDraws.js'

export interface GroupDrawsOptions extends RunDrawsOptions {
  readonly groups: SampleGroups
  /** How many of the detectors, the first, are runs of the baseline. */
  readonly baselines: number
}

/**
 * Draws of the confidence distribution of the recalls of runs of a baseline and then of a candidate, all of which scored
 * the same samples, which come in groups (native/kernels/bootstrap/group_confidence.h has the law).
 *
 * Time: 20 ns a group and draw, and 1 ns for each sample that a detector's threshold may or may not flag. Memory: the
 * outputs. Errors: those of {@link bootstrap}.
 */
export async function groupConfidenceDraws(
  detectors: readonly DetectorScores[],
  { fpr, resamples, seed, groups, baselines, ...options }: GroupDrawsOptions,
): Promise<RunDraws> {
  const input = copyInput(detectors, { fprs: [fpr] }, detectorSet)
  const nDetectors = detectors.length
  const nClasses = groups.classes.length
  const count = requireInteger('resamples', resamples, 1, 2 ** 31 - 1)
  const float64 = (what: string, length: number) => allocate(what, length, (n) => new Float64Array(n))
  const outputs = {
    observedThresholds: float64('the thresholds', nDetectors),
    observedFpr: float64('the false-positive rates', nDetectors),
    observedTpr: float64('the true-positive rates', nClasses * nDetectors),
    tpr: float64('the draws of TPRs', count * nClasses * nDetectors),
  }
  const range = {
    ...{ seed: requireInteger('seed', seed, 0), first: 0, count },
    ...{ threads: threadsOf(options), engine: 'direct' as const },
  }
  await runJob(
    (control) => addon.groupConfidenceDraws(input, groups, baselines, range, outputs, control),
    (array) => detectorSet(Math.floor(array / (nClasses + 1)), array % (nClasses + 1)),
    options,
    { phase: 'resampling', total: count, onProgress: options.onProgress },
  )
  const { observedThresholds: thresholds, observedFpr, observedTpr, tpr } = outputs
  return { nDetectors, nClasses, resamples: count, observed: { thresholds, observedFpr, observedTpr }, tpr }
}
