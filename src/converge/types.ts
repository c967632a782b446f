import type { AnomalyClasses, AnomalyShare } from '../data/splits/anomalyMixture.js'
import type { StandardisedOver } from '../data/splits/standardisedOver.js'
import type { LabelledTable } from '../data/tables/labelledTable.js'
import type { DecoderOutput } from '../detectors/detectorGraph.js'
import { frozen } from '../frozen.js'
import type { TakenDevice } from '../runtime/device.js'
import type { Provenance } from '../study/core/provenance.js'
import type { StudyData, StudyResult } from '../study/core/types.js'
import type { PairOptions } from '../study/pairOptions.js'
import type { StudyOptions } from '../study/studyOptions.js'
import type { KnownRates } from '../theory/biasVariance.js'

/** What a convergence study is asked for, and what it answers. */

/**
 * What ξ̂ of a run is measured on.
 *
 * - `fresh`: anomalies of the run's own, αn/(1 − α) of them beside its n normals, and the FPR on the whole law of normal
 *   scores. A run is then a sample of Theorem 3, and all of ξ̂ converges.
 * - `fixed`: as published, one test set for all runs, `nTest` normals and α·`nTest` anomalies. Only the thresholds vary between
 *   runs; ξ̂ and FPR converge to their values on that test set.
 */
export type TestSet = 'fresh' | 'fixed'
/** What ξ̂ can be measured on: fresh anomalies, or one set for all runs. */
export const testSets: readonly TestSet[] = frozen(['fresh', 'fixed'])

/** How a threshold is read off a run's normal scores, see `threshold`. */
export const convergeThresholdRules = frozen(['inverse-cdf', 'supremum', 'linear'] as const)
/** One of {@link convergeThresholdRules}. */
export type ConvergeThresholdRule = (typeof convergeThresholdRules)[number]

