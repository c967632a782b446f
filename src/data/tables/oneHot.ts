import { at } from '../../check.js'
import { ScoringBiasError } from '../../errors.js'
import { namesArgument } from '../../flagText.js'
import { className } from '../../scores/scoreCollector.js'
import { isMissing, listed, shortened } from './tableReader.js'

/** A column of categories whose every category is a feature: 1 in the samples that have it, else 0. */
export interface OneHotColumn {
  readonly column: string
  /** In the order of their features, which are called `column=category`. */
  readonly categories: readonly string[]
}

/** The features that stand for a column, in their order. */
export function oneHotNames({ column, categories }: OneHotColumn): string[] {
  return categories.map((category) => `${column}=${category}`)
}

/** Truth values by how formats and programs write them, in lower case. NumPy writes numbers. */
const truths: Readonly<Record<string, string>> = { false: '0', true: '1' }

/**
 * What a text of a column of categories stands for, the same in all formats; undefined where it is missing. A truth value is 0 or 1.
 */
export function categoryOf(text: string): string | undefined {
  const category = className(text.trim())
  if (isMissing(category)) return undefined
  const key = category.toLowerCase()
  return Object.hasOwn(truths, key) ? truths[key] : category
}

/** A column with more is hardly one of categories. */
const mostCategories = 1000

/** The columns with all categories that there are, in order of their code units. Errors: `OUT_OF_RANGE` for more than 1,000 in a column. */
export function oneHotColumns(name: string, texts: ReadonlyMap<string, readonly string[]>): OneHotColumn[] {
  return [...texts].map(([column, values]) => {
    const categories = [...new Set(values.flatMap((value) => categoryOf(value) ?? []))].sort()
    if (categories.length > mostCategories) {
      const what = `${name}: column '${shortened(column)}' has ${categories.length} different values`
      throw new ScoringBiasError(
        'OUT_OF_RANGE',
        `${what}. One-hot features take ${mostCategories} at most. Is it an identifier? Leave it out: --ignore ${namesArgument([column])}`,
      )
    }
    return { column, categories }
  })
}

/**
 * Samples with the features of one-hot columns behind their numbers: [n, numbers] and a text of each sample and column → [n, numbers +
 * categories]. A category that the column does not list, and a missing one, is 0 in all of the column's features.
 */
export function withOneHot(
  numbers: Float32Array,
  columns: readonly OneHotColumn[],
  { texts, nRows }: { readonly texts: readonly (readonly string[])[]; readonly nRows: number },
): Float32Array {
  if (columns.length === 0) return numbers
  const nNumbers = numbers.length / nRows
  const size = nNumbers + columns.reduce((sum, { categories }) => sum + categories.length, 0)
  const features = new Float32Array(nRows * size)
  for (let row = 0; row < nRows; row++) features.set(numbers.subarray(row * nNumbers, (row + 1) * nNumbers), row * size)
  let first = nNumbers
  for (const [i, { categories }] of columns.entries()) {
    const places = new Map(categories.map((category, place) => [category, first + place]))
    for (const [row, text] of at(texts, i).entries()) {
      const place = places.get(categoryOf(text) ?? '')
      if (place !== undefined) features[row * size + place] = 1
    }
    first += categories.length
  }
  return features
}

/** Requires columns of categories that are neither label nor ignored, and features of different names. Errors: `OUT_OF_RANGE`, `BAD_FILE`. */
export function requireOneHot(
  oneHot: readonly string[],
  { label, ignore }: { readonly label: string | undefined; readonly ignore: readonly string[] },
): void {
  const twice = oneHot.find((column, i) => oneHot.indexOf(column) < i)
  const clash = oneHot.find((column) => column === label || ignore.includes(column))
  if (twice === undefined && clash === undefined) return
  const column = twice ?? clash
  const what = twice !== undefined ? 'is named twice' : `is ${clash === label ? 'the label' : 'ignored'}, too`
  throw new ScoringBiasError('OUT_OF_RANGE', `oneHot: column '${column}' ${what}. Name it once (--one-hot)`)
}

/** The error for features of one name: a column of the file is called as a category of another is. */
export function sameName(name: string, feature: string): ScoringBiasError {
  return new ScoringBiasError('BAD_FILE', `${name}: two features would be called ${listed([feature])}. Rename a column`)
}
