import { at, filePath, invariant, requireOptions, wrongType } from '../check.js'
import { openTable } from '../data/tables/openTable.js'
import { longestName, type TableReader, withArrays } from '../data/tables/tableReader.js'
import { ScoringBiasError } from '../errors.js'
import { readingProgress } from '../progress.js'
import { type CollectedScores, ScoreCollector } from '../scores/scoreCollector.js'
import { collectRows, isRows, type RowFields, type ScoreRows } from '../scores/scoreRows.js'
import { requireFewDetectors } from './mostDetectors.js'
import { preparedScores, requireNegated, scoreReading } from './preparedScores.js'
import { type ReadScoresOptions, readingChecks } from './readingOptions.js'
import { type ChosenColumns, chosenColumns, requireDistinct, sampleColumns } from './scoreColumns.js'
import { type ClassColumns, classColumns } from './suggestedClass.js'
import { keptScores } from './summary/keptScores.js'
import { type NormalWindow, throughWindow, type WindowTrim } from './summary/normalWindow.js'
import { baselineColumn, matchedTrainings, sideName, type TrainingPatterns } from './trainingColumns.js'
import type { ScoreData } from './types.js'
import { badSample, groupProblem } from './unknownLabel.js'

/**
 * Reads scores to compare from one file (see `openTable` for the formats; `-` is standard input) or from rows as they
 * come: `{ label, baseline, candidate, class?, split? }`, or with the names that `baseline`, `candidates`, `label`, `class` and
 * `split` give. Groups, trainings and long files, with a row for each sample and detector, are for files.
 *
 * Normal samples set the thresholds, anomalous ones are evaluated. With a split, normals of `validation` set the
 * thresholds, normals of `test` are only tested, and anomalous samples are evaluated unless they are of `validation`,
 * which is told of in `notes`, as samples of `train` are, which are left out. A class or split that is there is used; of rows, every
 * one has a split or none has, and every anomalous one a class or none.
 * Labels are 0 or `false` for normal and 1 or `true` for anomalous; any others need `normal`. Scores are float64, larger for
 * more anomalous unless `negate` has their detector; infinities are ordered, NaN is refused unless `dropMissing` is set, and so
 * are whole numbers of files that float64 does not hold (beyond 2⁵³).
 *
 * Of a long file every sample must have exactly one score of each detector compared, and one label, class and split.
 *
 * Memory: 8 bytes for each sample and detector, and as much for the class of an anomalous one; growing takes up to twice
 * that; a long file takes twice as much, and its keys. A million CSV rows with label and class take about a second.
 *
 * Errors: `BAD_FILE` and `NOT_A_NUMBER` with line and column, `UNKNOWN_NAME` for a column or detector, naming the nearest,
 * `UNKNOWN_CLASS`, `EMPTY_SAMPLE` where there are no rows, one kind of samples only or no validation normals,
 * `OUT_OF_RANGE` for a column in two roles and for more than 1,000 detectors, `WRONG_TYPE` for rows,
 * `NOT_INSTALLED` for Parquet where DuckDB was left out, `ABORTED`.
 */
export async function readScores(source: string | ScoreRows, options: ReadScoresOptions = {}): Promise<ScoreData> {
  const asked = requireOptions('readScores', options, readingChecks)
  requireLong(asked)
  if (typeof source === 'string') {
    filePath('source', source)
    return readScoreFile(source, asked)
  }
  if (!isRows(source)) throw wrongType('source', 'the path of a file or an iterable of rows', source)
  return readScoreRows(source, asked, { called: 'source', option: (name) => name })
}

/** What messages call rows without a source, and an option of {@link readScores} where its caller has it. */
interface RowsCalled {
  readonly called: string
  readonly option: (name: string) => string
}

/** Options that say how a file is read, and nothing of rows. */
const ofFiles = ['detector', 'group', 'trainings', 'ignore', 'format', 'stdin'] as const

