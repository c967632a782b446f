import { z } from 'zod'
import { devices } from '../../runtime/device.js'
import { convergence } from '../converge/convergeSchema.js'
import {
  bias,
  biasInterval,
  count,
  direction,
  overRuns,
  probability,
  provenance,
  schemaField,
  size,
  warnings,
} from '../schemaParts.js'
import { detectors, distanceKind, mixture } from '../study/studySchema.js'

const head = provenance.extend({
  schema: schemaField('reproduce'),
  item: z.string().describe('For example table4.'),
  title: z.string(),
  simulated: z.boolean(),
  notes: z.array(z.string()).describe('What to know before comparing with the print.'),
  warnings,
})
const reproductionSize = z.enum(['quick', 'default', 'full'])

const work = z.object({
  runs: count,
  paperRuns: count,
  epochs: count,
  pretrainEpochs: count,
  learningRate: size,
  share: probability,
  published: z.boolean().describe('Whether epochs and samples are the paper’s.'),
  network: z.string(),
  device: z.enum(devices),
  workers: count,
})

const arrow = z.enum(['up', 'down']).nullable()
const distances = z.array(z.object({ labelled: z.string(), ours: size, paper: size }))

const cell = z.object({
  detector: z.string(),
  runs: count,
  ours: overRuns,
  paper: z.object({ mean: probability, sd: size, arrow }),
  standardError: size,
  errors: z.number().nullable().describe('Ours less the printed, in standard errors; null where that is infinite.'),
  within: z.boolean(),
  arrow: z
    .object({
      ours: arrow,
      paper: arrow,
      agreement: z.enum(['agrees', 'unmarked', 'contradicts']),
      xi: bias,
      interval: biasInterval,
      simultaneous: biasInterval,
      direction,
    })
    .optional(),
})

const scenario = z.object({
  dataset: z.string(),
  scenario: z.union([z.literal(1), z.literal(2), z.literal(3)]),
  normal: z.string(),
  anomaly: z.string(),
  mixture: mixture.optional(),
  l2Normal: z.record(z.string(), size),
})

const repeated = work.extend({
  simulated: z.boolean(),
  notes: z.array(z.string()),
  warnings,
  attribution: z.string(),
  scenario,
  nNormal: count,
  nAnomaly: count,
  distance: distanceKind,
  l2Normal: distances,
  rows: z.array(z.object({ class: z.string(), n: count, l2: distances, cells: z.array(cell) })),
  summary: z.object({ cells: count, within: count, arrows: count, agree: count, contradicted: count }),
})

const table = head.extend({ kind: z.literal('table'), size: reproductionSize, seed: count }).extend(repeated.shape)

const recall = head.extend({
  kind: z.literal('recall'),
  size: reproductionSize,
  seed: count,
  detectors,
  panels: z.array(repeated.extend({ label: z.string(), table: z.string() })),
})

const curve = z.array(z.number())
const panel = z.object({
  detector: z.string(),
  threshold: z.number(),
  observedFpr: probability,
  observedTpr: probability,
  scale: z.enum(['log', 'linear']),
  scores: curve,
  normal: curve.describe('Densities at scores, relative to the higher peak of the two.'),
  anomalous: curve,
})

const density = head.extend({
  ...work.omit({ runs: true, paperRuns: true }).shape,
  kind: z.literal('density'),
  size: reproductionSize,
  seed: count,
  dataset: z.string(),
  normal: z.string(),
  anomaly: z.string(),
  nNormal: count,
  nAnomaly: count,
  decoder: z.string(),
  panels: z.tuple([panel, panel]),
})

const convergenceFigure = convergence.extend({
  ...head.shape,
  kind: z.literal('convergence'),
  size: reproductionSize,
  paperRuns: count,
})

const types = head.extend({
  kind: z.literal('detectors'),
  cells: z.array(
    z.object({
      distance: z.enum(['hypersphere', 'reconstruction']),
      supervised: z.boolean(),
      ours: z.array(z.object({ name: z.string(), title: z.string(), source: z.string() })),
      paper: z.array(z.string()),
      agrees: z.boolean(),
    }),
  ),
})

const failure = z.object({
  kind: z.literal('failure'),
  item: z.string(),
  title: z.string(),
  code: z.string().optional().describe('Absent where a fault in the program was the reason.'),
  reason: z.string(),
})

const kinds = [table, recall, density, convergenceFigure, types] as const

/** What `scoring-bias reproduce ITEM --json` prints; `kind` says which. */
export const reproductionSchema = z.discriminatedUnion('kind', kinds)

/** What `scoring-bias reproduce` prints of several items. */
export const reproductionItemsSchema = z.object({
  schema: schemaField('reproduce-items'),
  items: z.array(z.discriminatedUnion('kind', [...kinds, failure])),
})

const pair = { baseline: z.string(), candidate: z.string() }
const numbered = z.object({
  name: z.string(),
  number: count,
  title: z.string(),
  data: z.array(z.string()).describe('Data sets that it is made from.'),
})

/** What `scoring-bias reproduce list --json` prints. */
export const reproductionListSchema = z.object({
  schema: schemaField('reproduce-list'),
  items: z.array(
    z.discriminatedUnion('kind', [
      numbered.extend({ kind: z.literal('detectors') }),
      numbered.extend({ kind: z.literal('table'), scenario }),
      numbered.extend({
        kind: z.literal('recall'),
        ...pair,
        panels: z.array(z.object({ label: z.string(), table: z.string() })),
      }),
      numbered.extend({
        kind: z.literal('density'),
        density: z.object({ ...pair, dataset: z.string(), normal: z.string(), anomaly: z.string() }),
      }),
      numbered.extend({ kind: z.literal('convergence'), convergence: z.object({ ...pair, dataset: z.string() }) }),
    ]),
  ),
})
