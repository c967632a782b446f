import { biasDefaults } from '../../biasDefaults.js'
import { anything, at, type OptionChecks, requireOptions } from '../../check.js'
import type { SetAnswer } from './families.js'
import { type FprRange, type RangeOptions, type RangeScale, rangeChecks, rangeOf } from './fprRange.js'
import type { Verdict } from './gate.js'
import { type GateOptions, gateChecks } from './gate.js'
import type { GroupCounts, Groups } from './groupLabels.js'
import { groupsWarnings } from './groupLabels.js'
import { type BiasOptions, biasChecks } from './options.js'
import { estimateRange, type RangeEstimate } from './rangeBias.js'
import { answerOf, detectorsOf, pairNameOf, pairNames } from './relativeBias.js'
import { type ClassLabels, pairLabels } from './sets.js'
import type { BiasAnswer, ScorePair } from './types.js'
import { familyWarnings, fewAnomaliesWarnings, resamplesWarnings, short, undecidedWarnings } from './warnings.js'

/** Options of {@link relativeBiasOverRange}. */
export interface OverRangeOptions
  extends RangeOptions,
    GateOptions,
    Pick<BiasOptions, 'level' | 'resamples' | 'seed' | 'threads' | 'signal' | 'onProgress'> {
  /** The class of each anomalous sample, for an answer per class too. */
  readonly classes?: ClassLabels | undefined
  /** Which samples belong together, see {@link Groups}. Default: each is on its own. */
  readonly groups?: Groups | undefined
}

const { level, resamples, seed, threads, signal, onProgress } = biasChecks
export const overRangeChecks: OptionChecks<OverRangeOptions> = {
  ...{ level, resamples, seed, threads, signal, onProgress },
  ...rangeChecks,
  ...gateChecks,
  classes: anything,
  groups: anything,
}

/** ξ on one set of anomalies, as a mean over a range of target false-positive rates. */
export interface RangeAnswer extends BiasAnswer {
  /** Anomalous samples. */
  readonly n: number
  /** Means over the range. */
  readonly tprBaseline: number
  readonly tprCandidate: number
}

export interface ClassRangeAnswer extends RangeAnswer {
  readonly name: string
  /** Groups with samples of the class; there with groups alone. */
  readonly nGroups?: number
}

/** What {@link relativeBiasOverRange} answers. */
export interface BiasOverRange extends RangeAnswer {
  /** In the order in which the classes first occur; empty without `classes`. */
  readonly classes: readonly ClassRangeAnswer[]
  readonly fprRange: readonly [number, number]
  readonly over: RangeScale
  readonly level: number
  readonly resamples: number
  readonly seed: number
  readonly nNormal: number
  /** There with groups alone: all, and those with samples of a kind. */
  readonly nGroups?: Omit<GroupCounts, 'classes'>
  /** Of the gate, where a margin is given: `fail` where any class that is judged does, `pass` where all do. */
  readonly verdict?: Verdict | undefined
  /** What to know before relying on the numbers, in sentences. */
  readonly warnings: readonly string[]
}

/**
 * ξ averaged over a range of target false-positive rates [a, b], for whoever has no one target:
 *
 *     ξ̄ = ∫ ξ(f) w(f) df,   w(f) = 1/(f·ln(b/a)) over `log`,   w(f) = 1/(b − a) over `fpr`.
 *
 * The recall of a detector is constant between two multiples of 1/n₀, so the integral is a sum, without a grid. Over `fpr` it is
 * the difference of both partial areas under the ROC curves between a and b (McClish, Medical Decision Making 9, 1989;
 * Dodd and Pepe, Biometrics 59, 2003), divided by b − a. Ties: an anomaly with the score of the threshold is not flagged, and
 * counts nothing where areas by trapezoids count it half.
 *
 * Intervals, p-values and arrows are read off the confidence distribution as those of {@link relativeBias}: every draw is read
 * at 16 targets of the range, and their mean taken. So are families of classes, `margin`
 * and `groups`. Where the lower end allows no false alarm among the normals, nothing is decided.
 *
 * Time: a sort, and 20 µs a draw and class; with `groups` 16 times that of one target. Memory: 16 bytes a draw and class,
 * and 100 MB at most besides.
 *
 * Errors: those of {@link relativeBias}; `OUT_OF_RANGE` for a range that does not go up between 0 and 1.
 *
 * @example
 * const baseline = { normal: Float64Array.of(1, 2, 3, 4), anomalous: Float64Array.of(3, 5, 2) }
 * const candidate = { normal: Float64Array.of(2, 1, 4, 3), anomalous: Float64Array.of(5, 6, 4) }
 * const { xi } = await relativeBiasOverRange({ baseline, candidate }, { fprRange: [0.25, 0.75] })
 */
