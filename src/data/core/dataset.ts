import {
  abortSignal,
  at,
  type Check,
  integer,
  list,
  type OptionChecks,
  requireFinite,
  show,
  text,
  wrongType,
} from '../../check.js'
import { ScoringBiasError } from '../../errors.js'
import { permutation } from '../../random/permutation.js'
import type { RandomStream } from '../../random/stream.js'
import { requireAttached } from '../../stats/ranks/scores.js'
import { type FeatureGaps, isConstant } from './columnScale.js'

/** What is known of a data set before its samples are read. */
export interface DatasetInfo {
  /** The name it is loaded by; of a table of the user's, the file's. */
  readonly name: string
  /** The name people know it by. */
  readonly title: string
  /** Whose data, under which licence, changed how; belongs into everything made from it. Empty where unknown. */
  readonly attribution: string
  /** Whether the samples were computed, not measured; said in everything made from them. */
  readonly simulated: boolean
  /** The classes of a study that names none; no anomaly, and an empty name, where there is but one class. */
  readonly defaults: { readonly normal: string; readonly anomaly: string }
  /** Shape of one sample. */
  readonly sample: readonly number[]
  readonly classes: readonly string[]
  /** Samples of each class when all are loaded, in the order of `classes`. */
  readonly counts: readonly number[]
  /** How the paper splits it. */
  readonly split: SplitRule
  /** How the paper measures the distance between two classes. */
  readonly distance: DistanceKind
}

/** Samples with features and class labels, ready to train on. */
export interface Dataset extends DatasetInfo {
  /** Shape [n, …sample], row-major; standardised per column where there is a `standardisation`. */
  readonly features: Float32Array
  /** Index into `classes` of each sample, shape [n]. */
  readonly labels: Uint8Array
  /** Of a data set that comes in a training and a test part: 1 for samples of the latter, shape [n]. */
  readonly testPart?: Uint8Array
  readonly standardisation?: Standardisation
  /** The features before they were standardised, or their gaps filled, where they were. */
  readonly raw?: Float32Array
  /** Which of the raw features may be missing and which are categories; absent where all are plain numbers. */
  readonly gaps?: FeatureGaps
}

