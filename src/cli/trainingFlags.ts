import type { Command } from 'commander'
import { type SplitKind, splitKinds } from '../data/splits/splitKind.js'
import { type DecoderOutput, decoderOutputs } from '../detectors/detectorGraph.js'
import { detectorNames } from '../detectors/detectors.js'
import { publishedSettings } from '../detectors/settings.js'
import { type DeviceRequest, deviceRequests } from '../runtime/device.js'
import { studyDefaults } from '../study/studyOptions.js'
import { choice, number } from './flags.js'

/** A pair of detectors, and how they are trained and compared. */
export interface TrainingFlags {
  baseline: string
  candidate: string
  runs: number
  fpr: number
  level: number
  resamples: number
  epochs: number
  pretrainEpochs: number
  decoder?: DecoderOutput
  split?: SplitKind
  device: DeviceRequest
  workers?: number
  seed: number
}

/** Adds the flags of {@link TrainingFlags}. */
export function addTrainingFlags(command: Command, runs: string): Command {
  const detectors = `one of ${detectorNames.join(', ')}`
  return command
    .option('--baseline <detector>', detectors, studyDefaults.baseline)
    .option('--candidate <detector>', detectors, studyDefaults.candidate)
    .option('--runs <n>', runs, number, studyDefaults.runs)
    .option('--fpr <rate>', 'target false-positive rate', number, studyDefaults.fpr)
    .option('--level <level>', 'confidence level of the intervals', number, studyDefaults.level)
    .option('--resamples <n>', 'bootstrap replicates', number, studyDefaults.resamples)
    .option('--epochs <n>', 'passes over the training data', number, publishedSettings.epochs)
    .option('--pretrain-epochs <n>', 'passes of autoencoder pretraining', number, publishedSettings.pretrainEpochs)
    .addOption(
      choice('--decoder <activation>', 'output of the autoencoder (default: depends on the data)', decoderOutputs),
    )
    .addOption(
      choice('--split <kind>', 'normal samples that set the threshold (default: depends on the data)', splitKinds),
    )
    .addOption(choice('--device <device>', 'where to train', deviceRequests, studyDefaults.device))
    .option('--workers <n>', 'worker threads (default: depends on the machine)', number)
    .option('--seed <n>', 'root of all randomness', number, studyDefaults.seed)
}
