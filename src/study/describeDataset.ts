import { at } from '../check.js'
import { attributionOf, type Dataset, type DistanceKind } from '../data/core/dataset.js'
import { featureRange } from '../data/tables/featureRange.js'
import { classDistances, classMean } from './similarity.js'

/** A class of a data set in numbers. */
export interface ClassDescription {
  readonly name: string
  readonly n: number
  /** Of those, samples of the test part; absent without one. */
  readonly nTest?: number
  /** Distance between the class means to that of the default normal class; null for a class without samples. */
  readonly distance: number | null
  /**
   * The class mean along the last axis of a sample, averaged over the others, and over 32 equal stretches where the axis is longer
   * than 48.
   */
  readonly profile: readonly number[]
}

/** What `data show` says of a data set. */
export interface DatasetDescription {
  readonly name: string
  readonly title: string
  readonly simulated: boolean
  readonly attribution: string
  readonly sample: readonly number[]
  readonly n: number
  readonly standardised: boolean
  /** The smallest feature and the largest. */
  readonly range: readonly [number, number]
  /** The classes of a study that names none. */
  readonly normal: string
  readonly anomaly: string
  readonly distance: DistanceKind
  readonly classes: readonly ClassDescription[]
}

/** The most columns of which each has its number, and the stretches of more. */
const [mostColumns, nEqual] = [48, 32]

/** Counts, class means and distances of a loaded data set. One pass over its features. Errors: those of `classDistances`. */
export function describeDataset(dataset: Dataset): DatasetDescription {
  const distances = classDistances(dataset, dataset?.defaults?.normal)
  const { name, title, simulated, sample, labels, testPart, standardisation, defaults, distance, classes } = dataset
  return {
    name,
    title,
    simulated,
    attribution: attributionOf(dataset),
    sample,
    n: labels.length,
    standardised: standardisation !== undefined,
    range: featureRange(dataset.features),
    ...defaults,
    distance,
    classes: classes.map((name, iClass) => {
      const count = (of: (row: number) => boolean) =>
        labels.reduce((n, label, row) => n + Number(label === iClass && of(row)), 0)
      return {
        name,
        n: count(() => true),
        ...(testPart && { nTest: count((row) => testPart[row] === 1) }),
        distance: distances.find((one) => one.name === name)?.l2 ?? null,
        profile: profileOf(classMean(dataset, iClass), at(sample, sample.length - 1)),
      }
    }),
  }
}

/** A mean sample [rows × columns] as the mean of each column, or of equal stretches of many. */
function profileOf(mean: Float64Array, nColumns: number): number[] {
  const nStretches = nColumns > mostColumns ? nEqual : nColumns
  const sums = new Float64Array(nStretches)
  const counts = new Float64Array(nStretches)
  mean.forEach((value, i) => {
    const stretch = Math.floor(((i % nColumns) * nStretches) / nColumns)
    sums[stretch] = at(sums, stretch) + value
    counts[stretch] = at(counts, stretch) + 1
  })
  return Array.from(sums, (sum, i) => sum / at(counts, i))
}
