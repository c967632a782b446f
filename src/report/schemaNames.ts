/**
 * What commands print as JSON, and the version of each: the number grows when a field goes, or changes its type or meaning. A new
 * field keeps it. `jsonSchemas` has the schemas, which only tests and scripts load.
 */
const schemaVersions = {
  compare: 1,
  'compare-range': 1,
  'compare-targets': 1,
  'compare-seeds': 1,
  converge: 1,
  'data-fetch': 1,
  'data-list': 1,
  'data-show': 1,
  'data-verify': 1,
  matrix: 1,
  merge: 1,
  models: 1,
  plan: 1,
  'plan-seeds': 1,
  reproduce: 1,
  'reproduce-items': 1,
  'reproduce-list': 1,
  score: 1,
  shard: 1,
  study: 1,
  sweep: 1,
  train: 1,
} as const

export type SchemaName = keyof typeof schemaVersions

/** The field by which a program knows what it has before it. */
export interface WithSchema {
  /** Name and version of the schema in `schema/` that this object follows, for example `compare-1`. */
  readonly schema: string
}

/** `compare-1` */
export function schemaLabel(name: SchemaName): string {
  return `${name}-${schemaVersions[name]}`
}

/** A result as it is printed: first of all, the schema that it follows. */
export function withSchema<T extends object>(name: SchemaName, result: T): WithSchema & T {
  return { schema: schemaLabel(name), ...result }
}
