import type { ScoreArray } from '../../native.js'
import type { Design } from '../bootstrap/bootstrapInput.js'
import type { AnsweredBy } from './biasEngine.js'
import type { Direction } from './direction.js'
import type { GateAnswer, GateOptions, Verdict } from './gate.js'
import type { GroupCounts, Groups } from './groupLabels.js'
import type { BiasOptions } from './options.js'
import type { PairLabels } from './sets.js'

/** One detector's scores of normal and of anomalous samples; larger means more anomalous. */
export interface ScorePair {
  readonly normal: ScoreArray
  readonly anomalous: ScoreArray
}

export interface RelativeBiasOptions extends BiasOptions, GateOptions {
  /** Whether both detectors scored the same samples, position by position. Default `paired`. */
  readonly design?: Design | undefined
  /**
   * The class of each anomalous sample, for an answer per class too. In the `independent` design one array for each
   * detector.
   */
  readonly classes?: PairLabels | undefined
  /**
   * Which samples belong together, see {@link Groups}: patients, devices, days. Whole groups are then what was drawn. Paired,
   * with the interval method `confidence`. Default: each sample is on its own.
   */
  readonly groups?: Groups | undefined
  /** Whether to return the replicates. Default false. */
  readonly replicates?: boolean | undefined
  /** Whether to give {@link ClassBias.pStepDown}. Default false. */
  readonly stepDown?: boolean | undefined
}

/** What a detector does at its own threshold. */
export interface DetectorReading {
  /** τ: a sample is flagged when its score is strictly greater. */
  readonly threshold: number
  /** The fraction of all anomalous samples flagged. */
  readonly observedTpr: number
  /** The fraction of the normal samples flagged. */
  readonly observedFpr: number
}

/** What is said of ξ on one set of anomalies. */
export interface BiasAnswer {
  readonly xi: number
  /** For this set alone. */
  readonly interval: readonly [number, number]
  /** Two-sided, for ξ = 0, for this set alone. */
  readonly pValue: number
  /** Holds for all sets of its family at once; see {@link simultaneous}. */
  readonly simultaneous: readonly [number, number]
  /** Two-sided, for ξ = 0, adjusted for the number of sets of the family; see {@link simultaneous}. */
  readonly pAdjusted: number
  /** Of the simultaneous interval. */
  readonly direction: Direction
  /** Whether ξ is within a margin, where one is given. */
  readonly gate?: GateAnswer | undefined
}

/** The relative scoring bias on one class of anomalies; the classes make one family. */
export interface ClassBias extends BiasAnswer {
  readonly name: string
  /** Anomalous samples of the class that the baseline scored; the candidate's number, if another, is `nCandidate`. */
  readonly n: number
  readonly nCandidate: number
  readonly tprBaseline: number
  readonly tprCandidate: number
  /**
   * Two-sided, for ξ = 0, adjusted for the family step by step, on request: at most `pAdjusted`, and below it for all but the
   * smallest p-value. It holds the error rate of the family as well. Its interval does not exist, so that it may be at most α
   * where `simultaneous` holds 0 and `direction` is undecided. See docs/intervals.md.
   */
  readonly pStepDown?: number
  /** Groups with samples of the class; there with `groups` alone. */
  readonly nGroups?: number
  /** Float64Array [resamples] each, on request. */
  readonly replicates?: ClassReplicates
}

/** Replicates on one class, Float64Array [resamples] each. */
export interface ClassReplicates {
  readonly xi: Float64Array
  readonly tprBaseline: Float64Array
  readonly tprCandidate: Float64Array
}

/** Replicates over all anomalies, Float64Array [resamples] each. */
export interface BiasReplicates extends ClassReplicates {
  readonly thresholdBaseline: Float64Array
  readonly thresholdCandidate: Float64Array
}

/** ξ = TPR(candidate) − TPR(baseline) over all anomalous samples, which are a family of one, and on each class. */
export interface RelativeBias extends BiasAnswer {
  readonly baseline: DetectorReading
  readonly candidate: DetectorReading
  /** In the order in which the classes first occur; empty without `classes`. */
  readonly classes: readonly ClassBias[]
  readonly fpr: number
  readonly level: number
  /** Undefined where nothing was drawn. */
  readonly resamples: number | undefined
  readonly seed: number | undefined
  readonly design: Design
  /** Samples that the baseline scored; in the paired design the candidate scored the same. */
  readonly nNormal: number
  readonly nAnomalous: number
  /** There with `groups` alone: all, and those with samples of a kind. */
  readonly nGroups?: Omit<GroupCounts, 'classes'>
  /** What answered: see {@link BiasEngine}. With `exact`, draws are of the sets whose replacement a warning names. */
  readonly engine: AnsweredBy
  /** What to know before relying on the numbers, in sentences. */
  readonly warnings: readonly string[]
  readonly replicates?: BiasReplicates
  /** Of the gate, where a margin is given: `fail` where any class that is judged does, `pass` where all do. */
  readonly verdict?: Verdict | undefined
}
