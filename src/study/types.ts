import type { DatasetOptions, DistanceKind } from '../data/dataset.js'
import type { Anomalies, AnomalyShare } from '../data/splits/anomalyMixture.js'
import type { NormalClasses } from '../data/splits/normalClasses.js'
import type { SplitKind } from '../data/splits/splitKind.js'
import type { LabelledTable } from '../data/tables/labelledTable.js'
import type { DecoderOutput } from '../detectors/detectorGraph.js'
import type { Divergence } from '../detectors/divergence.js'
import type { TrainingSettings } from '../detectors/settings.js'
import type { Device, DeviceRequest } from '../runtime/device.js'
import type { Direction } from '../stats/bias/direction.js'
import type { MeanSd } from '../stats/meanSd.js'
import type { Similarity } from './similarityTrend.js'

export type { Divergence } from '../detectors/divergence.js'
export type { Direction } from '../stats/bias/direction.js'
export type { MeanSd } from '../stats/meanSd.js'

/** What a study is asked for, how it reports on its way, and what it answers. */

/** A study: two detectors trained `runs` times on one data set and compared on each class of anomalies. */
export interface StudyOptions extends Omit<DatasetOptions, 'signal'> {
  /** One of `datasetNames`, or a table of the caller's. */
  readonly dataset: string | LabelledTable
  /** The class that counts as normal, or several that count as one; default: the data set's own (see {@link Dataset.defaults}). */
  readonly normal?: NormalClasses
  /** The class that the labelled anomalies are drawn from, or several with their shares; default: the data set's own. */
  readonly anomaly?: Anomalies
  /** Detector s, default `deep-svdd`. */
  readonly baseline?: string
  /** Detector s′, default `deep-sad`. */
  readonly candidate?: string
  /** Trainings of each detector, each with its own seed and split; 1 … 10,000, default 5. */
  readonly runs?: number
  /** Target false-positive rate in (0, 1), default 0.05. */
  readonly fpr?: number
  /** Confidence level of the intervals in (0, 1), default 0.95. */
  readonly level?: number
  /** Bootstrap replicates, 100 … 10,000,000, default 10,000. */
  readonly resamples?: number
  /** Passes over the training data, 1 … 100,000, default 200. */
  readonly epochs?: number
  /** Passes of the autoencoder pretraining, 0 … 100,000, default 100; detectors without pretraining ignore it. */
  readonly pretrainEpochs?: number
  /** Default: the published setting, `sigmoid`; for a table of the caller's `identity`, which suits standardised features. */
  readonly decoder?: DecoderOutput
  /** Default: `published` for data sets with a name, `held-out` for tables of the caller's. */
  readonly split?: SplitKind
  /** Default `auto`. */
  readonly device?: DeviceRequest
  /** Worker threads that train, 1 … 1,024; default: one for each processor, at most one for each training. */
  readonly workers?: number
  /** Root of all randomness, 0 … 2⁵³ − 1, default 0: the same seed gives the same result on the same device. */
  readonly seed?: number
}

/** The answer for one class of anomalies. */
export interface ClassResult {
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
  /** Confidence interval of ξ at `level`. */
  readonly interval: readonly [number, number]
  readonly direction: Direction
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
  /** Why this run cannot be used; absent where it can. */
  readonly divergence?: Divergence
}

/** What a study trained on, and how that went. */
export interface StudyTraining {
  /** Sizes of the training sets of each run. */
  readonly nNormal: number
  readonly nAnomaly: number
  /** Numbers of the runs in which both detectors converged: those that all other figures are made of. */
  readonly converged: readonly number[]
  /** Every run, those left out included. */
  readonly baseline: readonly RunTraining[]
  readonly candidate: readonly RunTraining[]
}

/** Everything about the training that does not follow from {@link StudyOptions}' values in {@link StudyResult}. */
export interface StudySettings extends Omit<TrainingSettings, 'epochs' | 'pretrainEpochs'> {
  /** For example `mlp 36-32-16-8`. */
  readonly network: string
  readonly decoder: DecoderOutput
  readonly optimiser: string
}

/** Which samples a study was made of. */
export interface StudyData {
  /** SHA-256, in hexadecimal, of all features as trained on (float32, little-endian), then all labels (one byte each). */
  readonly sha256: string
  readonly nSamples: number
  /** The share of every class that was asked for; absent where the data set decided. */
  readonly share?: number
  /** Seed of the samples simulated, and of those drawn for `share`. */
  readonly dataSeed: number
}

/** The answer of a study. */
export interface StudyResult {
  readonly dataset: string
  /** Absent in studies that were stored before it was recorded. */
  readonly data?: StudyData
  /** Whether the samples were computed, not measured. */
  readonly simulated: boolean
  readonly split: SplitKind
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
  /** The provider that was used. */
  readonly device: Device
  readonly workers: number
  readonly elapsedSeconds: number
  /** How distances are measured, between class means of the features as trained on. */
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
  /** Whose data, under which licence; empty where unknown. */
  readonly attribution: string
  /** Version of this package. */
  readonly version: string
  /** Versions of what computed it: `node`, `onnxruntime-node`. */
  readonly versions: Readonly<Record<string, string>>
  /** Make of the processor and system; absent in studies that were stored before it was recorded. */
  readonly processor?: string
  readonly warnings: readonly string[]
  /** Scores of the first run that counts, for the report; not part of the JSON output. */
  readonly scores: RunScores
}
