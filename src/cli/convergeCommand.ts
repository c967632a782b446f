import { Command, Option } from 'commander'
import { convergeScoresDefaults } from '../converge/convergeOptions.js'
import { type ConvergeOptions, convergeThresholdRules, testSets } from '../converge/types.js'
import { convergeReport, convergeSvg } from '../report/converge/convergeReport.js'
import { convergeText } from '../report/converge/convergeText.js'
import { withSchema } from '../report/schemaNames.js'
import { addLabelledFlags, dataArgument, type LabelledFlags, labelledOf } from './dataSource.js'
import { choice, fraction, listed, listOf, number, numbers } from './flags.js'
import type { CliContext } from './output.js'
import { type TrainedFlags, withTrainedAnswer } from './trainedAnswer.js'
import { addPairFlags, type PairFlags, pairOf } from './trainingFlags.js'

type DrawnFlags = Pick<ConvergeOptions, 'runs' | 'test' | 'thresholdRule' | 'delta'>

type ConvergeFlags = LabelledFlags &
  PairFlags &
  TrainedFlags &
  DrawnFlags & { trainNormals?: number; n?: number[]; alpha: number[]; testNormals?: number }

/** `scoring-bias converge [dataset]`: how ξ̂ and the FPR converge with the number of samples. */
export function convergeCommand(context: CliContext): Command {
  const { thresholdRule, test, delta } = convergeScoresDefaults
  const alphas = [...convergeScoresDefaults.alphas]
  const command = new Command('converge')
    .description('how the estimate of ξ and the false-positive rate converge with the number of samples, run by run')
    .argument('[data]', dataArgument, 'synthetic')
  addLabelledFlags(command)
    .option('--train-normals <n>', 'normal samples to train on (default: as published, of a file half of them)', number)
    .option('--n <sizes>', 'normal samples that thresholds are set on, with commas (default: as published)', numbers)
    .option(
      '--alpha <fractions>',
      'fractions of anomalies, with commas',
      listOf((text) => listed(text, fraction), alphas),
      alphas,
    )
    .option('--runs <n>', 'runs for each size and fraction (default: depends on the data)', number)
    .addOption(
      choice('--test <set>', 'what ξ̂ is measured on: fresh anomalies, or one set for all runs', testSets, test),
    )
    .option('--test-normals <n>', 'normal samples of a fixed test set (default: as published)', number)
    .addOption(
      choice('--threshold-rule <rule>', 'how it is read off the scores', convergeThresholdRules, thresholdRule),
    )
    .option('--delta <x>', 'probability with which the bounds of Theorem 3 may fail', fraction, delta)
  return withTrainedAnswer(addPairFlags(command), context, {
    files: [new Option('--report <path>', 'write an HTML report there, or the boxes alone if it ends in .svg')],
    optionsOf,
    work: (options) => ({ converge: options }),
    run: async (options) => (await import('../converge/converge.js')).converge(options),
    answer: (result) => ({
      json: withSchema('converge', result),
      text: () => convergeText(result),
      svg: () => convergeSvg(result),
      html: (shown) => convergeReport(result, shown),
    }),
    took: ({ training, samplingSeconds }) =>
      `Took ${training.seconds.toFixed(1)} s to train and ${samplingSeconds.toFixed(1)} s to run.`,
  })
}

async function optionsOf(source: string, flags: ConvergeFlags, { signal }: CliContext) {
  const { n: sizes, alpha: alphas, trainNormals: nTrain, testNormals: nTest } = flags
  const { runs, test, thresholdRule, delta } = flags
  const drawn = { sizes, alphas, nTrain, nTest, runs, test, thresholdRule, delta }
  return { ...(await labelledOf(source, flags, signal)), ...drawn, ...pairOf(flags) }
}
