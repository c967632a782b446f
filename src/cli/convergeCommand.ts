import { Command } from 'commander'
import { converge } from '../converge/converge.js'
import { convergeScoresDefaults } from '../converge/convergeOptions.js'
import { type ConvergeOptions, convergeThresholdRules, testSets } from '../converge/types.js'
import { convergeReport, convergeSvg } from '../report/converge/convergeReport.js'
import { convergeText } from '../report/converge/convergeText.js'
import { withSchema } from '../report/schemaNames.js'
import { addLabelledFlags, dataArgument, filesOf, type LabelledFlags, labelledOf } from './dataSource.js'
import { choice, number, numbers } from './flags.js'
import { type CliContext, checkPaths, give, jsonFlag, type OutputFlags } from './output.js'
import { addProgressFlags, type ProgressFlags, withProgress } from './progress.js'
import { addPairFlags, type PairFlags, pairOf } from './trainingFlags.js'

type DrawnFlags = Pick<ConvergeOptions, 'runs' | 'test' | 'thresholdRule' | 'delta'>

interface ConvergeFlags extends LabelledFlags, PairFlags, ProgressFlags, OutputFlags, DrawnFlags {
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
    .option('--report <path>', 'write an HTML report there, or the boxes alone if it ends in .svg')
    .option(...jsonFlag)
  return addProgressFlags(command).action((data: string, flags: ConvergeFlags) => study(data, flags, context))
}

async function study(source: string, flags: ConvergeFlags, context: CliContext): Promise<void> {
  const { n: sizes, alpha: alphas, trainNormals: nTrain, testNormals: nTest, report, json } = flags
  const { runs, test, thresholdRule, delta } = flags
  const { stdout, stderr, signal } = context
  await checkPaths({ '--report': report }, filesOf(source, flags))
  const drawn = { sizes, alphas, nTrain, nTest, runs, test, thresholdRule, delta }
  const options = { ...(await labelledOf(source, flags, signal)), ...drawn, ...pairOf(flags) }
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
