import { biasDefaults } from '../../biasDefaults.js'
import { anything, at, flag, invariant, type OptionChecks, oneOf, requireOptions, wrongType } from '../../check.js'
import { ScoringBiasError } from '../../errors.js'
import type { WaysOut } from '../../scores/scoreCollector.js'
import { collectRows, isRows, type ScoreRows } from '../../scores/scoreRows.js'
import { type DetectorScores, designs } from '../bootstrap/bootstrapInput.js'
import { type BiasEstimate, estimateBias } from './estimate.js'
import { type SetAnswer, stepDown } from './families.js'
import { gateChecks } from './gate.js'
import { groupsWarnings, requireGroupsQuestion } from './groupLabels.js'
import { biasChecks } from './options.js'
import { column } from './setBias.js'
import { pairLabels } from './sets.js'
import type { BiasAnswer, BiasReplicates, ClassBias, RelativeBias, RelativeBiasOptions, ScorePair } from './types.js'
import {
  countsAt,
  detectorWarnings,
  familyWarnings,
  fewAnomaliesWarnings,
  replacedWarnings,
  resamplesWarnings,
  thresholdWarnings,
  type WarnedQuestion,
} from './warnings.js'

const checks: OptionChecks<RelativeBiasOptions> = {
  ...biasChecks,
  ...gateChecks,
  design: oneOf('design', designs),
  classes: anything,
  groups: anything,
  replicates: flag,
  stepDown: flag,
}

/** Both detectors of a pair by name. */
export const pairNames = ['baseline', 'candidate'] as const

/**
 * The relative scoring bias of two detectors and how sure the samples make us of it.
 *
 * ξ = TPR(s′, τ′) − TPR(s, τ), with s the baseline, s′ the candidate and each threshold such that the target
 * false-positive rate holds on the detector's own normal scores (Ye, Chen and Zheng, IJCAI 2021, Definition 1 and
 * Algorithm 1). ξ > 0: the candidate detects more. The interval and p-value allow for the thresholds, which the normal
 * scores leave uncertain: an interval that takes them for known is too short (Linnet, Statistics in Medicine 6, 1987).
 * They are read off the confidence distribution, or with other methods off the law of the bootstrap in which both thresholds
 * are read anew; either in closed form, or drawn ({@link bootstrap}), see {@link BiasEngine}. With methods of the bootstrap,
 * sets of which fewer than 30 samples decide between the detectors are answered by the confidence distribution all the
 * same, and a warning names them.
 *
 * With `classes`, each class is also answered for on its own; all share the thresholds and their draws. The
 * overall answer takes all anomalous samples together. Each `interval` and `pValue` is for its set of anomalies
 * alone; the `simultaneous` intervals of the classes hold together, `pAdjusted` allows for looking at all, and
 * `direction` follows the simultaneous interval, so that a table of arrows holds as a whole ({@link simultaneous}). The
 * overall answer is a family of its own: its simultaneous interval is its interval. A single class is all anomalies, and
 * its answer the overall one. Intervals are cut to [−1, 1]. Interval and p-value are one statement: the interval leaves
 * 0 out exactly where the p-value is at most 1 − level, the simultaneous one where `pAdjusted` is.
 *
 * With a `margin` each set and the whole also get a verdict: whether ξ is above −margin ({@link Gate} has the other
 * questions), by a lower and an upper limit of which each holds for all classes at once with probability `level`
 * (docs/gate.md). A limit of one side is no wider than the simultaneous interval.
 *
 * A target that allows no false alarm among the normals (m = ⌊fpr·n₀⌋ = 0), or leaves none unflagged, decides nothing: p-values
 * are 1, intervals are by the confidence distribution and widened to hold 0, and a warning says how many normals it takes.
 *
 * With `groups`, whole groups are what was drawn: the draws weigh groups, not samples, thresholds and recalls alike
 * (native/kernels/bootstrap/group_confidence.h, docs/groups.md). Where each group has one sample the law is that of samples.
 *
 * Rows `{ label, baseline, candidate, class? }` that come one by one, from an async iterable or a stream of objects, are
 * collected first, at 8 bytes a score; label 0 is normal, 1 anomalous. Their classes are then `classes`, and with a
 * `split` the thresholds are set on its `validation`.
 *
 * Time and memory: those of {@link bootstrap} with two detectors, whose classes are all samples and each class; of the
 * closed form those of {@link idealBias}, about twice with nine classes.
 *
 * Errors: `EMPTY_SAMPLE`, `LENGTH_MISMATCH`, `NOT_A_NUMBER` with array and index, `OUT_OF_RANGE`, `UNKNOWN_CLASS` (a
 * class that only one detector scored), `UNKNOWN_NAME`, `WRONG_TYPE`, `DETACHED`, `OUT_OF_MEMORY`, `ABORTED`.
 *
 * @example
 * const baseline = { normal: Float64Array.of(1, 2, 3, 4), anomalous: Float64Array.of(3, 5, 2) }
 * const candidate = { normal: Float64Array.of(2, 1, 4, 3), anomalous: Float64Array.of(5, 6, 4) }
 * const { xi, interval } = await relativeBias({ baseline, candidate }, { fpr: 0.25, seed: 1 })
 */
