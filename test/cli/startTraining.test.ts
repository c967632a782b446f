import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { loadedModules } from './loadedModules.js'

const root = fileURLToPath(new URL('../../', import.meta.url))
const hooks = 'export async function load(url, context, next) { console.log(url); return next(url, context) }'

/** What the program loads for some arguments: its own modules by their paths in dist, and packages by their names. */
function loadedBy(args: readonly string[]): { modules: string[]; packages: string[] } {
  const script = `import { register } from 'node:module'
    register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(hooks)}))
    process.argv.push('scoring-bias', ...${JSON.stringify(args)})
    await import(${JSON.stringify(join(root, 'dist/cli/main.js'))})`
  const node = ['--input-type=module', '-e', script]
  const { stdout, status } = spawnSync(process.execPath, node, { cwd: root, encoding: 'utf8' })
  assert.equal(status, args.includes('--help') ? 0 : 2)
  const urls = stdout.split('\n').filter((line) => line.startsWith('file:'))
  return {
    modules: loadedModules(urls),
    packages: [...new Set(urls.flatMap((url) => url.match(/\/node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1] ?? []))],
  }
}

const trains =
  /^(study\/(runStudy|anomalyMatrix|sweep\/labelSweep|trainer\/|store\/)|converge\/converge$|paper\/reproduce$|runtime\/pool|queue\/|report\/charts\/vega$)/
const heavy = /^(@duckdb|onnxruntime|vega|bullmq|ioredis|zod)/

describe('nothing that trains is loaded', () => {
  for (const command of ['study', 'matrix', 'sweep', 'converge', 'reproduce']) {
    for (const args of [['--help'], [command === 'reproduce' ? 'table99' : 'nothing.csv', '--quiet']]) {
      it(`by scoring-bias ${command} ${args.join(' ')}`, () => {
        const { modules, packages } = loadedBy([command, ...args])
        assert.ok(modules.includes(`cli/${command}Command`), modules.join())
        assert.deepEqual(
          [...modules.filter((path) => trains.test(path)), ...packages.filter((name) => heavy.test(name))],
          [],
        )
      })
    }
  }
})
