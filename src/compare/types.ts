import type { ScoreArray } from '../native.js'
import type { NormalsBelow } from '../scores/normalsBelow.js'
import type { ScoreCells } from '../scores/scoreCells.js'
import type { MissingSamples, SplitCounts } from '../scores/scoreCollector.js'
import type { AnsweredBy } from '../stats/bias/biasEngine.js'
import type { Direction } from '../stats/bias/direction.js'
import type { GateAnswer, Verdict } from '../stats/bias/gate.js'
import type { GroupCounts, Groups } from '../stats/bias/groupLabels.js'
import type { MixedBias } from '../stats/bias/mix.js'
import type { RelativeBiasCurve } from '../stats/bias/relativeBiasCurve.js'
import type { IntervalMethod } from '../stats/bootstrap/bootstrapInterval.js'
import type { ThresholdRule } from '../stats/ranks/thresholdRule.js'
import type { Alerts } from './alerts.js'
import type { CandidateLaw } from './candidateLaw.js'
import type { TrainingsOf } from './trainingColumns.js'

/** What was compared, how it was asked for, and what the answer is. */

/** Scores of several detectors on the same samples, position by position; the first detector is the baseline. */
export interface ScoreData {
  /** Where they are from: a file's name, or what the caller calls them. */
  readonly source: string
  /** Names of the detectors, the baseline first. */
  readonly detectors: readonly string[]
  /** Normal samples that set the thresholds, [detectors][samples]. */
  readonly validation: readonly ScoreArray[]
  /** Normal samples that are only tested, where a split says so, [detectors][samples]. */
  readonly test?: readonly ScoreArray[] | undefined
  /** Anomalous samples, [detectors][samples]. */
  readonly anomalous: readonly ScoreArray[]
  /** The class of each anomalous sample. */
  readonly classes?: readonly string[] | undefined
  /** The group of each sample of `validation` and `anomalous`; a name in both is one group. Default: each is on its own. */
  readonly groups?: Groups | undefined
  /** Where detectors are trainings of two: for {@link compareSeeds}. */
  readonly trainings?: TrainingsOf | undefined
  /** Normal samples that are counted alone, where `validation` and `test` hold just those that thresholds can reach. */
  readonly below?: LeftOutNormals | undefined
  /** Samples that a split leaves out, and those that lack a score; `notes` says it. */
  readonly ofSplits?: SplitCounts | undefined
  readonly missing?: MissingSamples | undefined
  /** What whoever reads the answer should know of the data, in sentences: these are among its warnings. */
  readonly notes?: readonly string[] | undefined
}

/** Normal samples of which only those are kept that thresholds can reach; see docs/summaries.md. */
export interface LeftOutNormals extends Omit<NormalsBelow, 'cuts' | 'cells'> {
  /** Where they are from: one for each file that was summarised. */
  readonly parts: readonly PartNormals[]
}

/** The normal samples that set thresholds of one part of the data. */
export interface PartNormals {
  readonly name: string
  /** All, kept or not. */
  readonly nNormal: number
  /** By detectors: those left out are below all of these. */
  readonly cuts: Float64Array
  /** By detectors: where the scores of all lie. */
  readonly cells: readonly ScoreCells[]
}

/** A rate, and the exact (Clopper–Pearson) interval of what it estimates. */
export interface Rate {
  readonly n: number
  readonly rate: number
  readonly interval: readonly [number, number]
}

/** A detector at its own threshold. */
export interface ComparedDetector {
  readonly name: string
  readonly threshold: number
  /** On the samples that set the threshold. */
  readonly validationFpr: Rate
  /** On normal samples that did not, where there are any. */
  readonly testFpr?: Rate | undefined
  /**
   * Two-sided, for whether test and validation normals have one law, from how many of either are above the threshold; an
   * upper bound where scores tie with it.
   */
  readonly testPValue?: number | undefined
  /** Validation normals, and anomalous samples, whose score equals the threshold: they are not flagged. */
  readonly ties: { readonly normal: number; readonly anomalous: number }
}

