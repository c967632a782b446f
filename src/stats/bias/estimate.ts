import { at } from '../../check.js'
import type { ScoreArray } from '../../native.js'
import type { DetectorScores, InputOptions, SetName } from '../bootstrap/bootstrapInput.js'
import type { DecidedEngine } from '../bootstrap/engine.js'
import { type CandidateAnswers, families } from './families.js'
import { type CandidateReplicates, drawReplicates, type ReplicatesOptions } from './replicates.js'
import type { SetBiasOptions } from './setBias.js'
import { type NamedLabels, type ScoreSets, scoreSets } from './sets.js'
import type { DetectorReading } from './types.js'

/** What is compared: detectors, the baseline first, with all anomalies of each as one class, and their classes. */
export interface Compared {
  readonly detectors: readonly DetectorScores[]
  readonly labels: readonly NamedLabels[] | undefined
  /** What messages call a set of scores. */
  readonly nameOf: SetName
}

export interface EstimateOptions extends Omit<InputOptions, 'fprs' | 'design'>, ReplicatesOptions, SetBiasOptions {
  readonly fpr: number
}

/** ξ of each candidate on all anomalies and on each class, and what it was computed from. */
export interface BiasEstimate {
  readonly sets: ScoreSets
  readonly replicates: CandidateReplicates
  readonly engine: DecidedEngine
  /** Of each detector, over all anomalies. */
  readonly readings: readonly DetectorReading[]
  /** In the order of the detectors from the second on. */
  readonly candidates: readonly CandidateAnswers[]
}

/**
 * The one way from scores to ξ: copies, replicates, intervals and families of intervals. Every public function is this
 * with names, defaults and presentation of its own.
 */
export async function estimateBias(
  { detectors, labels, nameOf }: Compared,
  options: EstimateOptions,
): Promise<BiasEstimate> {
  const sets = scoreSets(detectors, labels, { ...options, fprs: [options.fpr] }, nameOf)
  const replicates = await drawReplicates(sets.input, options, nameOf)
  const { anomalous } = sets.input
  const sizeOf = (d: number, k: number): number => at<ScoreArray>(at(anomalous, d), k).length
  // With several candidates all detectors scored the same samples.
  const sizes = at(anomalous, 0).map((_, k) => [sizeOf(0, k), sizeOf(1, k)] as const)
  return {
    sets,
    replicates,
    engine: replicates.engine,
    readings: readingsOf(replicates),
    candidates: families(replicates, sizes, options),
  }
}

/** The baseline is the first detector of every result. */
function readingsOf({ results }: CandidateReplicates): DetectorReading[] {
  const reading = (i: number, place: 0 | 1): DetectorReading => {
    const { observed } = at(results, i)
    return {
      threshold: at(observed.thresholds, place),
      observedTpr: at(observed.observedTpr, place),
      observedFpr: at(observed.observedFpr, place),
    }
  }
  return [reading(0, 0), ...results.map((_, i) => reading(i, 1))]
}