export async function relativeBias(
  scores: { readonly baseline: ScorePair; readonly candidate: ScorePair } | ScoreRows,
  options: RelativeBiasOptions = {},
): Promise<RelativeBias> {
  const given = requireOptions('relativeBias', options, checks)
  const asked = { ...biasDefaults, design: 'paired' as const, ...given, resamples: given.resamples }
  if (isRows(scores)) return relativeBiasOfRows(scores, given)
  requireBoth(scores, 'an object { baseline, candidate } or an iterable of rows')
  const { fpr, level, design, replicates = false } = asked
  if (asked.groups !== undefined) requireGroupsQuestion(asked)
  const labels = pairLabels(asked.classes, design === 'paired')
  const compared = { detectors: detectorsOf(scores), labels, nameOf: pairNameOf }
  const estimate = await estimateBias(compared, { ...asked, thresholds: replicates })
  const { overall, classes, verdict } = at(estimate.candidates, 0)
  const counts = estimate.groups
  const pStepDown = asked.stepDown === true ? await stepDown(classes) : undefined
  return {
    ...answerOf(overall),
    baseline: at(estimate.readings, 0),
    candidate: at(estimate.readings, 1),
    classes: classes.map((own, k): ClassBias => {
      const { n, nCandidate, tprBaseline, tprCandidate, replicates: columns } = own
      const named = {
        name: at(estimate.sets.classNames, k),
        n,
        nCandidate,
        tprBaseline,
        tprCandidate,
        ...answerOf(own),
        ...(pStepDown === undefined ? {} : { pStepDown: at(pStepDown, k) }),
        ...(counts === undefined ? {} : { nGroups: at(counts.classes, k) }),
      }
      return replicates && columns !== undefined ? { ...named, replicates: columns } : named
    }),
    fpr,
    level,
    resamples: estimate.resamples,
    seed: estimate.seed,
    design,
    nNormal: at(estimate.sets.input.normal, 0).length,
    nAnomalous: overall.n,
    ...(counts === undefined
      ? {}
      : { nGroups: { all: counts.all, normal: counts.normal, anomalous: counts.anomalous } }),
    engine: estimate.engine,
    warnings: warningsOf(estimate, asked),
    ...(replicates ? { replicates: replicatesOf(estimate) } : {}),
    ...(verdict === undefined ? {} : { verdict }),
  }
}

/** The part of an answer that every public function gives. */
export function answerOf({ xi, interval, pValue, joint, direction, gate }: SetAnswer): BiasAnswer {
  const answer = { xi, interval, pValue, simultaneous: joint.interval, pAdjusted: joint.pAdjusted, direction }
  return gate === undefined ? answer : { ...answer, gate }
}

