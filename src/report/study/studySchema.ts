import { z } from 'zod'
import { imputations } from '../../data/core/columnScale.js'
import { splitKinds } from '../../data/splits/splitKind.js'
import { standardisedOverKinds } from '../../data/splits/standardisedOver.js'
import { devices } from '../../runtime/device.js'
import {
  bias,
  correlation,
  count,
  overRuns,
  probability,
  provenance,
  runAnswer,
  schemaField,
  size,
  warnings,
} from '../schemaParts.js'

/** ξ on one class of anomalies, from runs. */
export const studied = runAnswer.extend({
  name: z.string(),
  n: count.describe('Samples tested in each run.'),
  l2: size.describe('Distance to the class of the labelled anomalies.'),
  tprBaseline: overRuns,
  tprCandidate: overRuns,
  xi: bias.describe('Mean recall of the candidate less mean recall of the baseline.'),
})

const trend = z
  .object({
    n: count,
    tau: correlation,
    pValue: probability,
    exact: z.boolean(),
    uncertainty: z.object({ below: probability, above: probability }).nullable(),
  })
  .nullable()

/** How ξ goes with the distance to the labelled class. */
export const similarity = z.object({ all: trend, unlabelled: trend })

export const side = z.enum(['near', 'far'])

/** ξ on unlabelled classes of one side, with labelled classes of one side. */
export const setting = runAnswer.extend({
  known: side.describe('Where the labelled classes lie, by distance to the normal class.'),
  unseen: side.describe('Where the tested classes lie, none of them labelled.'),
  pairs: count.describe('Pairs of a labelled and a tested class.'),
  xi: bias,
})

export const split = z.enum(splitKinds)
export const over = z.enum(standardisedOverKinds).nullable().describe('null where features are as they are.')
export const detectors = z.object({ baseline: z.string(), candidate: z.string() })
export const distanceKind = z.enum(['euclidean', 'mean-square'])
export const mixture = z.array(z.object({ class: z.string(), weight: probability }))

/** Of a study: everything about the training that does not stand elsewhere. */
export const settings = z.object({
  network: z.string(),
  networkReason: z.string().optional().describe('Why this network, where the shape of the samples decided.'),
  decoder: z.string(),
  optimiser: z.string(),
  batchSize: count,
  learningRate: size,
  milestones: z.array(count),
  learningRateDecay: size,
  weightDecay: size,
  pretrainWeightDecay: size,
  beta1: size,
  beta2: size,
  adamEpsilon: size,
  batchNormMomentum: size,
  centreGuard: size,
  eta: size,
  lossEpsilon: size,
  validationShare: size.optional(),
  patience: count.optional(),
})

/** Losses of held-out normal samples. */
export const validation = z
  .object({
    losses: z
      .array(z.number().nullable())
      .describe('Mean loss of the held-out normal samples after each epoch; null where it was not finite.'),
    bestEpoch: count.nullable().describe('The epoch of the lowest, from 1; null where none was finite.'),
    n: count.describe('Held-out samples.'),
  })
  .describe('Present where normal samples are held out for it (validationShare).')

/** The epochs of the lowest validation losses, of a row of a matrix or a cell of a sweep. */
export const bestEpochs = z
  .object({ baseline: z.array(count.nullable()), candidate: z.array(count.nullable()) })
  .optional()
  .describe(
    'The epoch of the lowest validation loss of each run that counts, from 1; null where no loss was finite. With a patience, the weights are of that epoch, and of the last one where it is null.',
  )

export const nHeldOut = count
  .optional()
  .describe('Further normal samples of each run, held out for the validation loss.')

const training = z.object({
  run: count,
  losses: z.array(z.number().nullable()),
  pretrainLosses: z.array(z.number().nullable()),
  validation: validation.optional(),
  divergence: z.looseObject({ kind: z.string() }).optional().describe('Why the run is left out.'),
})

/** Where a result was computed. */
export const takenDevice = {
  device: z.enum(devices),
  deviceReason: z.string().optional().describe('Why this device, where `auto` took it.'),
}

/** Which samples an answer was made of. */
export const data = z.object({
  sha256: z.string(),
  nSamples: count,
  share: probability.optional(),
  dataSeed: count,
  oneHot: z.array(z.string()).optional().describe('Columns whose categories are features.'),
  impute: z.enum(imputations).optional().describe('What stands for missing features.'),
})

/** What studies say, be they answered alone or together. */
const common = provenance.extend({
  dataset: z.string(),
  simulated: z.boolean(),
  normal: z.string(),
  detectors,
  runs: count,
  fpr: probability.describe('The target false-positive rate.'),
  level: probability,
  resamples: count,
  seed: count,
  epochs: count,
  pretrainEpochs: count,
  split,
  distance: distanceKind,
  ...takenDevice,
  workers: count,
  warnings,
})

/** What studies say that are answered together, as those of a matrix. */
export const commonFacts = common.extend({
  data: data.describe('Which samples it was made of.'),
  trainingSettings: settings
    .omit({ network: true, networkReason: true, decoder: true })
    .describe('How all of it was trained, as in settings of a study.'),
  standardisedOver: over,
  decoder: z.string(),
  network: z.string(),
  networkReason: z.string().optional().describe('Why this network, where the shape of the samples decided.'),
  nNormal: count.describe('Normal samples that a run trained on, with the anomalies that hide among them.'),
  nHeldOut,
})

/** What `scoring-bias study --json` prints. */
export const studySchema = common.extend({
  schema: schemaField('study'),
  data: data.optional().describe('Which samples the study was made of.'),
  standardisedOver: over.optional(),
  anomaly: z.string(),
  mixture: mixture.optional(),
  classes: z.array(studied).describe('By rising distance to the class of the labelled anomalies.'),
  similarity: similarity.describe('How ξ goes with distance.'),
  intervalCovers: z.string(),
  l2Normal: size,
  training: z.object({
    nNormal: count.describe('Normal samples that each run trained on.'),
    nHeldOut,
    nAnomaly: count,
    converged: z.array(count).describe('Runs that count.'),
    baseline: z.array(training),
    candidate: z.array(training),
  }),
  validation: z.object({ n: count, nTrainedOn: count, fprBaseline: overRuns, fprCandidate: overRuns }),
  settings,
  processor: z.string().optional(),
})
