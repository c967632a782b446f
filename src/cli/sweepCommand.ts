import { Command, InvalidArgumentError, Option } from 'commander'
import { withSchema } from '../report/schemaNames.js'
import { sweepReport, sweepSvg } from '../report/sweep/sweepReport.js'
import { sweepText } from '../report/sweep/sweepText.js'
import { sweepDefaults } from '../study/sweep/sweepOptions.js'
import { addDataFlags, type DataFlags, dataArgument, samplesOf } from './dataSource.js'
import { fraction, listed, listOf, number } from './flags.js'
import type { CliContext } from './output.js'
import { type TrainedFlags, tookText, withTrainedAnswer } from './trainedAnswer.js'
import { addRunsFlags, type RunsFlags, runsOf } from './trainingFlags.js'

type SweepFlags = DataFlags &
  RunsFlags &
  TrainedFlags & { anomaly?: string; labelled: number[]; contamination: number[] }

/** `scoring-bias sweep <data>`: how many labels help which class of anomalies, and how clean the normal samples must be. */
export function sweepCommand(context: CliContext): Command {
  const [labelled, contamination] = [[...sweepDefaults.labelled], [...sweepDefaults.contamination]]
  const command = new Command('sweep')
    .description(
      'how many labelled anomalies help or hurt each kind of anomaly, and how clean the normal samples must be',
    )
    .argument('[data]', dataArgument, 'statlog')
  addDataFlags(command)
    .option('--anomaly <class>', 'class of the labelled anomalies (default: depends on the data)')
    .option('--labelled <list>', 'numbers of labelled anomalies, with commas', some(number, labelled), labelled)
    .option(
      '--contamination <list>',
      'shares of the normal samples trained on that are unlabelled anomalies, with commas',
      some(fraction, contamination),
      contamination,
    )
  return withTrainedAnswer(addRunsFlags(command, 'trainings of each detector in each cell'), context, {
    files: [new Option('--report <path>', 'write a page there, or the chart alone where the name ends in .svg')],
    optionsOf,
    work: (options) => ({ sweep: options }),
    run: async (options) => (await import('../study/sweep/labelSweep.js')).labelSweep(options),
    answer: (result) => ({
      json: withSchema('sweep', result),
      text: () => sweepText(result),
      svg: () => sweepSvg(result),
      html: (shown) => sweepReport(result, shown),
    }),
    took: tookText,
  })
}

async function optionsOf(source: string, flags: SweepFlags, { signal }: CliContext) {
  const { anomaly, labelled, contamination } = flags
  return { ...(await samplesOf(source, flags, signal)), ...runsOf(flags), anomaly, labelled, contamination }
}

/** The parser of a list with something in it. */
function some(parse: (text: string) => number, fallback: readonly number[]) {
  const parsed = (text: string) => {
    if (text.trim() === '') throw new InvalidArgumentError('Give numbers with commas between them.')
    return listed(text, parse)
  }
  return listOf(parsed, fallback)
}
