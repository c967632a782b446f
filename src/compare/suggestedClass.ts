import { at } from '../check.js'
import { columnLooks } from '../data/tables/labelColumns.js'
import { listed, longText, type TableReader } from '../data/tables/tableReader.js'
import { isSplit } from '../scores/scoreCollector.js'
import type { ChosenColumns } from './scoreColumns.js'

/** More unused columns than this are features, and more names no classes. */
const mostUnused = 32
const mostNames = 20

/** Columns that may hold the classes of anomalies where none is named, and what is found in them on anomalous samples. */
export interface ClassColumns {
  readonly columns: readonly string[]
  /** Counts an anomalous sample: texts of these columns, and the row. */
  count(texts: readonly (readonly string[])[], row: number): void
  notes(): string[]
}

/** Columns of a few names that have no role, where there is no class. */
export async function classColumns(
  reader: TableReader,
  { detectors, label, class: ofClass, split, group }: ChosenColumns,
): Promise<ClassColumns> {
  const used = new Set([...detectors, label, split, group])
  const unused = reader.columns.filter((column) => !used.has(column))
  const isAsked = ofClass === undefined && reader.streamed
  const looks = isAsked && unused.length > 0 && unused.length <= mostUnused ? await columnLooks(reader, unused) : []
  // Names may begin after many normal samples that have none.
  const columns = looks.flatMap(({ column, isText, isFew, values }) =>
    values.length === 0 || (isText && isFew && !values.every(isSplit)) ? [column] : [],
  )
  const counts = columns.map(() => new Map<string, number>())
  return {
    columns,
    count: (texts, row) => {
      for (const [i, own] of counts.entries()) {
        if (own.size > mostNames) continue
        const name = at(at(texts, i), row)
        own.set(name, (own.get(name) ?? 0) + 1)
      }
    },
    notes: () =>
      columns.flatMap((column, i) => {
        const own = at(counts, i)
        const names = [...own.keys()]
        const n = [...own.values()].reduce((sum, one) => sum + one, 0)
        const areClasses =
          names.length > 1 && names.length <= mostNames && n >= 2 * names.length && !own.has('') && !own.has(longText)
        if (!areClasses) return []
        return [
          `column '${column}' has ${names.length} names on the anomalous samples: ${listed(names)}. To compare on each of them, name it as the class: --class ${column}`,
        ]
      }),
  }
}
