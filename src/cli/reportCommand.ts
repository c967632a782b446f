import { Command } from 'commander'
import type { DatasetInfo } from '../data/core/dataset.js'
import { datasetInfo, datasetNames } from '../data/datasets.js'
import { detectorNames } from '../detectors/detectors.js'
import { publishedTraining, takenNetwork } from '../detectors/publishedTraining.js'
import { ScoringBiasError } from '../errors.js'
import { shellWord } from '../flagText.js'
import { mlpOptions } from '../nn/mlp.js'
import { networkNames } from '../nn/networks.js'
import { studyJson } from '../report/study/studyJson.js'
import { studyReport } from '../report/study/studyReport.js'
import { studyText } from '../report/study/studyText.js'
import type { StudyResult } from '../study/core/types.js'
import type { StoredStudy } from '../study/core/unit.js'
import { storedStudies } from '../study/store/duckdbStore.js'
import { flagName } from './flags.js'
import { type CliContext, checkPaths, give, jsonFlag, manyPictures, type OutputFlags, requirePage } from './output.js'

/** `scoring-bias report <store>`: prints a finished study again and writes its report, without training. */
export function reportCommand(context: CliContext): Command {
  return new Command('report')
    .description('print a finished study of a store again and write its report')
    .argument('<store>', 'DuckDB file that study --store wrote')
    .option('--study <id>', 'which one, by the beginning of its id (default: the latest)')
    .option('--report <path>', 'where to write the HTML report', 'report.html')
    .option('--no-report', 'write no report')
    .option(...jsonFlag)
    .action(async (store: string, flags: OutputFlags & { study?: string }) => {
      requirePage(flags.report, manyPictures)
      await checkPaths({ '--report': flags.report }, [store, `${store}.wal`])
      const { result } = chosen(await storedStudies(store), flags.study, store)
      const answer = { json: studyJson(result), text: () => studyText(result) }
      const html = () => studyReport(result, { command: studyLine(result) })
      const written = await give({ ...answer, html }, flags, context)
      if (!flags.json) context.stdout.write(written)
    })
}

function chosen(studies: readonly StoredStudy[], wanted: string | undefined, store: string): StoredStudy {
  const matching = wanted === undefined ? studies.slice(-1) : studies.filter(({ id }) => id.startsWith(wanted))
  const [found] = matching
  if (found !== undefined && matching.length === 1) return found
  if (studies.length === 0) {
    throw new ScoringBiasError(
      'UNKNOWN_NAME',
      `${store} has no finished study. Run the command again that wrote it: an unfinished one goes on to its end, and a finished matrix or ` +
        'sweep is printed without training',
    )
  }
  const list = studies.map(({ id, result: { detectors, dataset, normal, anomaly, runs } }) => {
    const what = `${detectors.candidate} against ${detectors.baseline} on ${dataset}`
    return `${id.slice(0, 12)} (${what}, ${normal} against ${anomaly}, runs: ${runs})`
  })
  const problem =
    matching.length === 0
      ? `has no study '${wanted}'`
      : `has ${matching.length} studies that begin with '${wanted}'. Give more of the name`
  throw new ScoringBiasError('UNKNOWN_NAME', `${store} ${problem}. It has: ${list.join('; ')}`)
}

/**
 * The command that repeats a study, with every option that decides its numbers; undefined where no command does: for data of
 * the user's, of which a result does not say where the file was, and for networks and detectors of the user's.
 */
export function studyLine(result: StudyResult): string | undefined {
  const { dataset, data, normal, anomaly, detectors, settings } = result
  const { runs, fpr, level, resamples, epochs, pretrainEpochs, split, device, seed } = result
  const isKnown = (known: readonly string[], name: string) => known.includes(name)
  if (!isKnown(datasetNames, dataset) || !Object.values(detectors).every((name) => isKnown(detectorNames, name))) return
  const info = datasetInfo(dataset)
  const network = networkOptions(info, settings.network)
  if (network === undefined) return
  const { network: _, decoder, optimiser: __, ...training } = settings
  const published = Object.entries(publishedTraining(dataset).settings)
  const options = {
    normal: info.classes.includes(normal) ? normal : normal.replaceAll(' + ', ','),
    anomaly,
    ...detectors,
    ...{ runs, fpr, level, resamples, epochs, pretrainEpochs },
    ...network,
    ...Object.fromEntries(
      Object.entries(training).filter(
        ([name, value]) => !published.some(([one, usual]) => one === name && String(usual) === String(value)),
      ),
    ),
    decoder,
    ...{ split, device, seed },
    ...(data?.share !== undefined && { share: data.share }),
    ...(data !== undefined && data.dataSeed !== 0 && { dataSeed: data.dataSeed }),
  }
  const flags = Object.entries(options).flatMap(([name, value]) => [`--${flagName(name)}`, shellWord(String(value))])
  // What is standardised says so.
  flags.push(result.attribution === info.attribution ? '--no-standardise' : '--standardise')
  return ['scoring-bias study', dataset, ...flags].join(' ')
}

/** Options of the network with a title, none for the published one; undefined where there is no such network. */
function networkOptions({ name: dataset, sample }: DatasetInfo, title: string): Record<string, unknown> | undefined {
  const place = { published: publishedTraining(dataset).network, sample, name: dataset }
  if (takenNetwork({}, place).network.title === title) return {}
  const layers = mlpOptions(title)
  if (layers !== undefined) return { network: 'mlp', ...layers }
  const network = networkNames.find((name) => title.startsWith(`${name} `))
  return network === undefined || takenNetwork({ network }, place).network.title !== title ? undefined : { network }
}
