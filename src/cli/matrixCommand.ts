import { Command } from 'commander'
import { matrixReport, matrixSvg } from '../report/matrix/matrixReport.js'
import { matrixText } from '../report/matrix/matrixText.js'
import { withSchema } from '../report/schemaNames.js'
import { addDataFlags, type DataFlags, dataArgument, filesOf, samplesOf } from './dataSource.js'
import { drawingMeanwhile } from './drawingMeanwhile.js'
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
import { type QueueFlags, queueFlag, trainQueued } from './queueFlag.js'
import { giveShard, type ShardFlags, shardFlag } from './shardFlag.js'
import { addRunsFlags, type RunsFlags, runsOf } from './trainingFlags.js'

type MatrixFlags = DataFlags & RunsFlags & ProgressFlags & OutputFlags & ShardFlags & QueueFlags

/** `scoring-bias matrix <data>`: which labelled class helps to find which class of anomalies. */
export function matrixCommand(context: CliContext): Command {
  const command = new Command('matrix')
    .description('label each class of anomalies in turn: which one helps to find the others, and which one hurts')
    .argument('[data]', dataArgument, 'statlog')
  addRunsFlags(addDataFlags(command), 'trainings of each detector for each labelled class')
    .option(...storeFlag)
    .option(...shardFlag)
    .option(...queueFlag)
    .option('--report <path>', 'write a page there, or the heat map alone where the name ends in .svg')
    .option(...jsonFlag)
  return addProgressFlags(command).action((data: string, flags: MatrixFlags) =>
    keeping(flags.store, () => (flags.shard === undefined ? matrix : matrixShard)(data, flags, context)),
  )
}

async function matrixShard(source: string, flags: MatrixFlags, context: CliContext): Promise<void> {
  const options = await optionsOf(source, flags, context)
  await giveShard({ matrix: options }, { ...flags, answers: { '--report': flags.report } }, context)
}

async function optionsOf(source: string, flags: MatrixFlags, { signal }: CliContext) {
  return { ...(await samplesOf(source, flags, signal)), ...runsOf(flags) }
}

async function matrix(source: string, flags: MatrixFlags, context: CliContext): Promise<void> {
  const { report, json, store } = flags
  const { stdout, stderr } = context
  await checkPaths({ '--report': report, ...storeOutputs(store) }, filesOf(source, flags))
  const asked = await optionsOf(source, flags, context)
  await trainQueued({ matrix: asked }, flags, context)
  const options = { ...asked, store }
  // What trains loads once there is something to train.
  const { anomalyMatrix } = await import('../study/anomalyMatrix.js')
  const result = await withProgress(stderr, flags, (onProgress) =>
    anomalyMatrix({ ...options, onProgress: drawingMeanwhile(flags, onProgress) }),
  )
  const answer = { json: withSchema('matrix', result), text: () => matrixText(result), svg: () => matrixSvg(result) }
  await give({ ...answer, html: (shown) => matrixReport(result, shown) }, flags, context)
  if (!json) stdout.write(`Took ${result.elapsedSeconds.toFixed(1)} s.\n`)
}
