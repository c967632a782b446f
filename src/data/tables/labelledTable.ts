import { createHash } from 'node:crypto'
import { type Check, integer, list, oneOf, plainCopy, record, text, wrongType } from '../../check.js'
import { ScoringBiasError } from '../../errors.js'
import { copyOf, requireAttached } from '../../stats/ranks/scores.js'
import { type FeatureGaps, type Imputation, imputations } from '../core/columnScale.js'
import { type Dataset, requireLabels, sampleSize } from '../core/dataset.js'
import { normalHint } from './labelColumns.js'
import { type OneHotColumn, oneHotNames } from './oneHot.js'
import { repeated, shortened } from './tableReader.js'

/** What a sample of more axes than one can be: an image [height, width] or [channels, height, width], or a sequence [steps, features]. */
export type SampleKind = 'images' | 'sequences'
export const sampleKinds: readonly SampleKind[] = ['images', 'sequences']

/** An array that samples were read from. */
export interface SampleArray {
  readonly name: string
  /** Shape of a sample in it. */
  readonly shape: readonly number[]
}

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
  /** Arrays with axes that the features were read from, of which they need not be all; absent where the features are columns of their own. */
  readonly arrays?: readonly SampleArray[]
  /** Columns of categories whose categories are features `column=category`, 1 or 0. A category that no normal sample trained on has counts as none. */
  readonly oneHot?: readonly OneHotColumn[]
  /** What stands for a missing feature, NaN: its median over the normal samples trained on. Absent where none is missing. */
  readonly impute?: Imputation
  /** Shape [n, featureNames.length], row-major, finite or, with `impute`, NaN, not standardised. */
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
  const hint = normalHint(classes)
  throw new ScoringBiasError(
    'UNKNOWN_CLASS',
    `the classes of ${name} are ${classes.slice(0, 20).join(', ')}. Say with the option normal which class is normal${hint === undefined ? '' : `. ${hint}`}`,
  )
}

/**
 * Requires consistent sizes, features and classes with names of their own, and finite features.
 * Errors: `WRONG_TYPE`, `EMPTY_SAMPLE`, `LENGTH_MISMATCH`, `OUT_OF_RANGE` for a name that is there twice and for labels of no class,
 * `NOT_A_NUMBER`, `DETACHED`.
 */
export function requireTable(table: LabelledTable): void {
  record('the table', table)
  const { name, path, features, featureNames, labels } = table
  text('name', name)
  if (path !== undefined) text('path', path)
  if (table.attribution !== undefined) text('attribution', table.attribution)
  list(text)('featureNames', featureNames)
  if (featureNames.length === 0)
    throw new ScoringBiasError('EMPTY_SAMPLE', `${name} has no features: featureNames is empty. Name at least one`)
  requireOwnNames(name, featureNames)
  const sample = table.sample ?? [featureNames.length]
  if (!(features instanceof Float32Array)) throw wrongType('features', 'a Float32Array', features)
  requireAttached('features', features)
  list(integer(1))('sample', sample)
  if (table.sampleKind !== undefined) oneOf('kind of samples', sampleKinds)('sampleKind', table.sampleKind)
  if (table.arrays !== undefined) list(arrayCheck)('arrays', table.arrays)
  requireLabels(table)
  if (labels.length === 0)
    throw new ScoringBiasError('EMPTY_SAMPLE', `${name} has no samples: labels is empty. Give at least one`)
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
  if (table.impute !== undefined) oneOf('imputation', imputations)('impute', table.impute)
  const { categories = [] } = gapsOf(table) ?? {}
  const bad = features.findIndex((x) => !(Number.isFinite(x) || (table.impute !== undefined && Number.isNaN(x))))
  if (bad >= 0) {
    const [row, column] = [Math.floor(bad / featureNames.length), bad % featureNames.length]
    throw new ScoringBiasError(
      'NOT_A_NUMBER',
      `${name}: feature '${featureNames[column]}' of sample ${row} is ${features[bad]}` +
        (Number.isNaN(features[bad]) ? ". If it is missing, let its median stand for it (impute: 'median')" : ''),
    )
  }
  requireOneHotNumbers(table, categories)
}

