import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'

const run = promisify(execFile)
const module = (path: string) => JSON.stringify(new URL(`../../dist/${path}`, import.meta.url).href)

/** A program that runs a graph in a pool's worker, and then what `after` says. */
const program = (after = '') => `
  const { Pool } = await import(${module('runtime/pool.js')})
  const { probeModel } = await import(${module('runtime/tryDevice.js')})
  const pool = new Pool({ workers: 1, device: 'cpu' })
  const x = { dtype: 'float32', data: Float32Array.of(1, 2), dims: [2] }
  const y = await pool.run('test', async (worker) => (await worker.open(probeModel(), 'doubling')).run({ x }))
  await pool.close()
  console.log(Array.from(y.y.data).join())
  ${after}`

describe('workers inherit the flags of their process', () => {
  const flags = [
    ['--max-old-space-size=300'],
    ['--expose-gc', '--stack-size=900'],
    ['--abort-on-uncaught-exception', '--title=service'],
    ['--disallow-code-generation-from-strings', '--no-warnings'],
    ['--max-semi-space-size=16', '--enable-source-maps'],
  ]
  for (const given of flags) {
    it(given.join(' '), async () => {
      const { stdout } = await run('node', [...given, '--input-type=module', '--eval', program()])
      assert.equal(stdout, '2,4\n')
    })
  }

  it('and --require, whose module runs in the workers too', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'flags-'))
    try {
      const seen = join(folder, 'seen')
      const preloaded = join(folder, 'preloaded.cjs')
      await writeFile(
        preloaded,
        `const t = require('node:worker_threads'); require('node:fs').writeFileSync(${JSON.stringify(seen)} + t.threadId, '')`,
      )
      await run('node', ['--require', preloaded, '--input-type', 'module', '--eval', program()])
      assert.deepEqual((await readdir(folder)).sort(), ['preloaded.cjs', 'seen0', 'seen1'])
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it('and are refused with one message where a flag forbids threads', async () => {
    const permissions = ['--experimental-permission', '--allow-fs-read=*', '--no-warnings']
    const opened = `
      const { WorkerHandle } = await import(${module('runtime/workerHandle.js')})
      try { new WorkerHandle() } catch (error) { console.log(error.code, error.message) }`
    const { stdout } = await run('node', [
      ...permissions,
      '--allow-addons',
      '--input-type=module',
      '--eval',
      opened,
    ]).catch((error) => {
      // Before Node 22 there is no flag for addons: they are never refused.
      if (!/bad option/.test(error.stderr)) throw error
      return run('node', [...permissions, '--input-type=module', '--eval', opened])
    })
    assert.match(stdout, /^WORKER_FAILED no worker thread starts: /)
  })
})

describe('ONNX Runtime writes nothing of its own', () => {
  /** Files that a program leaves in a home and a temporary folder that were empty, outside continuous integration. */
  async function filesOf(code: string, env: NodeJS.ProcessEnv = {}): Promise<[string, string[]]> {
    const folder = await mkdtemp(join(tmpdir(), 'home-'))
    try {
      const { CI: _, ORT_DISABLE_TELEMETRY: __, XDG_CACHE_HOME: ___, ...outside } = process.env
      const home = { HOME: folder, USERPROFILE: folder, TMPDIR: folder, TMP: folder, TEMP: folder }
      const { stdout } = await run('node', ['--input-type=module', '--eval', code], {
        env: { ...outside, ...home, ...env },
      })
      return [stdout, await readdir(folder, { recursive: true })]
    } finally {
      await rm(folder, { recursive: true })
    }
  }

  it('where the main thread has the pool', async () => {
    assert.deepEqual(await filesOf(program()), ['2,4\n', []])
  })

  it('where a worker thread of the caller has it, whose environment is a copy', async () => {
    const inWorker = `
      const { Worker } = await import('node:worker_threads')
      const code = 'data:text/javascript,' + encodeURIComponent(${JSON.stringify(program())})
      new Worker(new URL(code), { execArgv: [] })`
    assert.deepEqual(await filesOf(inWorker), ['2,4\n', []])
  })

  it('unless the user has said what it is to do', async () => {
    const said = `
      const { disableTelemetry } = await import(${module('runtime/telemetry.js')})
      disableTelemetry()
      console.log(process.env.ORT_DISABLE_TELEMETRY)`
    for (const [given, then] of [
      ['0', '0'],
      ['', '1'],
    ]) {
      assert.deepEqual(await filesOf(said, { ORT_DISABLE_TELEMETRY: given }), [`${then}\n`, []])
    }
  })
})
