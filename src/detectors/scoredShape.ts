import { at } from '../check.js'
import type { TableArray, TableReader } from '../data/tables/tableReader.js'
import { ScoringBiasError } from '../errors.js'
import { showShape } from '../graph/tensor.js'
import { elements } from '../nn/parameters.js'
import type { DetectorMetadata } from './detectorMetadata.js'

/**
 * Requires that arrays have samples of the shape that a detector takes. The columns of an array are numbered, so that those of
 * a larger one have the same names and mean something else.
 *
 * - An array that the detector was trained on has the shape that it had, or else is all features, as one without its column of labels is.
 * - Of another one every column is a feature, unless names from its midst show that columns were left out.
 * - Rows of as many numbers are samples of any shape, written in one row.
 *
 * Errors: `SHAPE_MISMATCH`.
 *
 * @param columns those that hold the detector's features, and no categories
 * @param byPlace whether these are taken in their order, and not by their names
 */
export function requireSampleShapes(
  { arrays: trained = [], sample, features }: DetectorMetadata,
  table: TableReader,
  columns: readonly string[],
  byPlace: boolean,
): void {
  const given = table.arrays?.(columns) ?? []
  for (const array of given) {
    const own = byPlace ? onlyOf(trained, features.length) : trained.find(({ name }) => name === array.name)?.shape
    const isAll = given.length === 1 && (byPlace || array.places.length === features.length)
    const whole = isAll ? sample : [array.places.length]
    const wanted = own === undefined ? otherThanWhole(array, whole) : otherThanTrained(array, own, whole)
    if (wanted !== undefined) throw otherShape(table, array, wanted)
  }
}

/**
 * Requires the same where features are missing, of arrays that the detector was trained on: images that are too small are told as such, not
 * by columns that nobody named. Errors: `SHAPE_MISMATCH`.
 */
export function requireTrainedShapes({ arrays: trained = [], features }: DetectorMetadata, table: TableReader): void {
  const known = new Set(table.columns)
  for (const array of table.arrays?.(features.filter((feature) => known.has(feature))) ?? []) {
    const own = trained.find(({ name }) => name === array.name)
    if (own !== undefined && !mayBe(array.shape, own.shape)) throw otherShape(table, array, own.shape)
  }
}

/** The shape of the one array that all of a detector's features are; undefined where there is none. */
function onlyOf(trained: NonNullable<DetectorMetadata['arrays']>, nFeatures: number): readonly number[] | undefined {
  const [only, ...others] = trained
  return only !== undefined && others.length === 0 && elements(only.shape) === nFeatures ? only.shape : undefined
}

/** The shape that an array should have of which a detector was trained on one of shape `own`; undefined where it has it. */
function otherThanTrained(
  array: TableArray,
  own: readonly number[],
  whole: readonly number[],
): readonly number[] | undefined {
  if (isSame(array.shape, own)) return undefined
  if (!isWhole(array) || !mayBe(array.shape, own)) return own
  return otherThanWhole(array, whole)
}

/** The shape that an array should have of which nothing is known but what its columns make, `whole`; undefined where it has it. */
function otherThanWhole(array: TableArray, whole: readonly number[]): readonly number[] | undefined {
  if (isWhole(array)) return mayBe(array.shape, whole) ? undefined : whole
  const isBegin = array.places.every((place) => place < array.places.length)
  return isBegin || axes(array.shape).length > 1 ? whole : undefined
}

function isWhole({ shape, places }: TableArray): boolean {
  return places.length === elements(shape)
}

/** Axes of one element change no place. */
function axes(shape: readonly number[]): readonly number[] {
  return shape.filter((size) => size !== 1)
}

function isSame(one: readonly number[], other: readonly number[]): boolean {
  const [a, b] = [axes(one), axes(other)]
  return a.length === b.length && a.every((size, i) => size === at(b, i))
}

/** Whether samples of one shape can be those of another: a row of numbers has none of its own. */
function mayBe(one: readonly number[], other: readonly number[]): boolean {
  return isSame(one, other) || axes(one).length < 2 || axes(other).length < 2
}

/** The error for an array with samples of another shape than the detector takes. */
function otherShape({ name, named }: TableReader, array: TableArray, wanted: readonly number[]): ScoringBiasError {
  const what = named ? `${name}: array '${array.name}'` : name
  return new ScoringBiasError(
    'SHAPE_MISMATCH',
    `${what} has samples of shape ${showShape(array.shape)}. The detector takes samples of shape ${showShape(wanted)}. ` +
      'Give samples of that shape, or train a detector on samples such as these',
  )
}
