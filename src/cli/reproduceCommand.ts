import { join } from 'node:path'
import { Command, Option } from 'commander'
import { at } from '../check.js'
import { datasetNames } from '../data/datasets.js'
import { ScoringBiasError } from '../errors.js'
import { type PaperItem, paperItem, paperItems } from '../paper/paperItems.js'
import type { ReproduceOptions, ReproductionSize } from '../paper/reproduceOptions.js'
import { jsonText } from '../report/jsonText.js'
import type { ReportOptions } from '../report/page.js'
import { reproductionCsv } from '../report/paper/reproductionCsv.js'
import { type GalleryEntry, reproductionGallery, reproductionMarkdown } from '../report/paper/reproductionGallery.js'
import { reproductionJson } from '../report/paper/reproductionJson.js'
import { reproductionReport } from '../report/paper/reproductionReport.js'
import { reproductionSvg } from '../report/paper/reproductionSvg.js'
import { paperItemsText, reproductionText } from '../report/paper/reproductionText.js'
import { writeReproduction, writtenEndings } from '../report/paper/writeReproduction.js'
import { withSchema } from '../report/schemaNames.js'
import { makeFolder, writeFileAtomic } from '../writeFile.js'
import { seedFlag } from './biasFlags.js'
import { addDatasetFlags, filesOf } from './dataSource.js'
import { number } from './flags.js'
import {
  type CliContext,
  checkPaths,
  commandLine,
  jsonFlag,
  keeping,
  print,
  requirePage,
  storeFlag,
  storeOutputs,
  writePaper,
} from './output.js'
import { addProgressFlags, type ProgressFlags, progressOf, withProgress } from './progress.js'
import { type QueueFlags, queueFlag, trainQueued } from './queueFlag.js'
import { giveShard, type ShardFlags, shardFlag } from './shardFlag.js'
import { deviceFlag, settingFlag, workersFlag } from './trainingFlags.js'

interface ReproduceFlags
  extends Omit<ReproduceOptions, 'store' | 'size' | 'signal' | 'onProgress'>,
    ProgressFlags,
    ShardFlags,
    QueueFlags {
  quick?: true
  full?: true
  output?: string
  report?: string
  csv?: string
  json?: true
}

/** `scoring-bias reproduce list|all|ITEM…`: the paper's tables and figures, ours and the printed ones side by side. */
export function reproduceCommand(context: CliContext): Command {
  const command = new Command('reproduce')
    .description('repeat a table or figure of the paper, or all of them, and set it beside the printed one')
    .argument('<items...>', 'list, all, or tables and figures such as table4 and figure2')
    .addOption(new Option('--quick', 'fewer runs, epochs and samples: minutes on two cores').conflicts('full'))
    .option('--full', "the paper's number of runs, epochs and samples")
    .option(
      '--runs <n>',
      'trainings of each detector; of figures of ξ by sample size, draws (default: depends on the item)',
      number,
    )
    .addOption(settingFlag('epochs', 'depends on the data'))
    .addOption(settingFlag('pretrainEpochs', '0, as in print'))
    .addOption(settingFlag('learningRate'))
    .addOption(deviceFlag('train'))
    .option(...workersFlag)
    .option(...seedFlag)
  addDatasetFlags(command)
    .option(
      '-o, --output <folder>',
      'write page, CSV and JSON there, and the SVG of figures; of several items, a gallery and their store besides',
    )
    .option(...storeFlag)
    .option(...shardFlag)
    .option(...queueFlag)
    .option('--report <path>', 'write the page alone there, or the figure alone if it ends in .svg')
    .option('--csv <path>', 'write the CSV alone there')
    .option(...jsonFlag)
  return addProgressFlags(command).action((names: string[], flags: ReproduceFlags) => {
    const name = at(names, 0)
    if (flags.shard !== undefined) return keeping(flags.store, () => itemsShard(names, flags, context))
    if (names.length > 1) return several(names, flags, context)
    if (name === 'all') return several(undefined, flags, context)
    if (name !== 'list') return keeping(flags.store, () => one(paperItem(name), flags, context))
    context.stdout.write(
      `${flags.json ? jsonText(withSchema('reproduce-list', { items: paperItems })) : paperItemsText(paperItems)}\n`,
    )
  })
}

async function itemsShard(names: readonly string[], flags: ReproduceFlags, context: CliContext): Promise<void> {
  const { output, report, csv } = flags
  const items = names[0] === 'all' && names.length === 1 ? allItems() : names
  const answers = { '--output': output, '--report': report, '--csv': csv }
  await giveShard({ reproduce: items, options: optionsOf(flags, context) }, { ...flags, answers }, context)
}

function allItems(): string[] {
  return paperItems.map(({ name }) => name)
}

