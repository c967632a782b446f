import { Command } from 'commander'
import { converge } from '../converge/converge.js'
import { convergeDefaults, convergeScoresDefaults } from '../converge/convergeOptions.js'
import {
  type Convergence,
  type ConvergeThresholdRule,
  convergeThresholdRules,
  type TestSet,
  testSets,
} from '../converge/types.js'
import type { Anomalies } from '../data/splits/anomalyMixture.js'
import { type DecoderOutput, decoderOutputs } from '../detectors/detectorGraph.js'
import { detectorNames } from '../detectors/detectors.js'
import { publishedSettings } from '../detectors/settings.js'
import { convergeReport, convergeSvg } from '../report/converge/convergeReport.js'
import { convergeText } from '../report/converge/convergeText.js'
import { jsonText } from '../report/jsonText.js'
import { type DeviceRequest, deviceRequests } from '../runtime/device.js'
import { checkWritable, writeFileAtomic } from '../writeFile.js'
import type { CliContext } from './context.js'
import {
  addDataFlags,
  addNormalFlag,
  classesOf,
  type DataFlags,
  dataArgument,
  normalOf,
  readSource,
} from './dataSource.js'
import { anomalies, choice, number, numbers, quoted } from './flags.js'
import { addProgressFlags, type ProgressFlags, progressOf } from './progress.js'

interface ConvergeFlags extends DataFlags, ProgressFlags {
  normal?: string[]
  anomaly?: Anomalies
  trainNormals?: number
  n?: number[]
  alpha: number[]
  runs?: number
  fpr: number
  baseline: string
  candidate: string
  test: TestSet
  testNormals?: number
  thresholdRule: ConvergeThresholdRule
  delta: number
  epochs: number
  pretrainEpochs: number
  decoder?: DecoderOutput
  device: DeviceRequest
  workers?: number
  seed: number
  report?: string
  json?: true
}

/** `scoring-bias converge [dataset]`: how ξ̂ and the FPR converge with the number of samples. */
export function convergeCommand(context: CliContext): Command {
  const detectors = `one of ${detectorNames.join(', ')}`
  const { alphas, fpr, thresholdRule, test, delta, seed } = convergeScoresDefaults
  const { baseline, candidate, device } = convergeDefaults
  const { epochs, pretrainEpochs } = publishedSettings
  const command = new Command('converge')
    .description('how the estimate of ξ and the false-positive rate converge with the number of samples, run by run')
    .argument('[data]', dataArgument, 'synthetic')
  addNormalFlag(command)
    .option(
      '--anomaly <classes>',
      'class of the anomalies, several with commas, or with their shares as in shirt=0.9,sneaker=0.1 (default: as published)',
      anomalies,
    )
    .option('--train-normals <n>', 'normal samples to train on (default: as published, of a file half of them)', number)
    .option('--n <sizes>', 'normal samples that thresholds are set on, with commas (default: as published)', numbers)
    .option('--alpha <fractions>', 'fractions of anomalies, with commas', numbers, [...alphas])
    .option('--runs <n>', 'runs for each size and fraction (default: depends on the data)', number)
    .option('--fpr <rate>', 'target false-positive rate', number, fpr)
    .option('--baseline <detector>', detectors, baseline)
    .option('--candidate <detector>', detectors, candidate)
    .addOption(
      choice('--test <set>', 'what ξ̂ is measured on: fresh anomalies, or one set for all runs', testSets, test),
    )
    .option('--test-normals <n>', 'normal samples of a fixed test set (default: as published)', number)
    .addOption(
      choice('--threshold-rule <rule>', 'how it is read off the scores', convergeThresholdRules, thresholdRule),
    )
    .option('--delta <x>', 'probability with which the bounds of Theorem 3 may fail', number, delta)
    .option('--epochs <n>', 'passes over the training data', number, epochs)
    .option('--pretrain-epochs <n>', 'passes of autoencoder pretraining', number, pretrainEpochs)
    .addOption(
      choice('--decoder <activation>', 'output of the autoencoder (default: depends on the data)', decoderOutputs),
    )
    .addOption(choice('--device <device>', 'where to train and score', deviceRequests, device))
    .option('--workers <n>', 'worker threads (default: depends on the machine)', number)
    .option('--seed <n>', 'root of all randomness', number, seed)
  addDataFlags(command)
    .option('--report <path>', 'write an HTML report there, or the boxes alone if it ends in .svg')
    .option('--json', 'print the result as one JSON object')
  return addProgressFlags(command).action((data: string, flags: ConvergeFlags) => study(data, flags, context))
}

async function study(source: string, flags: ConvergeFlags, context: CliContext): Promise<void> {
  const {
    n,
    alpha,
    trainNormals,
    testNormals,
    report: path,
    json,
    quiet: _,
    progress: __,
    label: ___,
    ignore: ____,
    normal,
    anomaly,
    epochs,
    pretrainEpochs,
    ...options
  } = flags
  const { args, stdout, stderr, signal } = context
  if (path !== undefined) await checkWritable(path)
  const dataset = await readSource(source, flags, signal)
  const progress = progressOf(stderr, flags)
  let result: Convergence
  try {
    result = await converge({
      ...options,
      settings: { epochs, pretrainEpochs },
      dataset,
      sizes: n,
      alphas: alpha,
      ...normalOf(normal, dataset),
      anomaly: typeof anomaly === 'string' ? classesOf([anomaly], dataset) : anomaly,
      nTrain: trainNormals,
      nTest: testNormals,
      signal,
      onProgress: (at) => progress?.update(at),
    })
  } finally {
    progress?.finish()
  }
  // The answer first: should the report fail, it is not lost.
  stdout.write(`${json ? jsonText(result) : convergeText(result)}\n`)
  if (path !== undefined) {
    const command = ['scoring-bias', ...args].map(quoted).join(' ')
    const contents = path.endsWith('.svg') ? convergeSvg(result) : convergeReport(result, { command })
    await writeFileAtomic(path, await contents, { signal })
    if (!json) stdout.write(`Report written to ${path}.\n`)
  }
  if (!json) {
    const { training, samplingSeconds } = result
    stdout.write(`Took ${training.seconds.toFixed(1)} s to train and ${samplingSeconds.toFixed(1)} s to run.\n`)
  }
}
