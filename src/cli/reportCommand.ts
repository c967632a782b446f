import { Command } from 'commander'
import { ScoringBiasError } from '../errors.js'
import { jsonText } from '../report/jsonText.js'
import { studyJson } from '../report/study/studyJson.js'
import { studyReport } from '../report/study/studyReport.js'
import { studyText } from '../report/study/studyText.js'
import type { StoredStudy } from '../study/core/unitStore.js'
import { storedStudies } from '../study/store/storedStudies.js'
import type { CliContext } from './context.js'
import { checkPaths, jsonFlag, writePaper } from './output.js'
import { studyLine } from './studyLine.js'

interface ReportFlags {
  study?: string
  report: string | false
  json?: true
}

/** `scoring-bias report <store>`: prints a finished study again and writes its report, without training. */
export function reportCommand(context: CliContext): Command {
  return new Command('report')
    .description('print a finished study of a store again and write its report')
    .argument('<store>', 'DuckDB file that study --store wrote')
    .option('--study <id>', 'which one, by the beginning of its id (default: the latest)')
    .option('--report <path>', 'where to write the HTML report', 'report.html')
    .option('--no-report', 'write no report')
    .option(...jsonFlag)
    .action((store: string, flags: ReportFlags) => report(store, flags, context))
}

async function report(store: string, { study, report: path, json }: ReportFlags, context: CliContext): Promise<void> {
  await checkPaths(path)
  const { result } = chosen(await storedStudies(store), study, store)
  context.stdout.write(`${json ? jsonText(studyJson(result)) : studyText(result)}\n`)
  const command = studyLine(result)
  const written = await writePaper(path, { html: () => studyReport(result, { command }) }, context)
  if (!json) context.stdout.write(written)
}

function chosen(studies: readonly StoredStudy[], wanted: string | undefined, store: string): StoredStudy {
  const matching = wanted === undefined ? studies.slice(-1) : studies.filter(({ id }) => id.startsWith(wanted))
  const [found] = matching
  if (found !== undefined && matching.length === 1) return found
  if (studies.length === 0) {
    throw new ScoringBiasError(
      'UNKNOWN_NAME',
      `${store} has no finished study; give the command of one that was begun again, and it goes on to its end`,
    )
  }
  const list = studies.map(({ id, result: { detectors, dataset, normal, anomaly, runs } }) => {
    const what = `${detectors.candidate} against ${detectors.baseline} on ${dataset}`
    return `${id.slice(0, 12)} (${what}, ${normal} against ${anomaly}, runs: ${runs})`
  })
  const problem = matching.length === 0 ? 'no study' : `${matching.length} studies`
  throw new ScoringBiasError('UNKNOWN_NAME', `${store} has ${problem} '${wanted}'; known: ${list.join('; ')}`)
}
