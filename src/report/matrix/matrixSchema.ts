import { z } from 'zod'
import { bias, count, runAnswer, schemaField, sdOverRuns, size } from '../schemaParts.js'
import { bestEpochs, commonFacts, setting, similarity, studied } from '../study/studySchema.js'

const mean = z.object({ mean: bias, sd: sdOverRuns })

const row = z.object({
  labelled: z.string().describe('The class of the labelled anomalies.'),
  l2Normal: size.describe('Its distance to the normal class.'),
  nAnomaly: count.describe('Labelled anomalies that a run trained on.'),
  runs: count.describe('Runs that count.'),
  bestEpochs,
  classes: z.array(studied).describe('In the order of tested.'),
  means: z.array(z.object({ run: count, xi: bias })).describe('Mean of ξ over all tested classes, by run.'),
  overall: runAnswer.extend(mean.shape),
  unlabelled: mean.describe('Over the classes that were not labelled.'),
  similarity,
  nUp: count.describe('Classes whose simultaneous interval lies above 0.'),
  nDown: count,
})

const twice = z.number().min(-2).max(2)
const difference = runAnswer.extend({
  interval: z.tuple([twice, twice]),
  simultaneous: z.tuple([twice, twice]).describe('Holds for all differences at once.'),
  labelled: z.string(),
  over: z.string(),
  difference: twice.describe('Mean of ξ with the first class labelled less that with the second.'),
})

/** What `scoring-bias matrix --json` prints. */
export const matrixSchema = commonFacts.extend({
  schema: schemaField('matrix'),
  tested: z.array(z.string()).describe('Every class but the normal one: columns, and rows in the same order.'),
  rows: z.array(row),
  similarity: z.object({ overall: similarity, withinLabelled: similarity }),
  settings: z.array(setting).describe('ξ on classes not labelled, by where labelled and tested class lie.'),
  best: z.array(z.string()).describe('The row with the largest mean, and those that cannot be told apart from it.'),
  worst: z.array(z.string()).describe('The same of the smallest.'),
  differences: z.array(difference).describe('Of every two rows.'),
})
