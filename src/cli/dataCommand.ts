import { Command } from 'commander'
import { dataStatus, datasetNames, fetchDataset, verifyDataset } from '../data/datasets.js'
import { dataListText, dataShowText, dataVerifyText } from '../report/data/dataText.js'
import { samplesSvg } from '../report/data/samplesSvg.js'
import { jsonText } from '../report/jsonText.js'
import { withSchema } from '../report/schemaNames.js'
import { describeDataset } from '../study/describeDataset.js'
import { describedDataset } from '../study/pairOptions.js'
import { writeFileAtomic } from '../writeFile.js'
import { addDataFlags, type DataFlags, type DatasetFlags, dataArgument, filesOf, samplesOf } from './dataSource.js'
import { type CliContext, checkPaths, jsonFlag, type OutputFlags, print } from './output.js'
import { type ProgressFlags, quietFlag, withProgress } from './progress.js'

type ShownFlags = Pick<OutputFlags & ProgressFlags, 'json' | 'quiet'>

const dataDirFlag = ['--data-dir <folder>', "folder with the data sets' files"] as const
const nameArgument = `one of ${datasetNames.join(', ')}`

/** `scoring-bias data list|fetch|verify|show`: the data sets that studies run on. */
export function dataCommand(context: CliContext): Command {
  return new Command('data')
    .description('list, download, check and show the data sets')
    .addCommand(listCommand(context))
    .addCommand(fetchCommand(context))
    .addCommand(verifyCommand(context))
    .addCommand(showCommand(context))
}

function listCommand({ stdout }: CliContext): Command {
  return new Command('list')
    .description('the data sets there are, and where they are on this machine')
    .option(...dataDirFlag)
    .option(...jsonFlag)
    .action(({ dataDir, json }: ShownFlags & Pick<DatasetFlags, 'dataDir'>) => {
      const datasets = datasetNames.map((name) => dataStatus(name, { dataDir }))
      stdout.write(`${json ? jsonText(withSchema('data-list', { datasets })) : dataListText(datasets)}\n`)
    })
}

function fetchCommand(context: CliContext): Command {
  const { stderr, signal } = context
  return new Command('fetch')
    .description('download a data set to the cache, unless it is on this machine already')
    .argument('<name>', nameArgument)
    .option('--from <address>', "folder to download from (default: the authors')")
    .option('--to <folder>', 'folder to download to (default: scoring-bias/NAME in $XDG_CACHE_HOME, or in ~/.cache)')
    .option(...jsonFlag)
    .option(...quietFlag)
    .action(async (name: string, { from, to, json, quiet }: ShownFlags & { from?: string; to?: string }) => {
      const fetched = await withProgress(stderr, { quiet }, (onProgress) =>
        fetchDataset(name, { from, to, signal, onProgress }),
      )
      const { folder, downloaded } = fetched
      const text =
        folder === null
          ? `${name} needs no files: there is nothing to fetch.`
          : `${name} is in ${folder}; files downloaded: ${downloaded.length}.`
      context.stdout.write(`${json ? jsonText(withSchema('data-fetch', fetched)) : text}\n`)
    })
}

function verifyCommand(context: CliContext): Command {
  return new Command('verify')
    .description("check a data set's files by SHA-256")
    .argument('<name>', nameArgument)
    .option(...dataDirFlag)
    .option(...jsonFlag)
    .action(async (name: string, { dataDir, json }: ShownFlags & Pick<DatasetFlags, 'dataDir'>) => {
      const files = await verifyDataset(name, { dataDir })
      await print(
        `${json ? jsonText(withSchema('data-verify', { name, files })) : dataVerifyText(name, files)}\n`,
        context,
      )
    })
}

function showCommand(context: CliContext): Command {
  const { stderr, signal } = context
  const command = new Command('show')
    .description('classes of a data set or file: counts, means, distances; --svg draws samples')
    .argument('<data>', dataArgument)
    .option('--svg <path>', 'draw the first samples of every class there')
  return addDataFlags(command)
    .option(...jsonFlag)
    .option('--quiet', 'do not say what was written')
    .action(async (source: string, flags: ShownFlags & DataFlags & { svg?: string }) => {
      const { svg, json, quiet } = flags
      await checkPaths({ '--svg': svg }, filesOf(source, flags))
      const dataset = await describedDataset(await samplesOf(source, flags, signal, false))
      const description = describeDataset(dataset)
      await print(`${json ? jsonText(withSchema('data-show', description)) : dataShowText(description)}\n`, context)
      if (svg === undefined) return
      await writeFileAtomic(svg, samplesSvg(dataset), { signal })
      if (!quiet) stderr.write(`Samples drawn in ${svg}.\n`)
    })
}
