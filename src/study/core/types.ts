import type { Imputation } from '../../data/core/columnScale.js'
import type { DistanceKind } from '../../data/core/dataset.js'
import type { AnomalyShare } from '../../data/splits/anomalyMixture.js'
import type { SplitKind } from '../../data/splits/splitKind.js'
import type { StandardisedOver } from '../../data/splits/standardisedOver.js'
import type { Divergence } from '../../detectors/divergence.js'
import type { ValidationRecord } from '../../detectors/earlyStopping.js'
import type { TakenDevice } from '../../runtime/device.js'
import type { MeanSd } from '../../stats/meanSd.js'
import type { RunAnswer } from '../../stats/runs/runAnswer.js'
import type { Provenance, StudySettings } from './provenance.js'
import type { Similarity } from './similarityTrend.js'

export type { Divergence } from '../../detectors/divergence.js'
export type { Direction } from '../../stats/bias/direction.js'
export type { MeanSd } from '../../stats/meanSd.js'
export type { RunAnswer } from '../../stats/runs/runAnswer.js'
export type { StudySettings } from './provenance.js'

/** What a study answers. */

/** The answer for one class of anomalies. The family is all classes of a study, or all cells of a matrix. */
export interface ClassResult extends ClassRates, RunAnswer {}

/** What both detectors did on one class of anomalies. */
export interface ClassRates {
  readonly name: string
  /** Samples tested in each run: all of the class, less those trained on. */
  readonly n: number
  /** Distance to the class of the labelled anomalies, or the mean of their mixture, see `StudyResult.distance`. */
  readonly l2: number
  /** Recall at the threshold, over runs. */
  readonly tprBaseline: MeanSd
  readonly tprCandidate: MeanSd
  /** Relative scoring bias: mean TPR of the candidate − mean TPR of the baseline. */
  readonly xi: number
}

/** Scores of one detector in one run: what Figure 1 draws. */
export interface RunDetectorScores {
  readonly threshold: number
  /** Scores of the threshold (validation) set. */
  readonly normal: Float32Array
  /** Scores of each class of anomalies as tested, in the order of `StudyResult.classes`. */
  readonly classes: readonly Float32Array[]
}

/** Both detectors' scores in run number `run`. */
export interface RunScores {
  readonly run: number
  readonly baseline: RunDetectorScores
  readonly candidate: RunDetectorScores
}

/** How the training of one detector in run number `run` went. */
export interface RunTraining {
  readonly run: number
  /** Mean loss of every epoch, up to the one in which a loss was no longer finite. */
  readonly losses: Float64Array
  /** The same of pretraining; empty for detectors without it. */
  readonly pretrainLosses: Float64Array
  /** Losses of held-out normal samples; present with a `validationShare`. */
  readonly validation?: ValidationRecord
  /** Why this run cannot be used; absent where it can. */
  readonly divergence?: Divergence
}

/** What a study trained on, and how that went. */
export interface StudyTraining {
  /** Normal samples and labelled anomalies that each run trained on. */
  readonly nNormal: number
  /** Further normal samples of each run that measured the validation loss; absent where none did. */
  readonly nHeldOut?: number
  readonly nAnomaly: number
  /** Numbers of the runs in which both detectors converged: those that all other figures are made of. */
  readonly converged: readonly number[]
  /** Every run, those left out included. */
  readonly baseline: readonly RunTraining[]
  readonly candidate: readonly RunTraining[]
}

/** Which samples a study was made of. */
export interface StudyData {
  /**
   * SHA-256, in hexadecimal, of all features (float32, little-endian), then all labels (one byte each): features as trained on,
   * but raw ones where every run standardises them for itself.
   */
  readonly sha256: string
  readonly nSamples: number
  /** The share of every class that was asked for; absent where the data set decided. */
  readonly share?: number
  /** Seed of the samples simulated, and of those drawn for `share`. */
  readonly dataSeed: number
  /** Columns of the caller's table whose categories are features; absent where there are none. */
  readonly oneHot?: readonly string[]
  /** What stands for missing features, over the normal samples that each run trains on; absent where none may be missing. */
  readonly impute?: Imputation
}

/** The answer of a study. */
export interface StudyResult extends Provenance, TakenDevice {
  readonly dataset: string
  /** Absent in studies that were stored before it was recorded. */
  readonly data?: StudyData
  /** Whether the samples were computed, not measured. */
  readonly simulated: boolean
  readonly split: SplitKind
  /** Which samples standardised the features; null where none did. Absent in studies that were stored before it was recorded. */
  readonly standardisedOver?: StandardisedOver | null
  /** The normal class; of several their union, as in `grey soil + damp grey soil`. */
  readonly normal: string
  /** The class of the labelled anomalies; of a mixture as in `shirt=0.9,sneaker=0.1`. */
  readonly anomaly: string
  /** The classes of a mixture with their shares; absent where there is one class. */
  readonly mixture?: readonly AnomalyShare[]
  /** Runs trained; `training.converged` lists those that count. */
  readonly runs: number
  readonly fpr: number
  readonly level: number
  readonly seed: number
  readonly resamples: number
  readonly detectors: { readonly baseline: string; readonly candidate: string }
  /** In order of increasing distance to the class of the labelled anomalies, which comes first. */
  readonly classes: readonly ClassResult[]
  /** How ξ goes with the distance to the class of the labelled anomalies. */
  readonly similarity: Similarity
  /** One sentence: which sources of variation the intervals account for, and how they were computed. */
  readonly intervalCovers: string
  readonly epochs: number
  readonly pretrainEpochs: number
  readonly workers: number
  /**
   * How distances are measured, between class means of the features as trained on; where every run standardises them for
   * itself, of features standardised over the normal class.
   */
  readonly distance: DistanceKind
  /** Distance between the normal class and the class of the labelled anomalies, as `ClassResult.l2`. */
  readonly l2Normal: number
  readonly training: StudyTraining
  /**
   * The set on which the thresholds are taken: its size, how many of it each run trained on, and the share of it that each
   * detector flags, over runs.
   */
  readonly validation: {
    readonly n: number
    readonly nTrainedOn: number
    readonly fprBaseline: MeanSd
    readonly fprCandidate: MeanSd
  }
  readonly settings: StudySettings
  /** Make of the processor and system; absent in studies that were stored before it was recorded. */
  readonly processor?: string
  readonly warnings: readonly string[]
  /** Scores of the first run that counts, for the report; not part of the JSON output. */
  readonly scores: RunScores
}