async function one(item: PaperItem, flags: ReproduceFlags, context: CliContext): Promise<void> {
  const { output, report, csv, json } = flags
  const { stdout, signal } = context
  const isFigure = item.name.startsWith('figure')
  if (!isFigure) requirePage(report, `${item.name} is a table, of which there is no picture`)
  if (output !== undefined) await makeFolder(output)
  await checkPaths(
    { '--report': report, '--csv': csv, ...storeOutputs(flags.store), ...itemOutputs(output, [item.name]) },
    datasetNames.flatMap((name) => filesOf(name, flags)),
  )

  await trainQueued({ reproduce: [item.name], options: optionsOf(flags, context) }, flags, context)
  // What trains loads once there is something to train.
  const { reproduce } = await import('../paper/reproduce.js')
  const result = await withProgress(context.stderr, flags, (onProgress) =>
    reproduce(item.name, { ...optionsOf(flags, context), onProgress }),
  )
  // The answer first: should a file fail, it is not lost.
  await print(`${json ? jsonText(reproductionJson(result)) : reproductionText(result)}\n`, context)
  if (output !== undefined) await writeReproduction(output, result, { command: commandLine(context), signal })
  if (csv !== undefined) await writeFileAtomic(csv, reproductionCsv(result), { signal })
  const html = (shown: ReportOptions) => reproductionReport(result, shown)
  await writePaper(report, { html, svg: () => reproductionSvg(result) }, context)
  if (json) return
  for (const path of [output, csv, report]) if (path !== undefined) stdout.write(`Written to ${path}.\n`)
  stdout.write(`Took ${result.elapsedSeconds.toFixed(1)} s.\n`)
}

/** Items, or all, one after the other: each is printed and written as soon as it is there, and the gallery with it. */
async function several(
  items: readonly string[] | undefined,
  flags: ReproduceFlags,
  context: CliContext,
): Promise<void> {
  const { output, report, csv, json } = flags
  const { stdout } = context
  if (report !== undefined || csv !== undefined) {
    throw new ScoringBiasError('OUT_OF_RANGE', '--report and --csv are for one item. For several, use --output')
  }
  // Before a folder is made for them.
  for (const name of items ?? []) paperItem(name)
  if (output !== undefined) await makeFolder(output)
  const store = flags.store ?? (output === undefined ? undefined : join(output, 'reproduction.duckdb'))
  const gallery = output === undefined ? {} : { gallery: join(output, 'index.html'), text: join(output, 'README.md') }
  await checkPaths(
    { ...storeOutputs(store), ...gallery, ...itemOutputs(output, items ?? allItems()) },
    datasetNames.flatMap((name) => filesOf(name, flags)),
  )
  const entries = await keeping(store, async () => {
    const options = optionsOf(flags, context)
    await trainQueued({ reproduce: items ?? allItems(), options }, { ...flags, store }, context)
    return repeated({ ...flags, store }, items, context)
  })
  if (json) {
    const items = entries.map(({ result }) => (result.kind === 'failure' ? result : reproductionJson(result)))
    stdout.write(`${jsonText(withSchema('reproduce-items', { items }))}\n`)
  } else if (output !== undefined) stdout.write(`Written to ${join(output, 'index.html')}.\n`)
  const failed = entries.flatMap(({ result }) => (result.kind === 'failure' ? [result.item] : []))
  if (failed.length > 0) {
    throw new ScoringBiasError(
      'INCOMPLETE',
      `${failed.length} of ${entries.length} items could not be repeated: ${failed.join(', ')}. See the reason with each`,
    )
  }
}

async function repeated(
  flags: ReproduceFlags,
  items: readonly string[] | undefined,
  context: CliContext,
): Promise<GalleryEntry[]> {
  const { output, json } = flags
  const { stderr, signal } = context
  const command = commandLine(context)
  const progress = progressOf(stderr, flags)
  const { reproduceAll } = await import('../paper/reproduce.js')
  const entries: GalleryEntry[] = []
  try {
    const options = { ...optionsOf(flags, context), items, onProgress: progress?.update.bind(progress) }
    for await (const result of reproduceAll(options)) {
      progress?.finish()
      if (!json) await print(`${reproductionText(result)}\n\n`, context)
      const isWritten = output !== undefined && result.kind !== 'failure'
      entries.push({ result, ...(isWritten && (await writeReproduction(output, result, { command, signal }))) })
      if (output === undefined) continue
      await writeFileAtomic(join(output, 'index.html'), reproductionGallery(entries, { command }), { signal })
      await writeFileAtomic(join(output, 'README.md'), reproductionMarkdown(entries, { command }), { signal })
    }
    return entries
  } finally {
    progress?.finish()
  }
}

function optionsOf(
  {
    quick,
    full,
    output,
    report,
    csv,
    json,
    quiet: _,
    progress: __,
    shard: ___,
    queue: ____,
    ...options
  }: ReproduceFlags,
  { signal }: CliContext,
): ReproduceOptions {
  const size: ReproductionSize = quick ? 'quick' : full ? 'full' : 'default'
  return { ...options, size, signal }
}

/** The files of items in a folder, as `writeReproduction` writes them. */
function itemOutputs(folder: string | undefined, items: readonly string[]): Record<string, string> {
  if (folder === undefined) return {}
  const files = [...new Set(items)].flatMap((item) => writtenEndings.map((ending) => `${item}.${ending}`))
  return Object.fromEntries(files.map((file) => [`--output's ${file}`, join(folder, file)]))
}
