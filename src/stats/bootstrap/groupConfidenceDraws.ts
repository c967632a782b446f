import { allocate } from '../../allocate.js'
import { at, requireInteger } from '../../check.js'
import { runJob, threadsOf } from '../../job.js'
import { addon, type BootstrapArguments, type SampleGroups } from '../../native.js'
import type { SetName } from './bootstrapInput.js'
import type { ConfidenceOptions } from './confidenceDraws.js'
import type { RunDraws } from './runConfidenceDraws.js'

export interface GroupDrawsOptions extends ConfidenceOptions {
  readonly groups: SampleGroups
  /** How many of the detectors, the first, are trainings of the baseline; the others are the candidate's. */
  readonly nBaseline: number
}

/** What {@link groupConfidenceDraws} gives. */
export interface GroupDraws extends RunDraws {
  /** `[B, D]`: on request. */
  readonly thresholds: Float64Array | undefined
}

/**
 * Draws of the confidence distribution of the recalls of trainings of a baseline and then of a candidate, all of which
 * scored the same samples, which come in groups (native/kernels/bootstrap/group_confidence.h has the law).
 *
 * Time: 20 ns a group and draw, and 1 ns for each sample that a detector's threshold may or may not flag. Memory: the
 * outputs. Errors: those of {@link bootstrap}.
 */
export async function groupConfidenceDraws(
  input: BootstrapArguments['input'],
  { resamples, seed, groups, nBaseline, thresholds: wanted, ...options }: GroupDrawsOptions,
  nameOf: SetName,
): Promise<GroupDraws> {
  const nDetectors = input.normal.length
  const nClasses = at(input.anomalous, 0).length
  const count = requireInteger('resamples', resamples, 1, 2 ** 31 - 1)
  const float64 = (what: string, length: number) => allocate(what, length, (n) => new Float64Array(n))
  const tpr = float64('the draws of TPRs', count * nClasses * nDetectors)
  const drawnThresholds = wanted ? float64('the draws of thresholds', count * nDetectors) : undefined
  const outputs = {
    observedThresholds: float64('the thresholds', nDetectors),
    observedFpr: float64('the false-positive rates', nDetectors),
    observedTpr: float64('the true-positive rates', nClasses * nDetectors),
    ...{ tpr, thresholds: drawnThresholds },
  }
  const range = {
    ...{ seed: requireInteger('seed', seed, 0), first: 0, count },
    ...{ threads: threadsOf(options), engine: 'direct' as const },
  }
  await runJob(
    (control) => addon.groupConfidenceDraws(input, groups, nBaseline, range, outputs, control),
    (array) => nameOf(Math.floor(array / (nClasses + 1)), array % (nClasses + 1)),
    options,
    { phase: 'resampling', total: count, onProgress: options.onProgress },
  )
  const { observedThresholds, observedFpr, observedTpr } = outputs
  return {
    ...{ nDetectors, nClasses, resamples: count, tpr, thresholds: drawnThresholds },
    observed: { thresholds: observedThresholds, observedFpr, observedTpr },
  }
}
