import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Where a module of src/ is as this process has it: JavaScript where `npm test` compiled it, else TypeScript. */
export function sourceUrl(module: string): string {
  const url = import.meta.resolve(`../src/${module}.js`)
  const typescript = url.replace(/\.js$/, '.ts')
  return existsSync(new URL(url)) ? url : typescript
}

/** Node's flags with which another process, or its threads, can load what `sourceUrl` names. */
export const sourceFlags = sourceUrl('index').endsWith('.ts')
  ? ['--import', new URL('loadTypescript.mjs', import.meta.url).href]
  : ['--enable-source-maps']

/** Arguments of node that run the program as a user would. */
export const program = [...sourceFlags, fileURLToPath(sourceUrl('cli/main'))]
