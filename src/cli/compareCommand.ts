import { Command } from 'commander'
import { biasDefaults } from '../biasDefaults.js'
import { compare } from '../compare/compare.js'
import { ScoringBiasError } from '../errors.js'
import { compareCsv } from '../report/compare/compareCsv.js'
import { compareJson } from '../report/compare/compareJson.js'
import { compareText } from '../report/compare/compareText.js'
import { jsonText } from '../report/jsonText.js'
import type { ReportOptions } from '../report/page.js'
import { biasEngines } from '../stats/bias/biasEngine.js'
import type { BiasOptions } from '../stats/bias/options.js'
import { intervalMethods } from '../stats/bootstrap/bootstrapInterval.js'
import { thresholdRules } from '../stats/ranks/thresholdRule.js'
import { fprFlag, levelFlag, resamplesFlag, seedFlag } from './biasFlags.js'
import { choice, number, numbers } from './flags.js'
import { type CliContext, checkPaths, jsonFlag, type OutputFlags, writePaper } from './output.js'
import { quietFlag, withProgress } from './progress.js'
import { readScoreFiles, type ScoreFileFlags, scoreFilesHelp, withScoreFiles } from './scoreFiles.js'

interface CompareFlags extends ScoreFileFlags, OutputFlags, Omit<BiasOptions, 'threads' | 'signal' | 'onProgress'> {
  curve?: true
  curveFprs?: number[]
  csv?: true
  quiet?: true
}

/** `scoring-bias compare <scores>`: recall of candidates less that of a baseline, from files of scores. */
export function compareCommand(context: CliContext): Command {
  const { thresholdRule, intervalMethod, engine } = biasDefaults
  const command = new Command('compare')
    .description(
      'how much more (or less) a detector finds than another at a fixed false-positive rate, by kind of anomaly',
    )
    .argument('<scores...>', scoreFilesHelp)
  return withScoreFiles(command)
    .option(...fprFlag)
    .addOption(choice('--threshold-rule <rule>', 'how thresholds are read', thresholdRules, thresholdRule))
    .option('--delta <delta>', 'of certified thresholds: the risk that the true rate exceeds the target', number)
    .option(...levelFlag)
    .addOption(
      choice('--interval-method <method>', 'how intervals are read off the law of ξ', intervalMethods, intervalMethod),
    )
    .option(...resamplesFlag)
    .option(...seedFlag)
    .addOption(choice('--engine <engine>', 'how the law of ξ is found: exact computes it', biasEngines, engine))
    .option('--curve', 'ξ over target false-positive rates too, for JSON and report')
    .option('--curve-fprs <rates>', 'the same at these rates, with commas', numbers)
    .option('--report <path>', 'write an HTML report there, with curve and laws')
    .option(...jsonFlag)
    .option('--csv', 'print a row for each class and candidate')
    .option(...quietFlag)
    .action((scores: string[], flags: CompareFlags) => compareScores(scores, flags, context))
}

async function compareScores(paths: string[], flags: CompareFlags, context: CliContext): Promise<void> {
  const { json, csv, quiet, report: path, fpr, thresholdRule, delta, level } = flags
  const { intervalMethod, resamples, seed, engine } = flags
  const { stdout, stderr, signal } = context
  if (json && csv)
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      '--json and --csv both go to stdout, which can hold only one of them. Leave one out',
    )
  await checkPaths({ '--report': path }, paths)
  const curve = flags.curveFprs ?? flags.curve ?? path !== undefined
  const laws = path !== undefined
  const options = { fpr, thresholdRule, delta, level, intervalMethod, resamples, seed, engine, curve, laws, signal }
  const { data, comparison } = await withProgress(stderr, { quiet }, async (onProgress) => {
    const data = await readScoreFiles(paths, flags, { signal, onProgress })
    return { data, comparison: await compare(data, { ...options, onProgress }) }
  })
  // The answer first: should the report fail, it is not lost.
  if (csv) stdout.write(`${compareCsv(comparison)}\n`)
  else stdout.write(`${json ? jsonText(compareJson(comparison)) : compareText(comparison)}\n`)
  // CSV has no place for them.
  if (csv && !quiet) for (const warning of comparison.warnings) stderr.write(`Warning: ${warning}.\n`)
  // Only a page needs what draws.
  const html = async (shown: ReportOptions) =>
    (await import('../report/compare/compareReport.js')).compareReport(comparison, data, shown)
  const written = await writePaper(path, { html }, context)
  if (!quiet) stderr.write(written)
}
