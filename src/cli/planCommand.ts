import { Command, InvalidArgumentError } from 'commander'
import { at } from '../check.js'
import { ScoringBiasError } from '../errors.js'
import { jsonText } from '../report/jsonText.js'
import type { ReportOptions } from '../report/page.js'
import { planReport, planSvg } from '../report/plan/planReport.js'
import { planText } from '../report/plan/planText.js'
import { withSchema } from '../report/schemaNames.js'
import * as theory from '../rooms/theory.js'
import { fprFlag, levelFlag } from './biasFlags.js'
import { number } from './flags.js'
import { type CliContext, checkPaths, jsonFlag, type OutputFlags, writePaper } from './output.js'
import { withProgress } from './progress.js'
import { readScoreFiles, type ScoreFileFlags, scoreFilesHelp, withScoreFiles } from './scoreFiles.js'

interface PlanFlags extends ScoreFileFlags, OutputFlags {
  ofClass?: string
  classes?: number
  precision?: number
  xi?: number
  power?: number
  fpr: number
  level: number
  tprBaseline?: number
  tprCandidate?: number
  slope?: [number, number]
  anomalyCorrelation?: number
  normalCorrelation?: number
  normals?: number
  anomalies?: number
  anomalyCost: number
  quiet?: true
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
    .option('--precision <w>', 'wanted: intervals of ξ on average no wider than ± w', number)
    .option('--xi <xi>', 'or wanted: to detect a true ξ of this size and sign', number)
    .option('--power <p>', 'with this probability (default: 0.8)', number)
    .option(...fprFlag)
    .option(...levelFlag)
    .option('--tpr-baseline <rate>', 'recall expected of the baseline (default: 0.5, or the pilot’s)', number)
    .option(
      '--tpr-candidate <rate>',
      'recall expected of the candidate; with --xi it follows (default: 0.5, or the pilot’s)',
      number,
    )
    .option(
      '--slope <L>',
      'slope of the ROC curves at the target, or two with a comma (default: from the recalls, or the pilot)',
      slopes,
    )
    .option(
      '--anomaly-correlation <rho>',
      'of both detectors’ flags over the anomalies (default: 0, or the pilot’s)',
      number,
    )
    .option(
      '--normal-correlation <rho>',
      'of both detectors’ flags over the normals (default: 0, or the pilot’s)',
      number,
    )
    .option('--normals <n>', 'normal samples that there are', number)
    .option('--anomalies <n>', 'anomalous samples of the class that there are', number)
    .option('--anomaly-cost <c>', 'what an anomaly costs to label, a normal costing 1', number, 1)
    .option('--report <path>', 'write an HTML report there, or the chart alone if it ends in .svg')
    .option(...jsonFlag)
    .option('--quiet', 'do not say what was written')
    .action((pilot: string[], flags: PlanFlags) => plan(pilot, flags, context))
}

async function plan(paths: string[], flags: PlanFlags, context: CliContext): Promise<void> {
  const { fpr, level, report, json, quiet, precision, xi, power, anomalyCost, tprBaseline, tprCandidate } = flags
  const { normals: nNormal, anomalies: nAnomalous, slope: [slopeBaseline, slopeCandidate] = [] } = flags
  const { anomalyCorrelation: anomalousCorrelation, normalCorrelation } = flags
  await checkPaths({ '--report': report }, paths)
  const known = paths.length === 0 ? { rates: { fpr }, classes: 1 } : await pilot(paths, flags, context)
  const result = theory.planSamples({
    ...known.rates,
    classes: flags.classes ?? known.classes,
    ...given({ tprBaseline, tprCandidate, slopeBaseline, slopeCandidate, anomalousCorrelation, normalCorrelation }),
    ...{ level, precision, xi, power, nNormal, nAnomalous, anomalyCost },
  })
  context.stdout.write(`${json ? jsonText(withSchema('plan', result)) : planText(result)}\n`)
  const paper = { html: (shown: ReportOptions) => planReport(result, shown), svg: () => planSvg(result) }
  const written = await writePaper(report, paper, context)
  if (!quiet) context.stderr.write(written)
}

function slopes(text: string): [number, number] {
  const values = text.split(',').map(number)
  const [baseline, candidate = baseline] = values
  if (baseline === undefined || candidate === undefined || values.length > 2)
    throw new InvalidArgumentError('One number, or two separated by a comma.')
  return [baseline, candidate]
}

interface PilotKnowledge {
  readonly rates: theory.PilotRates
  readonly classes: number
}

/** The rates of the first two detectors of a pilot, on all its anomalies or those of one class, and how many classes it has. */
async function pilot(paths: string[], flags: PlanFlags, { signal, stderr }: CliContext): Promise<PilotKnowledge> {
  const { fpr, level, ofClass, quiet } = flags
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
