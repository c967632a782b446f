import { Command } from 'commander'
import { jsonText } from '../report/jsonText.js'
import { matrixReport, matrixSvg } from '../report/matrix/matrixReport.js'
import { matrixText } from '../report/matrix/matrixText.js'
import { anomalyMatrix } from '../study/anomalyMatrix.js'
import type { CliContext } from './context.js'
import { addDataFlags, type DataFlags, dataArgument, samplesOf } from './dataSource.js'
import { checkPaths, jsonFlag, writePaper } from './output.js'
import { addProgressFlags, type ProgressFlags, withProgress } from './progress.js'
import { keeping, storeFlag } from './storeFlag.js'
import { addRunsFlags, type RunsFlags, runsOf } from './trainingFlags.js'

interface MatrixFlags extends DataFlags, RunsFlags, ProgressFlags {
  store?: string
  report?: string
  json?: true
}

/** `scoring-bias matrix <data>`: which labelled class helps to find which class of anomalies. */
export function matrixCommand(context: CliContext): Command {
  const command = new Command('matrix')
    .description('label each class of anomalies in turn: which one helps to find the others, and which one hurts')
    .argument('[data]', dataArgument, 'statlog')
  addRunsFlags(addDataFlags(command), 'trainings of each detector for each labelled class')
    .option(...storeFlag)
    .option('--report <path>', 'write a page there, or the heat map alone where the name ends in .svg')
    .option(...jsonFlag)
  return addProgressFlags(command).action((data: string, flags: MatrixFlags) => matrix(data, flags, context))
}

async function matrix(source: string, flags: MatrixFlags, context: CliContext): Promise<void> {
  const { report: path, json, store } = flags
  const { stdout, stderr, signal } = context
  await checkPaths(path)
  const options = { ...(await samplesOf(source, flags, signal)), ...runsOf(flags), store }
  const result = await withProgress(stderr, flags, (onProgress) =>
    keeping(store, () => anomalyMatrix({ ...options, onProgress })),
  )
  // The answer first: should the report fail, it is not lost.
  stdout.write(`${json ? jsonText(result) : matrixText(result)}\n`)
  await writePaper(path, { html: (shown) => matrixReport(result, shown), svg: () => matrixSvg(result) }, context)
  if (!json) stdout.write(`Took ${result.elapsedSeconds.toFixed(1)} s.\n`)
}
