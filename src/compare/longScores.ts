import { at, entryOf, invariant, requireKnown } from '../check.js'
import { listed, longestName, requireColumns, type TableReader } from '../data/tables/tableReader.js'
import { ScoringBiasError } from '../errors.js'
import { readingProgress } from '../progress.js'
import { GrowingScores } from '../scores/growingScores.js'
import { type CollectedScores, ScoreCollector } from '../scores/scoreCollector.js'
import { mostDetectors, requireFewDetectors } from './mostDetectors.js'
import { preparedScores, requireNegated, scoreReading } from './preparedScores.js'
import type { ReadScoresOptions } from './readingOptions.js'
import { requireDistinct, type SampleColumns, sampleColumns } from './scoreColumns.js'
import { keptScores } from './summary/keptScores.js'
import { matchedTrainings, sideName, type TrainingPatterns } from './trainingColumns.js'
import type { ScoreData } from './types.js'
import { badSample, groupProblem } from './unknownLabel.js'

/** Where a long file has what. */
interface LongColumns extends SampleColumns {
  readonly detector: string
  readonly score: string
  readonly key: string
  readonly run: string | undefined
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
  /** Its name, with that of the run where there are some, and that of all its runs. */
  readonly detector: string
  readonly trained: string
  readonly score: number
  /** Label, class, split and group. */
  readonly kind: readonly string[]
}

/** What a long file holds, sample by sample in the order in which they first occur. */
class LongTable {
  /** Key → number of the sample. */
  readonly keys = new Map<string, number>()
  /** The first row of each sample, from 0. */
  readonly firstRows = new GrowingScores()
  /** Of each sample: label, class, split and group. Few samples differ in them: equal ones are one array. */
  readonly kinds: (readonly string[])[] = []
  readonly detectors = new Map<string, LongDetector>()
  /** Names of the trainings of each detector, which is its only one without a column of runs. */
  readonly trainings = new Map<string, string[]>()
  readonly #reader: TableReader
  readonly #columns: LongColumns
  /** Detectors of which some more would be too many. */
  readonly #most: number
  readonly #known = new Map<string, readonly string[]>()

  constructor(reader: TableReader, columns: LongColumns, most: number) {
    this.#reader = reader
    this.#columns = columns
    this.#most = most
  }

  /** The problem with a row, or undefined. */
  add(added: LongRow): Promise<ScoringBiasError> | undefined {
    const { row, key, detector, score, kind } = added
    if (key === '' || detector === '')
      return this.#problem(row, `column '${this.#emptyOf(added)}' is empty. Every row needs one`)
    const sample = this.keys.get(key) ?? this.keys.size
    if (sample === this.keys.size) this.#addSample(added)
    else if (at(this.kinds, sample).some((value, i) => value !== kind[i])) return this.#differing(added, sample)
    const own = this.detectors.get(detector) ?? this.#addDetector(added)
    if (own.row(sample) > 0) return this.#second(added, own.row(sample) - 1)
    own.set(sample, row, score)
    return undefined
  }

  #addDetector({ detector, trained }: LongRow): LongDetector {
    const added = new LongDetector()
    this.detectors.set(detector, added)
    if (this.detectors.size > this.#most) requireFewDetectors(this.#reader.name, this.detectors.size, true)
    this.trainings.set(trained, [...(this.trainings.get(trained) ?? []), detector])
    return added
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
        'If these are several trainings, name the column that tells them apart with run (--run)',
    )
  }

  async #differing({ row, key, kind }: LongRow, sample: number): Promise<ScoringBiasError> {
    const { label, class: ofClass = label, split = label, group = label } = this.#columns
    const first = at(this.kinds, sample)
    const i = first.findIndex((value, column) => value !== kind[column])
    const before = await this.#reader.place(this.firstRows.get(sample))
    return this.#problem(
      row,
      `key '${key}' has '${at(kind, i)}' in column '${at([label, ofClass, split, group], i)}', and '${at(first, i)}' at ${before}. ` +
        'All rows of a sample must agree there. If they are different samples, give each a key of its own',
    )
  }

  async #problem(row: number, what: string): Promise<ScoringBiasError> {
    return bad(await this.#reader.place(row), what)
  }
}

/**
 * Reads a file with a row for each sample and detector, of all data or of a part that need not have every kind of samples. Errors: those of `readScores`; `BAD_FILE`, with key and rows, for a
 * key that is empty, has two scores of one detector or none of another, or whose rows have different labels, classes or splits.
 */
