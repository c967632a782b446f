import { at, integer, type OptionChecks, record, required, requireKnown, requireOptions, text } from '../../check.js'
import { counted } from '../../counted.js'
import { ScoringBiasError } from '../../errors.js'
import { frozen } from '../../frozen.js'
import { classRows, type Dataset, drawRows, type Fraction, requireLabels, type SplitRule } from '../core/dataset.js'
import { type Anomalies, type AnomalyShare, anomaliesCheck, drawMixture, mixtureOf } from './anomalyMixture.js'

/** Which classes to split, and which of the reproducible splits to take. */
export interface SplitOptions {
  readonly normal: string
  /** The class that the labelled anomalies are drawn from, or several with their shares. */
  readonly anomaly: Anomalies
  /** Number of the run, from 0: every run has its own split. */
  readonly run: number
  readonly seed: number
}

const checks: OptionChecks<SplitOptions> = {
  normal: required(text),
  anomaly: required(anomaliesCheck),
  run: required(integer(0, 0xffff_ffff)),
  seed: required(integer(0)),
}

/** Row numbers of a data set by what a run uses them for, each list in increasing order. */
export interface Split {
  readonly trainNormal: Uint32Array
  readonly trainAnomaly: Uint32Array
  /** The rows on whose scores the threshold is taken: the same in every run. */
  readonly validation: Uint32Array
  /** Every other class than the normal one, in the data set's order. */
  readonly tests: readonly { readonly class: string; readonly rows: Uint32Array }[]
  /** 1 for rows in `trainNormal` or `trainAnomaly`, else 0; shape [n]. */
  readonly seen: Uint8Array
}

/** Philox streams of the draws; a stream is used for nothing else. */
const streams = { normal: 0x53504c30, anomaly: 0x53504c31, heldOut: 0x53504c32 } as const

/** Of data that do not say how they are split, as the caller's: as the paper splits StatLog. */
export const usualRule: SplitRule = frozen({ trained: [4, 5] })

/** The fewest normal samples to train on: labelled anomalies are a tenth of their number. */
const fewestNormal = 10

/**
 * Splits a data set for one run as Ye, Chen and Zheng (2021, Appendix C) split it.
 *
 * What of the n normal samples is for training, and what for the threshold, is the data set's `split`: of StatLog a run
 * trains on ⌊4n/5⌋ and the threshold is set on all n, trained on or not; of Fashion-MNIST the training part and the test
 * part. Labelled anomalies are a tenth of the number of normal samples trained on, rounded down, drawn from the anomaly
 * class (from its training part, if it has one). Of a mixture each class gives its share, by largest remainder. All draws
 * are without replacement. Each class of anomalies is tested whole, a training one on what training did not see.
 *
 * Equal options give equal splits; runs are independent. O(n) time and memory.
 * Errors: `UNKNOWN_CLASS` for a class the data set does not have; `OUT_OF_RANGE` when both classes are the same, and those
 * of `mixtureOf`; `EMPTY_SAMPLE` when a class is too small to give each part a sample.
 */
export function makeSplit(
  dataset: Pick<Dataset, 'classes' | 'labels' | 'testPart'> & { readonly split?: SplitRule },
  options: SplitOptions,
): Split {
  record('the data set', dataset)
  requireLabels(dataset)
  const { normal, anomaly, run, seed } = requireOptions('makeSplit', options, checks)
  const mixture = requireMixture(dataset, normal, anomaly)
  const { split: rule = usualRule, testPart } = dataset
  const rowsOf = (name: string) => classRows(dataset, dataset.classes.indexOf(name))

  const normals = rowsOf(normal)
  const heldOut = heldOutOf(normals, rule, testPart, seed)
  const candidates = heldOut === undefined ? normals : without(normals, heldOut, dataset.labels.length)
  const nNormal = part(candidates.length, rule.trained)
  if (nNormal < fewestNormal) {
    throw new ScoringBiasError(
      'EMPTY_SAMPLE',
      `normal class '${normal}' has ${counted(normals.length, 'sample')}, of which ${nNormal} would be trained on. At least ` +
        `${fewestNormal} are needed. Use more samples`,
    )
  }
  const trainNormal = drawRows(candidates, nNormal, { seed, stream: streams.normal, replicate: run }).sort()
  const trainableOf = (name: string) =>
    rule.heldOut === 'test part' ? rowsOf(name).filter((row) => testPart?.[row] === 0) : rowsOf(name)
  const trainAnomaly = drawMixture(mixture, Math.floor(nNormal / 10), {
    rowsOf: trainableOf,
    // One sample at least is left to test, of the test part where there is one.
    mostOf: (name) => Math.min(trainableOf(name).length, rowsOf(name).length - 1),
    seed,
    stream: streams.anomaly,
    replicate: run,
  })
  return trainingSplit(dataset, { normal, trainNormal, trainAnomaly, validation: heldOut ?? normals })
}

