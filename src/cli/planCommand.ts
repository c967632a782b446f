import { Command, InvalidArgumentError } from 'commander'
import { at } from '../check.js'
import { compareSeeds } from '../compare/compareSeeds.js'
import { ScoringBiasError } from '../errors.js'
import { jsonText } from '../report/jsonText.js'
import type { ReportOptions } from '../report/page.js'
import { planReport, planSvg } from '../report/plan/planReport.js'
import { planText } from '../report/plan/planText.js'
import { seedPlanText } from '../report/plan/seedPlanText.js'
import { withSchema } from '../report/schemaNames.js'
import * as theory from '../rooms/theory.js'
import { fprFlag, levelFlag } from './biasFlags.js'
import { adding, decimalHint, fraction, number, numbers } from './flags.js'
import { type CliContext, checkPaths, jsonFlag, type OutputFlags, print, writePaper } from './output.js'
import { withProgress } from './progress.js'
import { readScoreFiles, type ScoreFileFlags, scoreFilesHelp, sidesAsked, withScoreFiles } from './scoreFiles.js'

interface PlanFlags extends ScoreFileFlags, OutputFlags {
  ofClass?: string
  classes?: number
  candidates?: number
  precision?: number
  xi?: number
  margin?: number
  power?: number
  fpr: number
  level: number
  tprBaseline?: number
  tprCandidate?: number
  slope?: number[]
  anomalyCorrelation?: number
  normalCorrelation?: number
  normals?: number
  anomalies?: number
  anomalyCost: number
  icc?: number
  groupSize?: number[]
  sampleError?: number
  trainingSd?: number[]
  quiet?: true
}

/** A number for both detectors, or one for each. */
const oneOrTwo = adding(
  (text) => requireOneOrTwo(text.split(',').map(fraction), decimalHint(text)),
  (earlier, more) => requireOneOrTwo([...earlier, ...more]),
)

function requireOneOrTwo(values: number[], hint: readonly string[] = []): number[] {
  if (values.length <= 2) return values
  throw new InvalidArgumentError(['One number, or two separated by a comma.', ...hint].join(' '))
}

/** `scoring-bias plan [pilot]`: how many samples to label for a wanted precision or power. */
export function planCommand(context: CliContext): Command {
  const command = new Command('plan')
    .description(
      'how many normal and anomalous samples to label, for an interval of a given width or to detect a given ξ',
    )
    .argument('[pilot...]', `scores that the expected rates are estimated from: ${scoreFilesHelp}`)
  return withScoreFiles(command)
    .option('--of-class <name>', 'anomalies of the pilot that are meant (default: all)')
    .option(
      '--classes <k>',
      'classes in the comparison, whose intervals hold at once; the plan is for one of them (default: those of the pilot, or 1)',
      number,
    )
    .option(
      '--candidates <n>',
      'candidates in the comparison, whose intervals hold at once; the plan is for one of them (default: 1)',
      number,
    )
    .option('--precision <w>', 'wanted: intervals of ξ on average no wider than ± w', fraction)
    .option('--xi <xi>', 'or wanted: to detect a true ξ of this size and sign', fraction)
    .option(
      '--margin <m>',
      'or wanted: that a gate with this margin passes, if ξ is as expected (default: 0)',
      fraction,
    )
    .option('--power <p>', 'with this probability (default: 0.8)', fraction)
    .option(...fprFlag)
    .option(...levelFlag)
    .option('--tpr-baseline <rate>', 'recall expected of the baseline (default: 0.5, or the pilot’s)', fraction)
    .option(
      '--tpr-candidate <rate>',
      'recall expected of the candidate; with --xi it follows (default: 0.5, or the pilot’s)',
      fraction,
    )
    .option(
      '--slope <L>',
      'slope of the ROC curves at the target, or two with a comma (default: from the recalls, or the pilot)',
      oneOrTwo,
    )
    .option(
      '--anomaly-correlation <rho>',
      'of both detectors’ flags over the anomalies (default: 0, or the pilot’s)',
      fraction,
    )
    .option(
      '--normal-correlation <rho>',
      'of both detectors’ flags over the normals (default: 0, or the pilot’s)',
      fraction,
    )
    .option('--normals <n>', 'normal samples that there are', number)
    .option('--anomalies <n>', 'anomalous samples of the class that there are', number)
    .option(
      '--icc <rho>',
      'intraclass correlation of scores, where samples come in groups; with --group-size',
      fraction,
    )
    .option('--group-size <m>', 'samples of a group: of normals and of anomalies of a class, with a comma', numbers)
    .option('--group <column>', 'of a pilot with several trainings: samples that belong together, such as patients')
    .option('--run <column>', 'in a long file: tells the trainings of a detector apart')
    .option(
      '--sample-error <se>',
      'of detectors that are trained several times: standard error of ξ that samples leave, as compare --json says',
      fraction,
    )
    .option(
      '--training-sd <sd>',
      'with it: standard deviation of recalls over trainings, or two with a comma',
      oneOrTwo,
    )
    .option('--anomaly-cost <c>', 'what an anomaly costs to label, a normal costing 1', number, 1)
    .option('--report <path>', 'write an HTML report there, or the chart alone if it ends in .svg')
    .option(...jsonFlag)
    .option('--quiet', 'do not say what was written')
    .action((pilot: string[], flags: PlanFlags, self: Command) =>
      plan(pilot, flags, context, self.getOptionValueSource('fpr') === 'cli'),
    )
}

