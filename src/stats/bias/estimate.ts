import { at } from '../../check.js'
import type { DetectorScores, InputOptions, SetName } from '../bootstrap/bootstrapInput.js'
import type { AnsweredBy } from './biasEngine.js'
import { type CandidateAnswers, families } from './families.js'
import { type GroupCounts, type Groups, groupCounts, groupedSets } from './groupLabels.js'
import { type CandidateReplicates, drawReplicates, type ReplicatesOptions } from './replicates.js'
import { type SetBiasOptions, setBias } from './setBias.js'
import { type NamedLabels, type ScoreSets, scoreSets } from './sets.js'
import type { DetectorReading } from './types.js'

/** What is compared: detectors, the baseline first, with all anomalies of each as one class, and their classes. */
export interface Compared {
  readonly detectors: readonly DetectorScores[]
  readonly labels: readonly NamedLabels[] | undefined
  /** What messages call a set of scores. */
  readonly nameOf: SetName
}

export interface EstimateOptions
  extends Omit<InputOptions, 'fprs' | 'design'>,
    Omit<ReplicatesOptions, 'groups'>,
    SetBiasOptions {
  readonly fpr: number
  /** Default: each sample is on its own. */
  readonly groups?: Groups | undefined
}

/** ξ of each candidate on all anomalies and on each class, and what it was computed from. */
export interface BiasEstimate {
  readonly sets: ScoreSets
  readonly replicates: CandidateReplicates
  /** Undefined where each sample is on its own. */
  readonly groups: GroupCounts | undefined
  readonly engine: AnsweredBy
  /** Of what was drawn; undefined where nothing was. */
  readonly resamples: number | undefined
  readonly seed: number | undefined
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
  const grouped = options.groups === undefined ? undefined : groupedSets(sets, options.groups, nameOf)
  const replicates = await drawReplicates(sets, { ...options, groups: grouped?.samples }, nameOf)
  const { pairs, shared, engine, drawn } = replicates
  const numbers = at(sets.input.anomalous, 0).map((_, k) => k)
  const biases = pairs.map((pair) => {
    const own = numbers.map((k) => setBias(pair, { f: 0, k }, options))
    // One class holds all anomalies: the same samples, and one answer.
    return sets.classNames.length === 1 ? [...own, at(own, 0)] : own
  })
  return {
    sets,
    replicates,
    groups: grouped && groupCounts(grouped, sets.classNames.length),
    engine,
    resamples: drawn ? options.resamples : undefined,
    seed: drawn ? options.seed : undefined,
    readings: readingsOf(replicates),
    candidates: await families(biases, { level: options.level, shared }),
  }
}

/** The baseline is the first detector of every result. */
function readingsOf({ pairs }: CandidateReplicates): DetectorReading[] {
  const reading = (i: number, place: 0 | 1): DetectorReading => {
    const { observed } = at(pairs, i).result
    return {
      threshold: at(observed.thresholds, place),
      observedTpr: at(observed.observedTpr, place),
      observedFpr: at(observed.observedFpr, place),
    }
  }
  return [reading(0, 0), ...pairs.map((_, i) => reading(i, 1))]
}
