import { Command } from 'commander'
import { biasDefaults } from '../biasDefaults.js'
import { formatCount } from '../counted.js'
import type { TrainDetectorOptions } from '../detectors/preparedTraining.js'
import { trainSplit } from '../detectors/trainingData.js'
import { trainText } from '../report/detectors/trainText.js'
import { jsonText } from '../report/jsonText.js'
import { withSchema } from '../report/schemaNames.js'
import { thresholdRules } from '../stats/ranks/thresholdRule.js'
import { writeFileAtomic } from '../writeFile.js'
import { fprFlag } from './biasFlags.js'
import { addLabelledFlags, dataArgument, filesOf, type LabelledFlags, labelledOf } from './dataSource.js'
import { choice, fraction } from './flags.js'
import { type CliContext, checkPaths, jsonFlag, type OutputFlags } from './output.js'
import { addProgressFlags, type ProgressFlags, withProgress } from './progress.js'
import { addTrainingFlags, detectorHelp, splitFlag, type TrainingFlags, trainingOf } from './trainingFlags.js'

type TrainFlags = LabelledFlags &
  TrainingFlags &
  ProgressFlags &
  OutputFlags &
  Pick<TrainDetectorOptions, 'detector' | 'split' | 'fpr' | 'thresholdRule' | 'delta'> & { output: string }

/** Those that read off a score: a saved detector holds no others. */
const rules = thresholdRules.filter((rule) => rule !== 'linear')

/** `scoring-bias train <data>`: trains one detector and writes it as an ONNX file. */
export function trainCommand(context: CliContext): Command {
  const command = new Command('train')
    .description('train a detector and write it as one ONNX file that scores raw features')
    .argument('<data>', dataArgument)
    .requiredOption('--detector <name>', detectorHelp)
    .option('-o, --output <path>', 'where to write the detector', 'detector.onnx')
  addLabelledFlags(command)
    .addOption(splitFlag(trainSplit))
    .option(...fprFlag)
    .addOption(choice('--threshold-rule <rule>', 'how it is read off the scores', rules, biasDefaults.thresholdRule))
    .option('--delta <x>', 'of a certified threshold: the risk that it misses its target', fraction)
  addTrainingFlags(command).option(...jsonFlag)
  return addProgressFlags(command).action((data: string, flags: TrainFlags) => trainAndWrite(data, flags, context))
}

async function trainAndWrite(source: string, flags: TrainFlags, { stdout, stderr, signal }: CliContext): Promise<void> {
  const { detector, output, split, fpr, thresholdRule, delta, json } = flags
  await checkPaths({ '--output': output }, filesOf(source, flags))
  const { dataset: data, ...samples } = await labelledOf(source, flags, signal, false)
  const read = { data, ...samples, split, fpr, thresholdRule, delta }
  // What trains loads once there is something to train.
  const { train } = await import('../detectors/train.js')
  const result = await withProgress(stderr, flags, (onProgress) =>
    train({ detector, ...read, ...trainingOf(flags), onProgress }),
  )
  const { model, losses, pretrainLosses, ...rest } = result
  await writeFileAtomic(output, model, { signal })
  if (json) {
    const lists = { losses: [...losses], pretrainLosses: [...pretrainLosses] }
    stdout.write(`${jsonText(withSchema('train', { path: output, bytes: model.length, ...lists, ...rest }))}\n`)
    return
  }
  const took = result.elapsedSeconds.toFixed(1)
  stdout.write(
    `${trainText(result)}\nDetector written to ${output} (${formatCount(model.length)} bytes).\nTook ${took} s.\n`,
  )
}
