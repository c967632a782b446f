import { stat } from 'node:fs/promises'
import { type Command, InvalidArgumentError } from 'commander'
import { candidatesOf, readScoreFile, readScores } from '../compare/readScores.js'
import type { NormalWindow } from '../compare/summary/normalWindow.js'
import { baselineColumn, type TrainingPatterns } from '../compare/trainingColumns.js'
import type { ScoreData } from '../compare/types.js'
import { openTable } from '../data/tables/openTable.js'
import { type TableFormat, tableFormats } from '../data/tables/tableFormat.js'
import { ScoringBiasError } from '../errors.js'
import { splitNames } from '../flagText.js'
import type { OnProgress } from '../progress.js'
import { adding, choice, decimalHint, fraction, names } from './flags.js'

/** What says where scores stand in files. */
export interface ScoreFileFlags {
  label?: string
  normal?: string
  baseline?: string
  candidate?: string[]
  class?: string
  split?: string | false
  negate?: string[]
  dropMissing?: true | number
  detector?: string
  ignore?: string[]
  key?: string
  score?: string
  format?: TableFormat
  group?: string
  run?: string
  trainings?: TrainingPatterns | undefined
}

/** Names of columns as one text, whose commas mean what they mean in one value. */
const columns = adding(
  (text) => text,
  (earlier, more) => `${earlier},${more}`,
)

export const scoreFilesHelp =
  'a CSV, TSV, JSONL, Parquet, NPY or NPZ file with the scores of all detectors, - is stdin; or, with --key, a file for each detector, the baseline first; or, with --detector, a long file'

/** Gives a command the options that say where scores stand in its files. */
export function withScoreFiles(command: Command): Command {
  return command
    .option('--label <column>', '0 for normal, 1 for anomalous; or names, with --normal (default: label)')
    .option('--normal <name>', 'the label of normal samples, where labels are names')
    .option('--baseline <column>', 'scores of the baseline (default: baseline)', columns)
    .option('--candidate <columns>', 'scores of the candidates, with commas, or all (default: candidate)', names)
    .option('--class <column>', 'kinds of anomalies (default: class, where there is one, or the names in the label)')
    .option('--split <column>', 'validation sets thresholds, test is evaluated (default: split, where there is one)')
    .option('--no-split', 'there is no split, whatever a column is called')
    .option('--negate <columns>', 'detectors whose lower scores are more anomalous, with commas', names)
    .option(
      '--drop-missing [share]',
      'leave out samples that lack a score, if they are at most this share of all (default: 0.05)',
      shareOfMissing,
    )
    .option('--ignore <columns>', 'columns that are no scores, with commas, for --candidate all', names)
    .option('--key <column>', 'which sample a row is of: joins the files, or the rows of a long file')
    .option('--score <column>', 'scores in each of the files to join, or of a long file (default: score)')
    .option('--detector <column>', 'names of the detectors in a long file, with a row for each sample and detector')
    .addOption(choice('--format <format>', 'of the files (default: by name or first bytes)', tableFormats))
}

/** The share of samples that --drop-missing may leave out. */
function shareOfMissing(text: string): number {
  const share = fractionOf(text)
  if (share >= 0 && share <= 1) return share
  const hint = decimalHint(text)
  // What is no number may be a file, which the option has taken for its share.
  const wayOut = hint.length === 0 ? ['Put the files before it.'] : hint
  throw new InvalidArgumentError(['It takes a share from 0 to 1, as 0.05 or 5%, or nothing.', ...wayOut].join(' '))
}

/** NaN of what is no fraction. */
function fractionOf(text: string): number {
  try {
    return fraction(text)
  } catch {
    return Number.NaN
  }
}

interface ReadingJob {
  readonly signal: AbortSignal
  readonly onProgress?: OnProgress
  /** Which normal samples may be left out and counted. Default: none. */
  readonly window?: NormalWindow | undefined
}

/** Reads one file, or joins several. */
export async function readScoreFiles(
  paths: readonly string[],
  flags: ScoreFileFlags,
  { window, ...job }: ReadingJob,
): Promise<ScoreData> {
  const { label, normal, baseline, candidate, class: ofClass, split, ignore, key, score, detector, format } = flags
  const { negate, dropMissing, group, run, trainings } = flags
  const options = { label, normal, class: ofClass, split, negate, dropMissing, group, format, ...job }
  const [only, second] = paths
  if (key !== undefined && detector === undefined) {
    const given = [...(baseline === undefined ? [] : [baseline]), ...(candidate ?? [])]
    const { joinFiles } = await import('../compare/joinScores.js')
    return joinFiles(paths, { ...options, key, score, names: given.length === 0 ? undefined : given }, window?.isPart)
  }
  if (second !== undefined || only === undefined) {
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      detector === undefined
        ? `${paths.length} files are joined by a column that all of them have. Name that column with --key`
        : `--detector is for one long file, got ${paths.length} files. Put their rows into one, or leave --detector out`,
    )
  }
  if (score !== undefined && detector === undefined) {
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      '--score is only for files joined with --key, or a long one with --detector. For one file, name the scores with --baseline and --candidate',
    )
  }
  const candidates = candidate && candidatesOf(candidate)
  const compared = trainings === undefined ? { baseline, candidates } : { trainings }
  const asked = { ...options, ...compared, ignore, detector, score, key, run }
  return window === undefined ? readScores(only, asked) : readScoreFile(only, asked, window)
}

/** Which columns, or detectors of a long file, stand on the side of the baseline. */
interface SidesAsked {
  readonly baseline?: string
  readonly trainings?: TrainingPatterns
}

/**
 * The baseline that is asked for by its name, or the trainings that a comparison is of: where the baseline or a candidate is a pattern
 * with `*`, the baseline several names, or a long file has a column of runs. Names with commas between them may be that of one column:
 * the file says so. Errors: `OUT_OF_RANGE`.
 */
export async function sidesAsked(
  paths: readonly string[],
  flags: ScoreFileFlags,
  signal: AbortSignal,
): Promise<SidesAsked> {
  const { baseline, candidate, run, key, detector } = flags
  const names = baseline === undefined ? undefined : splitNames(baseline)
  const sides = { baseline: names ?? ['baseline'], candidate: candidate ?? ['candidate'] }
  const isPattern = [...sides.baseline, ...sides.candidate].some((name) => name.includes('*'))
  const name = names?.length === 1 ? names[0] : baseline
  const asked = name === undefined ? {} : { baseline: name }
  if (key !== undefined && detector === undefined) {
    if (run === undefined && !isPattern) return asked
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      'several trainings of a detector are read from one file, not from files joined with --key. Put their scores into columns of one file, ' +
        'or into a long one with --detector and --run',
    )
  }
  if (run !== undefined || isPattern) return { trainings: sides }
  if (sides.baseline.length === 1) return asked
  const [only, ...others] = paths
  const column =
    others.length > 0 || detector !== undefined
      ? undefined
      : baselineColumn(sides, await columnsOf(only, flags, signal))
  return column === undefined ? { trainings: sides } : { baseline: column }
}

/** The columns of a file; none of what can be read once only, or not at all, which is told of where it is read. */
async function columnsOf(
  path: string | undefined,
  { format }: ScoreFileFlags,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const isFile = path !== undefined && (await stat(path).catch(() => undefined))?.isFile()
  if (!isFile) return []
  const reader = await openTable(path, { format, signal }).catch(() => undefined)
  await reader?.close()
  return reader?.columns ?? []
}
