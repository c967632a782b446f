import process from 'node:process'
import type { ClusterCommand } from '../cluster/commandPlans.js'
import { shardOf } from '../cluster/shardName.js'
import { ScoringBiasError } from '../errors.js'
import { shellWord } from '../flagText.js'
import { shardText } from '../report/cluster/clusterText.js'
import { jsonText } from '../report/jsonText.js'
import { withSchema } from '../report/schemaNames.js'
import { type CliContext, checkPaths, storeOutputs } from './output.js'
import { type ProgressFlags, withProgress } from './progress.js'

/** Flags of a command that may train a part of its work. */
export interface ShardFlags {
  store?: string | undefined
  shard?: string
}

export const shardFlag = [
  '--shard <i/n>',
  'train only this part of the work, into --store, and give no answer: 3/20, or auto in an array job; merge puts parts together',
] as const

interface ShardWork extends ShardFlags, ProgressFlags {
  queue?: string | undefined
  json?: true
  /** What is only for an answer, by its flag; false or undefined where it was not asked for. */
  answers: Readonly<Record<string, string | false | undefined>>
}

/**
 * Trains a shard of a command and prints what it did. Errors: `OUT_OF_RANGE` without a store, with a queue, and for what only an answer has;
 * those of `shardOf` and `trainShard`.
 */
export async function giveShard(command: ClusterCommand, flags: ShardWork, context: CliContext): Promise<void> {
  const { shard = '', store, queue, json, answers } = flags
  if (queue !== undefined) {
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      '--shard trains a part here, and --queue has workers train all of it. Leave one of them out',
    )
  }
  if (store === undefined) {
    throw new ScoringBiasError(
      'OUT_OF_RANGE',
      '--shard needs a file for what it trains. Name it, as in --store part-3.duckdb',
    )
  }
  for (const [flag, value] of Object.entries(answers)) {
    if (typeof value !== 'string') continue
    throw new ScoringBiasError('OUT_OF_RANGE', `${flag} is for an answer, and a shard gives none. Leave ${flag} out`)
  }
  const parsed = shardOf(shard, process.env)
  await checkPaths(storeOutputs(store))
  // All that trains, which an answer's command need not load before it begins.
  const { trainShard } = await import('../cluster/trainShard.js')
  const result = await withProgress(context.stderr, flags, (onProgress) =>
    trainShard(command, { shard: parsed, store, command: wholeCommand(context), onProgress }),
  )
  context.stdout.write(`${json ? jsonText(withSchema('shard', result)) : shardText(result, store)}\n`)
}

/** Flags that say where and how a part is trained, not what the command is; true where they take a value. */
const passing: Readonly<Record<string, boolean>> = {
  '--shard': true,
  '--store': true,
  '--workers': true,
  '--progress': true,
  '--data-dir': true,
  '--quiet': false,
  '--json': false,
}

/** The command without what differs from shard to shard. */
function wholeCommand({ args }: CliContext): string {
  const kept = args.filter((arg, i) => {
    const [name = ''] = arg.split('=')
    return passing[name] === undefined && passing[args[i - 1] ?? ''] !== true
  })
  return ['scoring-bias', ...kept].map(shellWord).join(' ')
}
