import { Command } from 'commander'
import type { Anomalies } from '../data/splits/anomalyMixture.js'
import type { Progress } from '../progress.js'
import { jsonText } from '../report/jsonText.js'
import { studyJson } from '../report/study/studyJson.js'
import { studyReport } from '../report/study/studyReport.js'
import { studyText } from '../report/study/studyText.js'
import type { StudyResult } from '../study/core/types.js'
import { checkWritable, writeFileAtomic } from '../writeFile.js'
import type { CliContext } from './context.js'
import { addDataFlags, addNormalFlag, type DataFlags, dataArgument, normalOf, readSource } from './dataSource.js'
import { anomalies, quoted } from './flags.js'
import { addProgressFlags, type ProgressFlags, progressOf } from './progress.js'
import { keeping, storeFlag } from './storeFlag.js'
import { addTrainingFlags, type TrainingFlags } from './trainingFlags.js'

interface StudyFlags extends DataFlags, TrainingFlags, ProgressFlags {
  normal?: string[]
  anomaly?: Anomalies
  store?: string
  keepScores?: string
  report: string | false
  json?: true
}

/** `scoring-bias study <dataset>`: trains both detectors, compares them, prints the answer and writes the report. */
export function studyCommand(context: CliContext): Command {
  const command = new Command('study')
    .description('train two detectors over several runs and estimate how much more (or less) the candidate detects')
    .argument('<data>', dataArgument)
  addNormalFlag(command).option(
    '--anomaly <class>',
    'class of the labelled anomalies, or several with their shares, as in shirt=0.9,sneaker=0.1 (default: depends on the data)',
    anomalies,
  )
  addDataFlags(addTrainingFlags(command, 'trainings of each detector'))
    .option(...storeFlag)
    .option('--keep-scores <path>', 'write all scores of all runs as a Parquet file')
    .option('--report <path>', 'where to write the HTML report', 'report.html')
    .option('--no-report', 'write no report')
    .option('--json', 'print the result as one JSON object')
  return addProgressFlags(command).action((data: string, flags: StudyFlags) => study(data, flags, context))
}

async function study(source: string, flags: StudyFlags, context: CliContext): Promise<void> {
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
  if (path !== false) await checkWritable(path)

  const dataset = await readSource(source, flags, signal)
  const progress = progressOf(stderr, flags)
  const told: { result?: StudyResult } = {}
  const watch = {
    onProgress: (at: Progress) => progress?.update(at),
    onResult: (result: StudyResult) => {
      told.result = result
    },
  }
  let failure: unknown
  let result: StudyResult
  try {
    result = await keeping(flags.store, () =>
      context.runStudy({
        dataset,
        ...options,
        settings: { epochs, pretrainEpochs },
        ...normalOf(normal, dataset),
        signal,
        ...watch,
      }),
    )
  } catch (error) {
    // It was the scores that could not be written.
    if (told.result === undefined) throw error
    failure = error
    result = told.result
  } finally {
    progress?.finish()
  }

  // The answer first: should the report fail, it is not lost.
  stdout.write(`${json ? jsonText(studyJson(result)) : studyText(result)}\n`)
  if (path !== false) {
    const page = await studyReport(result, { command: ['scoring-bias', ...context.args].map(quoted).join(' ') })
    await writeFileAtomic(path, page, { signal })
    if (!json) stdout.write(`Report written to ${path}.\n`)
  }
  if (!json) stdout.write(`Took ${result.elapsedSeconds.toFixed(1)} s.\n`)
  if (failure !== undefined) throw failure
}