export async function readLongScores(
  reader: TableReader,
  options: ReadScoresOptions & { readonly detector: string },
  isPart = false,
): Promise<ScoreData> {
  const { key, run, trainings } = options
  if (key === undefined) {
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      `a long file needs a column that says which sample a row is of. Name it with key (--key). Columns of ${reader.name}: ${listed(reader.columns)}`,
    )
  }
  const { detector, score = 'score' } = options
  const own = [detector, score, key, ...(run === undefined ? [] : [run])]
  const columns = { detector, score, key, run, ...sampleColumns(reader, options, own) }
  requireColumns(reader, own)
  requireDistinct(Object.values(columns).filter((column) => column !== undefined))
  const table = await readTable(reader, columns, options)
  const { detectors, sides } =
    trainings === undefined
      ? { detectors: comparedDetectors(reader, [...table.detectors.keys()], options), sides: undefined }
      : trainingsOf(reader, table, trainings)
  // A detector stands for all of its trainings.
  const negate = options.negate?.flatMap((name) => table.trainings.get(name) ?? [name])
  requireFewDetectors(reader.name, detectors.length)
  requireNegated(negate, detectors)
  const scores = await collect(reader, table, detectors, { columns, options: { ...options, isPart } })
  const whose = { source: reader.name, detectors, ...(sides && { trainings: sides }) }
  return keptScores(preparedScores({ ...whose, ...scores }, { ...options, negate, isPart }))
}

/** The trainings of both detectors, the baseline's first, and what is said of them. Errors: those of `matchedTrainings`. */
function trainingsOf(reader: TableReader, { trainings }: LongTable, patterns: TrainingPatterns) {
  const known = { source: reader.name, kind: 'detector', names: [...trainings.keys()] }
  const matched = matchedTrainings(patterns, known)
  const [baseline, candidate] = [matched.baseline, matched.candidate].map((names) =>
    names.flatMap((name) => entryOf(trainings, name)),
  ) as [string[], string[]]
  return {
    detectors: [...baseline, ...candidate],
    sides: {
      baseline: sideName(patterns.baseline),
      candidate: sideName(patterns.candidate),
      nBaseline: baseline.length,
    },
  }
}

async function readTable(
  reader: TableReader,
  columns: LongColumns,
  { candidates, ignore = [], dropMissing, signal, onProgress }: ReadScoresOptions,
): Promise<LongTable> {
  const {
    detector: ofDetector,
    score,
    key: ofKey,
    label,
    class: ofClass = label,
    split = label,
    group = label,
  } = columns
  // Those to ignore, and those of which nobody asks, may be any number.
  const most = candidates === 'all' ? mostDetectors + ignore.length : Number.POSITIVE_INFINITY
  const table = new LongTable(reader, columns, most)
  const texts = [ofKey, ofDetector, columns.run ?? ofKey, label, ofClass, split, group]
  const nameOf = trainingNames(columns.run)
  const asked = { longestText: longestName, ...scoreReading(dropMissing), signal }
  for await (const batch of reader.batches({ numbers: [score], texts, ...asked })) {
    for (let i = 0; i < batch.nRows; i++) {
      const [key, trained, run, ...kind] = batch.texts.map((column) => at(column, i))
      invariant(key !== undefined && trained !== undefined && run !== undefined, 'every column asked for is read')
      const row = batch.firstRow + i
      if (columns.run !== undefined && run === '') {
        throw bad(await reader.place(row), `column '${columns.run}' is empty. Every row needs one`)
      }
      const detector = trained === '' ? '' : nameOf(trained, run)
      const problem = table.add({ row, key, detector, trained, score: at(at(batch.numbers, 0), i), kind })
      if (problem !== undefined) throw await problem
    }
    onProgress?.(readingProgress(batch.firstRow + batch.nRows))
  }
  return table
}

/** Names of trainings, one for each pair of detector and run; those of detectors where there are no runs. */
function trainingNames(column: string | undefined): (detector: string, run: string) => string {
  if (column === undefined) return (detector) => detector
  const names = new Map<string, Map<string, string>>()
  const taken = new Set<string>()
  return (detector, run) => {
    const own = names.get(detector) ?? new Map<string, string>()
    names.set(detector, own)
    const known = own.get(run)
    if (known !== undefined) return known
    let name = `${detector} (${column} ${run})`
    while (taken.has(name)) name = `${name}′`
    taken.add(name)
    own.set(run, name)
    return name
  }
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
  {
    columns,
    options,
  }: { readonly columns: SampleColumns; readonly options: ReadScoresOptions & { readonly isPart: boolean } },
): Promise<CollectedScores> {
  const collector = new ScoreCollector({
    name: reader.name,
    nDetectors: names.length,
    normal: options.normal,
    hasClass: columns.class !== undefined,
    hasSplit: columns.split !== undefined,
    hasGroup: columns.group !== undefined,
    isPart: options.isPart,
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
    const [ownLabel, ownClass, ownSplit, group] = at(kinds, sample)
    invariant(
      ownLabel !== undefined && ownClass !== undefined && ownSplit !== undefined && group !== undefined,
      'a sample has four texts',
    )
    const stores = collector.destination(ownLabel, ownClass, ownSplit)
    if (stores === 'unused') continue
    if ('problem' in stores) throw await badSample(reader, firstRows.get(sample), stores, columns.label)
    if (columns.group !== undefined) {
      const place = { collector, reader, row: firstRows.get(sample), column: columns.group }
      const problem = groupProblem(place, stores, group)
      if (problem !== undefined) throw await problem
    }
    for (const [d, { scores }] of compared.entries()) at(stores, d).push(scores.score(sample))
  }
  return collector.finish()
}

function bad(place: string, what: string): ScoringBiasError {
  return new ScoringBiasError('BAD_FILE', `${place}: ${what}`)
}