async function plan(paths: string[], asked: PlanFlags, context: CliContext, isFprGiven: boolean): Promise<void> {
  const sides = paths.length === 0 ? {} : await sidesAsked(paths, asked, context.signal)
  const flags = { ...asked, ...sides }
  const { fpr, level, report, json, quiet, precision, xi, power, anomalyCost, tprBaseline, tprCandidate } = flags
  const { normals: nNormal, anomalies: nAnomalous } = flags
  const [slopeBaseline, slopeCandidate = slopeBaseline] = flags.slope ?? []
  const { anomalyCorrelation: anomalousCorrelation, normalCorrelation } = flags
  await checkPaths({ '--report': report }, paths)
  if (paths.length === 0) refusePilotFlags(flags)
  const trainings = await trainingsOf(paths, flags, context)
  if (trainings !== undefined) {
    if (paths.length === 0) refuseForTrainings({ '--fpr': isFprGiven ? fpr : undefined })
    return planTrainings(trainings, flags, context)
  }
  const known = paths.length === 0 ? { rates: { fpr }, classes: 1 } : await pilot(paths, flags, context)
  const result = theory.planSamples({
    ...known.rates,
    classes: flags.classes ?? known.classes,
    ...given({ tprBaseline, tprCandidate, slopeBaseline, slopeCandidate, anomalousCorrelation, normalCorrelation }),
    ...{ level, precision, xi, power, nNormal, nAnomalous, anomalyCost },
    ...{ margin: flags.margin, candidates: flags.candidates, icc: flags.icc, groupSize: flags.groupSize },
  })
  await print(`${json ? jsonText(withSchema('plan', result)) : planText(result)}\n`, context)
  const paper = { html: (shown: ReportOptions) => planReport(result, shown), svg: () => planSvg(result) }
  const written = await writePaper(report, paper, context)
  if (!quiet) context.stderr.write(written)
}

/** Refuses flags that say how to read a pilot where there is none: `OUT_OF_RANGE`. */
function refusePilotFlags(flags: PlanFlags): void {
  const { dropMissing, ofClass, ...read } = flags
  const asked = {
    ...{ '--of-class': ofClass, '--label': read.label, '--normal': read.normal, '--baseline': read.baseline },
    ...{ '--candidate': read.candidate, '--class': read.class, '--split': read.split, '--negate': read.negate },
    ...{ '--drop-missing': dropMissing, '--ignore': read.ignore, '--key': read.key, '--score': read.score },
    ...{ '--detector': read.detector, '--format': read.format, '--group': read.group, '--run': read.run },
  }
  const given = firstGiven(asked)
  if (given === undefined) return
  throw new ScoringBiasError(
    'OUT_OF_RANGE',
    `${given} says how to read the scores of a pilot, and there is none. Name the file of a pilot, or leave ${given} out`,
  )
}

/** The first flag that has a value. */
function firstGiven(flags: Readonly<Record<string, unknown>>): string | undefined {
  return Object.entries(flags).find(([, value]) => value !== undefined)?.[0]
}

/** Refuses flags of a plan of samples: `OUT_OF_RANGE`. */
function refuseForTrainings(flags: Readonly<Record<string, unknown>>): void {
  const given = firstGiven(flags)
  if (given === undefined) return
  throw new ScoringBiasError(
    'OUT_OF_RANGE',
    `${given} is not for a plan of trainings, which is made from what a pilot has shown. Leave it out, or plan for detectors that are trained once`,
  )
}

/** What several trainings of each detector have shown. */
interface TrainingsKnown extends Pick<theory.PlanSeedsOptions, 'sampleError' | 'sdBaseline' | 'sdCandidate'> {
  readonly classes: number
}