/** {@link readScores} of rows, with options that are checked. */
export async function readScoreRows(
  source: ScoreRows,
  asked: ReadScoresOptions,
  { called, option }: RowsCalled,
): Promise<ScoreData> {
  const { baseline = 'baseline', candidates = ['candidate'], negate, dropMissing } = asked
  const ofFile = ofFiles.find((name) => asked[name] !== undefined)
  if (candidates === 'all' || ofFile !== undefined) {
    const what = candidates === 'all' ? "candidates: 'all'" : ofFile
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      `${what} is for files. For rows, name the detectors with baseline and candidates, and leave ${ofFile ?? "'all'"} out`,
    )
  }
  const detectors = [baseline, ...candidates]
  requireFewDetectors(asked.source ?? called, detectors.length)
  const fields = rowFields(asked, detectors)
  requireNegated(negate, detectors)
  const name = asked.source ?? called
  const { normal, signal, onProgress } = asked
  const mayMiss = scoreReading(dropMissing).keepMissing
  const ways = {
    noSplit: `${option('split')}: false`,
    normal: `say with the option ${option('normal')} which class is normal`,
  }
  const rows = await collectRows(source, { name, detectors, fields, ways, normal, mayMiss, signal, onProgress })
  return keptScores(preparedScores({ source: asked.source ?? 'rows', detectors, ...rows }, { negate, dropMissing }))
}

/** The fields of rows by their roles; one that is taken for a score has no other by its name alone. Errors: `OUT_OF_RANGE`. */
function rowFields(asked: ReadScoresOptions, detectors: readonly string[]): RowFields {
  const { label = 'label' } = asked
  const fieldOf = (role: 'class' | 'split') => {
    const given = asked[role]
    if (given !== undefined) return given === false ? undefined : { name: given, named: true }
    return role === label || detectors.includes(role) ? undefined : { name: role, named: false }
  }
  const fields = { label, class: fieldOf('class'), split: fieldOf('split') }
  const names = [fields.class, fields.split].flatMap((field) => (field === undefined ? [] : field.name))
  requireDistinct([...detectors, label, ...names])
  return fields
}

/** Requires a column of detectors where options of long files are given. */
function requireLong({ detector, score, key, run }: ReadScoresOptions): void {
  if (detector !== undefined || (score ?? key ?? run) === undefined) return
  throw new ScoringBiasError(
    'OUT_OF_RANGE',
    'score, key and run are for long files, with a row for each sample and detector. Name their column of detectors with detector (--detector)',
  )
}

/**
 * {@link readScores} of a file, with options that are checked. With a window, normal samples that it does not reach may be
 * counted alone: those of a file with a row for each sample, whose detectors were trained once.
 */
export async function readScoreFile(
  path: string,
  options: ReadScoresOptions,
  window?: NormalWindow,
): Promise<ScoreData> {
  requireLong(options)
  const { format, stdin, signal, negate = [], detector } = options
  const reader = await openTable(path, { format, stdin, signal })
  try {
    if (detector !== undefined) {
      const { readLongScores } = await import('./longScores.js')
      return await readLongScores(reader, { ...options, detector }, window?.isPart)
    }
    const { columns, trainings } = columnsOf(reader, options)
    requireNegated(negate, columns.detectors)
    const own = { source: reader.name, detectors: columns.detectors }
    if (window === undefined || trainings !== undefined) {
      const scores = await readRows(reader, columns, options)
      return keptScores(preparedScores({ ...own, ...(trainings && { trainings }), ...scores }, options))
    }
    const signs = columns.detectors.map((name) => negate.includes(name))
    const { isPart } = window
    const scores = await throughWindow(window, (trim) => readRows(reader, columns, { ...options, signs, trim, isPart }))
    return keptScores(preparedScores({ ...own, ...scores }, { dropMissing: options.dropMissing, isPart }))
  } finally {
    await reader.close()
  }
}

/** Options for a baseline that was trained once, where what looks like several names is that of one column. */
function plainNames(
  { columns }: TableReader,
  trainings: TrainingPatterns,
  options: ReadScoresOptions,
): ReadScoresOptions | undefined {
  const baseline = baselineColumn(trainings, columns)
  return baseline === undefined ? undefined : { ...options, baseline, candidates: candidatesOf(trainings.candidate) }
}

/** Candidates by their names, or `all`. */
export function candidatesOf(names: readonly string[]): readonly string[] | 'all' {
  return names.length === 1 && names[0] === 'all' ? 'all' : names
}

