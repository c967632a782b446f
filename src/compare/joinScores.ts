import { basename } from 'node:path'
import { at, filePath, invariant, list, type OptionChecks, required, requireOptions, text } from '../check.js'
import { openTable } from '../data/tables/openTable.js'
import { longestName, requireColumns, type TableReader } from '../data/tables/tableReader.js'
import { ScoringBiasError } from '../errors.js'
import { readingProgress } from '../progress.js'
import { GrowingScores } from '../scores/growingScores.js'
import { ScoreCollector } from '../scores/scoreCollector.js'
import { requireSameLength } from '../stats/bootstrap/bootstrapInput.js'
import { mostDetectors } from './mostDetectors.js'
import { preparedScores, requireNegated, scoreReading } from './preparedScores.js'
import { type ReadScoresOptions, readingChecks } from './readingOptions.js'
import { SampleKinds } from './sampleKinds.js'
import { type SampleColumns, sampleColumns } from './scoreColumns.js'
import { keptScores } from './summary/keptScores.js'
import type { ScoreData } from './types.js'
import { badSample, groupProblem } from './unknownLabel.js'

/** Options of {@link joinScores}. */
export interface JoinScoresOptions
  extends Omit<
    ReadScoresOptions,
    'baseline' | 'candidates' | 'ignore' | 'source' | 'detector' | 'score' | 'key' | 'run' | 'trainings'
  > {
  /** The column of every file that says which sample a row is. */
  readonly key: string
  /** The column of every file that holds its detector's scores. Default `score`. */
  readonly score?: string | undefined
  /** What to call the detectors. Default: the files' names without their endings. */
  readonly names?: readonly string[] | undefined
}

const {
  baseline: _,
  candidates: __,
  ignore: ___,
  source: ____,
  detector: _____,
  run: ______,
  trainings: _______,
  ...shared
} = readingChecks
const checks: OptionChecks<JoinScoresOptions> = { ...shared, key: required(text), score: text, names: list(text) }

/**
 * Reads scores to compare from several files, each with the scores of one detector, the baseline's first, and joins them
 * by a key, in whatever order each file has them. Label, class, split and group are those of the first file. Where another
 * has a column of the same name for one of them, it must say the same of every sample, as both are read.
 *
 * Every key must be in every file exactly once. Keys are compared as text, letter by letter. Memory: that of
 * {@link readScores}, 17 bytes for each sample more, and the keys.
 *
 * Errors: those of `readScores`; `BAD_FILE` for a key that is empty, appears twice or is not in both files, with the key
 * and its line, and for files that contradict each other, with both lines; `LENGTH_MISMATCH` when `names` does not name each file.
 */
export async function joinScores(paths: readonly string[], options: JoinScoresOptions): Promise<ScoreData> {
  requireOptions('joinScores', options, checks)
  return joinFiles(paths, options)
}

/** {@link joinScores}, with options that are checked, of all data or of a part that need not have every kind of samples. */
export async function joinFiles(
  paths: readonly string[],
  options: JoinScoresOptions,
  isPart = false,
): Promise<ScoreData> {
  list(filePath)('paths', paths)
  const { names = detectorNames(paths), format, stdin, signal } = options
  requireSameLength('names', names, 'paths', paths)
  if (paths.length > mostDetectors) {
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      `joining takes at most ${mostDetectors} files, got ${paths.length}. Give those that you want`,
    )
  }
  requireNegated(options.negate, names)
  const [first, ...others] = paths
  if (first === undefined || others.length === 0) {
    throw new ScoringBiasError(
      'EMPTY_SAMPLE',
      `joining takes two files at least, got ${paths.length}. If one file has a row for each sample and detector, name its column of detectors with detector (--detector)`,
    )
  }
  const reader = await openTable(first, { format, stdin, signal })
  try {
    const samples = await readSamples(reader, names.length, { ...options, isPart })
    for (const [i, path] of others.entries()) {
      const other = await openTable(path, { format, stdin, signal })
      try {
        await addScores(other, { d: i + 1, first: reader, samples }, options)
      } finally {
        await other.close()
      }
    }
    const scores = samples.collector.finish()
    return await keptScores(
      preparedScores({ source: paths.join(', '), detectors: names, ...scores }, { ...options, isPart }),
    )
  } finally {
    await reader.close()
  }
}

/** Samples of the first file, with room for the scores of the others. */
interface Samples {
  readonly collector: ScoreCollector
  /** Key → row, from 0. */
  readonly rows: ReadonlyMap<string, number>
  /** Of each row: where its scores go, and at which place there; undefined for samples that are not used. */
  readonly stores: readonly (readonly GrowingScores[] | undefined)[]
  readonly places: GrowingScores
  readonly kinds: SampleKinds
}

