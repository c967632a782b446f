import { at } from '../../check.js'
import { ScoringBiasError } from '../../errors.js'
import type { LabelledTable } from './labelledTable.js'

/** Column means and population standard deviations, rounded to the float32 that a saved detector computes with. */
export interface ColumnScale {
  readonly mean: Float32Array
  readonly sd: Float32Array
}

/**
 * The mean and standard deviation (divisor n) of every feature over some rows, computed in float64.
 * Errors: `OUT_OF_RANGE`, naming every feature that is constant over those rows: it cannot be standardised.
 */
export function columnScale({ name, features, featureNames }: LabelledTable, rows: Uint32Array): ColumnScale {
  const nColumns = featureNames.length
  const sums = new Float64Array(nColumns)
  const squares = new Float64Array(nColumns)
  forEachElement(features, nColumns, rows, (x, column) => {
    sums[column] = at(sums, column) + x
  })
  const mean = sums.map((sum) => sum / rows.length)
  forEachElement(features, nColumns, rows, (x, column) => {
    squares[column] = at(squares, column) + (x - at(mean, column)) ** 2
  })
  const first = at(rows, 0)
  const constant = new Set(featureNames.keys())
  forEachElement(features, nColumns, rows, (x, column) => {
    if (x !== features[first * nColumns + column]) constant.delete(column)
  })
  if (constant.size > 0) {
    const names = [...constant].map((column) => `'${featureNames[column]}'`).join(', ')
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      `${name}: constant over the ${rows.length} samples to standardise by: ${names}; leave such features out`,
    )
  }
  return { mean: Float32Array.from(mean), sd: Float32Array.from(squares, (sum) => Math.sqrt(sum / rows.length)) }
}

/** (x − mean)/sd of every feature in float32, each operation rounded as the graph of a saved detector rounds it. */
export function scaled(features: Float32Array, { mean, sd }: ColumnScale): Float32Array {
  const nColumns = mean.length
  return features.map((x, i) => Math.fround(x - at(mean, i % nColumns)) / at(sd, i % nColumns))
}

function forEachElement(
  features: Float32Array,
  nColumns: number,
  rows: Uint32Array,
  visit: (x: number, column: number) => void,
): void {
  for (const row of rows) {
    for (let column = 0; column < nColumns; column++) visit(at(features, row * nColumns + column), column)
  }
}
