import { Command } from 'commander'
import { biasDefaults } from '../biasDefaults.js'
import { compare } from '../compare/compare.js'
import { compareSeeds, type SeedComparison } from '../compare/compareSeeds.js'
import type { Comparison, ScoreData } from '../compare/types.js'
import { ScoringBiasError } from '../errors.js'
import { compareCsv } from '../report/compare/compareCsv.js'
import { compareJson } from '../report/compare/compareJson.js'
import { compareText } from '../report/compare/compareText.js'
import { seedCsv } from '../report/compare/seedCsv.js'
import { seedJson } from '../report/compare/seedJson.js'
import { seedText } from '../report/compare/seedText.js'
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
import { readScoreFiles, type ScoreFileFlags, scoreFilesHelp, trainingsAsked, withScoreFiles } from './scoreFiles.js'

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
    .option('--group <column>', 'samples that belong together, such as patients: whole groups are what was drawn')
    .option('--run <column>', 'in a long file: tells the trainings of a detector apart')
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
  const { json, csv, quiet, report: path } = flags
  const { stderr, signal } = context
  if (json && csv)
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      '--json and --csv both go to stdout, which can hold only one of them. Leave one out',
    )
  const trainings = trainingsAsked(flags)
  if (trainings !== undefined) requireSeedFlags(flags)
  await checkPaths({ '--report': path }, paths)
  const answer = await withProgress(stderr, { quiet }, async (onProgress): Promise<CompareAnswer> => {
    const data = await readScoreFiles(paths, { ...flags, trainings }, { signal, onProgress })
    const { fpr, level, resamples, seed } = flags
    if (data.trainings !== undefined) {
      return seedAnswer(await compareSeeds(data, { fpr, level, resamples, seed, signal, onProgress }))
    }
    const { thresholdRule, delta, intervalMethod, engine } = flags
    const curve = flags.curveFprs ?? flags.curve ?? (path !== undefined && data.groups === undefined)
    const laws = path !== undefined && data.groups === undefined
    const options = { fpr, thresholdRule, delta, level, intervalMethod, resamples, seed, engine, curve, laws }
    return pairAnswer(await compare(data, { ...options, signal, onProgress }), data)
  })
  await giveAnswer(answer, flags, context)
}

/** An answer in the forms that the command gives it. */
interface CompareAnswer {
  readonly warnings: readonly string[]
  readonly csv: () => string
  readonly json: () => object
  readonly text: () => string
  readonly html: (options: ReportOptions) => Promise<string>
}

function pairAnswer(comparison: Comparison, data: ScoreData): CompareAnswer {
  return {
    warnings: comparison.warnings,
    csv: () => compareCsv(comparison),
    json: () => compareJson(comparison),
    text: () => compareText(comparison),
    // Only a page needs what draws.
    html: async (shown) => (await import('../report/compare/compareReport.js')).compareReport(comparison, data, shown),
  }
}

function seedAnswer(comparison: SeedComparison): CompareAnswer {
  return {
    warnings: comparison.warnings,
    csv: () => seedCsv(comparison),
    json: () => seedJson(comparison),
    text: () => seedText(comparison),
    html: async (shown) => (await import('../report/compare/seedReport.js')).seedReport(comparison, shown),
  }
}

/** The answer first: should the report fail, it is not lost. */
async function giveAnswer(answer: CompareAnswer, flags: CompareFlags, context: CliContext): Promise<void> {
  const { json, csv, quiet, report } = flags
  const { stdout, stderr } = context
  if (csv) stdout.write(`${answer.csv()}\n`)
  else stdout.write(`${json ? jsonText(answer.json()) : answer.text()}\n`)
  // CSV has no place for them.
  if (csv && !quiet) for (const warning of answer.warnings) stderr.write(`Warning: ${warning}.\n`)
  const written = await writePaper(report, { html: answer.html }, context)
  if (!quiet) stderr.write(written)
}

/** Refuses what a comparison of trainings does not answer: `OUT_OF_RANGE`. */
function requireSeedFlags(flags: CompareFlags): void {
  const { thresholdRule, intervalMethod, engine } = biasDefaults
  const refused = [
    ['--threshold-rule', flags.thresholdRule !== thresholdRule],
    ['--delta', flags.delta !== undefined],
    ['--interval-method', flags.intervalMethod !== intervalMethod],
    ['--engine', flags.engine !== engine],
    ['--curve', flags.curve !== undefined],
    ['--curve-fprs', flags.curveFprs !== undefined],
  ] as const
  const [given] = refused.flatMap(([flag, isGiven]) => (isGiven ? [flag] : []))
  if (given === undefined) return
  throw new ScoringBiasError(
    'OUT_OF_RANGE',
    `${given} is not for several trainings of a detector, which --baseline, --candidate or --run ask for. Leave it out, or name one ` +
      'column for the baseline and one for the candidate',
  )
}
