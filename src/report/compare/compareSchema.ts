import { z } from 'zod'
import { rangeScales } from '../../stats/bias/fprRange.js'
import { gates } from '../../stats/bias/gate.js'
import { designs } from '../../stats/bootstrap/bootstrapInput.js'
import { intervalMethods } from '../../stats/bootstrap/bootstrapInterval.js'
import { engines } from '../../stats/bootstrap/engine.js'
import { thresholdRules } from '../../stats/ranks/thresholdRule.js'
import {
  bias,
  biasInterval,
  count,
  direction,
  elapsedSeconds,
  groups,
  probability,
  ratePair,
  schemaField,
  size,
  warnings,
} from '../schemaParts.js'

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
  direction,
})

const verdict = z.enum(['pass', 'fail', 'undecided'])

const enough = count.nullable().optional()

const gate = z
  .object({
    kind: z.enum(gates),
    margin: probability,
    limits: biasInterval.describe('Each alone holds for all sets at once.'),
    verdict,
    enough: enough.describe('Samples that would likely be enough for a verdict; null where no number would.'),
  })
  .meta({ id: 'gate' })

const set = answer
  .extend({
    name: z.string(),
    n: count.describe('Anomalous samples.'),
    nGroups: count.optional().describe('Groups with samples of the class, where samples are in groups.'),
    tprBaseline: probability,
    tprCandidate: probability,
    tprBaselineInterval: ratePair,
    tprCandidateInterval: ratePair,
    enough: enough.describe(
      'Samples that would likely be enough for an arrow; null where no number would, absent with an arrow.',
    ),
    gate: gate.optional().describe('Where a margin is given, for sets that are judged.'),
  })
  .meta({ id: 'set' })

const point = answer.extend({
  fpr: probability,
  thresholdBaseline: threshold,
  thresholdCandidate: threshold,
  tprBaseline: probability,
  tprCandidate: probability,
  standardError: size,
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

const mixedRate = z.object({ rate: probability, interval: ratePair })

const mix = answer
  .extend({
    mix: z.record(z.string(), probability).describe('The share of each class.'),
    tprBaseline: mixedRate,
    tprCandidate: mixedRate,
    resamples: count,
    seed: count,
  })
  .meta({ id: 'mix' })

const perDay = z.object({ rate: size, interval: z.tuple([size, size]) })

const alerts = z.object({
  prevalence: probability,
  perDay: size.optional(),
  detectors: z
    .array(
      z.object({
        name: z.string(),
        recall: mixedRate,
        precision: mixedRate.describe('The share of alerts that are anomalies.'),
        alertsPerDay: perDay.optional(),
      }),
    )
    .describe('The baseline first.'),
})

const candidate = z.object({
  candidate: detector,
  classes: z.array(set).describe('In the order in which the classes first occur; empty without classes.'),
  overall: set.describe('All anomalies together.'),
  curve: curve.optional().describe('ξ over target false-positive rates, where asked for.'),
  mix: mix.optional().describe('ξ on a stated mix of classes, where asked for.'),
  verdict: verdict.optional().describe('Of the gate, where a margin is given.'),
})

const comparison = z.object({
  schema: schemaField('compare'),
  source: z.string().describe('What was read.'),
  fpr: probability.describe('The target false-positive rate.'),
  fprs: z.array(probability).optional().describe('All targets that simultaneous intervals hold for, where several.'),
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
  nGroups: groups.optional().describe('Where samples are in groups.'),
  baseline: detector,
  verdict: verdict.optional().describe('Of the gate over all candidates, where a margin is given.'),
  alerts: alerts.optional().describe('Precision and alerts a day, where a prevalence is given.'),
  warnings,
  elapsedSeconds,
})

/** What `scoring-bias compare --json` prints: one candidate at the top level, or a list of several. */
export const compareSchema = z.union([
  comparison.extend(candidate.shape),
  comparison.extend({ candidates: z.array(candidate).min(2) }),
])

/** What it prints at several targets. */
export const compareTargetsSchema = z.object({
  schema: schemaField('compare-targets'),
  targets: z.array(compareSchema).min(2).describe('A comparison for each target, in their order.'),
  verdict: verdict.optional().describe('Of the gate over all targets, where a margin is given.'),
})

const named = z.object({ name: z.string() })

const rangeSet = answer
  .extend({
    name: z.string(),
    n: count.describe('Anomalous samples.'),
    nGroups: count.optional().describe('Groups with samples of the class, where samples are in groups.'),
    tprBaseline: probability.describe('Mean over the range.'),
    tprCandidate: probability.describe('Mean over the range.'),
    enough: enough.describe('Samples that would likely be enough for an arrow; null where no number would.'),
    gate: gate.optional().describe('Where a margin is given, for sets that are judged.'),
  })
  .meta({ id: 'rangeSet' })

/** What it prints over a range of targets. */
export const rangeSchema = z.object({
  schema: schemaField('compare-range'),
  source: z.string().describe('What was read.'),
  fprRange: ratePair.describe('The target false-positive rates.'),
  over: z.enum(rangeScales).describe('What the mean is over.'),
  level: probability.describe('Confidence level of the intervals.'),
  resamples: count,
  seed: count,
  multiplicity: z.enum(['joint', 'bonferroni']),
  nNormal: count,
  nAnomalous: count,
  nGroups: groups.optional().describe('Where samples are in groups.'),
  baseline: named,
  candidates: z.array(
    z.object({ candidate: named, classes: z.array(rangeSet), overall: rangeSet, verdict: verdict.optional() }),
  ),
  verdict: verdict.optional().describe('Of the gate over all candidates, where a margin is given.'),
  warnings,
  elapsedSeconds,
})
