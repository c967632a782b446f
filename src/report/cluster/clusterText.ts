import type { ShardResult } from '../../cluster/trainShard.js'
import { counted, formatCount } from '../../counted.js'
import type { MergedStore, MissingUnit } from '../../study/store/mergeStores.js'
import { formatShare } from '../format.js'

/** What a shard did and what is left, in a few lines. */
export function shardText({ shard, units, own, trained, share }: ShardResult, store: string): string {
  const { index, count } = shard
  const known = own - trained
  return [
    `Shard ${index} of ${count}: ${formatCount(own)} of ${counted(units, 'unit')}, ${formatShare(share)} of the work.`,
    `Trained ${counted(trained, 'unit')} into ${store}${known === 0 ? '' : `; ${formatCount(known)} ${known === 1 ? 'was' : 'were'} there`}.`,
    `The other shards have ${counted(units - own, 'unit')}. \`scoring-bias merge\` puts the stores of all shards together.`,
  ].join('\n')
}

/** Missing units that are named; the others are counted. */
const mostNamed = 20

/** What a merge put together, and what no part has. */
export function mergeText({ store, parts, commands, units, missing }: MergedStore): string {
  const lines = [
    `Merged ${counted(parts.length, 'store')} into ${store}: ${formatCount(units - missing.length)} of ${counted(units, 'unit')}.`,
    ...missing.slice(0, mostNamed).map((one) => `missing: ${missingText(one)}`),
    ...(missing.length > mostNamed ? [`missing: ${formatCount(missing.length - mostNamed)} more`] : []),
    ...(missing.length === 0 ? commands.map((command) => `For the answer: ${command} --store ${store}`) : []),
  ]
  return lines.join('\n')
}

function missingText({ title, shard, shards }: MissingUnit): string {
  return shard === undefined ? title : `${title} (shard ${shard}/${shards})`
}
