import { z } from 'zod'
import { splitKinds } from '../../data/splits/splitKind.js'
import { standardisedOverKinds } from '../../data/splits/standardisedOver.js'
import { devices } from '../../runtime/device.js'
import { bias, biasInterval, count, probability, warnings } from '../schemaParts.js'

const overRuns = z.object({ mean: probability, sd: z.number().min(0) })
const distance = z.number().min(0)
const side = z.enum(['near', 'far'])

const answer = {
  xi: bias,
  interval: biasInterval.describe('For this quantity alone.'),
  pValue: probability,
  simultaneous: biasInterval.describe('Holds for all of its family at once.'),
  pAdjusted: probability,
  direction: z.enum(['up', 'down', 'none']).describe('Of the simultaneous interval: none where it has 0 in it.'),
}

const cell = z.object({
  labelled: count.describe('Labelled anomalies that a run trains on.'),
  contamination: probability,
  hidden: count.describe('Unlabelled anomalies among the normal samples that a run trains on.'),
  runs: count.describe('Runs that count.'),
  classes: z.array(
    z.object({ name: z.string(), n: count, l2: distance, tprBaseline: overRuns, tprCandidate: overRuns, ...answer }),
  ),
  settings: z.array(z.object({ known: side, unseen: side, pairs: count, ...answer })),
})

const turn = z.object({
  class: z.string(),
  contamination: probability,
  helped: count.nullable().describe('The smallest number of labels from which on ξ is above 0 with confidence.'),
  hurt: count.nullable().describe('The same below 0.'),
})

/** What `scoring-bias sweep --json` prints, version 1. */
export const sweepSchema = z.object({
  dataset: z.string(),
  simulated: z.boolean(),
  normal: z.string(),
  anomaly: z.string().describe('The class of the labelled anomalies.'),
  detectors: z.object({ baseline: z.string(), candidate: z.string() }),
  labelled: z.array(count),
  contamination: z.array(probability),
  nNormal: count,
  tested: z.array(z.object({ name: z.string(), l2Normal: distance, side })),
  cells: z.array(cell).describe('Every contamination with every number of labels, the former varying slowest.'),
  turns: z.array(turn).describe('Where the arrows turn.'),
  runs: count,
  fpr: probability.describe('The target false-positive rate.'),
  level: probability,
  resamples: count,
  seed: count,
  epochs: count,
  pretrainEpochs: count,
  split: z.enum(splitKinds),
  standardisedOver: z.enum(standardisedOverKinds).nullable(),
  decoder: z.string(),
  network: z.string(),
  distance: z.enum(['euclidean', 'mean-square']),
  device: z.enum(devices),
  workers: count,
  elapsedSeconds: z.number().min(0),
  attribution: z.string(),
  version: z.string(),
  versions: z.record(z.string(), z.string()),
  warnings,
})
