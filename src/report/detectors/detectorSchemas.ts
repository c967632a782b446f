import { z } from 'zod'
import { imputations } from '../../data/core/columnScale.js'
import { metadataFormat } from '../../detectors/detectorMetadata.js'
import { devices } from '../../runtime/device.js'
import { count, elapsedSeconds, probability, schemaField, size, warnings } from '../schemaParts.js'
import { over, split, takenDevice, validation } from '../study/studySchema.js'

const sample = z.array(z.int().min(1)).describe('Shape of one sample.')
const losses = z.array(z.number()).describe('Mean loss of each epoch.')
const threshold = z.number().describe('A sample is flagged when its score is greater.')

const metadata = z.object({
  formatVersion: z.literal(metadataFormat),
  detector: z.string(),
  network: z.string(),
  decoder: z.string(),
  threshold,
  fpr: probability.describe('The target false-positive rate.'),
  thresholdRule: z.string(),
  delta: probability.nullable(),
  validation: z.object({ split, n: count, trainedOn: count, tolerated: count, observedFpr: probability }),
  features: z.array(z.string()),
  sample,
  arrays: z
    .array(z.object({ name: z.string(), shape: sample }))
    .optional()
    .describe('The arrays that features were read from; absent where they were columns of their own.'),
  standardisation: z.object({ over: over.unwrap(), mean: z.array(z.number()), sd: z.array(z.number()) }).nullable(),
  preparation: z
    .object({
      oneHot: z.array(z.object({ column: z.string(), categories: z.array(z.string()) })),
      impute: z.object({ by: z.enum(imputations), values: z.array(z.number()) }).nullable(),
      unseen: z.array(z.string()).describe('Categories that no normal sample trained on has: they are 0.'),
    })
    .optional()
    .describe('How features that are no plain numbers are prepared; absent where all are.'),
  seed: count,
  data: z.object({
    name: z.string(),
    attribution: z.string(),
    simulated: z.boolean().optional(),
    sha256: z.string(),
  }),
  classes: z.object({ normal: z.string(), anomalous: z.array(z.string()), weights: z.array(size).optional() }),
  trainedOn: z.object({ normal: count, anomalous: count }),
  validationLoss: z
    .object({
      n: count.describe('Held-out samples.'),
      epochs: count.describe('Epochs that were trained.'),
      bestEpoch: count.nullable().describe('The epoch of the lowest loss, from 1; null where none was finite.'),
      weightsOfEpoch: count.describe('The epoch that the weights are of.'),
    })
    .optional()
    .describe('Present where normal samples were held out to measure a loss.'),
  settings: z.record(z.string(), z.union([z.number(), z.array(z.number())])),
  device: z.enum(devices),
  versions: z.record(z.string(), z.string()),
})

/** What `scoring-bias train --json` prints. */
export const trainSchema = z.object({
  schema: schemaField('train'),
  path: z.string().describe('The file of the detector.'),
  bytes: count.describe('Its size.'),
  losses,
  pretrainLosses: losses,
  validation: validation.optional(),
  networkReason: z.string().optional().describe('Why this network, where the shape of the samples decided.'),
  deviceReason: takenDevice.deviceReason,
  metadata: metadata.describe('What the file says of itself.'),
  recall: z.array(z.object({ class: z.string(), n: count, tpr: probability })),
  warnings,
  elapsedSeconds,
})

/** What `scoring-bias score --json` prints: a summary beside the scores. */
export const scoreSchema = z.object({
  schema: schemaField('score'),
  model: z.string(),
  data: z.string(),
  output: z.string().optional().describe('The file of the scores; absent where they went to stdout.'),
  n: count,
  flagged: count,
  flaggedShare: probability,
  detector: z.string(),
  threshold,
  targetFpr: probability,
  warnings,
  elapsedSeconds,
})

const tensor = z.object({
  name: z.string(),
  dtype: z.string(),
  shape: z.array(z.union([count, z.string()])).describe('Sizes that only a run decides are letters.'),
})

const model = z.object({
  name: z.string(),
  role: z.enum(['train', 'score', 'pretrain', 'encode']),
  detectors: z.array(z.string()),
  network: z.string(),
  title: z.string(),
  sample,
  settings: z.record(z.string(), z.union([z.string(), z.number()])),
  inputs: z.array(tensor),
  outputs: z.array(tensor),
  nParameters: count,
  nStatistics: count,
  parameters: z.array(z.object({ name: z.string(), shape: z.array(count), offset: count, fanIn: count })),
  statistics: z.array(z.object({ name: z.string(), size: count, mean: count, variance: count })),
  file: z.string(),
  printed: z.string(),
  size: count,
  sha256: z.string(),
})

/** What `scoring-bias models --json` prints: the manifest. */
export const modelsSchema = z.object({
  schema: schemaField('models'),
  producer: z.literal('scoring-bias'),
  opset: count,
  irVersion: count,
  sizes: z.record(z.string(), z.string()),
  tensors: z.record(z.string(), z.string()),
  models: z.array(model),
})
