import { Command } from 'commander'
import type { Anomalies, AnomalyClasses } from '../data/splits/anomalyMixture.js'
import { ScoringBiasError } from '../errors.js'
import { jsonText } from '../report/jsonText.js'
import { studyJson } from '../report/study/studyJson.js'
import { studyReport } from '../report/study/studyReport.js'
import { studyText } from '../report/study/studyText.js'
import type { StudyResult } from '../study/core/types.js'
import type { CliContext } from './context.js'
import {
  type AnomalyFlag,
  addAnomalyFlag,
  addDataFlags,
  anomalyOf,
  type DataFlags,
  dataArgument,
  samplesOf,
} from './dataSource.js'
import { checkPaths, jsonFlag, writePaper } from './output.js'
import { addProgressFlags, type ProgressFlags, withProgress } from './progress.js'
import { keeping, storeFlag } from './storeFlag.js'
import { addRunsFlags, type RunsFlags, runsOf } from './trainingFlags.js'

interface StudyFlags extends DataFlags, AnomalyFlag, RunsFlags, ProgressFlags {
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
  addRunsFlags(addAnomalyFlag(addDataFlags(command)), 'trainings of each detector')
    .option(...storeFlag)
    .option('--keep-scores <path>', 'write all scores of all runs as a Parquet file')
    .option('--report <path>', 'where to write the HTML report', 'report.html')
    .option('--no-report', 'write no report')
    .option(...jsonFlag)
  return addProgressFlags(command).action((data: string, flags: StudyFlags) => study(data, flags, context))
}

async function study(source: string, flags: StudyFlags, context: CliContext): Promise<void> {
  const { report: path, json, store, keepScores } = flags
  const { stdout, stderr, signal } = context
  await checkPaths(path)
  const samples = await samplesOf(source, flags, signal)
  const anomaly = sharesOf(anomalyOf(flags, samples.dataset))
  const told: { result?: StudyResult; failure?: unknown } = {}
  const options = { ...samples, anomaly, ...runsOf(flags), store, keepScores }
  const result = await withProgress(stderr, flags, (onProgress) =>
    keeping(store, () =>
      context.runStudy({
        ...options,
        onProgress,
        onResult: (found) => {
          told.result = found
        },
      }),
    ),
  ).catch((error: unknown) => {
    // With an answer there, it was the scores that could not be written.
    if (told.result === undefined) throw error
    told.failure = error
    return told.result
  })

  // The answer first: should the report fail, it is not lost.
  stdout.write(`${json ? jsonText(studyJson(result)) : studyText(result)}\n`)
  const written = await writePaper(path, { html: (shown) => studyReport(result, shown) }, context)
  if (!json) stdout.write(`${written}Took ${result.elapsedSeconds.toFixed(1)} s.\n`)
  if (told.failure !== undefined) throw told.failure
}

/** What a study takes. */
function sharesOf(anomaly: AnomalyClasses | undefined): Anomalies | undefined {
  if (typeof anomaly !== 'object') return anomaly
  return anomaly.map((one) => {
    if (typeof one === 'object') return one
    const names = anomaly.join(', ')
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      `a study takes several classes of labelled anomalies with their shares, got ${names}: say how much of each, as in a=0.9,b=0.1`,
    )
  })
}
