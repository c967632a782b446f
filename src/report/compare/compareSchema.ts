import { z } from 'zod'
import { designs } from '../../stats/bootstrap/bootstrapInput.js'
import { intervalMethods } from '../../stats/bootstrap/bootstrapInterval.js'
import { engines } from '../../stats/bootstrap/engine.js'
import { thresholdRules } from '../../stats/ranks/thresholdRule.js'
import { bias, biasInterval, count, probability, ratePair, warnings } from '../schemaParts.js'

const answeredBy = z.enum([...engines.filter((engine) => engine !== 'auto'), 'exact', 'confidence'])
const threshold = z
  .number()
  .nullable()
  .describe('A sample is flagged when its score is greater. null where it is infinite.')

const detector = z
  .object({
    name: z.string(),
    threshold,
    validationFpr: probability.describe('The fraction flagged of the normal samples that set the threshold.'),
    validationFprInterval: ratePair,
    testFpr: z
      .object({ n: count, rate: probability, interval: ratePair })
      .optional()
      .describe('On normal samples that did not set the threshold, where there are any.'),
    testPValue: probability.optional().describe('For whether those are like the samples that set the threshold.'),
    ties: z
      .object({ normal: count, anomalous: count })
      .describe('Samples whose score equals the threshold: they are not flagged.'),
  })
  .meta({ id: 'detector' })

const answer = z.object({
  xi: bias.describe('Recall of the candidate less recall of the baseline.'),
  interval: biasInterval.describe('For this set and candidate alone.'),
  pValue: probability.describe('Two-sided, for ξ = 0, for this set and candidate alone.'),
  simultaneous: biasInterval.describe('Holds for all classes of all candidates at once.'),
  pAdjusted: probability.describe('Adjusted for the number of classes and candidates.'),
  direction: z.enum(['up', 'down', 'none']).describe('Of the simultaneous interval: none where it has 0 in it.'),
})

const set = answer
  .extend({
    name: z.string(),
    n: count.describe('Anomalous samples.'),
    tprBaseline: probability,
    tprCandidate: probability,
    tprBaselineInterval: ratePair,
    tprCandidateInterval: ratePair,
    enough: count
      .nullable()
      .optional()
      .describe('Samples that would likely be enough for an arrow; null where no number would, absent with an arrow.'),
  })
  .meta({ id: 'set' })

const point = answer.extend({
  fpr: probability,
  thresholdBaseline: threshold,
  thresholdCandidate: threshold,
  tprBaseline: probability,
  tprCandidate: probability,
  standardError: z.number().min(0),
})

const curve = z
  .object({
    points: z.array(point),
    level: probability,
    resamples: count,
    seed: count,
    design: z.enum(designs),
    engine: answeredBy,
    nNormal: count,
    nAnomalous: count,
    warnings,
  })
  .meta({ id: 'curve' })

const candidate = z.object({
  candidate: detector,
  classes: z.array(set).describe('In the order in which the classes first occur; empty without classes.'),
  overall: set.describe('All anomalies together.'),
  curve: curve.optional().describe('ξ over target false-positive rates, where asked for.'),
})

const comparison = z.object({
  source: z.string().describe('What was read.'),
  fpr: probability.describe('The target false-positive rate.'),
  thresholdRule: z.enum(thresholdRules),
  delta: probability.optional().describe('Of certified thresholds: the risk that the true rate exceeds the target.'),
  level: probability.describe('Confidence level of the intervals.'),
  intervalMethod: z.enum(intervalMethods),
  resamples: count.nullable().describe('null where nothing was drawn.'),
  seed: count.nullable().describe('null where nothing was drawn.'),
  engine: answeredBy.describe('How the law of ξ was found.'),
  multiplicity: z.enum(['joint', 'bonferroni']).describe('How simultaneous intervals hold over several candidates.'),
  nNormal: count.describe('Normal samples that set the thresholds.'),
  nAnomalous: count,
  baseline: detector,
  warnings,
  elapsedSeconds: z.number().min(0),
})

/** What `scoring-bias compare --json` prints, version 1: one candidate at the top level, or a list of several. */
export const compareSchema = z.union([
  comparison.extend(candidate.shape),
  comparison.extend({ candidates: z.array(candidate).min(2) }),
])
