import { z } from 'zod'
import { devices } from '../../runtime/device.js'
import { bias, count, probability, provenance, runAnswer, schemaField, size, warnings } from '../schemaParts.js'
import { detectors, distanceKind, over, split, studied } from '../study/studySchema.js'

const side = z.enum(['near', 'far'])

/** ξ on unlabelled classes of one side, with labelled classes of one side. */
export const setting = runAnswer.extend({
  known: side.describe('Where the labelled classes lie, by distance to the normal class.'),
  unseen: side.describe('Where the tested classes lie, none of them labelled.'),
  pairs: count.describe('Pairs of a labelled and a tested class.'),
  xi: bias,
})

const cell = z.object({
  labelled: count.describe('Labelled anomalies that a run trains on.'),
  contamination: probability,
  hidden: count.describe('Unlabelled anomalies among the normal samples that a run trains on.'),
  runs: count.describe('Runs that count.'),
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
export const sweepSchema = provenance.extend({
  schema: schemaField('sweep'),
  dataset: z.string(),
  simulated: z.boolean(),
  normal: z.string(),
  anomaly: z.string().describe('The class of the labelled anomalies.'),
  detectors,
  labelled: z.array(count),
  contamination: z.array(probability),
  nNormal: count,
  tested: z.array(z.object({ name: z.string(), l2Normal: size, side })),
  cells: z.array(cell).describe('Every contamination with every number of labels, the former varying slowest.'),
  turns: z.array(turn).describe('Where the arrows turn.'),
  runs: count,
  fpr: probability.describe('The target false-positive rate.'),
  level: probability,
  resamples: count,
  epochs: count,
  pretrainEpochs: count,
  split,
  standardisedOver: over,
  decoder: z.string(),
  network: z.string(),
  networkReason: z.string().optional().describe('Why this network, where the shape of the samples decided.'),
  seed: count,
  distance: distanceKind,
  device: z.enum(devices),
  workers: count,
  warnings,
})
