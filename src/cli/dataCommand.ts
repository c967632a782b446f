import { Command } from 'commander'
import { dataStatus, verifyDataset } from '../data/dataStatus.js'
import { datasetNames, loadDataset } from '../data/datasets.js'
import { fetchDataset } from '../data/fetchDataset.js'
import { tableDataset } from '../data/tableDataset.js'
import { dataListText, dataShowText, dataVerifyText } from '../report/data/dataText.js'
import { samplesSvg } from '../report/data/samplesSvg.js'
import { jsonText } from '../report/jsonText.js'
import { describeDataset } from '../study/describeDataset.js'
import { checkWritable, writeFileAtomic } from '../writeFile.js'
import type { CliContext } from './context.js'
import { addDataFlags, type DataFlags, dataArgument, readSource } from './dataSource.js'
import { ProgressLine } from './progress.js'

interface OutputFlags {
  json?: true
  quiet?: true
}

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
    .option('--json', 'print one JSON object')
    .action(({ dataDir, json }: OutputFlags & Pick<DataFlags, 'dataDir'>) => {
      const datasets = datasetNames.map((name) => dataStatus(name, { dataDir }))
      stdout.write(`${json ? jsonText({ datasets }) : dataListText(datasets)}\n`)
    })
}

function fetchCommand({ stdout, stderr, signal }: CliContext): Command {
  return new Command('fetch')
    .description('download a data set to the cache, unless it is on this machine already')
    .argument('<name>', nameArgument)
    .option('--from <address>', "folder to download from (default: the authors')")
    .option('--to <folder>', 'folder to download to (default: the cache)')
    .option('--json', 'print one JSON object')
    .option('--quiet', 'no progress')
    .action(async (name: string, { from, to, json, quiet }: OutputFlags & { from?: string; to?: string }) => {
      const progress = quiet ? undefined : new ProgressLine(stderr)
      try {
        const fetched = await fetchDataset(name, { from, to, signal, onProgress: (at) => progress?.update(at) })
        progress?.finish()
        const { folder, downloaded } = fetched
        const text =
          folder === null
            ? `${name} needs no files: there is nothing to fetch.`
            : `${name} is in ${folder}; files downloaded: ${downloaded.length}.`
        stdout.write(`${json ? jsonText(fetched) : text}\n`)
      } finally {
        progress?.finish()
      }
    })
}

function verifyCommand({ stdout }: CliContext): Command {
  return new Command('verify')
    .description("check a data set's files by SHA-256")
    .argument('<name>', nameArgument)
    .option(...dataDirFlag)
    .option('--json', 'print one JSON object')
    .action(async (name: string, { dataDir, json }: OutputFlags & Pick<DataFlags, 'dataDir'>) => {
      const files = await verifyDataset(name, { dataDir })
      stdout.write(`${json ? jsonText({ name, files }) : dataVerifyText(name, files)}\n`)
    })
}

function showCommand({ stdout, stderr, signal }: CliContext): Command {
  const command = new Command('show')
    .description('classes of a data set or file: counts, means, distances; --svg draws samples')
    .argument('<data>', dataArgument)
    .option('--normal <class>', 'class that counts as normal (default: depends on the data)')
    .option('--svg <path>', 'draw the first samples of every class there')
  return addDataFlags(command)
    .option('--json', 'print one JSON object')
    .option('--quiet', 'do not say what was written')
    .action(async (source: string, flags: OutputFlags & DataFlags & { normal?: string; svg?: string }) => {
      const { svg, json, quiet, normal, dataDir, share, dataSeed } = flags
      if (svg !== undefined) await checkWritable(svg)
      const data = await readSource(source, flags, signal)
      const dataset =
        typeof data === 'string'
          ? await loadDataset(data, { dataDir, share, dataSeed, signal })
          : tableDataset(data, { normal, share, dataSeed })
      const description = describeDataset(dataset)
      stdout.write(`${json ? jsonText(description) : dataShowText(description)}\n`)
      if (svg === undefined) return
      await writeFileAtomic(svg, samplesSvg(dataset), { signal })
      if (!quiet) stderr.write(`Samples drawn in ${svg}.\n`)
    })
}
