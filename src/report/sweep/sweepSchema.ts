import { z } from 'zod'
import { count, probability, schemaField, size } from '../schemaParts.js'
import { bestEpochs, commonFacts, setting, side, studied } from '../study/studySchema.js'

const cell = z.object({
  labelled: count.describe('Labelled anomalies that a run trains on.'),
  contamination: probability,
  hidden: count.describe('Unlabelled anomalies among the normal samples that a run trains on or holds out.'),
  runs: count.describe('Runs that count.'),
  bestEpochs,
  classes: z.array(studied).describe('In the order of tested.'),
  settings: z.array(setting),
})

const turn = z.object({
  class: z.string(),
  contamination: probability,
  helped: count.nullable().describe('The smallest number of labels from which on ξ is above 0 with confidence.'),
  hurt: count.nullable().describe('The same below 0.'),
})

/** What `scoring-bias sweep --json` prints. */
export const sweepSchema = commonFacts.extend({
  schema: schemaField('sweep'),
  anomaly: z.string().describe('The class of the labelled anomalies.'),
  labelled: z.array(count),
  contamination: z.array(probability),
  tested: z.array(z.object({ name: z.string(), l2Normal: size, side })),
  cells: z.array(cell).describe('Every contamination with every number of labels, the former varying slowest.'),
  turns: z.array(turn).describe('Where the arrows turn.'),
})
