import { Command } from 'commander'
import {
  type CompareProgress,
  type Comparison,
  checkWritable,
  compare,
  compareCsv,
  compareJson,
  compareReport,
  compareText,
  type Engine,
  engines,
  type IntervalMethod,
  intervalMethods,
  joinScores,
  jsonText,
  readScores,
  type ScoreData,
  ScoringBiasError,
  type TableFormat,
  type ThresholdDefinition,
  tableFormats,
  thresholdDefinitions,
  writeFileAtomic,
} from '../index.js'
import type { CliContext } from './context.js'
import { choice, names, number, numbers, quoted } from './flags.js'
import { ProgressLine } from './progress.js'

interface CompareFlags {
  label?: string
  baseline?: string
  candidate?: string[]
  class?: string
  split?: string
  normal?: string
  ignore?: string[]
  key?: string
  score?: string
  format?: TableFormat
  fpr: number
  threshold: ThresholdDefinition
  delta?: number
  level: number
  interval: IntervalMethod
  resamples: number
  seed: number
  engine: Engine
  curve?: true | number[]
  report?: string
  json?: true
  csv?: true
  quiet?: true
}

/** `scoring-bias compare <scores>`: recall of candidates less that of a baseline, from files of scores. */
export function compareCommand(context: CliContext): Command {
  return new Command('compare')
    .description(
      'how much more (or less) a detector finds than another at a fixed false-positive rate, by kind of anomaly',
    )
    .argument(
      '<scores...>',
      'a CSV, TSV, JSONL, Parquet or NPZ file with the scores of all detectors, - is stdin; or, with --key, a file for each detector, the baseline first',
    )
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
    .option('--fpr <rate>', 'target false-positive rate', number, 0.05)
    .addOption(choice('--threshold <definition>', 'how thresholds are read', thresholdDefinitions, 'inverse-cdf'))
    .option('--delta <delta>', 'of certified thresholds: the risk that the true rate exceeds the target', number)
    .option('--level <level>', 'confidence level of the intervals', number, 0.95)
    .addOption(choice('--interval <method>', 'how intervals are read off replicates', intervalMethods, 'bca'))
    .option('--resamples <n>', 'bootstrap replicates', number, 10_000)
    .option('--seed <n>', 'root of all randomness', number, 0)
    .addOption(choice('--engine <engine>', 'how replicates are drawn', engines, 'auto'))
    .option('--curve [rates]', 'ξ over target false-positive rates too, for JSON and report', numbers)
    .option('--report <path>', 'write an HTML report there, with the curve')
    .option('--json', 'print the result as one JSON object')
    .option('--csv', 'print a row for each class and candidate')
    .option('--quiet', 'no progress')
    .action((scores: string[], flags: CompareFlags) => compareScores(scores, flags, context))
}

async function compareScores(paths: string[], flags: CompareFlags, context: CliContext): Promise<void> {
  const { json, csv, quiet, report: path, fpr, threshold, delta, level, interval, resamples, seed, engine } = flags
  const { args, stdout, stderr, signal } = context
  if (json && csv) throw new ScoringBiasError('OUT_OF_RANGE', 'give either --json or --csv: stdout holds one of them')
  if (path !== undefined) await checkWritable(path)
  const curve = flags.curve ?? path !== undefined
  const progress = quiet ? undefined : new ProgressLine(stderr)
  const onProgress = (at: CompareProgress) => progress?.update(at)
  let data: ScoreData
  let comparison: Comparison
  try {
    data = await read(paths, flags, context, onProgress)
    const options = { fpr, threshold, delta, level, interval, resamples, seed, engine, curve, signal, onProgress }
    comparison = await compare(data, options)
  } finally {
    progress?.finish()
  }
  // The answer first: should the report fail, it is not lost.
  if (csv) stdout.write(`${compareCsv(comparison)}\n`)
  else if (json) stdout.write(`${jsonText(compareJson(comparison))}\n`)
  else stdout.write(`${compareText(comparison)}\n`)
  // CSV has no place for them.
  if (csv && !quiet) for (const warning of comparison.warnings) stderr.write(`Warning: ${warning}.\n`)
  if (path === undefined) return
  const page = await compareReport(comparison, data, { command: ['scoring-bias', ...args].map(quoted).join(' ') })
  await writeFileAtomic(path, page, { signal })
  if (!quiet) stderr.write(`Report written to ${path}.\n`)
}

function read(
  paths: string[],
  flags: CompareFlags,
  { signal }: CliContext,
  onProgress: (at: CompareProgress) => void,
): Promise<ScoreData> {
  const { label, normal, baseline, candidate, class: ofClass, split, ignore, key, score, format } = flags
  const reading = (done: number) => onProgress({ phase: 'reading', done, total: Number.POSITIVE_INFINITY })
  const options = { label, normal, class: ofClass, split, format, signal, onProgress: reading }
  const [only, second] = paths
  if (key !== undefined) {
    const given = [...(baseline === undefined ? [] : [baseline]), ...(candidate ?? [])]
    return joinScores(paths, { ...options, key, score, names: given.length === 0 ? undefined : given })
  }
  if (second !== undefined || only === undefined) {
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      `${paths.length} files are joined by a column that both have: name it with --key`,
    )
  }
  if (score !== undefined) {
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      '--score goes with --key; scores of one file are --baseline and --candidate',
    )
  }
  const candidates = candidate?.length === 1 && candidate[0] === 'all' ? 'all' : candidate
  return readScores(only, { ...options, baseline, candidates, ignore })
}
