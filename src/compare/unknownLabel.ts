import { at } from '../check.js'
import { normalHint } from '../data/tables/labelColumns.js'
import { isMissing, listed, longestName, type TableReader } from '../data/tables/tableReader.js'
import { ScoringBiasError } from '../errors.js'
import type { GrowingScores } from '../scores/growingScores.js'
import { className, type Destination, type ScoreCollector } from '../scores/scoreCollector.js'

/** Labels that are shown. */
const mostLabels = 20

type Problem = Extract<Destination, { readonly problem: string }>

/** The error for a sample of a file: for a label of which nothing says if it is normal, with all labels and the way out. */
export async function badSample(
  reader: TableReader,
  row: number,
  { problem, wayOut }: Problem,
  label: string,
): Promise<ScoringBiasError> {
  const place = await reader.place(row)
  const ways = wayOut !== undefined ? `. ${labelsAndWay(await labelsOf(reader, label))}` : ''
  return new ScoringBiasError('BAD_FILE', `${place}: ${problem}${ways}`)
}

async function labelsOf(reader: TableReader, label: string): Promise<string[]> {
  const found = new Set<string>()
  for await (const { texts } of reader.batches({ numbers: [], texts: [label], longestText: longestName })) {
    for (const one of at(texts, 0)) found.add(className(one))
    if (found.size > mostLabels) break
  }
  return [...found].sort()
}

function labelsAndWay(labels: readonly string[]): string {
  return `The labels of the file are ${listed(labels)}. ${normalHint(labels) ?? 'Say which one is normal with --normal'}`
}

/** Keeps the group of a sample, or says what is wrong with it. */
export function groupProblem(
  {
    collector,
    reader,
    row,
    column,
  }: {
    readonly collector: ScoreCollector
    readonly reader: TableReader
    readonly row: number
    readonly column: string
  },
  stores: readonly GrowingScores[],
  group: string,
): Promise<ScoringBiasError> | undefined {
  if (!isMissing(group)) {
    collector.addGroup(stores, group)
    return undefined
  }
  const what = group.trim() === '' ? 'is empty' : `is '${group}', a missing value`
  return reader
    .place(row)
    .then(
      (place) =>
        new ScoringBiasError(
          'BAD_FILE',
          `${place}: column '${column}' ${what}. Every sample needs the name of its group. Give samples on their own a name each`,
        ),
    )
}
