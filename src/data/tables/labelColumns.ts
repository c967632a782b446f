import { at } from '../../check.js'
import { numberOf } from './parseNumber.js'
import { isMissing, longText, type TableReader } from './tableReader.js'

/** What people call a column of labels, in small letters without anything between the words. */
const labelNames =
  /^(labels?|y|ytrue|ytest|target|class|outliers?|isoutlier|anomal(y|ies|ous)|isanomal(y|ous)|groundtruth)$/

/** Whether a column's name says that it holds labels. */
export function isLabelName(column: string): boolean {
  return labelNames.test(column.toLowerCase().replace(/[\s_.-]+/g, ''))
}

/** More columns are samples' features, and more values no classes. */
const mostLooked = 256
const mostValues = 20

/** How a column's first rows look. */
export interface ColumnLook {
  readonly column: string
  /** Its values, empty ones left out; of more than twenty the first twenty-one. */
  readonly values: readonly string[]
  /** Whether it has few values, several of them again. */
  readonly isFew: boolean
  /** Whether none of its values is a number. */
  readonly isText: boolean
}

/**
 * How the first rows of columns look, at most 4,096 rows of 256 columns. Errors: those of `TableReader.batches` for a file that
 * cannot be read.
 */
export async function columnLooks(reader: TableReader, columns: readonly string[]): Promise<ColumnLook[]> {
  const texts = columns.slice(0, mostLooked)
  for await (const batch of reader.batches({ numbers: [], texts, glimpsed: texts })) {
    return texts.map((column, i) => {
      const own = at(batch.texts, i).filter((value) => !isMissing(value))
      const values = [...new Set(own)].slice(0, mostValues + 1)
      return {
        column,
        values,
        isFew: values.length <= mostValues && own.length >= 2 * values.length && !values.includes(longText),
        isText: own.length > 0 && values.every((value) => Number.isNaN(numberOf(value))),
      }
    })
  }
  return []
}
