// Writes schema/, the JSON Schemas of what `--json` prints: npm run schemas.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { jsonSchemas } from '../src/report/schemas.js'
import { root } from './run.mjs'

const folder = join(root, 'schema')
await mkdir(folder, { recursive: true })
for (const [name, schema] of jsonSchemas()) await writeFile(join(folder, name), `${JSON.stringify(schema, null, 2)}\n`)
