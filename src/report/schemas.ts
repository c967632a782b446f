import { z } from 'zod'
import { compareSchema } from './compare/compareSchema.js'
import { planSchema } from './plan/planSchema.js'
import { studySchema } from './study/studySchema.js'
import { sweepSchema } from './sweep/sweepSchema.js'

/**
 * Of each command the schema of its JSON, and its version: the number grows when a field goes, or changes its type or meaning. A new
 * field keeps it.
 */
const versions = [
  { command: 'compare', version: 1, schema: compareSchema },
  { command: 'plan', version: 1, schema: planSchema },
  { command: 'study', version: 1, schema: studySchema },
  { command: 'sweep', version: 1, schema: sweepSchema },
] as const

/** JSON Schemas (2020-12) by file name in `schema/`. They let fields pass that they do not know: later releases may have more. */
export function jsonSchemas(): Map<string, object> {
  return new Map(
    versions.map(({ command, version, schema }) => {
      const title = `What scoring-bias ${command} --json prints, version ${version}`
      const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input' })
      return [`${command}-${version}.json`, { $schema, $id: `urn:scoring-bias:${command}:${version}`, title, ...rest }]
    }),
  )
}
