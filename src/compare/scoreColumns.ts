import { type Check, list, nearest, type OptionChecks, text, textOrFalse } from '../check.js'
import { isLabelName } from '../data/tables/labelColumns.js'
import { listed, repeated, requireColumns, type TableReader, withArrays } from '../data/tables/tableReader.js'
import { ScoringBiasError } from '../errors.js'
import { requireFewDetectors } from './mostDetectors.js'

/** What stands in which column. */
export interface ScoreColumns {
  /** 0 or 1, or names of classes where `normal` is given. Default `label`. */
  readonly label?: string | undefined
  /** Scores of the baseline; its name in a long file. Default `baseline`. */
  readonly baseline?: string | undefined
  /**
   * Scores of the candidates; `all` are all columns that are nothing else. In a long file, their names. Default `candidate`.
   */
  readonly candidates?: readonly string[] | 'all' | undefined
  /** The class of anomalous samples. Default: `class`, where there is such a column. */
  readonly class?: string | undefined
  /**
   * `validation` (also `val`, `valid`, `dev`), `test` or `train`, whatever the case of letters. Default: `split`, where there
   * is such a column; false: there is none, whatever its name.
   */
  readonly split?: string | false | undefined
  /**
   * Which samples belong together, by name: patients, devices, days. Whole groups are then what was drawn (docs/groups.md).
   * Default: each sample is on its own.
   */
  readonly group?: string | undefined
  /** Columns that are no scores, for the candidates `all`. */
  readonly ignore?: readonly string[] | undefined
}

const columnNames: Check = (name, value) => {
  if (value === 'all') return
  list(text)(name, value)
  if (Array.isArray(value) && value.length === 0)
    throw new ScoringBiasError('EMPTY_SAMPLE', `${name} is empty. Name at least one column, or 'all'`)
}

export const columnChecks: OptionChecks<ScoreColumns> = {
  label: text,
  baseline: text,
  candidates: columnNames,
  class: text,
  split: textOrFalse,
  group: text,
  ignore: list(text),
}

/** The columns that say what a sample is. */
export interface SampleColumns {
  readonly label: string
  readonly class: string | undefined
  readonly split: string | undefined
  readonly group: string | undefined
}

export interface ChosenColumns extends SampleColumns {
  readonly detectors: readonly string[]
}

const usual = {
  label: 'label',
  baseline: 'baseline',
  candidates: 'candidate',
  class: 'class',
  split: 'split',
  score: 'score',
} as const

/** The columns of a file by their roles. Errors: `UNKNOWN_NAME`, `OUT_OF_RANGE`, also for too many. */
export function chosenColumns(reader: TableReader, options: ScoreColumns): ChosenColumns {
  const { baseline = usual.baseline, candidates = [usual.candidates] } = options
  const ignore = withArrays(reader, options.ignore)
  requireUsual(reader, options)
  const named = [baseline, ...(candidates === 'all' ? [] : candidates)]
  const samples = sampleColumns(reader, options, named)
  const others = new Set([baseline, samples.label, samples.class, samples.split, samples.group, ...ignore])
  const detectors = [
    baseline,
    ...(candidates === 'all' ? reader.columns.filter((column) => !others.has(column)) : candidates),
  ]
  requireFewDetectors(reader.name, detectors.length)
  requireColumns(reader, [...detectors, ...ignore])
  requireDistinct([...detectors, ...Object.values(samples).filter((column) => column !== undefined)])
  if (detectors.length < 2) {
    throw new ScoringBiasError('EMPTY_SAMPLE', `${reader.name} has no column left for a candidate beside '${baseline}'`)
  }
  return { detectors, ...samples }
}

/**
 * The columns that say what a sample is; what is taken for something else has no other role by its name alone.
 * Errors: `UNKNOWN_NAME`.
 */
export function sampleColumns(
  reader: TableReader,
  options: ScoreColumns,
  taken: readonly string[] = [],
): SampleColumns {
  requireUsual(reader, { ...options, baseline: '', candidates: [] })
  const label = options.label ?? usual.label
  const byName = (name: string) =>
    reader.columns.includes(name) && name !== label && name !== options.group && !taken.includes(name)
      ? name
      : undefined
  const split = options.split ?? byName(usual.split)
  const columns = {
    label,
    class: options.class ?? byName(usual.class),
    split: split === false ? undefined : split,
    group: options.group,
  }
  requireColumns(
    reader,
    Object.values(columns).filter((column) => column !== undefined),
  )
  return columns
}

/** Requires the columns of the usual names where nobody named others. Errors: `UNKNOWN_NAME`, with the options that name them. */
function requireUsual({ name, columns }: TableReader, options: ScoreColumns): void {
  const roles = [
    { column: usual.label, option: 'label', flag: '--label', given: options.label },
    { column: usual.baseline, option: 'baseline', flag: '--baseline', given: options.baseline },
    { column: usual.candidates, option: 'candidates', flag: '--candidate', given: options.candidates },
  ] as const
  const missing = roles.filter(({ column, given }) => given === undefined && !columns.includes(column))
  if (missing.length === 0) return
  const like = missing.flatMap(({ column }) => {
    const guess = nearest(column, columns)
    return guess === undefined && column === usual.label ? columns.filter(isLabelName) : (guess ?? [])
  })
  const hint = like.length === 0 ? '' : ` (did you mean ${listed(like)}?)`
  const all = (words: readonly string[]) => words.join(', ').replace(/, ([^,]*)$/, ' and $1')
  throw new ScoringBiasError(
    'UNKNOWN_NAME',
    `${name} has no ${missing.length === 1 ? 'column' : 'columns'} ${listed(missing.map(({ column }) => column))}${hint}. Its columns are ${listed(columns)}. Say which to use ` +
      `with ${all(missing.map(({ flag }) => flag))} (${missing.length === 1 ? 'option' : 'options'} ${all(missing.map(({ option }) => option))} of the library)` +
      (missing.some(({ option }) => option !== 'label') && columns.includes(usual.score)
        ? ". If each row has the score of one detector, name the column of the detectors' names with --detector (option detector)"
        : ''),
  )
}

export function requireDistinct(columns: readonly string[]): void {
  const twice = repeated(columns)
  if (twice === undefined) return
  throw new ScoringBiasError(
    'OUT_OF_RANGE',
    `column '${twice}' is asked for twice. Name a column of its own for the label, the class, the split, the group and each detector`,
  )
}
