import { z } from 'zod'
import { mergeSchema, shardSchema } from './cluster/clusterSchemas.js'
import { compareSchema, compareTargetsSchema, rangeSchema } from './compare/compareSchema.js'
import { seedSchema } from './compare/seedSchema.js'
import { convergeSchema } from './converge/convergeSchema.js'
import { dataFetchSchema, dataListSchema, dataShowSchema, dataVerifySchema } from './data/dataSchemas.js'
import { modelsSchema, scoreSchema, trainSchema } from './detectors/detectorSchemas.js'
import { matrixSchema } from './matrix/matrixSchema.js'
import { reproductionItemsSchema, reproductionListSchema, reproductionSchema } from './paper/reproductionSchema.js'
import { planSchema, seedPlanSchema } from './plan/planSchema.js'
import { type SchemaName, schemaLabel } from './schemaNames.js'
import { studySchema } from './study/studySchema.js'
import { sweepSchema } from './sweep/sweepSchema.js'

/** Of everything that is printed as JSON its schema, and the command that prints it. */
const schemas: Readonly<Record<SchemaName, readonly [command: string, schema: z.ZodType]>> = {
  compare: ['compare', compareSchema],
  'compare-range': ['compare --fpr-range A..B', rangeSchema],
  'compare-targets': ['compare --fpr A,B', compareTargetsSchema],
  'compare-seeds': ['compare of several trainings', seedSchema],
  converge: ['converge', convergeSchema],
  'data-fetch': ['data fetch', dataFetchSchema],
  'data-list': ['data list', dataListSchema],
  'data-show': ['data show', dataShowSchema],
  'data-verify': ['data verify', dataVerifySchema],
  matrix: ['matrix', matrixSchema],
  merge: ['merge', mergeSchema],
  models: ['models', modelsSchema],
  plan: ['plan', planSchema],
  'plan-seeds': ['plan of several trainings', seedPlanSchema],
  reproduce: ['reproduce ITEM', reproductionSchema],
  'reproduce-items': ['reproduce ITEM ITEM', reproductionItemsSchema],
  'reproduce-list': ['reproduce list', reproductionListSchema],
  score: ['score', scoreSchema],
  shard: ['study, matrix, converge and reproduce --shard', shardSchema],
  study: ['study', studySchema],
  sweep: ['sweep', sweepSchema],
  train: ['train', trainSchema],
}

/** JSON Schemas (2020-12) by file name in `schema/`. They let fields pass that they do not know: later releases may have more. */
export function jsonSchemas(): Map<string, object> {
  const names = Object.keys(schemas) as SchemaName[]
  return new Map(
    names.map((name) => {
      const [command, schema] = schemas[name]
      const label = schemaLabel(name)
      const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input' })
      const title = `What scoring-bias ${command} prints as JSON`
      return [`${label}.json`, { $schema, $id: `urn:scoring-bias:${label}`, title, ...rest }]
    }),
  )
}
