import { Command } from 'commander'
import type { Anomalies, AnomalyClasses } from '../data/splits/anomalyMixture.js'
import { ScoringBiasError } from '../errors.js'
import { studyJson } from '../report/study/studyJson.js'
import { studyReport } from '../report/study/studyReport.js'
import { studyText } from '../report/study/studyText.js'
import type { StudyResult } from '../study/core/types.js'
import { addLabelledFlags, dataArgument, filesOf, type LabelledFlags, labelledOf } from './dataSource.js'
import { drawingMeanwhile } from './drawingMeanwhile.js'
import {
  type CliContext,
  checkPaths,
  give,
  jsonFlag,
  keeping,
  type OutputFlags,
  storeFlag,
  storeOutputs,
} from './output.js'
import { addProgressFlags, type ProgressFlags, withProgress } from './progress.js'
import { type QueueFlags, queueFlag, trainQueued } from './queueFlag.js'
import { giveShard, type ShardFlags, shardFlag } from './shardFlag.js'
import { addRunsFlags, type RunsFlags, runsOf } from './trainingFlags.js'

type StudyFlags = LabelledFlags &
  RunsFlags &
  ProgressFlags &
  OutputFlags &
  ShardFlags &
  QueueFlags & { keepScores?: string }

const usualReport = 'report.html'

/** `scoring-bias study <dataset>`: trains both detectors, compares them, prints the answer and writes the report. */
export function studyCommand(context: CliContext): Command {
  const command = new Command('study')
    .description('train two detectors over several runs and estimate how much more (or less) the candidate detects')
    .argument('<data>', dataArgument)
  addRunsFlags(addLabelledFlags(command), 'trainings of each detector')
    .option(...storeFlag)
    .option(...shardFlag)
    .option(...queueFlag)
    .option('--keep-scores <path>', 'write all scores of all runs as a Parquet file; rows count from 1')
    .option('--report <path>', 'where to write the HTML report', usualReport)
    .option('--no-report', 'write no report')
    .option(...jsonFlag)
  return addProgressFlags(command).action((data: string, flags: StudyFlags) =>
    keeping(flags.store, () => (flags.shard === undefined ? study : studyShard)(data, flags, context)),
  )
}

async function studyShard(source: string, flags: StudyFlags, context: CliContext): Promise<void> {
  const { keepScores, report } = flags
  const answers = { '--keep-scores': keepScores, '--report': report === usualReport ? undefined : report }
  await giveShard({ study: await optionsOf(source, flags, context) }, { ...flags, answers }, context)
}

/** What a study is asked for. */
async function optionsOf(source: string, flags: StudyFlags, { signal }: CliContext) {
  const { anomaly, ...samples } = await labelledOf(source, flags, signal)
  return { ...samples, anomaly: sharesOf(anomaly), ...runsOf(flags) }
}

async function study(source: string, flags: StudyFlags, context: CliContext): Promise<void> {
  const { report, json, store, keepScores } = flags
  const { stdout, stderr } = context
  await checkPaths({ '--report': report, '--keep-scores': keepScores, ...storeOutputs(store) }, filesOf(source, flags))
  const told: { result?: StudyResult; failure?: unknown } = {}
  const asked = await optionsOf(source, flags, context)
  await trainQueued({ study: asked }, flags, context)
  const options = { ...asked, store, keepScores }
  const result = await withProgress(stderr, flags, (onProgress) =>
    context.runStudy({
      ...options,
      onProgress: drawingMeanwhile(flags, onProgress),
      onResult: (found) => {
        told.result = found
      },
    }),
  ).catch((error: unknown) => {
    // With an answer there, it was the scores that could not be written.
    if (told.result === undefined) throw error
    told.failure = error
    return told.result
  })
  const answer = { json: studyJson(result), text: () => studyText(result) }
  const written = await give({ ...answer, html: (shown) => studyReport(result, shown) }, flags, context)
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
      `several classes of labelled anomalies need shares, got ${names}. Say how much of each to take, as in a=0.9,b=0.1`,
    )
  })
}
