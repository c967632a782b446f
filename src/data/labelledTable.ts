import { createHash } from 'node:crypto'
import { ScoringBiasError } from '../errors.js'

/** Samples with raw features and class labels, as a detector is trained on. */
export interface LabelledTable {
  /** What it is called in files and messages: the data set's name, or the file's. */
  readonly name: string
  /** Whose data, under which licence; empty where unknown. */
  readonly attribution: string
  readonly featureNames: readonly string[]
  /** Shape [n, featureNames.length], row-major, finite, not standardised. */
  readonly features: Float32Array
  readonly classes: readonly string[]
  /** Index into `classes` of each sample, shape [n]. */
  readonly labels: Uint8Array
}

/** Requires consistent sizes and finite features. Errors: `EMPTY_SAMPLE`, `LENGTH_MISMATCH`, `NOT_A_NUMBER`. */
export function requireTable(table: LabelledTable): void {
  const { name, features, featureNames, labels } = table
  if (featureNames.length === 0 || labels.length === 0) {
    const what = featureNames.length === 0 ? 'features' : 'samples'
    throw new ScoringBiasError('EMPTY_SAMPLE', `${name} has no ${what}`)
  }
  if (features.length !== labels.length * featureNames.length) {
    throw new ScoringBiasError(
      'LENGTH_MISMATCH',
      `${name}: ${labels.length} labels and ${featureNames.length} features make ` +
        `${labels.length * featureNames.length} numbers, got ${features.length}`,
    )
  }
  const bad = features.findIndex((x) => !Number.isFinite(x))
  if (bad >= 0) {
    const [row, column] = [Math.floor(bad / featureNames.length), bad % featureNames.length]
    throw new ScoringBiasError(
      'NOT_A_NUMBER',
      `${name}: feature '${featureNames[column]}' of sample ${row} is ${features[bad]}`,
    )
  }
}

/** SHA-256, in hexadecimal, of the features (float32, little-endian) followed by the labels (one byte each). */
export function tableDigest({ features, labels }: LabelledTable): string {
  const bytes = new Uint8Array(features.buffer, features.byteOffset, features.byteLength)
  return createHash('sha256').update(bytes).update(labels).digest('hex')
}
