import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import ts from 'typescript'

const root = fileURLToPath(new URL('../../', import.meta.url))
const run = promisify(execFile)
const { exports } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { exports: object }

/** Subpaths of the package that are modules: '' is the core. */
const rooms = Object.keys(exports).flatMap((path) =>
  path.includes('*') || path.endsWith('.json') ? [] : path.slice(1),
)

/** Values of a room by what each is, without a word on how long it takes. */
async function values(room: string): Promise<string[]> {
  const module: object = await import(`../../dist/${room === '' ? 'index' : `rooms${room}`}.js`)
  return Object.keys(module)
}

const folder = await mkdtemp(join(tmpdir(), 'rooms-'))
after(() => rm(folder, { recursive: true }))

test('the core is about thirty values, and every room short enough to read', async () => {
  assert.ok((await values('')).length <= 40)
  for (const room of rooms) assert.ok((await values(room)).length <= 50, room)
})

test('formatting and file plumbing are no part of any room', async () => {
  const all = (await Promise.all(rooms.map(values))).flat()
  for (const name of [
    'csvField',
    'AtomicFile',
    'makeFolder',
    'formatPercent',
    'trainText',
    'writeFileAtomic',
    'addon',
  ]) {
    assert.ok(!all.includes(name), name)
  }
})

test('the core loads neither DuckDB nor vega nor ONNX Runtime nor Redis, nor do other rooms before they need them', async () => {
  const heavy =
    /node_modules\/(@duckdb|vega|vega-lite|onnxruntime-node|onnxruntime-common|bullmq|ioredis)\/|charts\/vega\.js$/
  // Native addons are in the list of shared objects of a process, CommonJS modules in the cache, ES modules in the trace of their loader.
  const script = (path: string) => `
    import { register } from 'node:module'
    import { MessageChannel } from 'node:worker_threads'
    const { port1, port2 } = new MessageChannel()
    const seen = []
    const end = 'data:text/javascript,0//end'
    const ended = new Promise((resolve) => port1.on('message', (url) => url === end ? resolve() : seen.push(url)))
    const hooks = 'export let port; export function initialize(data) { port = data.port }' +
      'export async function load(url, context, next) { port.postMessage(url); return next(url, context) }'
    register('data:text/javascript,' + encodeURIComponent(hooks), { data: { port: port2 }, transferList: [port2] })
    await import('${path}')
    await import(end)
    await ended
    port1.close()
    console.log(JSON.stringify(seen))`
  for (const room of rooms) {
    const path = join(root, 'dist', room === '' ? 'index.js' : `rooms${room}.js`)
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script(path)])
    const loaded: string[] = JSON.parse(stdout)
    assert.ok(
      loaded.some((url) => url.endsWith('.js')),
      'the loader was watched',
    )
    assert.deepEqual(
      loaded.filter((url) => heavy.test(url)),
      [],
      room,
    )
  }
})

test('the types of every room are complete without those of Node', () => {
  const options: ts.CompilerOptions = {
    strict: true,
    skipLibCheck: false,
    noEmit: true,
    types: [],
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
  }
  const files = rooms.map((room) => join(root, 'dist', room === '' ? 'index.d.ts' : `rooms${room}.d.ts`))
  const found = ts.getPreEmitDiagnostics(ts.createProgram(files, options))
  assert.deepEqual(
    found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')),
    [],
  )
})

test('types and values of every subpath resolve under NodeNext and bundler resolution, from the packed tarball', async () => {
  const { stdout } = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], {
    cwd: root,
  })
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }]
  const project = join(folder, 'project')
  const installed = join(project, 'node_modules', 'scoring-bias')
  await mkdir(installed, { recursive: true })
  await run('tar', ['-xzf', join(folder, filename), '--strip-components=1', '-C', installed])
  // Its dependencies and its addon as an installation would have them.
  await symlink(join(root, 'node_modules'), join(installed, 'node_modules'))
  await symlink(join(root, 'build'), join(installed, 'build'))
  await symlink(join(root, 'node_modules', '@types'), join(project, 'node_modules', '@types'))
  const names = await Promise.all(rooms.map(values))
  const code = rooms.map((room, i) => {
    const alias = `room${i}`
    const uses = names[i]?.map((name) => `${alias}.${name}`).join(', ')
    return `import * as ${alias} from 'scoring-bias${room}'\nexport const used${i}: readonly unknown[] = [${uses}]`
  })
  await writeFile(join(project, 'package.json'), JSON.stringify({ type: 'module' }))
  await writeFile(join(project, 'all.ts'), `${code.join('\n')}\n`)
  const options = ['--strict', '--target', 'ES2023', '--module', 'NodeNext', '--types', 'node', '--outDir', 'out']
  const compiler = join(root, 'node_modules/typescript/bin/tsc')
  await run(process.execPath, [compiler, ...options, 'all.ts'], { cwd: project })
  // Bundlers find the same files, of the same types.
  for (const room of rooms) {
    const found = (module: ts.ModuleKind, moduleResolution: ts.ModuleResolutionKind) => {
      const asked = [`scoring-bias${room}`, join(project, 'all.ts'), { module, moduleResolution }, ts.sys] as const
      return ts.resolveModuleName(...asked, undefined, undefined, ts.ModuleKind.ESNext).resolvedModule?.resolvedFileName
    }
    const file = found(ts.ModuleKind.NodeNext, ts.ModuleResolutionKind.NodeNext)
    assert.match(file ?? '', /\.d\.ts$/)
    assert.equal(found(ts.ModuleKind.ESNext, ts.ModuleResolutionKind.Bundler), file)
  }
  const main = "import { used0 } from './out/all.js'\nconsole.log(used0.every((value) => value !== undefined))"
  await writeFile(join(project, 'main.mjs'), main)
  const answer = await run(process.execPath, ['main.mjs'], { cwd: project })
  assert.equal(answer.stdout, 'true\n')
})
