import { at, entryOf, invariant, requireKnown } from '../check.js'
import { listed, longestName, requireColumns, type TableReader } from '../data/tables/tableReader.js'
import { ScoringBiasError } from '../errors.js'
import { readingProgress } from '../progress.js'
import { GrowingScores } from '../scores/growingScores.js'
import { type CollectedScores, ScoreCollector } from '../scores/scoreCollector.js'
import { missingOptions, preparedScores, requireNegated } from './preparedScores.js'
import type { ReadScoresOptions } from './readScores.js'
import { requireDistinct, type SampleColumns, sampleColumns } from './scoreColumns.js'
import type { ScoreData } from './types.js'
import { badSample } from './unknownLabel.js'

/** Where a long file has what. */
interface LongColumns extends SampleColumns {
  readonly detector: string
  readonly score: string
  readonly key: string
}

/** A detector's scores by sample, and the row that each is of, from 1; 0 for none. */
class LongDetector {
  readonly #scores = new GrowingScores()
  readonly #rows = new GrowingScores()

  /** The row of a sample's score, from 1; 0 for none. */
  row(sample: number): number {
    return sample < this.#rows.length ? this.#rows.get(sample) : 0
  }

  score(sample: number): number {
    return this.#scores.get(sample)
  }

  set(sample: number, row: number, score: number): void {
    while (this.#rows.length <= sample) {
      this.#rows.push(0)
      this.#scores.push(Number.NaN)
    }
    this.#rows.set(sample, row + 1)
    this.#scores.set(sample, score)
  }
}

/** A row of a long file. */
interface LongRow {
  readonly row: number
  readonly key: string
  readonly detector: string
  readonly score: number
  /** Label, class and split. */
  readonly kind: readonly string[]
}

/** What a long file holds, sample by sample in the order in which they first occur. */
class LongTable {
  /** Key → number of the sample. */
  readonly keys = new Map<string, number>()
  /** The first row of each sample, from 0. */
  readonly firstRows = new GrowingScores()
  /** Of each sample: label, class and split. Few samples differ in them: equal ones are one array. */
  readonly kinds: (readonly string[])[] = []
  readonly detectors = new Map<string, LongDetector>()
  readonly #reader: TableReader
  readonly #columns: LongColumns
  readonly #known = new Map<string, readonly string[]>()

  constructor(reader: TableReader, columns: LongColumns) {
    this.#reader = reader
    this.#columns = columns
  }

  /** The problem with a row, or undefined. */
  add(added: LongRow): Promise<ScoringBiasError> | undefined {
    const { row, key, detector, score, kind } = added
    if (key === '' || detector === '')
      return this.#problem(row, `column '${this.#emptyOf(added)}' is empty. Every row needs one`)
    const sample = this.keys.get(key) ?? this.keys.size
    if (sample === this.keys.size) this.#addSample(added)
    else if (at(this.kinds, sample).some((value, i) => value !== kind[i])) return this.#differing(added, sample)
    const own = this.detectors.get(detector) ?? new LongDetector()
    this.detectors.set(detector, own)
    if (own.row(sample) > 0) return this.#second(added, own.row(sample) - 1)
    own.set(sample, row, score)
    return undefined
  }

  #addSample({ row, key, kind }: LongRow): void {
    const id = JSON.stringify(kind)
    const known = this.#known.get(id) ?? kind
    this.#known.set(id, known)
    this.keys.set(key, this.keys.size)
    this.firstRows.push(row)
    this.kinds.push(known)
  }

  #emptyOf({ key }: LongRow): string {
    return key === '' ? this.#columns.key : this.#columns.detector
  }

  async #second({ row, key, detector }: LongRow, earlier: number): Promise<ScoringBiasError> {
    const place = await this.#reader.place(earlier)
    return this.#problem(
      row,
      `key '${key}' has a second score of '${detector}', after ${place}. A sample has one score of each detector. ` +
        'If these are several trainings, give each a name of its own in the column of detectors',
    )
  }

  async #differing({ row, key, kind }: LongRow, sample: number): Promise<ScoringBiasError> {
    const { label, class: ofClass = label, split = label } = this.#columns
    const first = at(this.kinds, sample)
    const i = first.findIndex((value, column) => value !== kind[column])
    const before = await this.#reader.place(this.firstRows.get(sample))
    return this.#problem(
      row,
      `key '${key}' has '${at(kind, i)}' in column '${at([label, ofClass, split], i)}', and '${at(first, i)}' at ${before}. ` +
        'All rows of a sample must agree there. If they are different samples, give each a key of its own',
    )
  }

  async #problem(row: number, what: string): Promise<ScoringBiasError> {
    return bad(await this.#reader.place(row), what)
  }
}

/**
 * Reads a file with a row for each sample and detector. Errors: those of `readScores`; `BAD_FILE`, with key and rows, for a
 * key that is empty, has two scores of one detector or none of another, or whose rows have different labels, classes or splits.
 */
