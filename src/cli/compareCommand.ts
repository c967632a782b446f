import { Command } from 'commander'
import { biasDefaults } from '../biasDefaults.js'
import { at } from '../check.js'
import { type CompareOptions, compare } from '../compare/compare.js'
import { compareTargets } from '../compare/compareTargets.js'
import { anySummary } from '../compare/summary/isSummary.js'
import { reachOf } from '../compare/summary/normalWindow.js'
import type { ScoreData, TargetsComparison } from '../compare/types.js'
import { ScoringBiasError } from '../errors.js'
import type { OnProgress } from '../progress.js'
import { chartedCandidates } from '../report/compare/chartedCandidates.js'
import { jsonText } from '../report/jsonText.js'
import { biasEngines } from '../stats/bias/biasEngine.js'
import { intervalMethods } from '../stats/bootstrap/bootstrapInterval.js'
import { thresholdRules } from '../stats/ranks/thresholdRule.js'
import { writeFileAtomic } from '../writeFile.js'
import { levelFlag, seedFlag } from './biasFlags.js'
import { type CompareAnswer, pairAnswer } from './compareAnswer.js'
import type { CompareFlags } from './compareFlags.js'
import { choice, fraction, fractions, number } from './flags.js'
import { requireGate, verdictCode, withGate } from './gateFlags.js'
import { type CommandContext, checkPaths, jsonFlag, manyPictures, print, requirePage, writePaper } from './output.js'
import { quietFlag, withProgress } from './progress.js'
import { requireGroupFlags, requireRangeFlags, requireSeedFlags } from './refusedFlags.js'
import { readScoreFiles, scoreFilesHelp, sidesAsked, withScoreFiles } from './scoreFiles.js'
import { requireRange, targetsOf, withTargets } from './targetFlags.js'
import { leftOutOfCsv, requireUse, withUse } from './useFlags.js'

/** `scoring-bias compare <scores>`: recall of candidates less that of a baseline, from files of scores. */
export function compareCommand(context: CommandContext): Command {
  const { thresholdRule, intervalMethod, engine } = biasDefaults
  const command = new Command('compare')
    .description(
      'how much more (or less) a detector finds than another at a fixed false-positive rate, by kind of anomaly',
    )
    .argument('<scores...>', scoreFilesHelp)
  return withUse(withGate(withTargets(withScoreFiles(command))))
    .option('--group <column>', 'samples that belong together, such as patients: whole groups are what was drawn')
    .option('--run <column>', 'in a long file: tells the trainings of a detector apart')
    .addOption(choice('--threshold-rule <rule>', 'how thresholds are read', thresholdRules, thresholdRule))
    .option('--delta <delta>', 'of certified thresholds: the risk that the true rate exceeds the target', fraction)
    .option(...levelFlag)
    .addOption(
      choice('--interval-method <method>', 'how intervals are read off the law of ξ', intervalMethods, intervalMethod),
    )
    .option(
      '--resamples <n>',
      `bootstrap replicates (default: ${biasDefaults.resamples}, and more where many classes and candidates need them)`,
      number,
    )
    .option(...seedFlag)
    .addOption(choice('--engine <engine>', 'how the law of ξ is found: exact computes it', biasEngines, engine))
    .option('--curve', 'ξ over target false-positive rates too, for JSON and report')
    .option('--curve-fprs <rates>', 'the same at these rates, with commas', fractions)
    .option('--report <path>', 'write an HTML report there, with curve and laws where there is one target')
    .option(...jsonFlag)
    .option('--csv', 'print a row for each class and candidate')
    .option(...quietFlag)
    .action((scores: string[], flags: CompareFlags) => compareScores(scores, flags, context))
}

async function compareScores(paths: string[], flags: CompareFlags, context: CommandContext): Promise<void> {
  const { json, csv, quiet, report: path, markdown } = flags
  const { stderr, signal } = context
  if (json && csv)
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      '--json and --csv both go to stdout, which can hold only one of them. Leave one out',
    )
  requireGate(flags)
  requireUse(flags)
  requireRange(flags)
  const fprs = requireTargets(flags)
  const sides = await sidesAsked(paths, flags, signal)
  if (sides.trainings !== undefined) requireSeedFlags(flags, fprs)
  if (flags.fprRange !== undefined) requireRangeFlags(flags)
  if (flags.group !== undefined) requireGroupFlags(flags)
  requirePage(path, manyPictures)
  await checkPaths({ '--report': path, '--markdown': markdown }, paths)
  const answer = await withProgress(stderr, { quiet }, async (onProgress): Promise<CompareAnswer> => {
    const data = await readAny(paths, { ...flags, ...sides }, { fprs, signal, onProgress })
    const { level, resamples, seed } = flags
    // What few questions need is loaded for them alone.
    if (data.trainings !== undefined) {
      const { seedAnswer } = await import('./seedAnswer.js')
      return seedAnswer(data, { fpr: at(fprs, 0), level, resamples, seed, signal, onProgress })
    }
    if (flags.fprRange !== undefined) {
      const { rangeAnswer } = await import('./rangeAnswer.js')
      const { fprRange, over, margin, gate } = flags
      return rangeAnswer(data, { fprRange, over, level, resamples, seed, margin, gate, signal, onProgress })
    }
    // Curve and laws are for one target, and for samples without groups; a curve up to one half takes more than summaries hold.
    const plain = path !== undefined && data.groups === undefined && fprs.length === 1
    const curve = flags.curveFprs ?? flags.curve ?? (plain && data.below === undefined)
    // A page draws the first few alone; who asks for curves by a flag gets all of them.
    const drawnCandidates = flags.curveFprs === undefined && flags.curve === undefined ? chartedCandidates : undefined
    const options = { ...optionsOf(flags), curve, laws: plain, drawnCandidates }
    return pairAnswer(await answerAt(fprs, data, { ...options, signal, onProgress }), data)
  })
  await giveAnswer(answer, flags, context)
}

