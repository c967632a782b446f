import { biasDefaults } from '../biasDefaults.js'
import { at, type OptionChecks, requireOptions, wrongType } from '../check.js'
import { counted } from '../counted.js'
import { ScoringBiasError } from '../errors.js'
import { enoughOf } from '../stats/bias/enoughSamples.js'
import type { SetAnswer } from '../stats/bias/families.js'
import { type RangeScale, rangeOf } from '../stats/bias/fprRange.js'
import { type Verdict, verdictOfAll } from '../stats/bias/gate.js'
import type { GroupCounts } from '../stats/bias/groupLabels.js'
import { estimateRange } from '../stats/bias/rangeBias.js'
import {
  type ClassRangeAnswer,
  type OverRangeOptions,
  overRangeChecks,
  rangeAnswer,
  rangeWarnings,
} from '../stats/bias/relativeBiasOverRange.js'
import { comparedSets, namedScores } from './scoreData.js'
import { reachedRange } from './summary/reachedScores.js'
import type { ScoreData } from './types.js'
import { reversedWarnings, worseThanChance } from './worseThanChance.js'

/** Options of {@link compareRange}. */
export type CompareRangeOptions = Omit<OverRangeOptions, 'classes' | 'groups'>

const { classes: _, groups: __, ...checks } = overRangeChecks
const ownChecks: OptionChecks<CompareRangeOptions> = checks

/** ξ on one class of anomalies, or on all of them, as a mean over a range of targets. */
export interface RangeClass extends ClassRangeAnswer {
  /**
   * Samples of the class that would, if ξ is what it seems, likely (power 0.8) have been enough for an arrow; undefined
   * with one. Infinity where no number would.
   */
  readonly enough?: number | undefined
}

/** A detector, which has no one threshold over a range. */
export interface NamedDetector {
  readonly name: string
}

/** One candidate against the baseline, over a range of targets. */
export interface RangeCandidate {
  readonly candidate: NamedDetector
  /** In the order in which the classes first occur; empty without classes. */
  readonly classes: readonly RangeClass[]
  /** Over all anomalies; its simultaneous interval holds for those of all candidates. */
  readonly overall: RangeClass
  /** Of the gate, where a margin is given. */
  readonly verdict?: Verdict | undefined
}

/** Detectors on the same samples, over a range of targets: {@link relativeBiasOverRange} with names and several candidates. */
export interface RangeComparison {
  readonly source: string
  readonly fprRange: readonly [number, number]
  readonly over: RangeScale
  readonly level: number
  readonly resamples: number
  readonly seed: number
  /** How simultaneous intervals hold over several candidates; those of samples in groups are joint. */
  readonly multiplicity: 'joint' | 'bonferroni'
  readonly nNormal: number
  readonly nAnomalous: number
  /** There with groups alone: all, and those with samples of a kind. */
  readonly nGroups?: Omit<GroupCounts, 'classes'>
  readonly baseline: NamedDetector
  readonly candidates: readonly RangeCandidate[]
  /** Of the gate, where a margin is given: `fail` where any candidate does, `pass` where all do. */
  readonly verdict?: Verdict | undefined
  /** What to know before relying on the numbers, in sentences. */
  readonly warnings: readonly string[]
  readonly elapsedSeconds: number
}

/**
 * Compares detectors that scored the same samples by their mean recall over a range of target false-positive rates
 * ({@link relativeBiasOverRange}, docs/ranges.md), for each class of anomalies. All candidates and classes are one family, over
 * candidates by Bonferroni.
 *
 * A single class is all anomalies: `overall` is that answer under its own name.
 *
 * Time and memory: those of {@link relativeBiasOverRange} for each candidate. Errors: the same; `OUT_OF_RANGE` for scores of
 * several trainings of a detector.
 *
 * @example
 * const { candidates } = await compareRange({
 *   source: 'example',
 *   detectors: ['old', 'new'],
 *   validation: [Float64Array.of(1, 2, 3, 4), Float64Array.of(2, 1, 4, 3)],
 *   anomalous: [Float64Array.of(3, 5, 2), Float64Array.of(5, 6, 4)],
 * }, { fprRange: [0.25, 0.75] })
 */
export async function compareRange(scores: ScoreData, options: CompareRangeOptions): Promise<RangeComparison> {
  const began = performance.now()
  const given = requireOptions('compareRange', options, ownChecks)
  const asked = { ...biasDefaults, ...given, resamples: given.resamples }
  if (typeof scores !== 'object' || scores === null) throw wrongType('scores', 'an object of arrays', scores)
  const { groups, trainings } = scores
  if (trainings !== undefined) {
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      'a range is for detectors that were trained once. Compare several trainings of each at one target, with compareSeeds',
    )
  }
  const range = rangeOf(asked)
  const named = namedScores(scores)
  const { detectors, source, notes = [] } = named
  const { filled, cells, nTest } = reachedRange(named, range)
  const { compared, test } = comparedSets(filled)
  const estimate = await estimateRange(compared, { ...asked, range, groups: filled.groups })
  const { sets, groups: counts } = estimate
  const candidates = estimate.candidates.map(({ overall, classes, verdict }, i): RangeCandidate => {
    const of = (name: string, own: SetAnswer, nGroups: number | undefined): RangeClass => ({
      name,
      ...rangeAnswer(own),
      ...(nGroups === undefined ? {} : { nGroups }),
      enough: own.direction === 'none' ? enoughOf(own, { gamma: own.gamma }) : undefined,
    })
    return {
      candidate: { name: at(detectors, i + 1) },
      classes: classes.map((own, k) => of(at(sets.classNames, k), own, counts && at(counts.classes, k))),
      overall: of('all anomalies', overall, counts?.anomalous),
      ...(verdict === undefined ? {} : { verdict }),
    }
  })
  const { level, seed } = asked
  const { resamples } = estimate
  const verdict = verdictOfAll(candidates.map((one) => one.verdict))
  const scored = detectors.map((name, d) => ({
    name,
    normal: cells === undefined ? at(sets.input.normal, d) : at(cells, d),
    anomalous: at(at(sets.input.anomalous, d), 0),
  }))
  return {
    ...{ source, fprRange: [range.from, range.to], over: range.over, level, resamples, seed },
    multiplicity: counts === undefined && candidates.length > 1 ? 'bonferroni' : 'joint',
    nNormal: at(sets.input.normal, 0).length,
    nAnomalous: at(estimate.candidates, 0).overall.n,
    ...(counts && { nGroups: { all: counts.all, normal: counts.normal, anomalous: counts.anomalous } }),
    ...{ baseline: { name: at(detectors, 0) }, candidates },
    ...(verdict === undefined ? {} : { verdict }),
    warnings: [
      ...notes,
      // The bound that this is told by is for samples on their own.
      ...reversedWarnings(groups === undefined ? await worseThanChance(scored) : []),
      ...rangeWarnings(estimate, { range, level, resamples, names: detectors }),
      ...testWarnings(nTest ?? (test === undefined ? 0 : at(test, 0).length)),
    ],
    elapsedSeconds: (performance.now() - began) / 1000,
  }
}

function testWarnings(n: number): string[] {
  if (n === 0) return []
  return [
    `${counted(n, 'normal test sample is', 'normal test samples are')} not used. Detectors are compared at thresholds set on the normal ` +
      'validation samples',
  ]
}
