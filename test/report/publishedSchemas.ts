import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Ajv2020 } from 'ajv/dist/2020.js'

export const schemaFolder = fileURLToPath(new URL('../../schema/', import.meta.url))
export const published = (name: string): object => JSON.parse(readFileSync(schemaFolder + name, 'utf8'))

/** A schema that refuses fields that it does not have: none may be printed without it. */
function strict(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(strict)
  if (typeof schema !== 'object' || schema === null) return schema
  const all = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, strict(value)]))
  return 'properties' in schema ? { additionalProperties: false, ...all } : all
}

/** What the schema that a printed object names has against it; nothing where it is as it should be. */
export function complaints(json: unknown): string {
  const label = typeof json === 'object' && json !== null && 'schema' in json ? json.schema : undefined
  if (typeof label !== 'string') return 'the object names no schema'
  const ajv = new Ajv2020({ strict: true, strictTypes: false, allErrors: true })
  return ajv.validate(strict(published(`${label}.json`)) as object, json) ? '' : `${label}: ${ajv.errorsText()}`
}
