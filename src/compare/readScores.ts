import type { Readable } from 'node:stream'
import {
  abortSignal,
  anything,
  at,
  type Check,
  callback,
  list,
  type OptionChecks,
  oneOf,
  requireOptions,
  text,
  wrongType,
} from '../check.js'
import { openTable } from '../data/tables/openTable.js'
import { type TableFormat, tableFormats } from '../data/tables/tableFormat.js'
import { longestName, repeated, requireColumns, type TableReader } from '../data/tables/tableReader.js'
import { ScoringBiasError } from '../errors.js'
import { type OnProgress, readingProgress } from '../progress.js'
import { type CollectedScores, ScoreCollector } from '../scores/scoreCollector.js'
import { collectRows, isRows, type ScoreRows } from '../scores/scoreRows.js'
import type { ScoreData } from './types.js'

/** What stands in which column. */
export interface ScoreColumns {
  /** 0 or 1, or names of classes where `normal` is given. Default `label`. */
  readonly label?: string | undefined
  /** Scores of the baseline. Default `baseline`. */
  readonly baseline?: string | undefined
  /**
   * Scores of the candidates; `all` are all columns that are nothing else. Default `candidate`.
   */
  readonly candidates?: readonly string[] | 'all' | undefined
  /** The class of anomalous samples. Default: `class`, where there is such a column. */
  readonly class?: string | undefined
  /** `validation` or `test`. Default: `split`, where there is such a column. */
  readonly split?: string | undefined
  /** Columns that are no scores, for the candidates `all`. */
  readonly ignore?: readonly string[] | undefined
}

export interface ReadScoresOptions extends ScoreColumns {
  /** The label of normal samples, where labels are names of classes; all others are then anomalous. */
  readonly normal?: string | undefined
  /** How the file is written. Default: told by its name, or else by its first bytes. */
  readonly format?: TableFormat | undefined
  /** What `-` reads. Default: the process's standard input. */
  readonly stdin?: Readable | undefined
  /** What messages call rows that are not of a file. Default `rows`. */
  readonly source?: string | undefined
  readonly signal?: AbortSignal | undefined
  /** Told of the rows read so far. */
  readonly onProgress?: OnProgress | undefined
}

const columnNames: Check = (name, value) => (value === 'all' ? undefined : list(text)(name, value))

const columnChecks: OptionChecks<ScoreColumns> = {
  label: text,
  baseline: text,
  candidates: columnNames,
  class: text,
  split: text,
  ignore: list(text),
}

/** Checks of what readers of one file and of several take. */
export const readingChecks: OptionChecks<ReadScoresOptions> = {
  ...columnChecks,
  normal: text,
  format: oneOf('format', tableFormats),
  stdin: anything,
  source: text,
  signal: abortSignal,
  onProgress: callback,
}

/**
 * Reads scores to compare from one file (see `openTable` for the formats; `-` is standard input) or from rows as they
 * come: `{ label, baseline, candidate, class?, split? }`, or with the detectors' names that `baseline` and `candidates`
 * give. Other names of the label, class and split are for files.
 *
 * Normal samples set the thresholds, anomalous ones are evaluated. With a split, normals of `validation` set the
 * thresholds, normals of `test` are only tested, and anomalous samples are evaluated unless they are of `validation`,
 * which is told of in `notes`. A class or split that is there is used. Scores are float64, larger for more anomalous;
 * infinities are ordered, NaN is refused.
 *
 * Memory: 8 bytes for each sample and detector, and as much for the class of an anomalous one; growing takes up to twice
 * that. A million CSV rows with label and class take about a second.
 *
 * Errors: `BAD_FILE` and `NOT_A_NUMBER` with line and column, `UNKNOWN_NAME` for a column, naming the nearest,
 * `UNKNOWN_CLASS`, `EMPTY_SAMPLE` where there are no rows, one kind of samples only or no validation normals,
 * `OUT_OF_RANGE` for a column in two roles, `WRONG_TYPE` for rows, `ABORTED`.
 */