/** How runs are drawn and read, wherever the scores come from. */
export interface ConvergeScoresOptions extends Pick<StudyOptions, 'fpr' | 'seed' | 'onProgress'> {
  /** Numbers of normal samples that thresholds are set on, each at least 2; default 100, 1,000 and 10,000. */
  readonly sizes?: readonly number[] | undefined
  /** Fractions of anomalies α, each in (0, 1); default 0.01, 0.05, 0.1 and 0.2. */
  readonly alphas?: readonly number[] | undefined
  /** Runs for each size and fraction, at least 2, default 1,500. */
  readonly runs?: number | undefined
  /** Default `inverse-cdf`; the paper's reference program interpolated (`linear`). */
  readonly thresholdRule?: ConvergeThresholdRule | undefined
  /** Default `fresh`. */
  readonly test?: TestSet | undefined
  /** Normal samples of a `fixed` test set, default 20,000; of `converge`, what the data set has. */
  readonly nTest?: number | undefined
  /** Probability in (0, 1) with which the bounds of Theorem 3 may fail, default 0.05. */
  readonly delta?: number | undefined
  /** When it fires, the study stops within a block of runs and rejects with `ABORTED`. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Where a data set is in the paper, its defaults are the published ones (`publishedUse`): classes, runs, sizes, and
 * `share` times the numbers of samples to train on and to test on, as far as half of the samples there are allows.
 */
export interface ConvergeOptions extends ConvergeScoresOptions, PairOptions, Pick<StudyOptions, 'store'> {
  /**
   * One of `datasetNames`, or a table of the caller's, whose sizes are 100, 200, 500, 1,000, … up to the normals that runs
   * are drawn from. `synthetic` is drawn from `seed`, so that `dataDir` and `dataSeed` change nothing.
   */
  readonly dataset: string | LabelledTable
  /**
   * The class of the anomalies that are learnt from and detected; several, all their samples as one; or several with their
   * shares. Of a table default the first class that is not normal.
   */
  readonly anomaly?: AnomalyClasses | undefined
  /** Normal samples to train on, at least 10, beside a tenth as many labelled anomalies; of a table default half of them. */
  readonly nTrain?: number | undefined
}

/** The distribution of one quantity over runs. */
export interface Distribution {
  readonly mean: number
  /** Divisor runs − 1. */
  readonly sd: number
  readonly min: number
  readonly max: number
  /** Interpolated linearly (type 7 of Hyndman and Fan): 2.5, 25, 50, 75 and 97.5 %. */
  readonly quantiles: readonly [low: number, lower: number, median: number, upper: number, high: number]
  /** The furthest values within 1.5 interquartile ranges of the quartiles, as box plots draw them. */
  readonly whiskers: readonly [number, number]
}

/** A version of Theorem 3 beside what was observed. */
export interface ObservedBound {
  readonly version: 'published' | 'sharp'
  /** |ξ̂ − ξ| ≤ ε with probability 1 − δ at the sizes of the cell, if the version is right; above 2 it says nothing. */
  readonly epsilon: number
  /** The fraction of runs with a larger error: δ at most, where the bound holds. */
  readonly exceeded: number
}

/** All runs of one size and one fraction of anomalies. */
export interface ConvergenceCell {
  /** Normal samples that each threshold was set on. */
  readonly n: number
  readonly alpha: number
  /** Anomalies that each ξ̂ was measured on. */
  readonly nAnomalous: number
  readonly xi: Distribution
  readonly fprBaseline: Distribution
  readonly fprCandidate: Distribution
  /** |ξ̂ − ξ| over runs: root mean square, and the quantile at 1 − δ. */
  readonly error: { readonly rms: number; readonly quantile: number }
  /** What theory says before any run. */
  readonly expected: {
    /** To first order, see `theory.biasVariance`. */
    readonly xiSd: number
    /** Of the true FPR, Beta(c + 1, n − c) with c scores above the threshold; absent where it is interpolated. */
    readonly trueFpr?: { readonly mean: number; readonly sd: number }
  }
  readonly bounds: readonly ObservedBound[]
}

/** The slope of log sd on log n by least squares: −1/2 where the sd falls as 1/√n. */
export interface RateFit {
  readonly slope: number
  /** From the runs' scatter, kurtosis included, the cells being independent. */
  readonly standardError: number
}

/** How fast the spread falls at one fraction of anomalies; a fit is absent where a spread is 0 or there is one size only. */
export interface ConvergenceRate {
  readonly alpha: number
  readonly xi?: RateFit
  readonly fprBaseline?: RateFit
  readonly fprCandidate?: RateFit
}

/** What the runs converge to. */
export interface ConvergenceTruth {
  /** ξ at the thresholds that the rule asked for reads off the samples that runs are drawn from, or that stand in for their law. */
  readonly xi: number
  /** Of `xi`, where samples stand in for a law; 0 where they are the law. */
  readonly standardError: number
  readonly nNormal: number
  readonly nAnomalous: number
  /** Recalls at these thresholds, slopes of the ROC curves and correlations at the target. */
  readonly rates: KnownRates
}

/** What a convergence study found, wherever its scores came from. */
export interface ScoreConvergence {
  readonly sizes: readonly number[]
  readonly alphas: readonly number[]
  readonly runs: number
  readonly fpr: number
  readonly thresholdRule: ConvergeThresholdRule
  readonly test: TestSet
  /** Normal samples of the fixed test set; absent where there is none. */
  readonly nTest?: number
  readonly delta: number
  readonly seed: number
  readonly truth: ConvergenceTruth
  /** α by α, and in each size by size. */
  readonly cells: readonly ConvergenceCell[]
  readonly rates: readonly ConvergenceRate[]
  /** Samples that both detectors scored for the runs. */
  readonly nScored: number
  readonly samplingSeconds: number
  readonly warnings: readonly string[]
}

export interface Convergence
  extends ScoreConvergence,
    Omit<Provenance, 'elapsedSeconds'>,
    TakenDevice,
    Pick<StudyResult, 'dataset' | 'simulated' | 'detectors' | 'settings' | 'workers'>,
    Pick<StudyData, 'oneHot' | 'impute'> {
  /** Which samples standardised the features; null where none did. */
  readonly standardisedOver: StandardisedOver | null
  /** Share of the data set's samples that was used, and the seed that they were drawn or simulated from. */
  readonly share: number
  readonly dataSeed: number
  /** Of the samples loaded, as `StudyData.sha256`; absent where they are drawn from `seed`, as `nSamples` is. */
  readonly sha256?: string
  readonly nSamples?: number
  /** Classes in the data set's order. */
  readonly normal: readonly string[]
  readonly anomaly: readonly string[]
  /** The shares of the anomalies, where they were given. */
  readonly mixture?: readonly AnomalyShare[]
  readonly training: {
    readonly nNormal: number
    /** Further normal samples that measured the validation loss; absent where none did. */
    readonly nHeldOut?: number
    readonly nAnomalous: number
    /** For example `mlp 36-32-16-8`. */
    readonly network: string
    readonly epochs: number
    readonly pretrainEpochs: number
    /** Adam's. */
    readonly learningRate: number
    readonly decoder: DecoderOutput
    readonly seconds: number
  }
}
