import { Command } from 'commander'
import { jsonText } from '../report/jsonText.js'
import { matrixReport, matrixSvg } from '../report/matrix/matrixReport.js'
import { matrixText } from '../report/matrix/matrixText.js'
import { type AnomalyMatrix, anomalyMatrix } from '../study/anomalyMatrix.js'
import { checkWritable, writeFileAtomic } from '../writeFile.js'
import type { CliContext } from './context.js'
import { addDataFlags, addNormalFlag, type DataFlags, dataArgument, normalOf, readSource } from './dataSource.js'
import { quoted } from './flags.js'
import { addProgressFlags, type ProgressFlags, progressOf } from './progress.js'
import { keeping, storeFlag } from './storeFlag.js'
import { addTrainingFlags, type TrainingFlags } from './trainingFlags.js'

interface MatrixFlags extends DataFlags, TrainingFlags, ProgressFlags {
  normal?: string[]
  store?: string
  report?: string
  json?: true
}

/** `scoring-bias matrix <data>`: which labelled class helps to find which class of anomalies. */
export function matrixCommand(context: CliContext): Command {
  const command = new Command('matrix')
    .description('label each class of anomalies in turn: which one helps to find the others, and which one hurts')
    .argument('[data]', dataArgument, 'statlog')
  addDataFlags(addTrainingFlags(addNormalFlag(command), 'trainings of each detector for each labelled class'))
    .option(...storeFlag)
    .option('--report <path>', 'write a page there, or the heat map alone where the name ends in .svg')
    .option('--json', 'print the result as one JSON object')
  return addProgressFlags(command).action((data: string, flags: MatrixFlags) => matrix(data, flags, context))
}

async function matrix(source: string, flags: MatrixFlags, context: CliContext): Promise<void> {
  const {
    report: path,
    json,
    quiet: _,
    progress: __,
    label: ___,
    ignore: ____,
    normal,
    epochs,
    pretrainEpochs,
    ...options
  } = flags
  const { stdout, stderr, signal } = context
  if (path !== undefined) await checkWritable(path)
  const dataset = await readSource(source, flags, signal)
  const progress = progressOf(stderr, flags)
  let result: AnomalyMatrix
  try {
    result = await keeping(flags.store, () =>
      anomalyMatrix({
        dataset,
        ...options,
        settings: { epochs, pretrainEpochs },
        ...normalOf(normal, dataset),
        signal,
        onProgress: (at) => progress?.update(at),
      }),
    )
  } finally {
    progress?.finish()
  }
  // The answer first: should the report fail, it is not lost.
  stdout.write(`${json ? jsonText(result) : matrixText(result)}\n`)
  if (path !== undefined) {
    const command = ['scoring-bias', ...context.args].map(quoted).join(' ')
    const page = path.endsWith('.svg') ? await matrixSvg(result) : await matrixReport(result, { command })
    await writeFileAtomic(path, page, { signal })
  }
  if (!json) stdout.write(`Took ${result.elapsedSeconds.toFixed(1)} s.\n`)
}
