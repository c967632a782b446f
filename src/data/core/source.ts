import type { OnProgress } from '../../progress.js'
import type { Dataset, DatasetInfo, DatasetOptions } from './dataset.js'

/** One data set: what is known of it, and how it is found, checked and read. */
export interface DataSource<Name extends string = string> {
  readonly info: DatasetInfo & { readonly name: Name }
  /** What the paper does with it; absent for a data set that is not the paper's. */
  readonly published?: PublishedUse
  /** Share that is simulated where none is asked for. Default 1. */
  readonly simulatedShare?: number
  /** Of a data set without end: fresh samples of it. */
  readonly draw?: DrawSamples
  readonly load: (options: DatasetOptions) => Promise<Dataset>
  /** Where its samples would come from, as `DataStatus` says it. Nothing is read. */
  readonly where: (dataDir: string | undefined) => string | undefined
  /** The files of the user's that its samples would come from; absent where there are none. */
  readonly files?: (dataDir: string | undefined) => readonly string[]
  /** Reads all its files and checks them. */
  readonly verify: (dataDir: string | undefined) => Promise<VerifiedFile[]>
  /** Brings its files onto this machine; absent where there is nothing to fetch. */
  readonly fetch?: (options: FetchDatasetOptions) => Promise<Omit<FetchedDataset, 'name'>>
}

/** What Ye, Chen and Zheng (IJCAI 2021) and their reference program do with a data set. */
export interface PublishedUse {
  /** What the paper calls it. */
  readonly title: string
  /** Whether the paper's own samples are simulated: where they are not, simulated ones stand in for measurements. */
  readonly simulated: boolean
  /** The network that is trained on it, by name. */
  readonly network: string
  /** Epochs at which the learning rate falls, where they are not those of `publishedSettings`. */
  readonly milestones?: readonly number[]
  /** What the paper studies the convergence of: Section 4.2 and Appendix D. */
  readonly convergence: {
    /** Classes that are normal and classes that are anomalous, each all together. */
    readonly normal: readonly string[]
    readonly anomaly: readonly string[]
    /** Normal samples to train on, and those of the fixed test set, of all that the data set has. */
    readonly nTrain: number
    readonly nTest: number
    readonly sizes: readonly number[]
    readonly runs: number
  }
  /** Of the tables, and of the figures of one training. */
  readonly tables: WorkBySize
  /** Of the figures of ξ̂ by sample size: detectors are trained once, runs are drawn from their scores and cost little. */
  readonly figures: WorkBySize
}

/** How much is done to reproduce the paper on a data set: in minutes on two cores, by default, and as it was done. */
export type WorkBySize = Readonly<Record<'quick' | 'default' | 'full', Work>>

/** Runs, and what differs from the published epochs and all samples. */
export interface Work {
  readonly runs: number
  readonly epochs?: number
  readonly share?: number
}

/**
 * Fills an array [n, …sample] with samples of a class. Sample `from + i` depends on class, seed, stream and `from + i`
 * only; a stream has 2³² samples of each class.
 */
type DrawSamples = (
  samples: Float32Array,
  options: {
    readonly class: string
    readonly seed: number
    readonly stream: number
    readonly from: number
    readonly threads?: number
    readonly signal?: AbortSignal | undefined
  },
) => Promise<void>

/** A data set without end. */
export type DrawnSource = DataSource & Required<Pick<DataSource, 'draw'>>

/** One file that was checked. */
export interface VerifiedFile {
  readonly path: string
  /** Of the file unpacked; undefined where none is known to compare with. */
  readonly sha256: string | undefined
}

/** Options of `fetchDataset`. */
export interface FetchDatasetOptions {
  /** Address of the folder to download from. Default: the authors'. */
  readonly from?: string | undefined
  /** Folder to download to. Default: where the files are, or else the cache: `scoring-bias/NAME` in `XDG_CACHE_HOME`, or in `~/.cache`. */
  readonly to?: string | undefined
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: OnProgress | undefined
}

/** What `fetchDataset` brought, and where it is. */
export interface FetchedDataset {
  readonly name: string
  /** Where its files are; null for a data set without any. */
  readonly folder: string | null
  /** Names of the files downloaded by this call. */
  readonly downloaded: readonly string[]
}
