import { Command } from 'commander'
import { converge } from '../converge/converge.js'
import { convergeScoresDefaults } from '../converge/convergeOptions.js'
import { type ConvergeThresholdRule, convergeThresholdRules, type TestSet, testSets } from '../converge/types.js'
import { convergeReport, convergeSvg } from '../report/converge/convergeReport.js'
import { convergeText } from '../report/converge/convergeText.js'
import { jsonText } from '../report/jsonText.js'
import type { CliContext } from './context.js'
import {
  type AnomalyFlag,
  addAnomalyFlag,
  addDataFlags,
  anomalyOf,
  type DataFlags,
  dataArgument,
  samplesOf,
} from './dataSource.js'
import { choice, number, numbers } from './flags.js'
import { checkPaths, jsonFlag, writePaper } from './output.js'
import { addProgressFlags, type ProgressFlags, withProgress } from './progress.js'
import { addPairFlags, type PairFlags, pairOf } from './trainingFlags.js'

interface ConvergeFlags extends DataFlags, AnomalyFlag, PairFlags, ProgressFlags {
  trainNormals?: number
  n?: number[]
  alpha: number[]
  runs?: number
  test: TestSet
  testNormals?: number
  thresholdRule: ConvergeThresholdRule
  delta: number
  report?: string
  json?: true
}

/** `scoring-bias converge [dataset]`: how ξ̂ and the FPR converge with the number of samples. */
export function convergeCommand(context: CliContext): Command {
  const { alphas, thresholdRule, test, delta } = convergeScoresDefaults
  const command = new Command('converge')
    .description('how the estimate of ξ and the false-positive rate converge with the number of samples, run by run')
    .argument('[data]', dataArgument, 'synthetic')
  addAnomalyFlag(addDataFlags(command))
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
  const { n: sizes, alpha: alphas, trainNormals: nTrain, testNormals: nTest, report: path, json } = flags
  const { runs, test, thresholdRule, delta } = flags
  const { stdout, stderr, signal } = context
  await checkPaths(path)
  const samples = await samplesOf(source, flags, signal)
  const drawn = { sizes, alphas, nTrain, nTest, runs, test, thresholdRule, delta }
  const options = { ...samples, anomaly: anomalyOf(flags, samples.dataset), ...drawn, ...pairOf(flags) }
  const result = await withProgress(stderr, flags, (onProgress) => converge({ ...options, onProgress }))
  // The answer first: should the report fail, it is not lost.
  stdout.write(`${json ? jsonText(result) : convergeText(result)}\n`)
  const paper = {
    html: (shown: { command?: string | undefined }) => convergeReport(result, shown),
    svg: () => convergeSvg(result),
  }
  const written = await writePaper(path, paper, context)
  const [toTrain, toRun] = [result.training.seconds, result.samplingSeconds].map((seconds) => seconds.toFixed(1))
  if (!json) stdout.write(`${written}Took ${toTrain} s to train and ${toRun} s to run.\n`)
}
