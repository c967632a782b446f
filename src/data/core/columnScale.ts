import { createHash } from 'node:crypto'
import { at } from '../../check.js'
import { ScoringBiasError } from '../../errors.js'
import { namesArgument } from '../../flagText.js'

/** How a missing feature is filled in: with the median over the samples that the scale is of. */
export const imputations = ['median'] as const
/** One of `imputations`. */
export type Imputation = (typeof imputations)[number]

/** Which features may be missing (NaN), and which stand for categories. */
export interface FeatureGaps {
  readonly featureNames: readonly string[]
  /** Features that are 1 in samples of a category, and else 0, in increasing order. */
  readonly categories: readonly number[]
  /** Absent where no feature may be missing. */
  readonly impute?: Imputation | undefined
}

/**
 * What is taken off each feature and what it is then divided by: means and population standard deviations over some
 * samples, rounded to the float32 that a saved detector computes with.
 */
export interface ColumnScale {
  /** Shape [features]. */
  readonly mean: Float32Array
  /** Shape [features]; 1 for the constant ones. */
  readonly sd: Float32Array
  /** Columns that are constant over those samples, in increasing order: they are centred, but not scaled. */
  readonly constant: readonly number[]
  /** Shape [features], what stands for a missing feature: the median over those samples, 0 of a category. Absent where none may be missing. */
  readonly fill?: Float32Array
  /** Categories that none of those samples has: such a feature is 0, whatever is given. Absent where nothing is a category. */
  readonly unseen?: readonly number[]
}

/** What of the features is not a plain number, and whether they are standardised. */
export interface ScaleOptions {
  readonly gaps?: FeatureGaps | undefined
  /** Default true. Without, means are 0 and deviations 1. */
  readonly standardised?: boolean | undefined
  /** What the rows are, in messages. */
  readonly whose?: string | undefined
}

/** The least normal float32: what divides by less overflows. */
const leastNormal = 2 ** -126

/**
 * Whether a column with this mean and standard deviation is constant: no spread is left but that of rounding. Numbers in
 * float32 lie 2⁻²³ of their size apart; a column that computes one number in several ways spreads over a step or two.
 */
export function isConstant(mean: number, sd: number): boolean {
  return sd <= Math.max(2 ** -22 * Math.abs(mean), leastNormal)
}

/**
 * The mean and standard deviation (divisor n) of every column over some rows, computed in float64. A column that is
 * constant over them has 1 for its deviation, so that what differs elsewhere still shows. Means and deviations are those of the
 * features with the missing ones filled in. Two passes over the rows; medians sort each column.
 *
 * @param values shape [n, nColumns], row-major, finite; NaN where `gaps.impute` says what to do
 * @param rows at least one
 *
 * Errors: `EMPTY_SAMPLE` for a feature that is missing in all rows, and so has no median.
 */
export function columnScale(
  values: Float32Array,
  nColumns: number,
  rows: Uint32Array,
  { gaps, standardised = true, whose = 'normal samples' }: ScaleOptions = {},
): ColumnScale {
  const prepared = gaps && preparation(values, rows, gaps, whose)
  if (!standardised)
    return { mean: new Float32Array(nColumns), sd: new Float32Array(nColumns).fill(1), constant: [], ...prepared }
  const { fill, unseen = [] } = prepared ?? {}
  const filled = (x: number, column: number) => (fill !== undefined && Number.isNaN(x) ? at(fill, column) : x)
  const sums = new Float64Array(nColumns)
  forEachElement(values, nColumns, rows, (x, column) => {
    sums[column] = at(sums, column) + filled(x, column)
  })
  const mean = sums.map((sum) => sum / rows.length)
  const squares = new Float64Array(nColumns)
  forEachElement(values, nColumns, rows, (x, column) => {
    squares[column] = at(squares, column) + (filled(x, column) - at(mean, column)) ** 2
  })
  const sd = squares.map((sum) => Math.sqrt(sum / rows.length))
  const flat = [...sd.keys()].filter((column) => isConstant(at(mean, column), at(sd, column)))
  for (const column of flat) sd[column] = 1
  const isUnseen = new Set(unseen)
  const constant = flat.filter((column) => !isUnseen.has(column))
  return { mean: Float32Array.from(mean), sd: Float32Array.from(sd), constant, ...prepared }
}

