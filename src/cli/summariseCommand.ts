import { Command } from 'commander'
import { type Summarised, writeScoreSummary } from '../compare/summary/summarise.js'
import { counted, formatCount } from '../counted.js'
import { fraction } from './flags.js'
import { type CommandContext, checkPaths } from './output.js'
import { quietFlag, withProgress } from './progress.js'
import { readScoreFiles, type ScoreFileFlags, scoreFilesHelp, sidesAsked, withScoreFiles } from './scoreFiles.js'
import { type TargetFlags, targetsOf, withTargets } from './targetFlags.js'

interface SummariseFlags extends ScoreFileFlags, TargetFlags {
  output: string
  keep?: number
  quiet?: true
}

/** `scoring-bias summarise <scores>`: keeps of a part of the data what a comparison of all parts needs. */
export function summariseCommand(context: CommandContext): Command {
  const command = new Command('summarise')
    .description('keep of one part of the scores what a comparison of all parts needs, for compare *.summary')
    .argument('<scores...>', scoreFilesHelp)
    .requiredOption('-o, --output <path>', 'where to write the summary')
  return withTargets(withScoreFiles(command))
    .option('--group <column>', 'samples that belong together, such as patients: whole groups are what was drawn')
    .option(
      '--keep <share>',
      'the share of normal samples to keep, of the largest scores of each detector (default: twice the target and more)',
      fraction,
    )
    .option(...quietFlag)
    .action((scores: string[], flags: SummariseFlags) => summarise(scores, flags, context))
}

async function summarise(paths: string[], flags: SummariseFlags, { stderr, signal }: CommandContext): Promise<void> {
  const { output, keep, quiet, normal, negate, dropMissing, group } = flags
  const fprs = targetsOf(flags)
  await checkPaths({ '--output': output }, paths)
  const sides = await sidesAsked(paths, flags, signal)
  const written = await withProgress(stderr, { quiet }, (onProgress) =>
    writeScoreSummary(
      {
        paths,
        output,
        read: (window) => readScoreFiles(paths, { ...flags, ...sides }, { signal, onProgress, window }),
      },
      { fprs, keep, normal, negate, dropMissing, group, trainings: sides.trainings, signal },
    ),
  )
  if (!quiet) stderr.write(`${summaryText(written, output)}\n`)
}

function summaryText({ nNormal, nKept, nTest, nAnomalous, bytes }: Summarised, output: string): string {
  const tested = nTest === 0 ? '' : ` ${counted(nTest, 'normal sample is', 'normal samples are')} only tested.`
  return (
    `Kept ${formatCount(nKept)} of ${counted(nNormal, 'normal sample')} and ${counted(nAnomalous, 'anomalous sample')}.${tested} ` +
    `Summary written to ${output} (${formatCount(bytes)} bytes).`
  )
}