async function readSamples(
  reader: TableReader,
  nDetectors: number,
  options: JoinScoresOptions & { readonly isPart: boolean },
): Promise<Samples> {
  const { key, score = 'score', normal, dropMissing, isPart, signal, onProgress } = options
  const columns: SampleColumns = sampleColumns(reader, options, [key, score])
  requireColumns(reader, [key, score])
  const hasClass = columns.class !== undefined
  const hasSplit = columns.split !== undefined
  const { group } = columns
  const hasGroup = group !== undefined
  const collector = new ScoreCollector({ name: reader.name, nDetectors, normal, hasClass, hasSplit, hasGroup, isPart })
  const rows = new Map<string, number>()
  const allStores: (readonly GrowingScores[] | undefined)[] = []
  const places = new GrowingScores()
  const kinds = new SampleKinds(columns, normal)
  const texts = [key, columns.label, columns.class ?? key, columns.split ?? key, group ?? key, ...kinds.columns]
  const asked = { longestText: longestName, ...scoreReading(dropMissing), signal }
  for await (const batch of reader.batches({ numbers: [score], texts, ...asked })) {
    const [keys, labels, classes, splits, groups] = texts.map((_, i) => at(batch.texts, i))
    invariant(keys && labels && classes && splits && groups, 'every column asked for is read')
    const ofKinds = batch.texts.slice(texts.length - kinds.columns.length)
    const scores = at(batch.numbers, 0)
    for (let i = 0; i < batch.nRows; i++) {
      const row = batch.firstRow + i
      const own = at(keys, i)
      if (own === '') throw badKey(await reader.place(row), `column '${key}' is empty; every sample needs a key`)
      const earlier = rows.get(own)
      if (earlier !== undefined) {
        const place = await reader.place(earlier)
        throw badKey(await reader.place(row), `key '${own}' appears a second time, after ${place}`)
      }
      rows.set(own, row)
      kinds.add(ofKinds, i)
      const stores = collector.destination(at(labels, i), at(classes, i), at(splits, i))
      if (stores !== 'unused' && 'problem' in stores) throw await badSample(reader, row, stores, columns.label)
      places.push(stores === 'unused' ? 0 : at(stores, 0).length)
      allStores.push(stores === 'unused' ? undefined : stores)
      if (stores === 'unused') continue
      if (group !== undefined) {
        const problem = groupProblem({ collector, reader, row, column: group }, stores, at(groups, i))
        if (problem !== undefined) throw await problem
      }
      // The others' scores are not known yet.
      stores.forEach((store, d) => {
        store.push(d === 0 ? at(scores, i) : Number.NaN)
      })
    }
    onProgress?.(readingProgress(batch.firstRow + batch.nRows))
  }
  return { collector, rows, stores: allStores, places, kinds }
}

async function addScores(
  reader: TableReader,
  { d, first, samples }: { readonly d: number; readonly first: TableReader; readonly samples: Samples },
  { key, score = 'score', dropMissing, signal, onProgress }: JoinScoresOptions,
): Promise<void> {
  const { rows, stores, places, kinds } = samples
  requireColumns(reader, [key, score])
  const shared = kinds.columns
    .map((name, column) => ({ name, column }))
    .filter(({ name }) => reader.columns.includes(name))
    .map((one, i) => ({ ...one, place: i + 1 }))
  const texts = [key, ...shared.map(({ name }) => name)]
  /** Of each sample: the row that has its score, from 1; 0 for none yet. */
  const found = new Float64Array(rows.size)
  const asked = { longestText: longestName, ...scoreReading(dropMissing), signal }
  for await (const batch of reader.batches({ numbers: [score], texts, ...asked })) {
    const [keys, scores] = [at(batch.texts, 0), at(batch.numbers, 0)]
    for (let i = 0; i < batch.nRows; i++) {
      const own = at(keys, i)
      const row = rows.get(own)
      if (row === undefined) {
        const place = await reader.place(batch.firstRow + i)
        const what = own === '' ? `column '${key}' is empty` : `key '${own}' is not in ${first.name}`
        throw badKey(place, `${what}; every sample needs scores of both`)
      }
      const earlier = at(found, row)
      if (earlier > 0) {
        const place = await reader.place(earlier - 1)
        throw badKey(await reader.place(batch.firstRow + i), `key '${own}' appears a second time, after ${place}`)
      }
      const other = shared.find(({ column, place }) => !kinds.agrees(row, column, at(at(batch.texts, place), i)))
      if (other !== undefined) {
        const there = { place: await first.place(row), text: kinds.text(row, other.column) }
        const here = { place: await reader.place(batch.firstRow + i), text: at(at(batch.texts, other.place), i) }
        throw contradiction({ key: own, column: other.name, here, there, name: reader.name })
      }
      found[row] = batch.firstRow + i + 1
      stores[row]?.[d]?.set(places.get(row), at(scores, i))
    }
    onProgress?.(readingProgress(batch.firstRow + batch.nRows))
  }
  const missing = found.indexOf(0)
  if (missing < 0) return
  const own = Array.from(rows.keys())[missing]
  const place = await first.place(missing)
  throw badKey(place, `key '${own}' is not in ${reader.name}; every sample needs scores of both`)
}

function badKey(place: string, what: string): ScoringBiasError {
  return new ScoringBiasError('BAD_FILE', `${place}: ${what}`)
}

/** What a file says of a sample, and where. */
interface Said {
  readonly place: string
  readonly text: string
}

function contradiction({
  key,
  column,
  here,
  there,
  name,
}: {
  readonly key: string
  readonly column: string
  readonly here: Said
  readonly there: Said
  readonly name: string
}): ScoringBiasError {
  return badKey(
    here.place,
    `key '${key}' has '${here.text}' in column '${column}', and '${there.text}' at ${there.place}. Files that are joined must ` +
      `agree there. If they are different samples, give each a key of its own. Else correct one of them, or leave the column out of ${name}`,
  )
}

/** Names of files without folder and ending, or whole where that leaves two alike. */
function detectorNames(paths: readonly string[]): readonly string[] {
  const short = paths.map((path) =>
    path === '-' ? 'standard input' : basename(path).replace(/(\.\w+?)?(\.gz)?$/i, ''),
  )
  return new Set(short).size === paths.length ? short : paths
}
