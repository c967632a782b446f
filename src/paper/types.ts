import type { Convergence } from '../converge/types.js'
import type { DistanceKind } from '../data/core/dataset.js'
import type { DatasetName } from '../data/datasets.js'
import type { DecoderOutput } from '../detectors/detectorGraph.js'
import type { ErrorCode } from '../errors.js'
import type { Device } from '../runtime/device.js'
import type { Direction } from '../stats/bias/direction.js'
import type { Provenance } from '../study/core/provenance.js'
import type { ComparedArrow, RecallComparison } from './compareWithPrinted.js'
import type { PaperDetector, SupervisedPair } from './paperDetectors.js'
import type { PaperScenario } from './paperItems.js'
import type { ReproductionSize } from './reproduceOptions.js'

/** What every repeated table or figure says of itself. */
export interface ReproductionHead extends Provenance {
  /** For example `table4`. */
  readonly item: string
  readonly title: string
  /** Whether samples were computed that the paper measured, or computed as well. */
  readonly simulated: boolean
  /** What a reader has to know before comparing with the print. */
  readonly notes: readonly string[]
  readonly warnings: readonly string[]
}

/** How much of the paper's work was done, and on what. */
export interface ReproductionWork {
  readonly runs: number
  /** Of the printed item. */
  readonly paperRuns: number
  readonly epochs: number
  readonly pretrainEpochs: number
  /** Adam's. */
  readonly learningRate: number
  /** Share of the samples that was used. */
  readonly share: number
  /** Whether epochs and samples are the paper's, so that figures may be compared and not arrows alone. */
  readonly published: boolean
  readonly network: string
  readonly device: Device
  readonly workers: number
}

/** One detector on one class: our recall beside the printed one. */
export interface ReproducedCell extends RecallComparison {
  readonly detector: PaperDetector
  /** Runs that our figure is made of. */
  readonly runs: number
  /** Of detectors that learn from labelled anomalies, against their semi-supervised version. */
  readonly arrow?: ComparedArrow & {
    readonly xi: number
    /** 95 % interval of ξ for this class alone, and the one that holds for all classes of the table at once. */
    readonly interval: readonly [number, number]
    readonly simultaneous: readonly [number, number]
    readonly direction: Direction
  }
}

/** A distance to a class of labelled anomalies, beside the printed one. */
export interface ReproducedDistance {
  readonly labelled: string
  readonly ours: number
  readonly paper: number
}

/** One class of anomalies. */
export interface ReproducedRow {
  readonly class: string
  /** Samples tested in each run. */
  readonly n: number
  readonly l2: readonly ReproducedDistance[]
  /** In the order of `paperDetectors`. */
  readonly cells: readonly ReproducedCell[]
}

/** How far a repeated table or figure agrees with the printed one. */
export interface ReproductionSummary {
  readonly cells: number
  /** Cells within three standard errors and the rounding. */
  readonly within: number
  /** Arrows that the paper could have printed: cells of detectors that learn from labelled anomalies. */
  readonly arrows: number
  /** Ours as printed, or none where none is printed. */
  readonly agree: number
  /** Ours and the printed one are opposite. */
  readonly contradicted: number
}

/** Detectors trained and tested in one scenario, every recall beside the printed one. */
export interface RepeatedScenario
  extends ReproductionWork,
    Pick<ReproductionHead, 'simulated' | 'notes' | 'warnings' | 'attribution'> {
  readonly scenario: PaperScenario
  readonly nNormal: number
  readonly nAnomaly: number
  readonly distance: DistanceKind
  readonly l2Normal: readonly ReproducedDistance[]
  /** In the printed order. */
  readonly rows: readonly ReproducedRow[]
  readonly summary: ReproductionSummary
}

/** One of Tables 3–11, repeated. */
export interface TableReproduction extends ReproductionHead, RepeatedScenario {
  readonly kind: 'table'
  readonly size: ReproductionSize
  readonly seed: number
}

/** A panel of Figure 3: the scenario of a table with two detectors. */
export interface RecallPanel extends RepeatedScenario {
  readonly label: string
  /** The table with the printed figures. */
  readonly table: string
}

/** Figure 3, repeated. */
export interface RecallReproduction extends ReproductionHead {
  readonly kind: 'recall'
  readonly size: ReproductionSize
  readonly seed: number
  readonly detectors: SupervisedPair
  readonly panels: readonly RecallPanel[]
}

/** A detector's scores beside its threshold. */
export interface DensityPanel {
  readonly detector: PaperDetector
  readonly threshold: number
  /** Share of the normal samples above the threshold. */
  readonly observedFpr: number
  /** Share of the anomalies above the threshold. */
  readonly observedTpr: number
  /** Scores of the normal samples that the threshold is set on. */
  readonly normal: Float32Array
  /** Scores of the class of the labelled anomalies, less those trained on. */
  readonly anomalous: Float32Array
}

/** One of Figures 1 and 4–8, repeated: one run. */
export interface DensityReproduction extends ReproductionHead, Omit<ReproductionWork, 'runs' | 'paperRuns'> {
  readonly kind: 'density'
  readonly size: ReproductionSize
  readonly seed: number
  readonly dataset: DatasetName
  readonly normal: string
  readonly anomaly: string
  readonly nNormal: number
  readonly nAnomaly: number
  readonly decoder: DecoderOutput
  /** The semi-supervised detector and the supervised one. */
  readonly panels: readonly [DensityPanel, DensityPanel]
}

/** One of Figures 2 and 9–17, repeated: a convergence study by the paper's protocol. */
export interface ConvergenceReproduction extends ReproductionHead, Omit<Convergence, keyof ReproductionHead> {
  readonly kind: 'convergence'
  readonly size: ReproductionSize
  /** Runs of each cell of the printed figure. */
  readonly paperRuns: number
}

/** A detector of a cell of Table 2, as this package has it. */
export interface DetectorOfType {
  readonly name: PaperDetector
  /** As the print names it in tables and figures. */
  readonly title: string
  /** Who defined it. */
  readonly source: string
}

/** A cell of Table 2. */
export interface DetectorCell {
  readonly distance: 'hypersphere' | 'reconstruction'
  readonly supervised: boolean
  readonly ours: readonly DetectorOfType[]
  /** As printed. */
  readonly paper: readonly string[]
  /** Whether ours are those printed. */
  readonly agrees: boolean
}

/** Table 2, made from this package's detectors. */
export interface DetectorsReproduction extends ReproductionHead {
  readonly kind: 'detectors'
  readonly cells: readonly DetectorCell[]
}

/** A table or figure of the paper, repeated; `kind` says which it is. */
export type Reproduction =
  | DetectorsReproduction
  | TableReproduction
  | RecallReproduction
  | DensityReproduction
  | ConvergenceReproduction

/** A table or figure that could not be repeated. */
export interface FailedReproduction {
  readonly kind: 'failure'
  readonly item: string
  readonly title: string
  /** Absent where a fault in the program was the reason. */
  readonly code?: ErrorCode
  readonly reason: string
}
