import { z } from 'zod'
import { bias, correlation, count, probability, ratePair, schemaField, size, warnings } from '../schemaParts.js'

const sizes = z.object({ nNormal: count, nAnomalous: count.describe('Anomalies of each class.') })
const ofKinds = z.object({ normal: size, anomalous: size })

const slope = z
  .object({
    slope: size,
    interval: z.tuple([size, size]),
    bend: size,
    level: probability,
    fpr: probability,
    window: ratePair,
    nNormal: count,
    nAnomalous: count,
  })
  .meta({ id: 'slope' })

const expected = z.object({
  fpr: probability,
  tprBaseline: probability,
  tprCandidate: probability,
  slopeBaseline: size,
  slopeCandidate: size,
  anomalousCorrelation: correlation,
  normalCorrelation: correlation,
  discordance: probability.describe('The fraction of anomalies that exactly one detector is expected to flag.'),
  slopeSource: z.enum(['given', 'pilot', 'binormal']),
  askedCorrelations: z
    .object({ anomalous: correlation.optional(), normal: correlation.optional() })
    .optional()
    .describe(
      'Correlations of flags that were asked for, where the rates do not allow them: the others are the nearest allowed.',
    ),
  pilot: z
    .object({ nNormal: count, nAnomalous: count, slopes: z.object({ baseline: slope, candidate: slope }) })
    .optional(),
})

const theorem = z.object({
  version: z.enum(['published', 'corrected', 'sharp', 'exact']),
  epsilon: size,
  delta: probability,
  needs: sizes.optional().describe('Absent where it would be more than 2³¹ samples.'),
  epsilonFromPlan: size.describe('The ε that it guarantees from the planned samples.'),
  steepest: z.tuple([size, size]).optional(),
})

const goal = z.union([
  z.object({ kind: z.literal('precision'), halfWidth: size }),
  z.object({ kind: z.literal('power'), xi: bias, power: probability }),
  z.object({ kind: z.literal('gate'), margin: probability, xi: bias, power: probability }),
])

/** What `scoring-bias plan --json` prints. */
export const planSchema = z.object({
  schema: schemaField('plan'),
  fpr: probability.describe('The target false-positive rate.'),
  level: probability,
  classes: count.describe('Classes whose intervals hold at once.'),
  goal,
  candidates: count.optional().describe('Candidates whose intervals hold at once.'),
  groups: z
    .object({ icc: probability, size: ofKinds, designEffect: ofKinds })
    .optional()
    .describe('Of samples in groups: how many samples a group has, and how many times more samples it takes.'),
  expected: expected.describe('Everything the plan rests on.'),
  perAnomaly: size.describe('The variance of ξ̂ is perAnomaly/n₁ + perNormal/n₀.'),
  perNormal: size,
  targetStandardError: size,
  anomalyCost: size,
  samples: sizes
    .extend({
      halfWidth: size.describe('Half the length that the simultaneous interval of a class has on average.'),
      power: probability.optional().describe('Of an arrow the right way; absent where the expected ξ is 0.'),
      powerError: size.optional().describe('The standard error of power, which is simulated.'),
    })
    .describe('What to label.'),
  reached: z.boolean().describe('Whether the samples reach the goal.'),
  tradeoff: z.array(sizes).describe('Other pairs that reach the goal.'),
  theorem: z.array(theorem),
  warnings,
})

/** What `scoring-bias plan --json` prints of detectors that are trained several times. */
export const seedPlanSchema = z.object({
  schema: schemaField('plan-seeds'),
  level: probability,
  classes: count.describe('Classes whose intervals hold at once.'),
  goal,
  sampleError: size.describe('Standard error of ξ that the samples of the pilot leave open.'),
  sdBaseline: size.describe('Standard deviation of recalls over trainings.'),
  sdCandidate: size,
  trainings: count.optional().describe('Of each detector, with the samples of the pilot. Absent where no number does.'),
  tradeoff: z
    .array(
      z.object({
        trainings: count,
        samples: size.describe('How many times the samples of the pilot.'),
        halfWidth: size,
        power: probability.optional(),
      }),
    )
    .describe('Other pairs that reach the goal.'),
})
