import { Command } from 'commander'
import { ScoringBiasError } from '../errors.js'
import { jsonText } from '../report/jsonText.js'
import { studyJson } from '../report/study/studyJson.js'
import { studyReport } from '../report/study/studyReport.js'
import { studyText } from '../report/study/studyText.js'
import type { StoredStudy } from '../study/core/unitStore.js'
import { storedStudies } from '../study/store/storedStudies.js'
import { checkWritable, writeFileAtomic } from '../writeFile.js'
import type { CliContext } from './context.js'
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
    .option('--json', 'print the result as one JSON object')
    .action((store: string, flags: ReportFlags) => report(store, flags, context))
}

async function report(store: string, { study, report: path, json }: ReportFlags, context: CliContext): Promise<void> {
  const { stdout, signal } = context
  if (path !== false) await checkWritable(path)
  const { result } = chosen(await storedStudies(store), study, store)
  stdout.write(`${json ? jsonText(studyJson(result)) : studyText(result)}\n`)
  if (path === false) return
  const command = studyLine(result)
  const page = await studyReport(result, command === undefined ? {} : { command })
  await writeFileAtomic(path, page, { signal })
  if (!json) stdout.write(`Report written to ${path}.\n`)
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
