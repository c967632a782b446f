import { Command, Option, type OptionValues } from 'commander'
import { datasetNames, publishedUse } from '../data/datasets.js'
import { type SplitKind, splitKinds } from '../data/splits/splitKind.js'
import { type DecoderOutput, decoderOutputs } from '../detectors/detectorGraph.js'
import { detectorNames } from '../detectors/detectors.js'
import { publishedSettings, type TrainingSettings } from '../detectors/settings.js'
import { type TrainedDetector, train } from '../detectors/train.js'
import { networkNames } from '../nn/networks.js'
import { trainText } from '../report/detectors/trainText.js'
import { type DeviceRequest, deviceRequests } from '../runtime/device.js'
import { type ThresholdRule, thresholdRules } from '../stats/ranks/thresholdRule.js'
import { checkWritable, writeFileAtomic } from '../writeFile.js'
import type { CliContext } from './context.js'
import { addDataFlags, addNormalFlag, type DataFlags, dataArgument, normalOf, readSource } from './dataSource.js'
import { choice, names, number, numbers } from './flags.js'
import { addProgressFlags, type ProgressFlags, progressOf } from './progress.js'

interface TrainFlags extends Partial<TrainingSettings>, DataFlags, ProgressFlags {
  detector: string
  output: string
  normal?: string[]
  anomaly?: string[]
  network?: string
  hidden?: number[]
  code?: number
  batchNormEpsilon?: number
  leakySlope?: number
  decoder?: DecoderOutput
  standardise?: boolean
  split?: SplitKind
  fpr: number
  thresholdRule: ThresholdRule
  delta?: number
  seed: number
  device: DeviceRequest
  json?: true
}

/** One flag for each setting of training: `pretrainEpochs` is `--pretrain-epochs`. */
const settingHelp: Readonly<Record<keyof TrainingSettings, string>> = {
  epochs: 'passes over the training data',
  pretrainEpochs: 'passes of autoencoder pretraining, for detectors that have it',
  batchSize: 'samples in a batch',
  learningRate: "Adam's learning rate",
  milestones: 'epochs at which the learning rate falls, with commas between them',
  learningRateDecay: 'what the learning rate is multiplied by at each',
  weightDecay: 'coupled L2 penalty',
  pretrainWeightDecay: 'coupled L2 penalty of pretraining',
  beta1: "Adam's decay of the first moment",
  beta2: "Adam's decay of the second moment",
  adamEpsilon: "Adam's ε",
  batchNormMomentum: 'share of a batch in the running statistics',
  centreGuard: "least distance of the centre's coordinates from 0",
  eta: 'weight of labelled anomalies in the losses that have one',
  lossEpsilon: 'keeps losses of labelled anomalies finite',
}

/** Those that read off a score: a saved detector holds no others. */
/** Of data sets that are not trained as `publishedSettings` say. */
const otherMilestones = datasetNames
  .map((name) => [name, publishedUse(name)?.milestones])
  .flatMap(([name, milestones]) => (milestones === undefined ? [] : [`; ${name}: ${milestones}`]))
  .join('')

const definitions = thresholdRules.filter((definition) => definition !== 'linear')

/** `scoring-bias train <data>`: trains one detector and writes it as an ONNX file. */
export function trainCommand(context: CliContext): Command {
  const command = new Command('train')
    .description('train a detector and write it as one ONNX file that scores raw features')
    .argument('<data>', dataArgument)
    .requiredOption('--detector <name>', `one of ${detectorNames.join(', ')}`)
    .option('-o, --output <path>', 'where to write the detector', 'detector.onnx')
  addNormalFlag(command)
    .option(
      '--anomaly <classes>',
      'classes of the labelled anomalies, with commas (default: depends on the data)',
      names,
    )
    .addOption(choice('--network <name>', 'architecture (default: depends on the data)', networkNames))
    .option('--hidden <units>', "units of the mlp's hidden layers, with commas (default: 32,16)", numbers)
    .option('--code <n>', "length of the mlp's code (default: 8)", number)
    .option('--batch-norm-epsilon <x>', "ε of the mlp's batch norm (default: 0.0001)", number)
    .option('--leaky-slope <x>', "slope of the mlp's leaky ReLU (default: 0.01)", number)
    .addOption(
      choice('--decoder <activation>', 'output of the autoencoder (default: depends on the data)', decoderOutputs),
    )
    .option('--standardise', 'standardise the features, inside the detector (default: depends on the data)')
    .option('--no-standardise', 'take the features as they are')
    .addOption(
      choice('--split <kind>', 'normal samples that set the threshold (default: depends on the data)', splitKinds),
    )
    .option('--fpr <rate>', 'target false-positive rate', number, 0.05)
    .addOption(choice('--threshold-rule <rule>', 'how it is read off the scores', definitions, 'inverse-cdf'))
    .option('--delta <x>', 'of a certified threshold: the risk that it misses its target', number)
  for (const [name, help] of Object.entries(settingHelp) as [keyof TrainingSettings, string][]) {
    const published = publishedSettings[name]
    const flag = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
    const isList = typeof published !== 'number'
    const shown = `${help} (default: ${isList ? `${published.join()}${otherMilestones}` : published})`
    const option = new Option(`--${flag} <${isList ? 'list' : 'n'}>`, shown)
    command.addOption(option.argParser<unknown>(isList ? numbers : number))
  }
  addDataFlags(command)
    .addOption(choice('--device <device>', 'where to train', deviceRequests, 'auto'))
    .option('--seed <n>', 'root of all randomness', number, 0)
    .option('--json', 'print the result as one JSON object')
  return addProgressFlags(command).action((data: string, flags: TrainFlags) => trainAndWrite(data, flags, context))
}

async function trainAndWrite(source: string, flags: TrainFlags, { stdout, stderr, signal }: CliContext): Promise<void> {
  const { output, normal, json, hidden, code, batchNormEpsilon, leakySlope } = flags
  const { detector, anomaly, network, decoder, standardise, split, fpr, thresholdRule, delta, seed, device } = flags
  const { dataDir, share, dataSeed } = flags
  await checkWritable(output)
  const data = await readSource(source, flags, signal)
  const progress = progressOf(stderr, flags)
  let result: TrainedDetector
  try {
    result = await train({
      ...{ detector, anomaly, network, decoder, standardise, split, fpr, thresholdRule, delta, seed, device },
      ...{ dataDir, share, dataSeed },
      ...normalOf(normal, data),
      data,
      mlp: { hidden, code, batchNormEpsilon, leakySlope },
      settings: settingsOf(flags),
      signal,
      onProgress: (at) => progress?.update(at),
    })
  } finally {
    progress?.finish()
  }
  await writeFileAtomic(output, result.model, { signal })
  if (json) {
    const { model, losses, pretrainLosses, ...rest } = result
    const printed = {
      path: output,
      bytes: model.length,
      losses: [...losses],
      pretrainLosses: [...pretrainLosses],
      ...rest,
    }
    stdout.write(`${JSON.stringify(printed, null, 2)}\n`)
    return
  }
  const took = result.elapsedSeconds.toFixed(1)
  stdout.write(`${trainText(result)}\nDetector written to ${output} (${result.model.length} bytes).\nTook ${took} s.\n`)
}

function settingsOf(flags: OptionValues): Partial<TrainingSettings> {
  return Object.fromEntries(Object.keys(settingHelp).map((name) => [name, flags[name]]))
}
