import { z } from 'zod'
import { count, schemaField, size } from '../schemaParts.js'
import { distanceKind } from '../study/studySchema.js'

const fraction = z.tuple([count, count]).describe('Numerator and denominator.')

const listed = z.object({
  name: z.string(),
  title: z.string(),
  attribution: z.string(),
  simulated: z.boolean(),
  defaults: z.object({ normal: z.string(), anomaly: z.string() }),
  sample: z.array(count),
  classes: z.array(z.string()),
  counts: z.array(count).describe('Samples of each class.'),
  split: z.object({ heldOut: z.union([z.literal('test part'), fraction]).optional(), trained: fraction }),
  distance: distanceKind,
  where: z.string().optional().describe('Absent where its files are not on this machine.'),
})

/** What `scoring-bias data list --json` prints. */
export const dataListSchema = z.object({ schema: schemaField('data-list'), datasets: z.array(listed) })

/** What `scoring-bias data fetch --json` prints. */
export const dataFetchSchema = z.object({
  schema: schemaField('data-fetch'),
  name: z.string(),
  folder: z.string().nullable().describe('null for a data set without files.'),
  downloaded: z.array(z.string()).describe('Files that this call downloaded.'),
})

/** What `scoring-bias data verify --json` prints. */
export const dataVerifySchema = z.object({
  schema: schemaField('data-verify'),
  name: z.string(),
  files: z.array(z.object({ path: z.string(), sha256: z.string().optional() })),
})

const shown = z.object({
  name: z.string(),
  n: count,
  nTest: count.optional().describe('Of those, samples of the test part.'),
  distance: size.nullable().describe('To the normal class; null for a class without samples.'),
  profile: z
    .array(z.number().nullable())
    .describe(
      'The class mean: each of its numbers along the last axis, or 32 means of equal stretches where there are more than 48.',
    ),
})

/** What `scoring-bias data show --json` prints. */
export const dataShowSchema = z.object({
  schema: schemaField('data-show'),
  name: z.string(),
  title: z.string(),
  simulated: z.boolean(),
  attribution: z.string(),
  sample: z.array(count),
  n: count,
  standardised: z.boolean(),
  range: z.tuple([z.number(), z.number()]).describe('The smallest feature and the largest.'),
  normal: z.string(),
  anomaly: z.string(),
  distance: distanceKind,
  classes: z.array(shown),
})
