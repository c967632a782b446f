import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Help } from 'commander'
import { commands } from '../../src/cli/commands.js'
import { cli } from './commandLine.js'

const root = fileURLToPath(new URL('../../', import.meta.url))

test("the program's help says of each command what the command says itself", async () => {
  const context = {
    end: () => assert.fail(),
    args: [],
    stdout: { write: () => true },
    stderr: { write: () => true },
    signal: new AbortController().signal,
    runStudy: () => assert.fail('nothing is studied'),
  }
  for (const { name, usage, description, load } of commands) {
    const command = (await load())(context)
    assert.equal(command.name(), name)
    assert.equal(command.description(), description)
    assert.equal(new Help().subcommandTerm(command), usage)
  }
})

test('every command of the folder is in the program', () => {
  const files = readdirSync(join(root, 'src/cli')).filter((name) => name.endsWith('Command.ts'))
  assert.deepEqual(commands.map(({ name }) => `${name}Command.ts`).sort(), files.sort())
})

test('help of a command is the same by --help and by help', async () => {
  for (const { name, usage } of commands) {
    const [flag, word] = [await cli(name, '--help'), await cli('help', name)]
    assert.equal(flag.code, 0)
    assert.equal(flag.stdout, word.stdout)
    const [, ...rest] = usage.split(' ')
    assert.ok(flag.stdout.startsWith(`Usage: scoring-bias ${[name, ...rest].join(' ')}`), flag.stdout)
  }
})

test('help of a command that there is not says so, and suggests the nearest', async () => {
  for (const [args, message] of [
    [['help', 'nothing'], /^error: unknown command 'nothing'\n\(--help shows what there is\)\n$/],
    [['help', 'compar'], /^error: unknown command 'compar'\n\(Did you mean compare\?\)/],
    [['help', 'nothing', '--json'], /^error: unknown command 'nothing'/],
    [['data', 'help', 'nothing'], /^error: unknown command 'nothing'\n/],
    [['data', 'help', 'fech'], /^error: unknown command 'fech'\n\(Did you mean fetch\?\)/],
  ] as const) {
    const { code, stdout, stderr } = await cli(...args)
    assert.deepEqual([code, stdout], [2, ''])
    assert.match(stderr, message)
  }
  for (const args of [['help'], ['data', 'help'], ['data', 'help', 'fetch'], ['help', 'data']]) {
    const { code, stdout } = await cli(...args)
    assert.equal(code, 0)
    assert.match(stdout, /^Usage: scoring-bias/)
  }
})

test('a command is found after -- too, and a misspelt one is suggested', async () => {
  assert.match((await cli('--', 'models')).stdout, /deep-sad/)
  const { code, stderr } = await cli('compar')
  assert.equal(code, 2)
  assert.match(stderr, /unknown command 'compar'\n\(Did you mean compare\?\)/)
})

test("the program's help loads no command, no addon and no package but commander", async () => {
  const hooks = `export async function load(url, context, next) { console.log(url); return next(url, context) }`
  const script = `import { register } from 'node:module'
    register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(hooks)}))
    process.argv.push('scoring-bias', '--help')
    await import(${JSON.stringify(join(root, 'dist/cli/main.js'))})`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])
  const loaded = stdout.split('\n').filter((line) => line.startsWith('file:'))
  assert.ok(loaded.some((url) => url.endsWith('dist/cli/runCli.js')))
  const packages = loaded.filter((url) => url.includes('/node_modules/') && !url.includes('/commander/'))
  assert.deepEqual(packages, [])
  assert.deepEqual(
    loaded.filter((url) => /Command\.js$|native\.js$|loadAddon\.js$/.test(url)),
    [],
  )
})