export async function readScores(source: string | ScoreRows, options: ReadScoresOptions = {}): Promise<ScoreData> {
  const asked = requireOptions('readScores', options, readingChecks)
  if (typeof source === 'string') return readFile(source, asked)
  if (!isRows(source)) throw wrongType('source', 'the path of a file or an iterable of rows', source)
  const { baseline = 'baseline', candidates = ['candidate'], normal, signal, onProgress } = asked
  if (candidates === 'all') {
    throw new ScoringBiasError('OUT_OF_RANGE', "candidates: 'all' is for files, which name their columns; name them")
  }
  const detectors = [baseline, ...candidates]
  requireDistinct(detectors)
  const name = asked.source ?? 'rows'
  return { source: name, detectors, ...(await collectRows(source, { name, detectors, normal, signal, onProgress })) }
}

async function readFile(path: string, options: ReadScoresOptions): Promise<ScoreData> {
  const { format, stdin, signal } = options
  const reader = await openTable(path, { format, stdin, signal })
  try {
    const columns = chosenColumns(reader, options)
    return { source: reader.name, detectors: columns.detectors, ...(await readRows(reader, columns, options)) }
  } finally {
    await reader.close()
  }
}

export interface ChosenColumns {
  readonly detectors: readonly string[]
  readonly label: string
  readonly class: string | undefined
  readonly split: string | undefined
}

/** The columns of a file by their roles. Errors: `UNKNOWN_NAME`, `OUT_OF_RANGE`. */
function chosenColumns(reader: TableReader, options: ScoreColumns): ChosenColumns {
  const { baseline = 'baseline', candidates = ['candidate'], ignore = [] } = options
  const samples = sampleColumns(reader, options)
  const others = new Set([baseline, samples.label, samples.class, samples.split, ...ignore])
  const detectors = [
    baseline,
    ...(candidates === 'all' ? reader.columns.filter((column) => !others.has(column)) : candidates),
  ]
  requireColumns(reader, [...detectors, ...ignore])
  requireDistinct([...detectors, ...Object.values(samples).filter((column) => column !== undefined)])
  if (detectors.length < 2) {
    throw new ScoringBiasError('EMPTY_SAMPLE', `${reader.name} has no column left for a candidate beside '${baseline}'`)
  }
  return { detectors, ...samples }
}

/** The columns that say what a sample is. Errors: `UNKNOWN_NAME`. */
export function sampleColumns(reader: TableReader, options: ScoreColumns): Omit<ChosenColumns, 'detectors'> {
  const optional = (given: string | undefined, usual: string) =>
    given ?? (reader.columns.includes(usual) ? usual : undefined)
  const label = options.label ?? 'label'
  const columns = { label, class: optional(options.class, 'class'), split: optional(options.split, 'split') }
  requireColumns(
    reader,
    Object.values(columns).filter((column) => column !== undefined),
  )
  return columns
}

function requireDistinct(columns: readonly string[]): void {
  const twice = repeated(columns)
  if (twice === undefined) return
  throw new ScoringBiasError(
    'OUT_OF_RANGE',
    `column '${twice}' is asked for in two roles: each has a column of its own`,
  )
}

async function readRows(
  reader: TableReader,
  columns: ChosenColumns,
  { normal, signal, onProgress }: ReadScoresOptions,
): Promise<CollectedScores> {
  const { detectors, label, class: ofClass, split } = columns
  const collector = new ScoreCollector({
    name: reader.name,
    nDetectors: detectors.length,
    normal,
    hasClass: ofClass !== undefined,
    hasSplit: split !== undefined,
  })
  const texts = [label, ...(ofClass === undefined ? [] : [ofClass]), ...(split === undefined ? [] : [split])]
  for await (const batch of reader.batches({ numbers: detectors, texts, longestText: longestName, signal })) {
    const { firstRow, nRows, numbers } = batch
    const labels = at(batch.texts, 0)
    const classes = ofClass === undefined ? undefined : at(batch.texts, 1)
    const splits = split === undefined ? undefined : at(batch.texts, texts.length - 1)
    for (let row = 0; row < nRows; row++) {
      const stores = collector.destination(at(labels, row), textAt(classes, row), textAt(splits, row))
      if (stores === 'unused') continue
      if ('problem' in stores) {
        throw new ScoringBiasError('BAD_FILE', `${await reader.place(firstRow + row)}: ${stores.problem}`)
      }
      for (let d = 0; d < stores.length; d++) at(stores, d).push(at(at(numbers, d), row))
    }
    onProgress?.(readingProgress(firstRow + nRows))
  }
  return collector.finish()
}

/** The text of a row in a column that need not be there. */
export function textAt(column: readonly string[] | undefined, row: number): string {
  return column === undefined ? '' : at(column, row)
}
