import type { Command } from 'commander'
import { joinScores } from '../compare/joinScores.js'
import { readScores } from '../compare/readScores.js'
import type { ScoreData } from '../compare/types.js'
import { type TableFormat, tableFormats } from '../data/tables/tableFormat.js'
import { ScoringBiasError } from '../errors.js'
import type { OnProgress } from '../progress.js'
import { choice, names } from './flags.js'

/** What says where scores stand in files. */
export interface ScoreFileFlags {
  label?: string
  normal?: string
  baseline?: string
  candidate?: string[]
  class?: string
  split?: string
  ignore?: string[]
  key?: string
  score?: string
  format?: TableFormat
}

export const scoreFilesHelp =
  'a CSV, TSV, JSONL, Parquet or NPZ file with the scores of all detectors, - is stdin; or, with --key, a file for each detector, the baseline first'

/** Gives a command the options that say where scores stand in its files. */
export function withScoreFiles(command: Command): Command {
  return command
    .option('--label <column>', '0 for normal, 1 for anomalous; or names, with --normal (default: label)')
    .option('--normal <name>', 'the label of normal samples, where labels are names')
    .option('--baseline <column>', 'scores of the baseline (default: baseline)')
    .option('--candidate <columns>', 'scores of the candidates, with commas, or all (default: candidate)', names)
    .option('--class <column>', 'kinds of anomalies (default: class, where there is one, or the names in the label)')
    .option('--split <column>', 'validation sets thresholds, test is evaluated (default: split, where there is one)')
    .option('--ignore <columns>', 'columns that are no scores, for --candidate all', names)
    .option('--key <column>', 'join the files by this column')
    .option('--score <column>', 'scores in each of the files to join (default: score)')
    .addOption(choice('--format <format>', 'of the files (default: by name or first bytes)', tableFormats))
}

/** Reads one file, or joins several. */
export function readScoreFiles(
  paths: readonly string[],
  flags: ScoreFileFlags,
  job: { readonly signal: AbortSignal; readonly onProgress?: OnProgress },
): Promise<ScoreData> {
  const { label, normal, baseline, candidate, class: ofClass, split, ignore, key, score, format } = flags
  const options = { label, normal, class: ofClass, split, format, ...job }
  const [only, second] = paths
  if (key !== undefined) {
    const given = [...(baseline === undefined ? [] : [baseline]), ...(candidate ?? [])]
    return joinScores(paths, { ...options, key, score, names: given.length === 0 ? undefined : given })
  }
  if (second !== undefined || only === undefined) {
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      `${paths.length} files are joined by a column that all of them have. Name that column with --key`,
    )
  }
  if (score !== undefined) {
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      '--score is only for files joined with --key. For one file, name the scores with --baseline and --candidate',
    )
  }
  const candidates = candidate?.length === 1 && candidate[0] === 'all' ? 'all' : candidate
  return readScores(only, { ...options, baseline, candidates, ignore })
}
