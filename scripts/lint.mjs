// Checks formatting and lint rules of TypeScript and C++, and types. With --write, formats instead of complaining.
import { readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { root, run } from './run.mjs'

const write = process.argv.includes('--write')
const native = ['native', 'bench']
  .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
  .filter((entry) => entry.isFile() && /\.(cc|h)$/.test(entry.name))
  .map((entry) => relative(root, join(entry.path, entry.name)))

run('biome', ['check', ...(write ? ['--write'] : ['--error-on-warnings']), '.'])
run('clang-format', [...(write ? ['-i'] : ['--dry-run', '-Werror']), ...native])
run('tsc', ['--noEmit'])