async function relativeBiasOfRows(rows: ScoreRows, options: RelativeBiasOptions): Promise<RelativeBias> {
  if (options.classes !== undefined || options.design === 'independent') {
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      'rows are paired and have their classes in them: leave out classes and design',
    )
  }
  if (options.groups !== undefined) {
    throw new ScoringBiasError('OUT_OF_RANGE', 'rows come without groups. Give arrays of scores, or leave groups out')
  }
  const { validation, anomalous, classes } = await collectRows(rows, {
    name: 'scores',
    detectors: pairNames,
    ways: rowWays,
    signal: options.signal,
    onProgress: options.onProgress,
  })
  const pair = (d: number): ScorePair => ({ normal: at(validation, d), anomalous: at(anomalous, d) })
  return relativeBias({ baseline: pair(0), candidate: pair(1) }, { ...options, classes })
}

/** `relativeBias` has no options that say how rows are read. */
const rowWays: WaysOut = {
  noSplit: 'rows without it, or by the option split of readScores, whose scores compare takes',
  normal:
    'read the rows with readScores, whose option normal says which class is normal, and give its scores to compare',
}

/** Both detectors of a pair with all anomalies of each as one class. Errors: `WRONG_TYPE`. */
export function detectorsOf(scores: { readonly baseline: ScorePair; readonly candidate: ScorePair }): DetectorScores[] {
  requireBoth(scores, 'an object { baseline, candidate }')
  return pairNames.map((name) => {
    const { normal, anomalous } = requirePair(name, scores[name])
    return { normal, anomalous: [anomalous] }
  })
}

/** Requires an object that may have both detectors. Errors: `WRONG_TYPE`, with `what` it must be. */
export function requireBoth(scores: unknown, what: string): void {
  if (typeof scores !== 'object' || scores === null || Array.isArray(scores) || ArrayBuffer.isView(scores)) {
    throw wrongType('scores', what, scores)
  }
}

/** Errors: `WRONG_TYPE`. */
export function requirePair(name: string, pair: ScorePair | undefined): ScorePair {
  if (typeof pair !== 'object' || pair === null) throw wrongType(name, 'an object { normal, anomalous }', pair)
  return pair
}

/** A NaN is met among all anomalies, at the caller's index, before any class is looked at. */
export function pairNameOf(d: number, set: number): string {
  return `${at(pairNames, d)}.${set === 0 ? 'normal' : 'anomalous'}`
}

function replicatesOf({ replicates, candidates }: BiasEstimate): BiasReplicates {
  const { result } = at(replicates.pairs, 0)
  const { overall } = at(candidates, 0)
  invariant(overall.replicates !== undefined, 'replicates that were asked for are drawn')
  return {
    ...overall.replicates,
    thresholdBaseline: column(result, result.thresholds, 0, 2),
    thresholdCandidate: column(result, result.thresholds, 1, 2),
  }
}

function warningsOf(
  { sets, readings, candidates, resamples, groups }: BiasEstimate,
  asked: Parameters<typeof thresholdWarnings>[0] & Pick<WarnedQuestion, 'level'>,
): string[] {
  const draws = { resamples, level: asked.level }
  const detectors = readings.map((reading, d) => {
    const [normal, anomalous] = [at(sets.input.normal, d), at(at(sets.input.anomalous, d), 0)]
    const ties = {
      normal: countsAt(normal, reading.threshold).equal,
      anomalous: countsAt(anomalous, reading.threshold).equal,
    }
    return { name: at(pairNames, d), nNormal: normal.length, nAnomalous: anomalous.length, ...reading, ties }
  })
  const { overall, classes } = at(candidates, 0)
  const places = [
    [overall, 'all anomalies'] as const,
    ...(classes.length === 1 ? [] : classes.map((own, k) => [own, `class '${at(sets.classNames, k)}'`] as const)),
  ]
  return [
    ...thresholdWarnings(asked, detectors),
    ...detectors.flatMap((detector) => detectorWarnings(detector, asked.fpr)),
    ...(groups === undefined ? [] : groupsWarnings(groups, sets.classNames)),
    ...fewAnomaliesWarnings(classes.map(({ n }, k) => ({ n, name: at(sets.classNames, k) }))),
    ...resamplesWarnings(draws),
    ...familyWarnings(classes, draws),
    ...replacedWarnings(places, asked.intervalMethod),
  ]
}
