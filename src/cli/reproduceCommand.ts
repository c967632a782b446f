import { Command, Option } from 'commander'
import {
  type Convergence,
  checkWritable,
  convergeReport,
  convergeSvg,
  convergeText,
  type DeviceRequest,
  deviceRequests,
  jsonText,
  paperItem,
  paperItems,
  paperItemsText,
  type ReproductionSize,
  reproduceFigure,
  reproduceTable,
  reproductionCsv,
  reproductionReport,
  reproductionText,
  ScoringBiasError,
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

/** `scoring-bias reproduce list|ITEM`: the paper's tables, ours and the printed figures side by side, and its figures. */
export function reproduceCommand(context: CliContext): Command {
  const command = new Command('reproduce')
    .description(
      'repeat a table of the paper and set it beside the printed one, or a figure; `list` says which there are',
    )
    .argument('<item>', 'list, a table such as table4, or a figure such as figure2')
    .addOption(new Option('--quick', 'fewer runs, epochs and samples: minutes on two cores').conflicts('full'))
    .option('--full', "the paper's 100 runs")
    .option('--runs <n>', 'trainings of each detector (default: 10 on statlog)', number)
    .option('--epochs <n>', 'passes over the training data (default: 200 on statlog)', number)
    .option('--pretrain-epochs <n>', 'passes of autoencoder pretraining (default: 100 on statlog)', number)
    .addOption(choice('--device <device>', 'where to train', deviceRequests, 'auto'))
    .option('--workers <n>', 'worker threads (default: depends on the machine)', number)
    .option('--seed <n>', 'root of all randomness', number, 0)
  return addDatasetFlags(command)
    .option(
      '--report <path>',
      'write the tables, or the figure, as an HTML page there; a figure alone if it ends in .svg',
    )
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
  if (paperItem(item).kind === 'figure') return reproduceConvergence(item, size, flags, context)
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

/** A figure of ξ̂ and FPR by sample size. */
async function reproduceConvergence(
  item: string,
  size: ReproductionSize,
  flags: ReproduceFlags,
  { args, stdout, stderr, signal }: CliContext,
): Promise<void> {
  const { runs, epochs, pretrainEpochs, device, workers, seed, report, csv, json, quiet } = flags
  if (csv !== undefined) {
    throw new ScoringBiasError('OUT_OF_RANGE', '--csv is for tables; --json prints what a figure shows')
  }
  const progress = quiet ? undefined : new ProgressLine(stderr)
  let result: Convergence
  try {
    const options = { size, runs, epochs, pretrainEpochs, device, workers, seed, signal }
    result = await reproduceFigure(item, { ...options, onProgress: (at) => progress?.update(at) })
  } finally {
    progress?.finish()
  }
  stdout.write(`${json ? jsonText(result) : convergeText(result)}\n`)
  if (report === undefined) return
  const command = ['scoring-bias', ...args].map(quoted).join(' ')
  const contents = report.endsWith('.svg') ? convergeSvg(result) : convergeReport(result, { command })
  await writeFileAtomic(report, await contents, { signal })
  if (!json) stdout.write(`Report written to ${report}.\n`)
}
