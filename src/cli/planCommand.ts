import { Command, InvalidArgumentError } from 'commander'
import { checkWritable, planReport, planSvg, planText, theory, writeFileAtomic } from '../index.js'
import type { CliContext } from './context.js'
import { number, quoted } from './flags.js'

interface PlanFlags {
  precision?: number
  xi?: number
  power?: number
  fpr: number
  level: number
  tprBaseline: number
  tprCandidate: number
  slope?: [number, number]
  anomalyCorrelation: number
  normalCorrelation: number
  normals?: number
  anomalies?: number
  anomalyCost: number
  report?: string
  json?: true
  quiet?: true
}

/** `scoring-bias plan`: how many samples to label for a wanted precision or power. */
export function planCommand(context: CliContext): Command {
  return new Command('plan')
    .description(
      'how many normal and anomalous samples to label, for an interval of a given width or to detect a given ξ',
    )
    .option('--precision <w>', 'wanted: an interval of ξ no wider than ± w', number)
    .option('--xi <xi>', 'or wanted: to detect a true ξ of this size and sign', number)
    .option('--power <p>', 'with this probability (default: 0.8)', number)
    .option('--fpr <rate>', 'target false-positive rate', number, 0.05)
    .option('--level <level>', 'confidence level of the interval', number, 0.95)
    .option('--tpr-baseline <rate>', 'recall expected of the baseline', number, 0.5)
    .option('--tpr-candidate <rate>', 'recall expected of the candidate; with --xi it follows', number, 0.5)
    .option(
      '--slope <L>',
      'slope of the ROC curves at the target, or two with a comma (default: from the recalls)',
      slopes,
    )
    .option('--anomaly-correlation <rho>', 'of both detectors’ flags over the anomalies', number, 0)
    .option('--normal-correlation <rho>', 'of both detectors’ flags over the normals', number, 0)
    .option('--normals <n>', 'normal samples that there are', number)
    .option('--anomalies <n>', 'anomalous samples that there are', number)
    .option('--anomaly-cost <c>', 'what an anomaly costs to label, a normal costing 1', number, 1)
    .option('--report <path>', 'write an HTML report there, or the chart alone if it ends in .svg')
    .option('--json', 'print the plan as one JSON object')
    .option('--quiet', 'do not say what was written')
    .action((flags: PlanFlags) => plan(flags, context))
}

async function plan(flags: PlanFlags, { args, stdout, stderr, signal }: CliContext): Promise<void> {
  const { slope, normals, anomalies, anomalyCorrelation, report: path, json, quiet, ...options } = flags
  if (path !== undefined) await checkWritable(path)
  const result = theory.planSamples({
    ...options,
    slopeBaseline: slope?.[0],
    slopeCandidate: slope?.[1],
    anomalousCorrelation: anomalyCorrelation,
    nNormal: normals,
    nAnomalous: anomalies,
  })
  stdout.write(`${json ? JSON.stringify(result, null, 2) : planText(result)}\n`)
  if (path === undefined) return
  const command = ['scoring-bias', ...args].map(quoted).join(' ')
  const contents = path.endsWith('.svg') ? planSvg(result) : planReport(result, { command })
  await writeFileAtomic(path, await contents, { signal })
  if (!quiet) stderr.write(`Report written to ${path}.\n`)
}

function slopes(text: string): [number, number] {
  const values = text.split(',').map(number)
  const [baseline, candidate = baseline] = values
  if (baseline === undefined || candidate === undefined || values.length > 2)
    throw new InvalidArgumentError('One number, or two separated by a comma.')
  return [baseline, candidate]
}