/** ξ on one class of anomalies, or on all of them. */
export interface ComparedClass {
  readonly name: string
  readonly n: number
  /** Groups with samples of the class; there with groups alone. */
  readonly nGroups?: number
  readonly tprBaseline: Rate
  readonly tprCandidate: Rate
  readonly xi: number
  /** For this class and candidate alone. */
  readonly interval: readonly [number, number]
  readonly pValue: number
  /** Holds for all classes of all candidates at once, and at all targets. */
  readonly simultaneous: readonly [number, number]
  readonly pAdjusted: number
  /** Of the simultaneous interval: an arrow only where it excludes 0. */
  readonly direction: Direction
  /**
   * Samples of the class that would, if ξ is what it seems, likely (power 0.8) have been enough for an arrow; undefined
   * with one. Infinity where no number would, for want of normal samples or of a difference.
   */
  readonly enough?: number | undefined
  /** Whether ξ is within a margin, where one is given. */
  readonly gate?: GateAnswer | undefined
}

/** One candidate against the baseline. */
export interface CandidateComparison {
  readonly candidate: ComparedDetector
  /** In the order in which the classes first occur; empty without classes. */
  readonly classes: readonly ComparedClass[]
  /**
   * Over all anomalies. It is not among those that the classes' `simultaneous` holds for: its own holds for all
   * anomalies of all candidates and targets, and for a single one equals its interval. A single class is all anomalies, and
   * has this very answer.
   */
  readonly overall: ComparedClass
  /** On the mix of classes that was asked about. */
  readonly mix?: MixedBias | undefined
  /** ξ over target false-positive rates, all anomalies together, where asked for. */
  readonly curve?: RelativeBiasCurve | undefined
  /** Of the gate, where a margin is given: `fail` where any class that is judged does, `pass` where all do. */
  readonly verdict?: Verdict | undefined
  /** Where asked for. */
  readonly law?: CandidateLaw
}

/** What there is to show of a candidate: each class and all anomalies, which are one where there is a single class. */
export function shownSets({ classes, overall }: CandidateComparison): readonly ComparedClass[] {
  return classes.length === 1 ? classes : [...classes, overall]
}

/** Comparisons at several targets. What holds for all classes and candidates at once holds for all targets, too. */
export interface TargetsComparison {
  /** In the order of the targets. */
  readonly targets: readonly Comparison[]
  /** Of the gate, where a margin is given: `fail` where it does at any target, `pass` where it does at all. */
  readonly verdict?: Verdict | undefined
}

/** What `compare` answers. */
export interface Comparison {
  readonly source: string
  readonly fpr: number
  /** All targets that the simultaneous intervals hold for at once, where there are several. */
  readonly fprs?: readonly number[] | undefined
  readonly thresholdRule: ThresholdRule
  /** Of the threshold `certified`: the probability with which the true FPR may exceed the target. */
  readonly delta?: number | undefined
  readonly level: number
  readonly intervalMethod: IntervalMethod
  /** Undefined where nothing was drawn. */
  readonly resamples: number | undefined
  readonly seed: number | undefined
  /** What answered: an engine, or draws of the confidence distribution. */
  readonly engine: AnsweredBy
  /**
   * How simultaneous intervals hold over several candidates: `joint` over shared resamples, or, where each candidate has
   * draws of its own, `bonferroni` over candidates and joint within each.
   */
  readonly multiplicity: 'joint' | 'bonferroni'
  /** Normal samples that set the thresholds, and anomalous samples. */
  readonly nNormal: number
  readonly nAnomalous: number
  /** There with groups alone: all, and those with samples of a kind. */
  readonly nGroups?: Omit<GroupCounts, 'classes'>
  readonly baseline: ComparedDetector
  readonly candidates: readonly CandidateComparison[]
  /** Of the gate, where a margin is given: `fail` where any candidate does, `pass` where all do. */
  readonly verdict?: Verdict | undefined
  /** Precision and alerts a day of all detectors, where a prevalence is given. */
  readonly alerts?: Alerts | undefined
  /** What to know before relying on the numbers, in sentences. */
  readonly warnings: readonly string[]
  readonly elapsedSeconds: number
}
