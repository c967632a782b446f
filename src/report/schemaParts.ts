import { z } from 'zod'
import { type SchemaName, schemaLabel } from './schemaNames.js'

/** What the schemas of JSON output have in common. */

/** Says which schema an object follows. */
export const schemaField = (name: SchemaName) =>
  z.literal(schemaLabel(name)).describe('The schema that this object follows: its name and version.')

export const probability = z.number().min(0).max(1)
export const count = z.int().min(0)
/** A number that is not negative. */
export const size = z.number().min(0)
export const ratePair = z.tuple([probability, probability])
export const correlation = z.number().min(-1).max(1)

/** A difference of two recalls. */
export const bias = z.number().min(-1).max(1)
export const biasInterval = z.tuple([bias, bias])
export const warnings = z.array(z.string()).describe('What to know before relying on the numbers, in sentences.')
export const direction = z
  .enum(['up', 'down', 'none'])
  .describe('Of the simultaneous interval: none where it has 0 in it.')
export const elapsedSeconds = size

/** A standard deviation over runs or trainings. To be null where it is unknown it would take another version of each schema. */
export const sdOverRuns = size.describe('0 of a single one, which says nothing of the spread.')

/** Mean and standard deviation over runs or trainings. */
export const overRuns = z.object({ mean: probability, sd: sdOverRuns })

/** What is said of ξ from runs or trainings. */
export const runAnswer = z.object({
  interval: biasInterval.describe('For this quantity alone.'),
  pValue: probability,
  simultaneous: biasInterval.describe('Holds for all of its family at once.'),
  pAdjusted: probability.describe('Adjusted for the family.'),
  direction,
})

/** Groups of samples: all, and those with samples of a kind. */
export const groups = z.object({ all: count, normal: count, anomalous: count })

/** Where a result comes from. */
export const provenance = z.object({
  elapsedSeconds,
  attribution: z.string().describe('Whose data, under which licence; empty where unknown.'),
  version: z.string().describe('Of this package.'),
  versions: z.record(z.string(), z.string()).describe('Of what computed it.'),
})
