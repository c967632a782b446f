import { Command } from 'commander'
import {
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
  jsonText,
  type Progress,
  type ScoreData,
  ScoringBiasError,
  type ThresholdRule,
  thresholdRules,
  writeFileAtomic,
} from '../index.js'
import type { CliContext } from './context.js'
import { choice, number, numbers, quoted } from './flags.js'
import { ProgressLine } from './progress.js'
import { readScoreFiles, type ScoreFileFlags, scoreFilesHelp, withScoreFiles } from './scoreFiles.js'

interface CompareFlags extends ScoreFileFlags {
  fpr: number
  thresholdRule: ThresholdRule
  delta?: number
  level: number
  intervalMethod: IntervalMethod
  resamples: number
  seed: number
  engine: Engine
  curve?: true
  curveFprs?: number[]
  report?: string
  json?: true
  csv?: true
  quiet?: true
}

/** `scoring-bias compare <scores>`: recall of candidates less that of a baseline, from files of scores. */
export function compareCommand(context: CliContext): Command {
  const command = new Command('compare')
    .description(
      'how much more (or less) a detector finds than another at a fixed false-positive rate, by kind of anomaly',
    )
    .argument('<scores...>', scoreFilesHelp)
  return withScoreFiles(command)
    .option('--fpr <rate>', 'target false-positive rate', number, 0.05)
    .addOption(choice('--threshold-rule <rule>', 'how thresholds are read', thresholdRules, 'inverse-cdf'))
    .option('--delta <delta>', 'of certified thresholds: the risk that the true rate exceeds the target', number)
    .option('--level <level>', 'confidence level of the intervals', number, 0.95)
    .addOption(choice('--interval-method <method>', 'how intervals are read off draws', intervalMethods, 'confidence'))
    .option('--resamples <n>', 'bootstrap replicates', number, 10_000)
    .option('--seed <n>', 'root of all randomness', number, 0)
    .addOption(choice('--engine <engine>', 'how replicates are drawn', engines, 'auto'))
    .option('--curve', 'ξ over target false-positive rates too, for JSON and report')
    .option('--curve-fprs <rates>', 'the same at these rates, with commas', numbers)
    .option('--report <path>', 'write an HTML report there, with the curve')
    .option('--json', 'print the result as one JSON object')
    .option('--csv', 'print a row for each class and candidate')
    .option('--quiet', 'no progress')
    .action((scores: string[], flags: CompareFlags) => compareScores(scores, flags, context))
}

async function compareScores(paths: string[], flags: CompareFlags, context: CliContext): Promise<void> {
  const {
    json,
    csv,
    quiet,
    report: path,
    fpr,
    thresholdRule,
    delta,
    level,
    intervalMethod,
    resamples,
    seed,
    engine,
  } = flags
  const { args, stdout, stderr, signal } = context
  if (json && csv) throw new ScoringBiasError('OUT_OF_RANGE', 'give either --json or --csv: stdout holds one of them')
  if (path !== undefined) await checkWritable(path)
  const curve = flags.curveFprs ?? flags.curve ?? path !== undefined
  const progress = quiet ? undefined : new ProgressLine(stderr)
  const onProgress = (at: Progress) => progress?.update(at)
  let data: ScoreData
  let comparison: Comparison
  try {
    data = await readScoreFiles(paths, flags, { signal, onProgress })
    const options = {
      fpr,
      thresholdRule,
      delta,
      level,
      intervalMethod,
      resamples,
      seed,
      engine,
      curve,
      signal,
      onProgress,
    }
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
