import { ScoringBiasError } from '../errors.js'

/** Samples with features and class labels, ready to train on. */
export interface Dataset {
  /** The name it is loaded by. */
  readonly name: string
  /** The name people know it by. */
  readonly title: string
  /** Whose data, under which licence; belongs into everything made from it. */
  readonly attribution: string
  /** The classes of a study that names none. */
  readonly defaults: { readonly normal: string; readonly anomaly: string }
  readonly nFeatures: number
  readonly classes: readonly string[]
  /** Shape [n, nFeatures], row-major, standardised per column. */
  readonly features: Float32Array
  /** Index into `classes` of each sample, shape [n]. */
  readonly labels: Uint8Array
  /** What was subtracted from and what divided each column, shape [nFeatures] each. */
  readonly standardisation: Standardisation
}

/** Column means and population standard deviations. */
export interface Standardisation {
  readonly mean: Float64Array
  readonly sd: Float64Array
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
 * Computed in float64, rounded once. A constant column becomes zeros, with sd recorded as 1.
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
    for (let i = column; i < values.length; i += nColumns) sum += values[i] ?? Number.NaN
    const centre = sum / nRows
    let squares = 0
    for (let i = column; i < values.length; i += nColumns) squares += ((values[i] ?? Number.NaN) - centre) ** 2
    const scale = Math.sqrt(squares / nRows) || 1
    for (let i = column; i < values.length; i += nColumns) features[i] = ((values[i] ?? Number.NaN) - centre) / scale
    mean[column] = centre
    sd[column] = scale
  }
  return { features, standardisation: { mean, sd } }
}
