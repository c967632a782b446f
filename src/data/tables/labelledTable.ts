import { createHash } from 'node:crypto'
import { integer, list, oneOf, record, text, wrongType } from '../../check.js'
import { ScoringBiasError } from '../../errors.js'
import { type Dataset, requireLabels, sampleSize } from '../core/dataset.js'

/** What a sample of more axes than one can be: an image [height, width] or [channels, height, width], or a sequence [steps, features]. */
export type SampleKind = 'images' | 'sequences'
export const sampleKinds: readonly SampleKind[] = ['images', 'sequences']

/** Samples with raw features and class labels, as a detector is trained on. */
export interface LabelledTable
  extends Pick<Dataset, 'name' | 'attribution' | 'classes' | 'labels'>,
    Partial<Pick<Dataset, 'simulated'>> {
  /** The file that it was read from, which nothing made from it replaces; absent where it was not one. */
  readonly path?: string
  readonly featureNames: readonly string[]
  /** Shape of a sample, of as many elements as there are features; absent where it is a row of them. */
  readonly sample?: readonly number[]
  /** What samples of two axes are: they look alike. Absent where nobody knows. */
  readonly sampleKind?: SampleKind
  /** Shape [n, featureNames.length], row-major, finite, not standardised. */
  readonly features: Float32Array
}

/** A data set's features as they were before they were standardised, named x1, x2, …, row-major in a sample. */
export function tableOf({ name, attribution, simulated, sample, classes, ...data }: Dataset): LabelledTable {
  return {
    name,
    attribution,
    ...(simulated && { simulated }),
    featureNames: Array.from({ length: sampleSize({ sample }) }, (_, j) => `x${j + 1}`),
    features: data.raw ?? data.features,
    classes,
    labels: data.labels,
  }
}

/** The class that is normal where nobody says. Errors: `UNKNOWN_CLASS`, listing the classes. */
export function guessedNormal({ name, classes }: Pick<LabelledTable, 'name' | 'classes'>): string {
  const found = ['0', 'normal'].find((one) => classes.includes(one))
  if (found !== undefined) return found
  throw new ScoringBiasError(
    'UNKNOWN_CLASS',
    `the classes of ${name} are ${classes.slice(0, 20).join(', ')}. Say with the option normal which class is normal`,
  )
}

/**
 * Requires consistent sizes and finite features.
 * Errors: `WRONG_TYPE`, `EMPTY_SAMPLE`, `LENGTH_MISMATCH`, `OUT_OF_RANGE` for labels of no class, `NOT_A_NUMBER`.
 */
export function requireTable(table: LabelledTable): void {
  record('the table', table)
  const { name, path, features, featureNames, labels } = table
  text('name', name)
  if (path !== undefined) text('path', path)
  list(text)('featureNames', featureNames)
  const sample = table.sample ?? [featureNames.length]
  if (!(features instanceof Float32Array)) throw wrongType('features', 'a Float32Array', features)
  list(integer(1))('sample', sample)
  if (table.sampleKind !== undefined) oneOf('kind of samples', sampleKinds)('sampleKind', table.sampleKind)
  requireLabels(table)
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
  if (sampleSize({ sample }) !== featureNames.length) {
    throw new ScoringBiasError(
      'LENGTH_MISMATCH',
      `${name}: a sample of shape ${sample.join('×')} has ${sampleSize({ sample })} elements, and there are ${featureNames.length} features`,
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

/** Node hashes less than 2 GiB at once; all of `spectrum` has 6. */
const hashedAtOnce = 2 ** 30

/** SHA-256, in hexadecimal, of the features (float32, little-endian) followed by the labels (one byte each). 0.7 s a gigabyte. */
export function tableDigest({ features, labels }: Pick<LabelledTable, 'features' | 'labels'>): string {
  const bytes = new Uint8Array(features.buffer, features.byteOffset, features.byteLength)
  const hash = createHash('sha256')
  for (let from = 0; from < bytes.length; from += hashedAtOnce) hash.update(bytes.subarray(from, from + hashedAtOnce))
  return hash.update(labels).digest('hex')
}
