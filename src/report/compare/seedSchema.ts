import { z } from 'zod'
import {
  bias,
  count,
  elapsedSeconds,
  groups,
  overRuns,
  probability,
  runAnswer,
  schemaField,
  size,
  warnings,
} from '../schemaParts.js'

const trained = z
  .object({
    name: z.string(),
    trainings: z.array(
      z.object({
        name: z.string(),
        threshold: z
          .number()
          .nullable()
          .describe('A sample is flagged when its score is greater. null where infinite.'),
        observedTpr: probability,
        observedFpr: probability,
      }),
    ),
  })
  .meta({ id: 'trained' })

const set = runAnswer
  .extend({
    name: z.string(),
    n: count.describe('Anomalous samples.'),
    nGroups: count.optional().describe('Groups with samples of the class, where samples are in groups.'),
    xi: bias.describe('Mean recall of the candidate’s trainings less that of the baseline’s.'),
    tprBaseline: overRuns,
    tprCandidate: overRuns,
    recallsBaseline: z.array(probability).describe('Of each training.'),
    recallsCandidate: z.array(probability).describe('Of each training.'),
    sampleError: size.describe('Standard error of ξ that the samples leave open.'),
    trainingError: size.describe('Standard error of ξ that training leaves open.'),
    trainingShare: probability.describe('Of the squared standard error, the share of training.'),
  })
  .meta({ id: 'set' })

/** What `scoring-bias compare --json` prints of detectors that were trained several times. */
export const seedSchema = z.object({
  schema: schemaField('compare-seeds'),
  source: z.string().describe('What was read.'),
  fpr: probability.describe('The target false-positive rate.'),
  level: probability.describe('Confidence level of the intervals.'),
  resamples: count,
  seed: count,
  nNormal: count.describe('Normal samples that set the thresholds.'),
  nAnomalous: count,
  nGroups: groups.optional().describe('Where samples are in groups.'),
  baseline: trained,
  candidate: trained,
  classes: z.array(set).describe('In the order in which the classes first occur; empty without classes.'),
  overall: set.describe('All anomalies together.'),
  warnings,
  elapsedSeconds,
})
