import type { Command, Option } from 'commander'
import type { ClusterCommand } from '../cluster/commandPlans.js'
import type { OnProgress } from '../progress.js'
import { type DatasetFlags, filesOf } from './dataSource.js'
import { drawingMeanwhile } from './drawingMeanwhile.js'
import {
  type Answer,
  type CliContext,
  checkPaths,
  give,
  jsonFlag,
  keeping,
  type OutputFlags,
  storeFlag,
  storeOutputs,
} from './output.js'
import { addProgressFlags, type ProgressFlags, withProgress } from './progress.js'
import { type QueueFlags, queueFlag, trainQueued } from './queueFlag.js'
import { giveShard, type ShardFlags, shardFlag } from './shardFlag.js'

/** Flags of every command that trains on some data and gives an answer. */
export type TrainedFlags = DatasetFlags & ProgressFlags & OutputFlags & ShardFlags & QueueFlags

/** What such a command has of its own: its options, the work that they ask for, and the answer. */
export interface TrainedAnswer<Flags, Options, Result> {
  /** The flags of files that only an answer has. */
  readonly files: readonly Option[]
  readonly optionsOf: (source: string, flags: Flags, context: CliContext) => Promise<Options>
  /** What may be trained elsewhere. */
  readonly work: (options: Options) => ClusterCommand
  /** The whole of it; loads what trains. */
  readonly run: (options: Options & RunOptions, flags: Flags, context: CliContext) => Promise<Result>
  readonly answer: (result: Result) => Answer
  /** What is said at the end, a sentence. */
  readonly took: (result: Result) => string
  /** Why a file could not be written after the answer was there. */
  readonly failure?: (result: Result) => unknown
}

interface RunOptions {
  readonly store: string | undefined
  readonly onProgress: OnProgress
}

/**
 * Gives a command on some data the flags of shards, queue, store and answer, and what it does: it trains its shard, or has the
 * workers of a queue train all of it, or trains it here, and gives the answer. Nothing that trains loads before it is needed.
 */
export function withTrainedAnswer<Flags extends TrainedFlags, Options extends object, Result>(
  command: Command,
  context: CliContext,
  own: TrainedAnswer<Flags, Options, Result>,
): Command {
  command
    .option(...storeFlag)
    .option(...shardFlag)
    .option(...queueFlag)
  for (const option of own.files) command.addOption(option)
  return addProgressFlags(command.option(...jsonFlag)).action((source: string, flags: Flags) => {
    const files = askedFiles(command, own.files)
    const work = async () => {
      if (flags.shard === undefined) return trainAndAnswer(source, { flags, files }, context, own)
      const asked = own.work(await own.optionsOf(source, flags, context))
      return giveShard(asked, { ...flags, answers: files.explicit }, context)
    }
    return keeping(flags.store, work, Object.values(files.all).filter(isPath))
  })
}

function isPath(file: string | false | undefined): file is string {
  return typeof file === 'string'
}

interface AskedFiles {
  /** By their flags; false where one was declined. */
  readonly all: Readonly<Record<string, string | false | undefined>>
  /** Without those that are written by default. */
  readonly explicit: AskedFiles['all']
}

function askedFiles(command: Command, options: readonly Option[]): AskedFiles {
  const asked = options
    .filter(({ negate }) => !negate)
    .map((option) => {
      const name = option.attributeName()
      const value: string | false | undefined = command.getOptionValue(name)
      return { flag: option.long ?? name, value, isExplicit: command.getOptionValueSource(name) !== 'default' }
    })
  const byFlag = (these: typeof asked) => Object.fromEntries(these.map(({ flag, value }) => [flag, value]))
  return { all: byFlag(asked), explicit: byFlag(asked.filter(({ isExplicit }) => isExplicit)) }
}

async function trainAndAnswer<Flags extends TrainedFlags, Options extends object, Result>(
  source: string,
  { flags, files }: { readonly flags: Flags; readonly files: AskedFiles },
  context: CliContext,
  own: TrainedAnswer<Flags, Options, Result>,
): Promise<void> {
  const { stdout, stderr } = context
  const { store, json } = flags
  await checkPaths({ ...files.all, ...storeOutputs(store) }, filesOf(source, flags))
  const asked = await own.optionsOf(source, flags, context)
  await trainQueued(own.work(asked), flags, context)
  const result = await withProgress(stderr, flags, (onProgress) =>
    own.run({ ...asked, store, onProgress: drawingMeanwhile(flags, onProgress) }, flags, context),
  )
  const written = await give(own.answer(result), flags, context)
  if (!json) stdout.write(`${written}${own.took(result)}\n`)
  const failure = own.failure?.(result)
  if (failure !== undefined) throw failure
}

/** `Took 1.5 s.` */
export function tookText({ elapsedSeconds }: { readonly elapsedSeconds: number }): string {
  return `Took ${elapsedSeconds.toFixed(1)} s.`
}
