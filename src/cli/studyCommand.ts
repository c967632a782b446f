import { Command, Option } from 'commander'
import type { Anomalies, AnomalyClasses } from '../data/splits/anomalyMixture.js'
import { ScoringBiasError } from '../errors.js'
import { studyJson } from '../report/study/studyJson.js'
import { studyReport } from '../report/study/studyReport.js'
import { studyText } from '../report/study/studyText.js'
import type { StudyResult } from '../study/core/types.js'
import type { RunStudyOptions } from '../study/runStudy.js'
import { addLabelledFlags, dataArgument, type LabelledFlags, labelledOf } from './dataSource.js'
import { type CliContext, manyPictures, requirePage } from './output.js'
import { type TrainedFlags, tookText, withTrainedAnswer } from './trainedAnswer.js'
import { addRunsFlags, type RunsFlags, runsOf } from './trainingFlags.js'

type StudyFlags = LabelledFlags & RunsFlags & TrainedFlags & { keepScores?: string }

/** `scoring-bias study <dataset>`: trains both detectors, compares them, prints the answer and writes the report. */
export function studyCommand(context: CliContext): Command {
  const command = new Command('study')
    .description('train two detectors over several runs and estimate how much more (or less) the candidate detects')
    .argument('<data>', dataArgument)
  addRunsFlags(addLabelledFlags(command), 'trainings of each detector')
  return withTrainedAnswer(command, context, {
    files: [
      new Option('--keep-scores <path>', 'write all scores of all runs as a Parquet file; rows count from 1'),
      new Option('--report <path>', 'where to write the HTML report').default('report.html'),
      new Option('--no-report', 'write no report'),
    ],
    optionsOf,
    work: (options) => ({ study: options }),
    run: studied,
    answer: ({ result }) => ({
      json: studyJson(result),
      text: () => studyText(result),
      html: (shown) => studyReport(result, shown),
    }),
    took: ({ result }) => tookText(result),
    failure: ({ failure }) => failure,
  })
}

/** What a study is asked for. */
async function optionsOf(source: string, flags: StudyFlags, { signal }: CliContext) {
  requirePage(flags.report, manyPictures)
  const { anomaly, ...samples } = await labelledOf(source, flags, signal)
  return { ...samples, anomaly: sharesOf(anomaly), ...runsOf(flags) }
}

/** The answer, and why its scores could not be written, if they could not. */
async function studied(
  options: Omit<RunStudyOptions, 'keepScores' | 'onResult'>,
  { keepScores }: StudyFlags,
  { runStudy }: CliContext,
): Promise<{ readonly result: StudyResult; readonly failure?: unknown }> {
  let told: StudyResult | undefined
  const onResult = (result: StudyResult) => {
    told = result
  }
  try {
    return { result: await runStudy({ ...options, keepScores, onResult }) }
  } catch (failure) {
    // With an answer there, it was the scores that could not be written.
    if (told === undefined) throw failure
    return { result: told, failure }
  }
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