/** The split that training on some rows makes: of every other class than the normal one, what training does not see tests. */
export function trainingSplit(
  { classes, labels }: Pick<Dataset, 'classes' | 'labels'>,
  { normal, ...rows }: Omit<Split, 'tests' | 'seen'> & { readonly normal: string },
): Split {
  const seen = new Uint8Array(labels.length)
  for (const row of rows.trainNormal) seen[row] = 1
  for (const row of rows.trainAnomaly) seen[row] = 1
  const tests = classes.flatMap((name, iClass) => {
    const unseen = classRows({ labels }, iClass).filter((row) => seen[row] === 0)
    return name === normal || unseen.length === 0 ? [] : [{ class: name, rows: unseen }]
  })
  return { ...rows, tests, seen }
}

/** Requires two different classes of the data set. Errors: `UNKNOWN_CLASS`, `OUT_OF_RANGE`. */
export function requireClasses(dataset: Pick<Dataset, 'classes'>, normal: string, anomaly: string): void {
  requireKnown('normal class', normal, dataset.classes, 'UNKNOWN_CLASS')
  requireKnown('anomaly class', anomaly, dataset.classes, 'UNKNOWN_CLASS')
  if (normal === anomaly) {
    throw new ScoringBiasError('OUT_OF_RANGE', `normal and anomaly must be different classes, both are '${normal}'`)
  }
}

/** The mixture, of classes that the data set has and that are not normal. Errors: those of `requireClasses` and `mixtureOf`. */
export function requireMixture(dataset: Pick<Dataset, 'classes'>, normal: string, anomaly: Anomalies): AnomalyShare[] {
  if (dataset.classes.length === 1) {
    throw new ScoringBiasError(
      'EMPTY_SAMPLE',
      `all samples are of the class '${at(dataset.classes, 0)}'. A study needs anomalies. Name the column of classes with label (--label)`,
    )
  }
  const mixture = mixtureOf(anomaly, dataset.classes)
  for (const { class: name } of mixture) requireClasses(dataset, normal, name)
  return mixture
}

/** The normal samples that no run trains on, or undefined where every one may be. */
function heldOutOf(
  normals: Uint32Array,
  { heldOut }: SplitRule,
  testPart: Uint8Array | undefined,
  seed: number,
): Uint32Array | undefined {
  if (heldOut === undefined) return undefined
  const rows =
    heldOut === 'test part'
      ? normals.filter((row) => testPart?.[row] === 1)
      : drawRows(normals, part(normals.length, heldOut), { seed, stream: streams.heldOut }).sort()
  if (rows.length === 0) {
    throw new ScoringBiasError(
      'EMPTY_SAMPLE',
      `the normal class has ${counted(normals.length, 'sample')}. None is left to set the threshold. Use more samples`,
    )
  }
  return rows
}

function part(n: number, [numerator, denominator]: Fraction): number {
  return Math.floor((n * numerator) / denominator)
}

function without(rows: Uint32Array, others: Uint32Array, nRows: number): Uint32Array {
  const left = new Uint8Array(nRows).fill(1)
  for (const row of others) left[row] = 0
  return rows.filter((row) => left[row] === 1)
}