interface ReadingJob {
  readonly fprs: readonly number[]
  readonly signal: AbortSignal
  readonly onProgress: OnProgress
}

/** With more normal samples, those that no threshold can reach are only counted. */
const manyNormals = 10_000_000

/** Scores of files, or of summaries of files. */
async function readAny(
  paths: readonly string[],
  flags: CompareFlags,
  { fprs, signal, onProgress }: ReadingJob,
): Promise<ScoreData> {
  if (await anySummary(paths)) {
    requireSummaryFlags(flags)
    const { readSummaries } = await import('../compare/summary/readSummaries.js')
    return readSummaries(paths, { signal, onProgress })
  }
  const { report, curve, curveFprs, fprRange, intervalMethod, group } = flags
  const isCounted =
    [report, curve, curveFprs, fprRange, group].every((flag) => flag === undefined) && intervalMethod === 'confidence'
  const window = { reach: (n: number) => reachOf(fprs, n), from: manyNormals, always: false }
  return readScoreFiles(paths, flags, { signal, onProgress, window: isCounted ? window : undefined })
}

/** Refuses what summaries have said already: `OUT_OF_RANGE`. */
function requireSummaryFlags(flags: CompareFlags): void {
  const { label, normal, baseline, candidate, class: ofClass, split, negate, dropMissing, ignore } = flags
  const { key, score, detector, run, group, format } = flags
  const said = {
    label,
    normal,
    baseline,
    candidate,
    class: ofClass,
    split,
    negate,
    'drop-missing': dropMissing,
    ignore,
  }
  const [given] = Object.entries({ ...said, key, score, detector, run, group, format }).filter(
    ([, value]) => value !== undefined,
  )
  if (given === undefined) return
  throw new ScoringBiasError(
    'OUT_OF_RANGE',
    `--${given[0]} says how files of scores are read, and summaries are read already. Leave it out, or give it to summarise`,
  )
}

/** The answer first: should the report fail, it is not lost. */
async function giveAnswer(answer: CompareAnswer, flags: CompareFlags, context: CommandContext): Promise<void> {
  const { json, csv, quiet, report, markdown } = flags
  const { stderr, signal } = context
  await print(`${csv ? answer.csv() : json ? jsonText(answer.json()) : answer.text()}\n`, context)
  // CSV has no place for them.
  if (csv && !quiet) for (const warning of answer.warnings) stderr.write(`Warning: ${warning}.\n`)
  if (csv && !quiet) stderr.write(leftOutOfCsv(flags))
  const written = await writePaper(report, { html: answer.html }, context)
  if (markdown !== undefined && answer.markdown) await writeFileAtomic(markdown, answer.markdown(), { signal })
  if (!quiet) stderr.write(written)
  context.end(verdictCode(answer, flags))
}

/** The options of the comparison that flags are. */
function optionsOf(flags: CompareFlags) {
  const { thresholdRule, delta, level, intervalMethod, resamples, seed, engine, margin, gate } = flags
  const { mix, prevalence, perDay } = flags
  return {
    thresholdRule,
    delta,
    level,
    intervalMethod,
    resamples,
    seed,
    engine,
    margin,
    gate,
    mix,
    prevalence,
    perDay,
  }
}

/** A comparison at one target, which may have a curve, or at several. */
async function answerAt(
  fprs: readonly number[],
  data: ScoreData,
  { curve, ...options }: CompareOptions,
): Promise<TargetsComparison> {
  if (fprs.length > 1) return compareTargets(data, { ...options, fprs })
  const only = await compare(data, { ...options, curve, fpr: at(fprs, 0) })
  return { targets: [only], verdict: only.verdict }
}

/** The targets, where everything else that is asked for can be had at them. */
function requireTargets(flags: CompareFlags): number[] {
  const fprs = targetsOf(flags)
  const single = { '--curve': flags.curve, '--curve-fprs': flags.curveFprs }
  const [asked] = Object.entries(single).find(([, value]) => value !== undefined) ?? []
  if (fprs.length === 1 || asked === undefined) return fprs
  throw new ScoringBiasError(
    'OUT_OF_RANGE',
    `${asked} is for one target, and --fpr has ${fprs.length}. Leave ${asked} out, or give one target`,
  )
}
