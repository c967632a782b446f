import { createHash } from 'node:crypto'
import { at } from '../../check.js'

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
 * constant over them has 1 for its deviation, so that what differs elsewhere still shows. Two passes over the rows.
 *
 * @param values shape [n, nColumns], row-major, finite
 * @param rows at least one
 */
export function columnScale(values: Float32Array, nColumns: number, rows: Uint32Array): ColumnScale {
  const sums = new Float64Array(nColumns)
  forEachElement(values, nColumns, rows, (x, column) => {
    sums[column] = at(sums, column) + x
  })
  const mean = sums.map((sum) => sum / rows.length)
  const squares = new Float64Array(nColumns)
  forEachElement(values, nColumns, rows, (x, column) => {
    squares[column] = at(squares, column) + (x - at(mean, column)) ** 2
  })
  const sd = squares.map((sum) => Math.sqrt(sum / rows.length))
  const constant = [...sd.keys()].filter((column) => isConstant(at(mean, column), at(sd, column)))
  for (const column of constant) sd[column] = 1
  return { mean: Float32Array.from(mean), sd: Float32Array.from(sd), constant }
}

/** (x − mean)/sd of every feature in float32, each operation rounded as the graph of a saved detector rounds it. */
export function scaled(features: Float32Array, { mean, sd }: Pick<ColumnScale, 'mean' | 'sd'>): Float32Array {
  const nColumns = mean.length
  return features.map((x, i) => Math.fround(x - at(mean, i % nColumns)) / at(sd, i % nColumns))
}

/** SHA-256, in hexadecimal, of means and deviations (float32, little-endian). */
export function scaleDigest({ mean, sd }: ColumnScale): string {
  return createHash('sha256').update(mean).update(sd).digest('hex')
}

/** {@link columnScale} over the rows of some runs: those that have the same rows share one scale. */
export function runScales(values: Float32Array, nColumns: number): (rows: Uint32Array) => ColumnScale {
  const known = new Map<string, ColumnScale>()
  return (rows) => {
    const key = createHash('sha256').update(rows).digest('hex')
    const scale = known.get(key) ?? columnScale(values, nColumns, rows)
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
  const names = columns.slice(0, mostNamed).map((column) => `'${at(featureNames, column)}'`)
  const more = columns.length - names.length
  const [last = '', ...before] = [...names, ...(more > 0 ? [`${more} more`] : [])].reverse()
  const listed = before.length === 0 ? last : `${before.reverse().join(', ')} and ${last}`
  const [what, they, them] =
    columns.length === 1 ? [`feature ${listed} is`, 'It was', 'it'] : [`features ${listed} are`, 'They were', 'them']
  return [
    `${what} constant over ${samples}. ${they} centred, but not scaled: a difference of 1 there counts like one standard ` +
      `deviation of another feature. If that is too much or too little, change the unit or leave ${them} out`,
  ]
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