/** Which samples to load, and from where. */
export interface DatasetOptions {
  /**
   * A folder with the data set's files, or with a folder of its name that has them. Default: what the environment
   * variable `SCORING_BIAS_DATA` names, then where Debian's package and `fetchDataset` put the files (docs/data.md).
   */
  readonly dataDir?: string | undefined
  /** Share of every class (and part) to take, in (0, 1]: drawn at random, at least one sample. Default: the data set's. */
  readonly share?: number | undefined
  /** Seed of the samples simulated, and of those drawn for `share`. Default 0. */
  readonly dataSeed?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** A share in (0, 1]. */
export const shareCheck: Check = (name, value) => {
  const share = requireFinite(name, value)
  if (!(share > 0 && share <= 1)) throw new ScoringBiasError('OUT_OF_RANGE', `${name} must lie in (0, 1], got ${share}`)
}

export const datasetChecks: OptionChecks<DatasetOptions> = {
  dataDir: text,
  share: shareCheck,
  dataSeed: integer(0),
  signal: abortSignal,
}

/** Between class means: `euclidean`, or `mean-square`, the mean of the squared differences. */
export type DistanceKind = 'euclidean' | 'mean-square'

/** A fraction in whole numbers, so that ⌊fraction·n⌋ is exact. */
export type Fraction = readonly [numerator: number, denominator: number]

/** How the normal class is split. */
export interface SplitRule {
  /**
   * The normal samples that no run trains on and that set the threshold: those of the test part, or a fraction drawn once
   * for all runs. Without it the threshold is set on all normal samples, trained on or not.
   */
  readonly heldOut?: 'test part' | Fraction
  /** The fraction of the other normal samples that each run trains on. */
  readonly trained: Fraction
}

/** Column means and population standard deviations of features that were standardised. */
export interface Standardisation {
  /** Shape [features]. */
  readonly mean: Float64Array
  readonly sd: Float64Array
}

/** Whose data, under which licence, and that they were standardised where they were; empty where unknown. */
export function attributionOf({ attribution, standardisation }: Dataset): string {
  return attribution === '' || standardisation === undefined ? attribution : `${attribution}; features standardised`
}

/** Numbers in one sample. */
export function sampleSize({ sample }: Pick<DatasetInfo, 'sample'>): number {
  return sample.reduce((product, size) => product * size, 1)
}

/** Requires classes with names of their own, and labels that number them. Errors: `WRONG_TYPE`, `OUT_OF_RANGE`, `DETACHED`. */
export function requireLabels({ classes, labels }: Pick<Dataset, 'classes' | 'labels'>): void {
  requireClasses(classes)
  if (!(labels instanceof Uint8Array)) throw wrongType('labels', 'a Uint8Array', labels)
  requireAttached('labels', labels)
  const bad = labels.findIndex((label) => label >= classes.length)
  if (bad < 0) return
  throw new ScoringBiasError(
    'OUT_OF_RANGE',
    `labels[${bad}] is ${labels[bad]}. It must be below ${classes.length}, the number of classes`,
  )
}

/** Requires names of classes, each once. Errors: `WRONG_TYPE`, `OUT_OF_RANGE`. */
export function requireClasses(classes: readonly string[]): void {
  list(text)('classes', classes)
  const seen = new Map<string, number>()
  for (const [i, name] of classes.entries()) {
    const first = seen.get(name)
    if (first !== undefined) {
      throw new ScoringBiasError(
        'OUT_OF_RANGE',
        `classes[${first}] and classes[${i}] are both ${show(name)}. Give each class a name of its own`,
      )
    }
    seen.set(name, i)
  }
}

/** Rows of a class in increasing order. `iClass` indexes `dataset.classes`. */
export function classRows(dataset: Pick<Dataset, 'labels'>, iClass: number): Uint32Array {
  const rows: number[] = []
  dataset.labels.forEach((label, row) => {
    if (label === iClass) rows.push(row)
  })
  return Uint32Array.from(rows)
}

/**
 * z-scores of each column: (x − mean) / sd over all rows, sd with divisor n.
 *
 * Computed in float64, rounded once. A constant column becomes zeros, up to rounding, with sd recorded as 1.
 * @param values shape [n, nColumns], row-major, finite; not changed
 */
export function standardise(
  values: ArrayLike<number>,
  nColumns: number,
): { features: Float32Array; standardisation: Standardisation } {
  const nRows = values.length / nColumns
  if (nRows === 0) throw new ScoringBiasError('EMPTY_SAMPLE', 'values must have at least one row')
  if (!Number.isInteger(nRows)) {
    throw new ScoringBiasError('SHAPE_MISMATCH', `${values.length} values do not fill rows of ${nColumns} columns`)
  }
  const features = new Float32Array(values.length)
  const mean = new Float64Array(nColumns)
  const sd = new Float64Array(nColumns)
  for (let column = 0; column < nColumns; column++) {
    let sum = 0
    for (let i = column; i < values.length; i += nColumns) sum += at(values, i)
    const centre = sum / nRows
    let squares = 0
    for (let i = column; i < values.length; i += nColumns) squares += (at(values, i) - centre) ** 2
    const deviation = Math.sqrt(squares / nRows)
    const scale = isConstant(centre, deviation) ? 1 : deviation
    for (let i = column; i < values.length; i += nColumns) features[i] = (at(values, i) - centre) / scale
    mean[column] = centre
    sd[column] = scale
  }
  return { features, standardisation: { mean, sd } }
}

/** How many of n samples a share is: rounded, at least one of any. */
export function shareOf(n: number, share: number): number {
  return n === 0 ? 0 : Math.max(1, Math.round(share * n))
}

/** Philox stream of the draw of a share; used for nothing else. */
const shareStream = 0x53484152

/**
 * The rows of a share of every group, drawn without replacement, in increasing order.
 *
 * @param groups the group of each row, such as its label
 */
export function takeShare(groups: Uint8Array, share: number, seed: number): Uint32Array {
  if (share === 1) return Uint32Array.from(groups.keys())
  const taken = [...new Set(groups)].flatMap((group) => {
    const rows = classRows({ labels: groups }, group)
    return [...drawRows(rows, shareOf(rows.length, share), { seed, stream: shareStream, replicate: group })]
  })
  return Uint32Array.from(taken).sort()
}

/** So many of the rows, without replacement, in the order in which they are drawn. */
export function drawRows(rows: Uint32Array, count: number, stream: RandomStream): Uint32Array {
  const drawn = permutation(rows.length, stream).subarray(0, count)
  return drawn.map((place) => at(rows, place))
}