/** The columns of a file, and which of them are trainings of one detector. */
function columnsOf(reader: TableReader, { trainings, ...options }: ReadScoresOptions) {
  const plain = trainings === undefined ? options : plainNames(reader, trainings, options)
  if (trainings === undefined || plain !== undefined) {
    return { columns: chosenColumns(reader, plain ?? options), trainings: undefined }
  }
  const ignore = withArrays(reader, options.ignore)
  const exact = [...trainings.baseline, ...trainings.candidate].filter((name) => reader.columns.includes(name))
  const samples = sampleColumns(reader, options, exact)
  const others = new Set([...Object.values(samples), ...ignore])
  const names = reader.columns.filter((column) => !others.has(column))
  const { baseline, candidate } = matchedTrainings(trainings, { source: reader.name, kind: 'column', names })
  requireFewDetectors(reader.name, baseline.length + candidate.length)
  return {
    columns: { ...samples, detectors: [...baseline, ...candidate] },
    trainings: {
      baseline: sideName(trainings.baseline),
      candidate: sideName(trainings.candidate),
      nBaseline: baseline.length,
    },
  }
}

/** Rows of which only those are kept that a window reaches. */
interface Trimmed {
  /** [detectors]: whether a detector's scores are negated. */
  readonly signs?: readonly boolean[]
  readonly trim?: WindowTrim
  readonly isPart?: boolean | undefined
}

async function readRows(
  reader: TableReader,
  columns: ChosenColumns,
  { normal, dropMissing, signal, onProgress, signs = [], trim, isPart }: ReadScoresOptions & Trimmed,
): Promise<CollectedScores> {
  const { detectors, label, class: ofClass, split, group } = columns
  const collector = new ScoreCollector({
    name: reader.name,
    nDetectors: detectors.length,
    normal,
    hasClass: ofClass !== undefined,
    hasSplit: split !== undefined,
    hasGroup: group !== undefined,
    isPart,
  })
  const maybe: ClassColumns = await classColumns(reader, columns)
  const own = [label, ...(ofClass === undefined ? [] : [ofClass]), ...(split === undefined ? [] : [split])]
  const texts = [...own, ...(group === undefined ? [] : [group]), ...maybe.columns]
  const asked = { longestText: longestName, glimpsed: maybe.columns, ...scoreReading(dropMissing), signal }
  for await (const batch of reader.batches({ numbers: detectors, texts, ...asked })) {
    const { firstRow, nRows, numbers } = batch
    const labels = at(batch.texts, 0)
    const classes = ofClass === undefined ? undefined : at(batch.texts, 1)
    const splits = split === undefined ? undefined : at(batch.texts, own.length - 1)
    const groups = group === undefined ? undefined : at(batch.texts, own.length)
    const others = batch.texts.slice(texts.length - maybe.columns.length)
    for (let row = 0; row < nRows; row++) {
      const stores = collector.destination(at(labels, row), textAt(classes, row), textAt(splits, row))
      if (stores === 'unused') continue
      if ('problem' in stores) throw await badSample(reader, firstRow + row, stores, label)
      if (group !== undefined) {
        const problem = groupProblem(
          { collector, reader, row: firstRow + row, column: group },
          stores,
          textAt(groups, row),
        )
        if (problem !== undefined) throw await problem
      }
      if (others.length > 0 && collector.isAnomalous(stores)) maybe.count(others, row)
      for (let d = 0; d < stores.length; d++) {
        const [column, store] = [numbers[d], stores[d]]
        const score = column?.[row]
        invariant(score !== undefined && store !== undefined, 'every row has a score of each detector')
        // Not −x, which makes −0 of 0.
        store.push(signs[d] ? 0 - score : score)
      }
    }
    await trim?.after(collector)
    onProgress?.(readingProgress(firstRow + nRows))
  }
  await trim?.finish(collector)
  const scores = collector.finish()
  // Several names in the label are classes already.
  const isOne = new Set(scores.classes).size < 2
  return { ...scores, notes: [...scores.notes, ...(isOne ? maybe.notes() : [])] }
}

/** The text of a row in a column that need not be there. */
export function textAt(column: readonly string[] | undefined, row: number): string {
  return column === undefined ? '' : at(column, row)
}