export async function readLongScores(
  reader: TableReader,
  options: ReadScoresOptions & { readonly detector: string },
): Promise<ScoreData> {
  const { negate, key } = options
  if (key === undefined) {
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      `a long file needs a column that says which sample a row is of. Name it with key (--key). Columns of ${reader.name}: ${listed(reader.columns)}`,
    )
  }
  const { detector, score = 'score' } = options
  const columns = { detector, score, key, ...sampleColumns(reader, options, [detector, score, key]) }
  requireColumns(reader, [detector, score, key])
  requireDistinct(Object.values(columns).filter((column) => column !== undefined))
  const table = await readTable(reader, columns, options)
  const detectors = comparedDetectors(reader, [...table.detectors.keys()], options)
  requireNegated(negate, detectors)
  return preparedScores(
    { source: reader.name, detectors, ...(await collect(reader, table, detectors, { columns, options })) },
    options,
  )
}

async function readTable(
  reader: TableReader,
  columns: LongColumns,
  { dropMissing, signal, onProgress }: ReadScoresOptions,
): Promise<LongTable> {
  const { detector: ofDetector, score, key: ofKey, label, class: ofClass = label, split = label } = columns
  const table = new LongTable(reader, columns)
  const texts = [ofKey, ofDetector, label, ofClass, split]
  const asked = { longestText: longestName, ...missingOptions(dropMissing), signal }
  for await (const batch of reader.batches({ numbers: [score], texts, ...asked })) {
    for (let i = 0; i < batch.nRows; i++) {
      const [key, detector, ...kind] = batch.texts.map((column) => at(column, i))
      invariant(key !== undefined && detector !== undefined, 'every column asked for is read')
      const problem = table.add({ row: batch.firstRow + i, key, detector, score: at(at(batch.numbers, 0), i), kind })
      if (problem !== undefined) throw await problem
    }
    onProgress?.(readingProgress(batch.firstRow + batch.nRows))
  }
  return table
}

/** The detectors to compare, the baseline first. Errors: `UNKNOWN_NAME`, `EMPTY_SAMPLE`, `OUT_OF_RANGE`. */
function comparedDetectors(
  reader: TableReader,
  known: readonly string[],
  { baseline = 'baseline', candidates = ['candidate'], ignore = [], ...asked }: ReadScoresOptions,
): string[] {
  if (known.length === 0) throw new ScoringBiasError('EMPTY_SAMPLE', `${reader.name} has no rows`)
  const named = [baseline, ...(candidates === 'all' ? [] : candidates)]
  const missing = named.filter((name) => !known.includes(name))
  if (missing.length > 0) {
    throw new ScoringBiasError(
      'UNKNOWN_NAME',
      `${reader.name} has no detector ${listed(missing)} in column '${asked.detector}'. Its detectors are ${listed(known)}. ` +
        'Say which to compare with --baseline and --candidate (options baseline and candidates of the library)',
    )
  }
  for (const name of ignore) requireKnown('detector to ignore', name, known)
  const others = known.filter((name) => name !== baseline && !ignore.includes(name))
  const detectors = candidates === 'all' ? [baseline, ...others] : named
  requireDistinct(detectors)
  if (detectors.length < 2) {
    throw new ScoringBiasError(
      'EMPTY_SAMPLE',
      `${reader.name} has no detector left for a candidate beside '${baseline}'`,
    )
  }
  return detectors
}

async function collect(
  reader: TableReader,
  { keys, firstRows, kinds, detectors }: LongTable,
  names: readonly string[],
  { columns, options }: { readonly columns: SampleColumns; readonly options: ReadScoresOptions },
): Promise<CollectedScores> {
  const collector = new ScoreCollector({
    name: reader.name,
    nDetectors: names.length,
    normal: options.normal,
    hasClass: columns.class !== undefined,
    hasSplit: columns.split !== undefined,
  })
  const compared = names.map((name) => ({ name, scores: entryOf(detectors, name) }))
  for (const [key, sample] of keys) {
    const without = compared.filter(({ scores }) => scores.row(sample) === 0)
    // Of detectors that are not compared alone.
    if (without.length === compared.length) continue
    const [lacking] = without
    if (lacking !== undefined) {
      throw bad(
        await reader.place(firstRows.get(sample)),
        `key '${key}' has no score of '${lacking.name}'. Every sample needs a score of each detector that is compared. ` +
          'Add it, or leave the rows of that sample out',
      )
    }
    const [ownLabel, ownClass, ownSplit] = [0, 1, 2].map((i) => at(at(kinds, sample), i)) as [string, string, string]
    const stores = collector.destination(ownLabel, ownClass, ownSplit)
    if (stores === 'unused') continue
    if ('problem' in stores) throw await badSample(reader, firstRows.get(sample), stores, columns.label)
    for (const [d, { scores }] of compared.entries()) at(stores, d).push(scores.score(sample))
  }
  return collector.finish()
}

function bad(place: string, what: string): ScoringBiasError {
  return new ScoringBiasError('BAD_FILE', `${place}: ${what}`)
}
