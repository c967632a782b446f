import { Command } from 'commander'
import { convergeScoresDefaults } from '../converge/convergeOptions.js'
import { type ConvergeOptions, convergeThresholdRules, testSets } from '../converge/types.js'
import { convergeReport, convergeSvg } from '../report/converge/convergeReport.js'
import { convergeText } from '../report/converge/convergeText.js'
import { withSchema } from '../report/schemaNames.js'
import { addLabelledFlags, dataArgument, filesOf, type LabelledFlags, labelledOf } from './dataSource.js'
import { choice, number, numbers } from './flags.js'
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
import { addPairFlags, type PairFlags, pairOf } from './trainingFlags.js'

type DrawnFlags = Pick<ConvergeOptions, 'runs' | 'test' | 'thresholdRule' | 'delta'>

interface ConvergeFlags
  extends LabelledFlags,
    PairFlags,
    ProgressFlags,
    OutputFlags,
    ShardFlags,
    QueueFlags,
    DrawnFlags {
  trainNormals?: number
  n?: number[]
  alpha: number[]
  testNormals?: number
}

/** `scoring-bias converge [dataset]`: how ξ̂ and the FPR converge with the number of samples. */
export function convergeCommand(context: CliContext): Command {
  const { alphas, thresholdRule, test, delta } = convergeScoresDefaults
  const command = new Command('converge')
    .description('how the estimate of ξ and the false-positive rate converge with the number of samples, run by run')
    .argument('[data]', dataArgument, 'synthetic')
  addLabelledFlags(command)
    .option('--train-normals <n>', 'normal samples to train on (default: as published, of a file half of them)', number)
    .option('--n <sizes>', 'normal samples that thresholds are set on, with commas (default: as published)', numbers)
    .option('--alpha <fractions>', 'fractions of anomalies, with commas', numbers, [...alphas])
    .option('--runs <n>', 'runs for each size and fraction (default: depends on the data)', number)
    .addOption(
      choice('--test <set>', 'what ξ̂ is measured on: fresh anomalies, or one set for all runs', testSets, test),
    )
    .option('--test-normals <n>', 'normal samples of a fixed test set (default: as published)', number)
    .addOption(
      choice('--threshold-rule <rule>', 'how it is read off the scores', convergeThresholdRules, thresholdRule),
    )
    .option('--delta <x>', 'probability with which the bounds of Theorem 3 may fail', number, delta)
  addPairFlags(command)
    .option(...storeFlag)
    .option(...shardFlag)
    .option(...queueFlag)
    .option('--report <path>', 'write an HTML report there, or the boxes alone if it ends in .svg')
    .option(...jsonFlag)
  return addProgressFlags(command).action((data: string, flags: ConvergeFlags) =>
    keeping(flags.store, () => (flags.shard === undefined ? study : studyShard)(data, flags, context)),
  )
}

async function studyShard(source: string, flags: ConvergeFlags, context: CliContext): Promise<void> {
  const options = await optionsOf(source, flags, context)
  await giveShard({ converge: options }, { ...flags, answers: { '--report': flags.report } }, context)
}

async function optionsOf(source: string, flags: ConvergeFlags, { signal }: CliContext) {
  const { n: sizes, alpha: alphas, trainNormals: nTrain, testNormals: nTest } = flags
  const { runs, test, thresholdRule, delta } = flags
  const drawn = { sizes, alphas, nTrain, nTest, runs, test, thresholdRule, delta }
  return { ...(await labelledOf(source, flags, signal)), ...drawn, ...pairOf(flags) }
}

async function study(source: string, flags: ConvergeFlags, context: CliContext): Promise<void> {
  const { report, json, store } = flags
  const { stdout, stderr } = context
  await checkPaths({ '--report': report, ...storeOutputs(store) }, filesOf(source, flags))
  const asked = await optionsOf(source, flags, context)
  await trainQueued({ converge: asked }, flags, context)
  const options = { ...asked, store }
  // What trains loads once there is something to train.
  const { converge } = await import('../converge/converge.js')
  const result = await withProgress(stderr, flags, (onProgress) => converge({ ...options, onProgress }))
  const answer = {
    json: withSchema('converge', result),
    text: () => convergeText(result),
    svg: () => convergeSvg(result),
  }
  const written = await give({ ...answer, html: (shown) => convergeReport(result, shown) }, flags, context)
  const [toTrain, toRun] = [result.training.seconds, result.samplingSeconds].map((seconds) => seconds.toFixed(1))
  if (!json) stdout.write(`${written}Took ${toTrain} s to train and ${toRun} s to run.\n`)
}
