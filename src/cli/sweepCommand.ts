import { Command, InvalidArgumentError } from 'commander'
import { withSchema } from '../report/schemaNames.js'
import { sweepReport, sweepSvg } from '../report/sweep/sweepReport.js'
import { sweepText } from '../report/sweep/sweepText.js'
import { labelSweep, sweepDefaults } from '../study/sweep/labelSweep.js'
import { addDataFlags, type DataFlags, dataArgument, filesOf, samplesOf } from './dataSource.js'
import { drawingMeanwhile } from './drawingMeanwhile.js'
import { fraction, number } from './flags.js'
import {
  type CliContext,
  checkPaths,
  give,
  jsonFlag,
  keeping,
  type OutputFlags,
  storeFlag,
  storeOutputs,
} from './output.js'
import { addProgressFlags, type ProgressFlags, withProgress } from './progress.js'
import { giveShard, type ShardFlags, shardFlag } from './shardFlag.js'
import { addRunsFlags, type RunsFlags, runsOf } from './trainingFlags.js'

type SweepFlags = DataFlags &
  RunsFlags &
  ProgressFlags &
  OutputFlags &
  ShardFlags & { anomaly?: string; labelled: number[]; contamination: number[] }

/** `scoring-bias sweep <data>`: how many labels help which class of anomalies, and how clean the normal samples must be. */
export function sweepCommand(context: CliContext): Command {
  const command = new Command('sweep')
    .description(
      'how many labelled anomalies help or hurt each kind of anomaly, and how clean the normal samples must be',
    )
    .argument('[data]', dataArgument, 'statlog')
  addDataFlags(command)
    .option('--anomaly <class>', 'class of the labelled anomalies (default: depends on the data)')
    .option('--labelled <list>', 'numbers of labelled anomalies, with commas', listOf(number), [
      ...sweepDefaults.labelled,
    ])
    .option(
      '--contamination <list>',
      'shares of the normal samples trained on that are unlabelled anomalies, with commas',
      listOf(fraction),
      [...sweepDefaults.contamination],
    )
  addRunsFlags(command, 'trainings of each detector in each cell')
    .option(...storeFlag)
    .option(...shardFlag)
    .option('--report <path>', 'write a page there, or the chart alone where the name ends in .svg')
    .option(...jsonFlag)
  return addProgressFlags(command).action((data: string, flags: SweepFlags) =>
    keeping(flags.store, () => (flags.shard === undefined ? sweep : sweepShard)(data, flags, context)),
  )
}

async function sweepShard(source: string, flags: SweepFlags, context: CliContext): Promise<void> {
  const options = await optionsOf(source, flags, context)
  await giveShard({ sweep: options }, { ...flags, answers: { '--report': flags.report } }, context)
}

async function optionsOf(source: string, flags: SweepFlags, { signal }: CliContext) {
  const { anomaly, labelled, contamination } = flags
  return { ...(await samplesOf(source, flags, signal)), ...runsOf(flags), anomaly, labelled, contamination }
}

async function sweep(source: string, flags: SweepFlags, context: CliContext): Promise<void> {
  const { report, json, store } = flags
  const { stdout, stderr } = context
  await checkPaths({ '--report': report, ...storeOutputs(store) }, filesOf(source, flags))
  const options = { ...(await optionsOf(source, flags, context)), store }
  const result = await withProgress(stderr, flags, (onProgress) =>
    labelSweep({ ...options, onProgress: drawingMeanwhile(flags, onProgress) }),
  )
  const answer = { json: withSchema('sweep', result), text: () => sweepText(result), svg: () => sweepSvg(result) }
  const written = await give({ ...answer, html: (shown) => sweepReport(result, shown) }, flags, context)
  if (!json) stdout.write(`${written}Took ${result.elapsedSeconds.toFixed(1)} s.\n`)
}

function listOf(parse: (text: string) => number): (text: string) => number[] {
  return (text) => {
    if (text.trim() === '') throw new InvalidArgumentError('Give numbers with commas between them.')
    return text.split(',').map(parse)
  }
}
