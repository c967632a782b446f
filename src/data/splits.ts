import { requireInteger, requireKnown } from '../check.js'
import { ScoringBiasError } from '../errors.js'
import { permutation } from '../random/permutation.js'
import { classRows, type Dataset } from './dataset.js'

/** Which classes to split, and which of the reproducible splits to take. */
export interface SplitOptions {
  readonly normal: string
  /** The class that the labelled anomalies are drawn from. */
  readonly anomaly: string
  /** Number of the run, from 0: every run has its own split. */
  readonly run: number
  readonly seed: number
}

/** Row numbers of a data set by what a run uses them for, each list in increasing order. */
export interface Split {
  readonly trainNormal: Uint32Array
  readonly trainAnomaly: Uint32Array
  /** The rows on whose scores the threshold is taken. */
  readonly validation: Uint32Array
  /** Every other class than the normal one, in the data set's order. */
  readonly tests: readonly { readonly class: string; readonly rows: Uint32Array }[]
  /** 1 for rows in `trainNormal` or `trainAnomaly`, else 0; shape [n]. */
  readonly seen: Uint8Array
}

/** Philox streams of the two draws; a stream is used for nothing else. */
const streams = { normal: 0x53504c30, anomaly: 0x53504c31 } as const

/**
 * Splits a data set for one run as Ye, Chen and Zheng (2021, Appendix C) split StatLog.
 *
 * Training takes ⌊4n/5⌋ of the n normal samples and a tenth of that number, rounded down, of the anomaly class (StatLog
 * 1,206 and 120), drawn without replacement. The threshold is set on all of the normal class, trained on or not. Each
 * class of anomalies is tested whole, the training one on what training did not see.
 *
 * Equal options give equal splits; runs are independent. O(n) time and memory.
 * Errors: `UNKNOWN_CLASS` for a class the data set does not have; `OUT_OF_RANGE` when both classes are the same;
 * `EMPTY_SAMPLE` when a class is too small to give each part a sample.
 */
export function makeSplit(
  dataset: Pick<Dataset, 'classes' | 'labels'>,
  { normal, anomaly, run, seed }: SplitOptions,
): Split {
  requireClasses(dataset, normal, anomaly)
  requireInteger('run', run, 0, 0xffff_ffff)
  const validation = classRows(dataset, dataset.classes.indexOf(normal))
  const nNormal = Math.floor((validation.length * 4) / 5)
  const nAnomaly = Math.floor(nNormal / 10)
  const anomalies = classRows(dataset, dataset.classes.indexOf(anomaly))
  if (nAnomaly === 0) {
    const n = validation.length
    throw new ScoringBiasError('EMPTY_SAMPLE', `normal class '${normal}' has ${n} samples; training needs at least 13`)
  }
  if (anomalies.length <= nAnomaly) {
    throw new ScoringBiasError(
      'EMPTY_SAMPLE',
      `anomaly class '${anomaly}' has ${anomalies.length} samples; ${nAnomaly} are for training, which leaves none to test`,
    )
  }
  const trainNormal = draw(
    validation,
    nNormal,
    permutation(validation.length, { seed, stream: streams.normal, replicate: run }),
  )
  const trainAnomaly = draw(
    anomalies,
    nAnomaly,
    permutation(anomalies.length, { seed, stream: streams.anomaly, replicate: run }),
  )
  const seen = new Uint8Array(dataset.labels.length)
  for (const row of trainNormal) seen[row] = 1
  for (const row of trainAnomaly) seen[row] = 1
  const tests = dataset.classes.flatMap((name, iClass) => {
    const rows = classRows(dataset, iClass).filter((row) => seen[row] === 0)
    return name === normal || rows.length === 0 ? [] : [{ class: name, rows }]
  })
  return { trainNormal, trainAnomaly, validation, tests, seen }
}

/** Requires two different classes of the data set. Errors: `UNKNOWN_CLASS`, `OUT_OF_RANGE`. */
export function requireClasses(dataset: Pick<Dataset, 'classes'>, normal: string, anomaly: string): void {
  requireKnown('normal class', normal, dataset.classes, 'UNKNOWN_CLASS')
  requireKnown('anomaly class', anomaly, dataset.classes, 'UNKNOWN_CLASS')
  if (normal === anomaly) {
    throw new ScoringBiasError('OUT_OF_RANGE', `normal and anomaly must be different classes, both are '${normal}'`)
  }
}

/** The rows at the permutation's first `count` places, in increasing order. */
function draw(rows: Uint32Array, count: number, order: Uint32Array): Uint32Array {
  return order
    .subarray(0, count)
    .map((place) => rows[place] ?? 0)
    .sort()
}
