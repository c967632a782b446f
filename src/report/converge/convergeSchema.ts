import { z } from 'zod'
import { convergeThresholdRules, testSets } from '../../converge/types.js'
import { bias, correlation, count, probability, provenance, schemaField, size, warnings } from '../schemaParts.js'
import { data, detectors, mixture, nHeldOut, over, settings, takenDevice } from '../study/studySchema.js'

const five = z.tuple([z.number(), z.number(), z.number(), z.number(), z.number()])
const distribution = z
  .object({
    mean: z.number(),
    sd: size,
    min: z.number(),
    max: z.number(),
    quantiles: five.describe('2.5, 25, 50, 75 and 97.5 %.'),
    whiskers: z.tuple([z.number(), z.number()]),
  })
  .meta({ id: 'distribution' })

const cell = z.object({
  n: count.describe('Normal samples that each threshold was set on.'),
  alpha: probability.describe('The fraction of anomalies.'),
  nAnomalous: count,
  xi: distribution,
  fprBaseline: distribution,
  fprCandidate: distribution,
  error: z.object({ rms: size, quantile: size }).describe('|ξ̂ − ξ| over runs.'),
  expected: z.object({ xiSd: size, trueFpr: z.object({ mean: probability, sd: size }).optional() }),
  bounds: z.array(
    z.object({
      version: z.enum(['published', 'sharp']),
      epsilon: size,
      exceeded: probability.describe('The fraction of runs with a larger error.'),
    }),
  ),
})

const fit = z.object({ slope: z.number(), standardError: size })

const rates = z.object({
  fpr: probability,
  tprBaseline: probability,
  tprCandidate: probability,
  slopeBaseline: size,
  slopeCandidate: size,
  anomalousCorrelation: correlation,
  normalCorrelation: correlation,
})

/** What every convergence study answers; also of the paper's figures. */
export const convergence = provenance.omit({ elapsedSeconds: true }).extend({
  dataset: z.string(),
  simulated: z.boolean(),
  standardisedOver: over,
  share: probability,
  dataSeed: count,
  sha256: data.shape.sha256.optional(),
  nSamples: count.optional(),
  oneHot: data.shape.oneHot,
  impute: data.shape.impute,
  normal: z.array(z.string()),
  anomaly: z.array(z.string()),
  mixture: mixture.optional(),
  detectors,
  training: z.object({
    nNormal: count,
    nHeldOut,
    nAnomalous: count,
    network: z.string(),
    epochs: count,
    pretrainEpochs: count,
    learningRate: size,
    decoder: z.string(),
    seconds: size,
  }),
  settings,
  ...takenDevice,
  workers: count,
  sizes: z.array(count),
  alphas: z.array(probability),
  runs: count,
  fpr: probability.describe('The target false-positive rate.'),
  thresholdRule: z.enum(convergeThresholdRules),
  test: z.enum(testSets),
  nTest: count.optional(),
  delta: probability,
  seed: count,
  truth: z
    .object({ xi: bias, standardError: size, nNormal: count, nAnomalous: count, rates })
    .describe('What the runs converge to.'),
  cells: z.array(cell),
  rates: z.array(
    z.object({ alpha: probability, xi: fit.optional(), fprBaseline: fit.optional(), fprCandidate: fit.optional() }),
  ),
  nScored: count,
  samplingSeconds: size,
  warnings,
})

/** What `scoring-bias converge --json` prints. */
export const convergeSchema = convergence.extend({ schema: schemaField('converge') })