/** Features are found by their names: two of one name would both be the first. Errors: `OUT_OF_RANGE`. */
function requireOwnNames(name: string, featureNames: readonly string[]): void {
  const twice = repeated(featureNames)
  if (twice === undefined) return
  const [first, second] = [featureNames.indexOf(twice), featureNames.lastIndexOf(twice)]
  throw new ScoringBiasError(
    'OUT_OF_RANGE',
    `${name}: featureNames[${first}] and featureNames[${second}] are both '${shortened(twice)}'. Give each feature a name of its own`,
  )
}

/** What of a table is copied beside its numbers. */
const described = [
  ...['name', 'path', 'attribution', 'simulated', 'classes', 'featureNames'],
  ...['sample', 'sampleKind', 'arrays', 'oneHot', 'impute'],
] as (keyof LabelledTable)[]

/**
 * A private copy of a caller's table, so that what becomes of the table while we work has no effect. What is no table is as it
 * was, for {@link requireTable} to refuse. Memory: that of the table. Errors: `DETACHED`, `OUT_OF_MEMORY`.
 */
export function copyTable(table: LabelledTable): LabelledTable {
  const { features, labels } = table
  const others = described.flatMap((key) => (table[key] === undefined ? [] : [[key, plainCopy(table[key])]]))
  return {
    ...Object.fromEntries(others),
    features: features instanceof Float32Array ? copyOf('features', () => new Float32Array(features)) : features,
    labels: labels instanceof Uint8Array ? copyOf('labels', () => new Uint8Array(labels)) : labels,
  }
}

/** An array that samples were read from, named. */
const arrayCheck: Check = (name, value) => {
  record(name, value)
  const { name: array, shape } = value as Partial<SampleArray>
  text(`${name}.name`, array)
  list(integer(1))(`${name}.shape`, shape)
}

/** A column of categories, named. */
const oneHotCheck: Check = (name, value) => {
  record(name, value)
  const { column, categories } = value as Partial<OneHotColumn>
  text(`${name}.column`, column)
  list(text)(`${name}.categories`, categories)
}

/**
 * Which features of a table may be missing and which are categories; undefined where all are plain numbers.
 * Errors: `WRONG_TYPE`; `UNKNOWN_NAME` for a category that is no feature, `OUT_OF_RANGE` for one that is there twice.
 */
export function gapsOf({
  name,
  featureNames,
  oneHot = [],
  impute,
}: Omit<LabelledTable, 'features'>): FeatureGaps | undefined {
  list(oneHotCheck)('oneHot', oneHot)
  if (oneHot.length === 0 && impute === undefined) return undefined
  const places = new Map(featureNames.map((feature, place) => [feature, place]))
  const named = oneHot.flatMap(oneHotNames)
  const twice = repeated(named)
  if (twice !== undefined) {
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      `${name}: oneHot has the category '${shortened(twice)}' twice. Name each category of a column once`,
    )
  }
  const categories = named.map((feature) => {
    const place = places.get(feature)
    if (place !== undefined) return place
    throw new ScoringBiasError('UNKNOWN_NAME', `${name} has no feature '${feature}', which oneHot says it has`)
  })
  return { featureNames, categories: categories.sort((a, b) => a - b), impute }
}

/** Requires that features of categories are 1, 0 or missing. Errors: `OUT_OF_RANGE`. */
function requireOneHotNumbers({ name, features, featureNames }: LabelledTable, categories: readonly number[]): void {
  const size = featureNames.length
  const isWrong = (x = 0) => x !== 0 && x !== 1 && !Number.isNaN(x)
  for (let row = 0; row * size < features.length; row++) {
    const wrong = categories.find((column) => isWrong(features[row * size + column]))
    if (wrong === undefined) continue
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      `${name}: feature '${shortened(featureNames[wrong] ?? '')}' of sample ${row} is ${features[row * size + wrong]}. ` +
        'It is a category (oneHot), which a sample has, 1, or has not, 0. Write 1 or 0, or leave the column out of oneHot',
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
