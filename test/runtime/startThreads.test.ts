import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import { Pool } from '../../src/runtime/pool.js'
import { probeModel } from '../../src/runtime/tryDevice.js'
import { value } from '../../src/runtime/value.js'

const run = promisify(execFile)
const dist = new URL('../../dist/', import.meta.url)

/** The built modules that one loads before it does anything, itself included, and the packages. */
function loadedBy(module: URL, found = new Set<string>()): Set<string> {
  if (found.has(module.href)) return found
  found.add(module.href)
  for (const [, name = ''] of readFileSync(module, 'utf8').matchAll(/^(?:import|export)[^;]*?['"]([^'"]+)['"];/gm)) {
    if (name.startsWith('.')) loadedBy(new URL(name, module), found)
    else found.add(name)
  }
  return found
}

describe('threads that start before there is something to run', () => {
  const twice = (worker: Parameters<Parameters<Pool['run']>[1]>[0]) =>
    worker
      .open(probeModel(), 'doubling')
      .then((session) => session.run({ x: value('float32', Float32Array.of(4), [1]) }))

  it('run what comes then, all of them and no more', async () => {
    const pool = new Pool({ workers: 2, device: 'cpu' })
    pool.start()
    pool.start()
    try {
      const results = await Promise.all([1, 2, 3, 4].map((i) => pool.run(`job ${i}`, twice)))
      assert.deepEqual(
        results.map(({ y }) => y?.data[0]),
        [8, 8, 8, 8],
      )
    } finally {
      await pool.close()
    }
  })

  it('end with the pool, also where they never ran anything', async () => {
    const pool = new Pool({ workers: 2, device: 'cpu' })
    pool.start()
    await pool.close()
    await assert.rejects(pool.run('job', twice), { code: 'ABORTED' })
    pool.start()
  })

  it('load neither what loads the addon nor what makes models', () => {
    const loaded = [...loadedBy(new URL('runtime/worker.js', dist))].map((name) => name.replace(dist.href, ''))
    assert.ok(loaded.includes('runtime/session.js'), loaded.join())
    assert.deepEqual(
      loaded.filter((name) => /^(native\.js|onnx\/|graph\/|nn\/|detectors\/|protobufjs|onnxruntime)/.test(name)),
      [],
    )
  })

  it('end where a study cannot be planned, before its process does', async () => {
    const program = `
      const { runStudy } = await import('${new URL('study/runStudy.js', dist)}')
      await runStudy({ dataset: 'statlog', normal: 'nothing' }).catch(({ code }) => console.log(code))
      console.log(process.getActiveResourcesInfo().filter((name) => /Worker|MessagePort/.test(name)).length)`
    const { stdout } = await run('node', ['--input-type=module', '--eval', program])
    assert.equal(stdout, 'UNKNOWN_CLASS\n0\n')
  })
})
