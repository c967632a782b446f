import { Command } from 'commander'
import { counted } from '../counted.js'
import { ScoringBiasError } from '../errors.js'
import { mergeText } from '../report/cluster/clusterText.js'
import { jsonText } from '../report/jsonText.js'
import { withSchema } from '../report/schemaNames.js'
import { mergeStores } from '../study/store/mergeStores.js'
import { checkWritable } from '../writeFile.js'
import { type CliContext, jsonFlag } from './output.js'
import { addProgressFlags, type ProgressFlags, withProgress } from './progress.js'

/** `scoring-bias merge <store> <parts...>`: the stores of shards as one. */
export function mergeCommand(context: CliContext): Command {
  const command = new Command('merge')
    .description('put the stores of shards together, for the command that then has nothing left to train')
    .argument('<store>', 'DuckDB file to write; what it has already stays in it')
    .argument('<parts...>', 'files that --shard … --store wrote')
    .option(...jsonFlag)
  return addProgressFlags(command).action((store: string, parts: string[], flags: ProgressFlags & { json?: true }) =>
    merge(store, parts, flags, context),
  )
}

async function merge(
  store: string,
  parts: readonly string[],
  flags: ProgressFlags & { json?: true },
  { stdout, stderr, signal }: CliContext,
): Promise<void> {
  await checkWritable(store)
  const merged = await withProgress(stderr, flags, (onProgress) => mergeStores(store, parts, { signal, onProgress }))
  stdout.write(`${flags.json ? jsonText(withSchema('merge', merged)) : mergeText(merged)}\n`)
  const { missing } = merged
  if (missing.length === 0) return
  const what = `${counted(missing.length, 'unit')} ${missing.length === 1 ? 'is' : 'are'} missing`
  throw new ScoringBiasError(
    'INCOMPLETE',
    `${what} in ${store}, which has all that the parts have. Train the shards again that are named above, and merge again`,
  )
}
