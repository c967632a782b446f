import { z } from 'zod'
import { count, probability, schemaField } from '../schemaParts.js'

/** What `scoring-bias … --shard --json` prints. */
export const shardSchema = z.object({
  schema: schemaField('shard'),
  shard: z.object({ index: count, count }),
  units: count.describe('Of the whole command.'),
  own: count.describe('Of this shard.'),
  trained: count.describe('Of those, the units that this call trained; the others were in the store.'),
  share: probability.describe('Of the work.'),
})

/** What `scoring-bias merge --json` prints. */
export const mergeSchema = z.object({
  schema: schemaField('merge'),
  store: z.string(),
  parts: z.array(z.string()),
  commands: z.array(z.string()).describe('The commands whose shards these were.'),
  units: count,
  missing: z
    .array(z.object({ task: z.string(), title: z.string(), shard: count.optional(), shards: count.optional() }))
    .describe('Units that no part has.'),
})
