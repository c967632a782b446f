import type { JobOptions } from '../../job.js'
import type { ScoreArray } from '../../native.js'
import type { OnProgress } from '../../progress.js'
import type { Design } from '../bootstrap/bootstrapInput.js'
import type { IntervalMethod } from '../bootstrap/bootstrapInterval.js'
import type { DecidedEngine, Engine } from '../bootstrap/engine.js'
import type { ThresholdRule } from '../ranks/thresholdRule.js'
import type { PairLabels } from './classGroups.js'
import type { Direction } from './direction.js'

/** One detector's scores of normal and of anomalous samples; larger means more anomalous. */
export interface ScorePair {
  readonly normal: ScoreArray
  readonly anomalous: ScoreArray
}

export interface RelativeBiasOptions extends JobOptions {
  /** Target false-positive rate in (0, 1). Default 0.05. */
  readonly fpr?: number | undefined
  /** How thresholds are read off normal scores. Default `inverse-cdf`; see {@link threshold}. */
  readonly thresholdRule?: ThresholdRule | undefined
  /** Of the threshold `certified`: δ in (0, 1). Default 0.05. */
  readonly delta?: number | undefined
  /** Whether both detectors scored the same samples, position by position. Default `paired`. */
  readonly design?: Design | undefined
  /** Number of bootstrap replicates, 2 to 2³¹ − 1. Default 10,000. */
  readonly resamples?: number | undefined
  /** Confidence level in (0, 1). Default 0.95. */
  readonly level?: number | undefined
  /** Default `bca`; see {@link bootstrapInterval}. */
  readonly intervalMethod?: IntervalMethod | undefined
  /** Integer in [0, 2⁵³); decides every bit of the result. Default 0. */
  readonly seed?: number | undefined
  /** Default `auto`; see {@link Engine}. */
  readonly engine?: Engine | undefined
  /**
   * The class of each anomalous sample, for an answer per class too. In the `independent` design one array for each
   * detector.
   */
  readonly classes?: PairLabels | undefined
  /** Whether to return the replicates. Default false. */
  readonly replicates?: boolean | undefined
  readonly onProgress?: OnProgress | undefined
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

/** The relative scoring bias on one class of anomalies. */
export interface ClassBias {
  readonly name: string
  /** Anomalous samples of the class that the baseline scored; the candidate's number, if another, is `nCandidate`. */
  readonly n: number
  readonly nCandidate: number
  readonly tprBaseline: number
  readonly tprCandidate: number
  readonly xi: number
  /** For this class alone. */
  readonly interval: readonly [number, number]
  /** Two-sided, for ξ = 0, for this class alone. */
  readonly pValue: number
  /** Holds for all classes at once; see {@link simultaneous}. */
  readonly simultaneous: readonly [number, number]
  /** Two-sided, for ξ = 0, adjusted for the number of classes; see {@link simultaneous}. */
  readonly pAdjusted: number
  /** Of the simultaneous interval. */
  readonly direction: Direction
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

export interface RelativeBias {
  /** ξ = TPR(candidate) − TPR(baseline) over all anomalous samples. */
  readonly xi: number
  readonly baseline: DetectorReading
  readonly candidate: DetectorReading
  readonly interval: readonly [number, number]
  /** Two-sided, for ξ = 0. */
  readonly pValue: number
  readonly direction: Direction
  /** In the order in which the classes first occur; empty without `classes`. */
  readonly classes: readonly ClassBias[]
  readonly fpr: number
  readonly level: number
  readonly resamples: number
  readonly seed: number
  readonly design: Design
  /** Samples that the baseline scored; in the paired design the candidate scored the same. */
  readonly nNormal: number
  readonly nAnomalous: number
  /** The engine used. */
  readonly engine: DecidedEngine
  /** What to know before relying on the numbers, in sentences. */
  readonly warnings: readonly string[]
  readonly replicates?: BiasReplicates
}
