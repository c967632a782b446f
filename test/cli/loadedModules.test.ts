import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))
const hooks = 'export async function load(url, context, next) { console.log(url); return next(url, context) }'

/** What the program loads for some arguments: its own modules by their paths in dist, and packages by their names. */
function loadedBy(args: readonly string[]): { modules: string[]; packages: string[]; status: number | null } {
  const script = `import { register } from 'node:module'
    register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(hooks)}))
    process.argv.push('scoring-bias', ...${JSON.stringify(args)})
    await import(${JSON.stringify(join(root, 'dist/cli/main.js'))})`
  const node = ['--input-type=module', '-e', script]
  const { stdout, status } = spawnSync(process.execPath, node, { cwd: root, encoding: 'utf8' })
  const urls = stdout.split('\n').filter((line) => line.startsWith('file:'))
  return {
    status,
    modules: urls.flatMap((url) => url.match(/\/dist\/(.*)\.js$/)?.[1] ?? []),
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
        const { modules, packages, status } = loadedBy([command, ...args])
        assert.equal(status, args.includes('--help') ? 0 : 2)
        assert.ok(modules.includes(`cli/${command}Command`), modules.join())
        assert.deepEqual(
          [...modules.filter((path) => trains.test(path)), ...packages.filter((name) => heavy.test(name))],
          [],
        )
      })
    }
  }
})

test('two columns of scores are compared with what that takes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'loaded-'))
  try {
    const path = join(folder, 'scores.csv')
    writeFileSync(path, 'label,baseline,candidate\n0,1,2\n0,2,1\n1,3,3\n')
    const { modules, packages, status } = loadedBy(['compare', path, '--quiet'])
    assert.equal(status, 0)
    assert.ok(modules.includes('compare/compare'), modules.join())
    assert.deepEqual(packages.toSorted(), ['cli-table3', 'commander'])
    const needless =
      /^(detectors|graph|nn|random|study|stats\/runs)\/|(numpy|parquet)Table|summary(Arrays|File|Head)|[rR]ange(Answer|Bias)$/
    assert.deepEqual(
      modules.filter((module) => needless.test(module)),
      [],
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
})