/** From flags, or from a pilot whose detectors were trained several times; undefined where detectors were trained once. */
async function trainingsOf(
  paths: string[],
  flags: PlanFlags,
  { signal, stderr }: CliContext,
): Promise<TrainingsKnown | undefined> {
  const { sampleError, trainingSd, quiet, fpr, level, ofClass } = flags
  if (sampleError !== undefined && trainingSd !== undefined && paths.length === 0) {
    const [sdBaseline, sdCandidate = sdBaseline] = [at(trainingSd, 0), trainingSd[1]]
    return { sampleError, sdBaseline, sdCandidate, classes: 1 }
  }
  if (sampleError !== undefined || trainingSd !== undefined) {
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      '--sample-error and --training-sd go together, without a pilot. A pilot with several trainings of each detector says both',
    )
  }
  if (flags.trainings === undefined) return undefined
  const { overall, classes } = await withProgress(stderr, { quiet }, async (onProgress) => {
    const data = await readScoreFiles(paths, flags, { signal, onProgress })
    return compareSeeds(data, { fpr, level, signal, onProgress })
  })
  const one = ofClass === undefined ? overall : classes.find(({ name }) => name === ofClass)
  if (one === undefined) {
    const known = classes.map(({ name }) => name).join(', ') || 'none'
    throw new ScoringBiasError('UNKNOWN_CLASS', `the pilot has no anomalies of class '${ofClass}'; known: ${known}`)
  }
  const { tprBaseline, tprCandidate } = one
  return {
    ...{ sampleError: one.sampleError, sdBaseline: tprBaseline.sd, sdCandidate: tprCandidate.sd },
    classes: Math.max(1, classes.length),
  }
}

/** Answers how many trainings. Errors: `OUT_OF_RANGE` for flags of a plan of samples. */
async function planTrainings(
  { classes, ...known }: TrainingsKnown,
  flags: PlanFlags,
  context: CliContext,
): Promise<void> {
  const { level, precision, xi, margin, power, json, anomalyCost } = flags
  refuseForTrainings({
    '--report': flags.report,
    '--candidates': flags.candidates,
    '--tpr-baseline': flags.tprBaseline,
    '--tpr-candidate': flags.tprCandidate,
    '--slope': flags.slope,
    '--anomaly-correlation': flags.anomalyCorrelation,
    '--normal-correlation': flags.normalCorrelation,
    '--normals': flags.normals,
    '--anomalies': flags.anomalies,
    '--icc': flags.icc,
    '--group-size': flags.groupSize,
    '--anomaly-cost': anomalyCost === 1 ? undefined : anomalyCost,
  })
  const plan = theory.planSeeds({ ...known, classes: flags.classes ?? classes, level, precision, xi, margin, power })
  await print(`${json ? jsonText(withSchema('plan-seeds', plan)) : seedPlanText(plan)}\n`, context)
}

interface PilotKnowledge {
  readonly rates: theory.PilotRates
  readonly classes: number
}

/** The rates of the first two detectors of a pilot, on all its anomalies or those of one class, and how many classes it has. */
async function pilot(paths: string[], flags: PlanFlags, { signal, stderr }: CliContext): Promise<PilotKnowledge> {
  const { fpr, level, ofClass, quiet } = flags
  if (flags.group !== undefined) {
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      '--group is for a pilot with several trainings of each detector. Leave it out, and say how alike samples of a group are with --icc and --group-size',
    )
  }
  const data = await withProgress(stderr, { quiet }, (onProgress) =>
    readScoreFiles(paths, flags, { signal, onProgress }),
  )
  const { classes, validation, anomalous, detectors, source } = data
  const [, candidate, other] = detectors
  if (other !== undefined) {
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      `a plan is for one candidate, '${candidate}' or '${other}': name it with --candidate`,
    )
  }
  if (ofClass !== undefined && !classes?.includes(ofClass)) {
    const known = [...new Set(classes)].join(', ') || 'none'
    throw new ScoringBiasError('UNKNOWN_CLASS', `${source} has no anomalies of class '${ofClass}'; known: ${known}`)
  }
  const pair = (d: number) => ({
    normal: Float64Array.from(at(validation, d)),
    anomalous: Float64Array.from(at(anomalous, d)).filter((_, i) => ofClass === undefined || classes?.[i] === ofClass),
  })
  const rates = await theory.pilotRates({ baseline: pair(0), candidate: pair(1) }, { fpr, level, signal })
  return { rates, classes: Math.max(1, new Set(classes).size) }
}

/** What is given of rates, so that it takes the place of the pilot's. */
function given<T extends object>(rates: T): Partial<T> {
  return Object.fromEntries(Object.entries(rates).filter(([, rate]) => rate !== undefined)) as Partial<T>
}
