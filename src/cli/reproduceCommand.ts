import { Command, Option } from 'commander'
import {
  checkWritable,
  type DeviceRequest,
  deviceRequests,
  jsonText,
  paperItems,
  paperItemsText,
  type ReproductionSize,
  reproduceTable,
  reproductionCsv,
  reproductionReport,
  reproductionText,
  type TableReproduction,
  writeFileAtomic,
} from '../index.js'
import type { CliContext } from './context.js'
import { addDatasetFlags, type DataFlags } from './dataSource.js'
import { choice, number, quoted } from './flags.js'
import { ProgressLine } from './progress.js'

interface ReproduceFlags extends Omit<DataFlags, 'label' | 'ignore'> {
  quick?: true
  full?: true
  runs?: number
  epochs?: number
  pretrainEpochs?: number
  device: DeviceRequest
  workers?: number
  seed: number
  report?: string
  csv?: string
  json?: true
  quiet?: true
}

/** `scoring-bias reproduce list|ITEM`: the paper's tables, ours and the printed figures side by side. */
export function reproduceCommand(context: CliContext): Command {
  const command = new Command('reproduce')
    .description('repeat a table of the paper and set it beside the printed one; `list` says which there are')
    .argument('<item>', 'list, or a table such as table4')
    .addOption(new Option('--quick', 'fewer runs, epochs and samples: minutes on two cores').conflicts('full'))
    .option('--full', "the paper's 100 runs")
    .option('--runs <n>', 'trainings of each detector (default: 10 on statlog)', number)
    .option('--epochs <n>', 'passes over the training data (default: 200 on statlog)', number)
    .option('--pretrain-epochs <n>', 'passes of autoencoder pretraining (default: 100 on statlog)', number)
    .addOption(choice('--device <device>', 'where to train', deviceRequests, 'auto'))
    .option('--workers <n>', 'worker threads (default: depends on the machine)', number)
    .option('--seed <n>', 'root of all randomness', number, 0)
  return addDatasetFlags(command)
    .option('--report <path>', 'write the tables as an HTML page there')
    .option('--csv <path>', 'write the cells as CSV there')
    .option('--json', 'print the result as one JSON object')
    .option('--quiet', 'no progress')
    .action((item: string, flags: ReproduceFlags) => reproduce(item, flags, context))
}

async function reproduce(item: string, flags: ReproduceFlags, context: CliContext): Promise<void> {
  const { quick, full, report, csv, json, quiet, ...options } = flags
  const { stdout, stderr, signal } = context
  if (item === 'list') {
    stdout.write(`${json ? jsonText({ items: paperItems }) : paperItemsText(paperItems)}\n`)
    return
  }
  for (const path of [report, csv]) if (path !== undefined) await checkWritable(path)

  const size: ReproductionSize = quick ? 'quick' : full ? 'full' : 'default'
  const progress = quiet ? undefined : new ProgressLine(stderr)
  let result: TableReproduction
  try {
    result = await reproduceTable(item, { ...options, size, signal, onProgress: (at) => progress?.update(at) })
  } finally {
    progress?.finish()
  }
  // The answer first: should a file fail, it is not lost.
  stdout.write(`${json ? jsonText(result) : reproductionText(result)}\n`)
  if (csv !== undefined) await writeFileAtomic(csv, reproductionCsv(result), { signal })
  if (report !== undefined) {
    const command = ['scoring-bias', ...context.args].map(quoted).join(' ')
    await writeFileAtomic(report, reproductionReport(result, { command }), { signal })
  }
  if (!json) stdout.write(`Took ${result.elapsedSeconds.toFixed(1)} s.\n`)
}