/** What stands for missing features, and which categories no row has. Errors: `EMPTY_SAMPLE`. */
function preparation(
  values: Float32Array,
  rows: Uint32Array,
  { featureNames, categories, impute }: FeatureGaps,
  whose: string,
) {
  const nColumns = featureNames.length
  const valuesOf = (column: number) => Float32Array.from(rows, (row) => at(values, row * nColumns + column))
  const unseen = categories.filter((column) => valuesOf(column).every((x) => x === 0))
  if (impute === undefined) return { unseen }
  const isCategory = new Set(categories)
  const fill = Float32Array.from(featureNames, (name, column) => {
    if (isCategory.has(column)) return 0
    const found = valuesOf(column)
      .filter((x) => !Number.isNaN(x))
      .sort()
    if (found.length > 0) return (at(found, (found.length - 1) >> 1) + at(found, found.length >> 1)) / 2
    throw new ScoringBiasError(
      'EMPTY_SAMPLE',
      `feature '${name}' is missing in all ${rows.length} ${whose}. It has no ${impute} there. Leave it out (--ignore ${namesArgument([name])})`,
    )
  })
  return { fill, unseen }
}

/**
 * (x − mean)/sd of every feature in float32, each operation rounded as the graph of a saved detector rounds it; x is what stands for a
 * missing feature, and 0 for an unseen category.
 */
export function scaled(
  features: Float32Array,
  scale: Pick<ColumnScale, 'mean' | 'sd' | 'fill' | 'unseen'>,
): Float32Array {
  const { mean, sd, fill, unseen = [] } = scale
  const nColumns = mean.length
  const isUnseen = Uint8Array.from(mean, (_, column) => Number(unseen.includes(column)))
  return features.map((given, i) => {
    const column = i % nColumns
    const known = fill !== undefined && Number.isNaN(given) ? at(fill, column) : given
    const x = isUnseen[column] === 1 ? 0 : known
    return Math.fround(x - at(mean, column)) / at(sd, column)
  })
}

/** SHA-256, in hexadecimal, of means and deviations, of what fills gaps (float32, little-endian) and of unseen categories (uint32), where there are any. */
export function scaleDigest({ mean, sd, fill, unseen }: ColumnScale): string {
  const hash = createHash('sha256').update(mean).update(sd)
  if (fill !== undefined) hash.update('fill').update(fill)
  if (unseen !== undefined) hash.update('unseen').update(Uint32Array.from(unseen))
  return hash.digest('hex')
}

/** {@link columnScale} over the rows of some runs: those that have the same rows share one scale. */
export function runScales(
  values: Float32Array,
  nColumns: number,
  options: ScaleOptions = {},
): (rows: Uint32Array) => ColumnScale {
  const known = new Map<string, ColumnScale>()
  return (rows) => {
    const key = createHash('sha256').update(rows).digest('hex')
    const scale = known.get(key) ?? columnScale(values, nColumns, rows, options)
    known.set(key, scale)
    return scale
  }
}

/** Names that a warning lists; of more it says how many. */
const mostNamed = 5

/**
 * A warning of features that were not scaled, or none.
 *
 * @param samples over which samples they are constant, as in `all normal samples trained on`
 */
export function constantWarnings(
  columns: readonly number[],
  featureNames: readonly string[],
  samples: string,
): string[] {
  if (columns.length === 0) return []
  const listed = listedFeatures(columns, featureNames)
  const [what, they, them] =
    columns.length === 1 ? [`feature ${listed} is`, 'It was', 'it'] : [`features ${listed} are`, 'They were', 'them']
  return [
    `${what} constant over ${samples}. ${they} centred, but not scaled: a difference of 1 there counts like one standard ` +
      `deviation of another feature. If that is too much or too little, change the unit or leave ${them} out`,
  ]
}

/** A warning of categories that none of the samples has, or none. */
export function unseenWarnings(columns: readonly number[], featureNames: readonly string[], samples: string): string[] {
  if (columns.length === 0) return []
  const [what, it] = columns.length === 1 ? ['category', 'it is'] : ['categories', 'they are']
  return [
    `none of ${samples.replace(/^all /, 'the ')} has the ${what} ${listedFeatures(columns, featureNames)}. So ${it} taken for no category: 0 in all features of the column`,
  ]
}

function listedFeatures(columns: readonly number[], featureNames: readonly string[]): string {
  const names = columns.slice(0, mostNamed).map((column) => `'${at(featureNames, column)}'`)
  const more = columns.length - names.length
  const [last = '', ...before] = [...names, ...(more > 0 ? [`${more} more`] : [])].reverse()
  return before.length === 0 ? last : `${before.reverse().join(', ')} and ${last}`
}

function forEachElement(
  values: Float32Array,
  nColumns: number,
  rows: Uint32Array,
  visit: (x: number, column: number) => void,
): void {
  for (const row of rows) {
    for (let column = 0; column < nColumns; column++) visit(at(values, row * nColumns + column), column)
  }
}
