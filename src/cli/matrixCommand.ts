import { Command, Option } from 'commander'
import { matrixReport, matrixSvg } from '../report/matrix/matrixReport.js'
import { matrixText } from '../report/matrix/matrixText.js'
import { withSchema } from '../report/schemaNames.js'
import { addDataFlags, type DataFlags, dataArgument, samplesOf } from './dataSource.js'
import type { CliContext } from './output.js'
import { type TrainedFlags, tookText, withTrainedAnswer } from './trainedAnswer.js'
import { addRunsFlags, type RunsFlags, runsOf } from './trainingFlags.js'

type MatrixFlags = DataFlags & RunsFlags & TrainedFlags

/** `scoring-bias matrix <data>`: which labelled class helps to find which class of anomalies. */
export function matrixCommand(context: CliContext): Command {
  const command = new Command('matrix')
    .description('label each class of anomalies in turn: which one helps to find the others, and which one hurts')
    .argument('[data]', dataArgument, 'statlog')
  addRunsFlags(addDataFlags(command), 'trainings of each detector for each labelled class')
  return withTrainedAnswer(command, context, {
    files: [new Option('--report <path>', 'write a page there, or the heat map alone where the name ends in .svg')],
    optionsOf: async (source: string, flags: MatrixFlags, { signal }) => ({
      ...(await samplesOf(source, flags, signal)),
      ...runsOf(flags),
    }),
    work: (options) => ({ matrix: options }),
    run: async (options) => (await import('../study/anomalyMatrix.js')).anomalyMatrix(options),
    answer: (result) => ({
      json: withSchema('matrix', result),
      text: () => matrixText(result),
      svg: () => matrixSvg(result),
      html: (shown) => matrixReport(result, shown),
    }),
    took: tookText,
  })
}
