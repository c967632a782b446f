import { at } from '../../check.js'
import type { DetectorScores, InputOptions, SetName } from '../bootstrap/bootstrapInput.js'
import type { AnsweredBy } from './biasEngine.js'
import { type CandidateAnswers, families } from './families.js'
import { type GateOptions, gatedAnswers, gatedSets } from './gate.js'
import { type GroupCounts, type Groups, groupCounts, groupedSets } from './groupLabels.js'
import { type CandidateReplicates, drawReplicates, type ReplicatesOptions } from './replicates.js'
import { type SetBiasOptions, setBias } from './setBias.js'
import { type NamedLabels, type ScoreSets, scoreSets } from './sets.js'
import type { DetectorReading } from './types.js'
import { usualDraws } from './usualDraws.js'

/** What is compared: detectors, the baseline first, with all anomalies of each as one class, and their classes. */
export interface Compared {
  readonly detectors: readonly DetectorScores[]
  readonly labels: readonly NamedLabels[] | undefined
  /** What messages call a set of scores. */
  readonly nameOf: SetName
}

export interface EstimateOptions
  extends Omit<InputOptions, 'fprs' | 'design'>,
    Omit<ReplicatesOptions, 'groups' | 'resamples'>,
    SetBiasOptions,
    GateOptions {
  readonly fpr: number
  /** Default: {@link usualDraws}. */
  readonly resamples?: number | undefined
  /** Default: each sample is on its own. */
  readonly groups?: Groups | undefined
}

/** The same at several targets, increasing. */
export interface TargetsOptions extends Omit<EstimateOptions, 'fpr'> {
  readonly fprs: readonly number[]
}

/** ξ of each candidate on all anomalies and on each class, and what it was computed from. */
export interface BiasEstimate {
  readonly fpr: number
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
export async function estimateBias(compared: Compared, options: EstimateOptions): Promise<BiasEstimate> {
  return at(await estimateTargets(compared, { ...options, fprs: [options.fpr] }), 0)
}

/** At several targets, whose draws are joint: the families are of all targets together. One estimate for each. */
export async function estimateTargets(
  { detectors, labels, nameOf }: Compared,
  asked: TargetsOptions,
): Promise<BiasEstimate[]> {
  const sets = scoreSets(detectors, labels, asked, nameOf)
  const family = asked.fprs.length * (detectors.length - 1) * sets.classNames.length
  const { resamples = usualDraws(family, asked.level) } = asked
  const options = { ...asked, resamples }
  const gated = gatedSets(options, sets.classNames)
  const grouped = options.groups === undefined ? undefined : groupedSets(sets, options.groups, nameOf)
  const replicates = await drawReplicates(sets, { ...options, groups: grouped?.samples }, nameOf)
  const { pairs, shared, engine, drawn } = replicates
  const numbers = at(sets.input.anomalous, 0).map((_, k) => k)
  const biases = pairs.map((pair) => {
    return options.fprs.map((_, f) => {
      const own = numbers.map((k) => setBias(pair, { f, k }, options))
      // One class holds all anomalies: the same samples, and one answer.
      return sets.classNames.length === 1 ? [...own, at(own, 0)] : own
    })
  })
  const joint = { level: options.level, shared, design: options.design }
  const plain = await families(biases, joint)
  const answers = gated === undefined ? plain : await gatedAnswers(plain, gated, joint)
  return options.fprs.map((fpr, f) => ({
    fpr,
    sets,
    replicates,
    groups: grouped && groupCounts(grouped, sets.classNames.length),
    engine,
    resamples: drawn ? resamples : undefined,
    seed: drawn ? options.seed : undefined,
    readings: readingsOf(replicates, f),
    candidates: answers.map((targets) => at(targets, f)),
  }))
}

/** The baseline is the first detector of every result. */
function readingsOf({ pairs }: CandidateReplicates, f: number): DetectorReading[] {
  const reading = (i: number, place: 0 | 1): DetectorReading => {
    const { observed, nClasses } = at(pairs, i).result
    return {
      threshold: at(observed.thresholds, 2 * f + place),
      observedTpr: at(observed.observedTpr, 2 * f * nClasses + place),
      observedFpr: at(observed.observedFpr, 2 * f + place),
    }
  }
  return [reading(0, 0), ...pairs.map((_, i) => reading(i, 1))]
}
