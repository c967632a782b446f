import { type Command, Option } from 'commander'
import { datasetNames, publishedUse } from '../data/datasets.js'
import { type SplitKind, splitKinds } from '../data/splits/splitKind.js'
import { decoderOutputs } from '../detectors/detectorGraph.js'
import { detectorNames } from '../detectors/detectors.js'
import { publishedSettings, type TrainingSettings } from '../detectors/settings.js'
import type { MlpOptions } from '../nn/mlp.js'
import { networkNames } from '../nn/networks.js'
import { deviceRequests, deviceTitle } from '../runtime/device.js'
import { automaticDevice, automaticReason } from '../runtime/providers.js'
import { pairDefaults } from '../study/pairOptions.js'
import { type StudyOptions, studyDefaults } from '../study/studyOptions.js'
import { fprFlag, levelFlag, resamplesFlag, seedFlag } from './biasFlags.js'
import { choice, flagName, fraction, number, numbers } from './flags.js'

/** How detectors are trained: the same flags in every command that trains. */
export type TrainingFlags = Partial<TrainingSettings> &
  MlpOptions &
  Pick<StudyOptions, 'network' | 'decoder' | 'standardise' | 'device' | 'seed'>

/** A pair of detectors and how they are trained. */
export type PairFlags = TrainingFlags & Pick<StudyOptions, 'baseline' | 'candidate' | 'fpr' | 'workers'>

/** A pair of detectors, and how they are compared over several runs. */
export type RunsFlags = PairFlags & Pick<StudyOptions, 'runs' | 'level' | 'resamples' | 'split'>

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
  validationShare: 'share of the normal samples that measures the loss after every epoch, and is not trained on',
  patience: 'epochs without a new lowest validation loss after which training stops, with the weights of the lowest',
}

/** And one for each setting of the layers. */
const layerHelp: Readonly<Record<keyof MlpOptions, string>> = {
  hidden: "units of the mlp's hidden layers, with commas (default: 32,16)",
  code: "length of the mlp's code (default: 8)",
  batchNormEpsilon: "ε of the mlp's batch norm (default: 0.0001)",
  leakySlope: "slope of the mlp's leaky ReLU (default: 0.01)",
}

/** Of data sets that are not trained as `publishedSettings` say. */
const otherMilestones = datasetNames
  .map((name) => [name, publishedUse(name)?.milestones])
  .flatMap(([name, milestones]) => (milestones === undefined ? [] : [`; ${name}: ${milestones}`]))
  .join('')

export const detectorHelp = `one of ${detectorNames.join(', ')}`
export const workersFlag = ['--workers <n>', 'worker threads (default: depends on the machine)', number] as const

export function deviceFlag(what: string): Option {
  const why = `auto is the ${deviceTitle(automaticDevice)}, for ${automaticReason}`
  return choice('--device <device>', `where to ${what}; ${why}`, deviceRequests, pairDefaults.device)
}

/** The flag of a setting. */
export function settingFlag(
  name: keyof TrainingSettings,
  fallback = String(publishedSettings[name] ?? 'none'),
): Option {
  const isList = name === 'milestones'
  const isShare = name === 'validationShare' || name === 'batchNormMomentum'
  const help = `${settingHelp[name]} (default: ${fallback}${isList ? otherMilestones : ''})`
  const option = new Option(`--${flagName(name)} <${isList ? 'list' : 'n'}>`, help)
  return isList ? option.argParser(numbers) : option.argParser(isShare ? fraction : number)
}

/** Adds the flags of {@link TrainingFlags}. */
export function addTrainingFlags(command: Command): Command {
  command.addOption(
    choice(
      '--network <name>',
      'architecture (default: the one published for the data set; of a file mlp for rows, lenet for images, lstm for sequences)',
      networkNames,
    ),
  )
  for (const [name, help] of Object.entries(layerHelp)) {
    const isList = name === 'hidden'
    const option = new Option(`--${flagName(name)} <${isList ? 'units' : 'n'}>`, help)
    command.addOption(isList ? option.argParser(numbers) : option.argParser(number))
  }
  command
    .addOption(
      choice('--decoder <activation>', 'output of the autoencoder (default: depends on the data)', decoderOutputs),
    )
    .option('--standardise', 'standardise the features (default: depends on the data)')
    .option('--no-standardise', 'take the features as they are')
  for (const name in settingHelp) command.addOption(settingFlag(name as keyof TrainingSettings))
  return command.addOption(deviceFlag('train')).option(...seedFlag)
}

/** Adds the flags of {@link PairFlags}. */
export function addPairFlags(command: Command): Command {
  command
    .option('--baseline <detector>', detectorHelp, pairDefaults.baseline)
    .option('--candidate <detector>', detectorHelp, pairDefaults.candidate)
    .option(...fprFlag)
  return addTrainingFlags(command).option(...workersFlag)
}

/** Adds the flags of {@link RunsFlags}. */
export function addRunsFlags(command: Command, runs: string): Command {
  return addPairFlags(command.option('--runs <n>', runs, number, studyDefaults.runs))
    .option(...levelFlag)
    .option(...resamplesFlag)
    .addOption(splitFlag())
}

/** The flag of the split, with its default where the data do not decide it. */
export function splitFlag(fallback?: SplitKind): Option {
  const depends = fallback === undefined ? ' (default: depends on the data)' : ''
  return choice(
    '--split <kind>',
    `normal samples that set the threshold: a fifth, held out, or those of the paper, which may have been trained on${depends}`,
    splitKinds,
    fallback,
  )
}

/** Options of training, in the library's words. */
export function trainingOf(flags: TrainingFlags) {
  const { network, decoder, standardise, device, seed } = flags
  return {
    ...{ network, decoder, standardise, device, seed },
    mlp: picked<MlpOptions>(flags, layerHelp),
    settings: picked<Partial<TrainingSettings>>(flags, settingHelp),
  }
}

export function pairOf(flags: PairFlags) {
  const { baseline, candidate, fpr, workers } = flags
  return { baseline, candidate, fpr, workers, ...trainingOf(flags) }
}

export function runsOf(flags: RunsFlags) {
  const { runs, level, resamples, split } = flags
  return { runs, level, resamples, split, ...pairOf(flags) }
}

function picked<T extends object>(flags: T, names: Readonly<Record<keyof T, string>>): T {
  return Object.fromEntries(Object.entries(flags).filter(([name]) => Object.hasOwn(names, name))) as T
}