export async function relativeBiasOverRange(
  scores: { readonly baseline: ScorePair; readonly candidate: ScorePair },
  options: OverRangeOptions,
): Promise<BiasOverRange> {
  const given = requireOptions('relativeBiasOverRange', options, overRangeChecks)
  const { classes, ...asked } = { ...biasDefaults, ...given, resamples: given.resamples }
  const range = rangeOf(asked)
  const compared = { detectors: detectorsOf(scores), labels: pairLabels(classes, true), nameOf: pairNameOf }
  const estimate = await estimateRange(compared, { ...asked, range })
  const { overall, classes: own, verdict } = at(estimate.candidates, 0)
  const counts = estimate.groups
  const { level, seed } = asked
  const { resamples } = estimate
  return {
    ...rangeAnswer(overall),
    classes: own.map((one, k) => ({
      name: at(estimate.sets.classNames, k),
      ...rangeAnswer(one),
      ...(counts && { nGroups: at(counts.classes, k) }),
    })),
    ...{ fprRange: [range.from, range.to], over: range.over, level, resamples, seed },
    nNormal: at(estimate.sets.input.normal, 0).length,
    ...(counts && { nGroups: { all: counts.all, normal: counts.normal, anomalous: counts.anomalous } }),
    ...(verdict === undefined ? {} : { verdict }),
    warnings: rangeWarnings(estimate, { range, level, resamples, names: pairNames }),
  }
}

/** What is said of one set. */
export function rangeAnswer(own: SetAnswer): RangeAnswer {
  const { n, tprBaseline, tprCandidate } = own
  return { n, tprBaseline, tprCandidate, ...answerOf(own) }
}

interface WarnedRange {
  readonly range: FprRange
  readonly level: number
  readonly resamples: number
  /** Of the detectors. */
  readonly names: readonly string[]
}

/** Below this share of the false alarms that targets allow, ties are worth a word. */
const mostTied = 0.99

/** What to know of a mean over a range before relying on it, in sentences. */
export function rangeWarnings(
  { sets, candidates, groups, fprs }: RangeEstimate,
  { range, names, ...asked }: WarnedRange,
): string[] {
  const { normal, definition } = sets.input
  const ends = [
    [range.from, 'begins'],
    [range.to, 'ends'],
  ] as const
  return [
    ...ends.flatMap(([value, does]) =>
      undecidedWarnings(
        {
          kind: 'fpr',
          value,
          definition,
          intervalMethod: 'confidence',
          name: `fpr = ${value}, where the range ${does}`,
        },
        at(normal, 0).length,
      ),
    ),
    ...fprs.flatMap(({ allowed, flagged }, d) =>
      flagged >= mostTied * allowed
        ? []
        : [
            `'${at(names, d)}' gives several normal samples one score. A score equal to the threshold is not flagged. So over the range ` +
              `it flags a mean fraction of ${short(flagged)} of the normal samples, where the targets allow ${short(allowed)}. Use ` +
              'finer scores, without ties',
          ],
    ),
    ...fewAnomaliesWarnings(
      candidates.slice(0, 1).flatMap(({ classes }) => classes.map(({ n }, k) => ({ n, name: at(sets.classNames, k) }))),
    ),
    ...resamplesWarnings(asked),
    ...familyWarnings(
      candidates.flatMap(({ classes }) => classes),
      asked,
    ),
    ...(groups === undefined ? [] : groupsWarnings(groups, sets.classNames)),
  ]
}
