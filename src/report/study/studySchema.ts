import { z } from 'zod'
import { splitKinds } from '../../data/splits/splitKind.js'
import { standardisedOverKinds } from '../../data/splits/standardisedOver.js'
import { devices } from '../../runtime/device.js'
import { bias, biasInterval, count, probability, warnings } from '../schemaParts.js'

const overRuns = z.object({ mean: probability, sd: z.number().min(0) })
const distance = z.number().min(0)

const studied = z.object({
  name: z.string(),
  n: count.describe('Samples tested in each run.'),
  l2: distance.describe('Distance to the class of the labelled anomalies.'),
  tprBaseline: overRuns,
  tprCandidate: overRuns,
  xi: bias.describe('Mean recall of the candidate less mean recall of the baseline.'),
  interval: biasInterval.describe('For this class alone.'),
  pValue: probability,
  simultaneous: biasInterval.describe('Holds for all classes at once.'),
  pAdjusted: probability,
  direction: z.enum(['up', 'down', 'none']).describe('Of the simultaneous interval: none where it has 0 in it.'),
})

const trend = z
  .object({
    n: count,
    tau: z.number().min(-1).max(1),
    pValue: probability,
    exact: z.boolean(),
    uncertainty: z.object({ below: probability, above: probability }).nullable(),
  })
  .nullable()

const training = z.object({
  run: count,
  losses: z.array(z.number().nullable()),
  pretrainLosses: z.array(z.number().nullable()),
  divergence: z.looseObject({ kind: z.string() }).optional().describe('Why the run is left out.'),
})

/** What `scoring-bias study --json` prints, version 1. */
export const studySchema = z.object({
  dataset: z.string(),
  data: z
    .object({ sha256: z.string(), nSamples: count, share: probability.optional(), dataSeed: count })
    .optional()
    .describe('Which samples the study was made of.'),
  simulated: z.boolean(),
  split: z.enum(splitKinds),
  standardisedOver: z.enum(standardisedOverKinds).nullable().optional(),
  normal: z.string(),
  anomaly: z.string(),
  mixture: z.array(z.object({ class: z.string(), weight: probability })).optional(),
  runs: count,
  fpr: probability.describe('The target false-positive rate.'),
  level: probability,
  seed: count,
  resamples: count,
  detectors: z.object({ baseline: z.string(), candidate: z.string() }),
  classes: z.array(studied).describe('By rising distance to the class of the labelled anomalies.'),
  similarity: z.object({ all: trend, unlabelled: trend }).describe('How ξ goes with distance.'),
  intervalCovers: z.string(),
  epochs: count,
  pretrainEpochs: count,
  device: z.enum(devices),
  workers: count,
  distance: z.enum(['euclidean', 'mean-square']),
  l2Normal: distance,
  training: z.object({
    nNormal: count,
    nAnomaly: count,
    converged: z.array(count).describe('Runs that count.'),
    baseline: z.array(training),
    candidate: z.array(training),
  }),
  validation: z.object({ n: count, nTrainedOn: count, fprBaseline: overRuns, fprCandidate: overRuns }),
  settings: z.looseObject({ network: z.string(), decoder: z.string(), optimiser: z.string() }),
  processor: z.string().optional(),
  warnings,
  elapsedSeconds: z.number().min(0),
  attribution: z.string(),
  version: z.string(),
  versions: z.record(z.string(), z.string()),
})
