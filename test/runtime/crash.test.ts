import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import type { Worker } from 'node:worker_threads'
import * as ops from '../../src/graph/ops.js'
import { scan } from '../../src/graph/scan.js'
import { encodeModel } from '../../src/onnx/encode.js'
import { Pool } from '../../src/runtime/pool.js'
import { outputOf, value } from '../../src/runtime/value.js'
import { program } from '../sources.js'

/** A loop of `steps` products of 64 × 64 matrices: long enough to die in. */
const loop = (() => {
  const a = ops.input('a', 'float32', [64, 64])
  const steps = ops.input('steps', 'float32', ['S'])
  const { states } = scan([a], [steps], ([state], [step]) => ({
    states: [ops.sigmoid(ops.matmul(ops.add(state, step), state))],
    outputs: [],
  }))
  return encodeModel('loop', [a, steps], { y: states[0] })
})()
const inputs = (steps: number) => ({
  a: value('float32', new Float32Array(64 * 64).fill(0.01), [64, 64]),
  steps: value('float32', new Float32Array(steps), [steps]),
})

/** The threads that pools start during `act`, seen from outside as Node tells of them. */
async function watchingThreads(act: (threads: readonly Worker[]) => Promise<void>): Promise<void> {
  const threads: Worker[] = []
  const see = (thread: Worker) => threads.push(thread)
  process.on('worker', see)
  try {
    await act(threads)
  } finally {
    process.off('worker', see)
  }
}

/** Ways to die, as messages: `process.exit()` in the thread; an exception that nothing in the thread catches. */
const deaths = [
  ['ends', { kind: 'exit' }, /exit code 0$/],
  ['throws', null, /Cannot read properties of null/],
] as const

describe('a worker thread that dies', () => {
  for (const [how, message, reason] of deaths) {
    it(`and ${how}, is reported with what it was doing, and the next job has a new one`, async () => {
      await watchingThreads(async (threads) => {
        const pool = new Pool({ workers: 1, device: 'cpu' })
        const dying = pool.run('training ABC, runs 3, 4', async (worker) => {
          const session = await worker.open(loop, 'pretraining')
          const running = session.run(inputs(200))
          threads[0]?.postMessage(message)
          // The first answer may come before the death; the second cannot.
          await running
          return session.run(inputs(200))
        })
        const next = pool.run('next', async (worker) => {
          const session = await worker.open(loop, 'running')
          return outputOf(await session.run(inputs(1)), 'y').dims
        })
        await assert.rejects(dying, (error: { code: string; message: string }) => {
          assert.equal(error.code, 'WORKER_FAILED')
          assert.match(error.message, /^training ABC, runs 3, 4: pretraining: its worker thread died: /)
          assert.match(error.message, reason)
          return true
        })
        assert.deepEqual(await next, [64, 64])
        assert.equal(threads.length, 2)
        await pool.close()
      })
    })

    it(`and ${how} between two requests of a job, is reported with what was asked of it next`, async () => {
      await watchingThreads(async (threads) => {
        const pool = new Pool({ workers: 1, device: 'cpu' })
        const dying = pool.run('job', async (worker) => {
          const session = await worker.open(loop, 'opened')
          const gone = new Promise((resolve) => threads[0]?.once('exit', resolve))
          threads[0]?.postMessage(message)
          await gone
          await session.run(inputs(1))
        })
        await assert.rejects(dying, { code: 'WORKER_FAILED', message: /^job: opened: its worker thread died: / })
        await pool.close()
      })
    })

    it(`and ${how} while idle, is not given to the next job`, async () => {
      await watchingThreads(async (threads) => {
        const pool = new Pool({ workers: 1, device: 'cpu' })
        const open = () => pool.run('job', async (worker) => (await worker.open(loop, 'opened')).device)
        await open()
        const gone = new Promise((resolve) => threads[0]?.once('exit', resolve))
        threads[0]?.postMessage(message)
        await gone
        assert.equal(await open(), 'cpu')
        await pool.close()
      })
    })

    it(`and ${how} while its job frees its sessions, leaves its place to the next`, async () => {
      await watchingThreads(async (threads) => {
        const pool = new Pool({ workers: 1, device: 'cpu' })
        const dying = pool.run('job', async (worker) => {
          await worker.open(loop, 'opened')
          threads[0]?.postMessage(message)
        })
        const next = pool.run('next', async (worker) => (await worker.open(loop, 'opened')).device)
        await assert.rejects(dying, { code: 'WORKER_FAILED', message: /^job: opened: / })
        assert.equal(await next, 'cpu')
        await pool.close()
      })
    })

    it(`and ${how} while the pool closes, does not keep it from closing`, async () => {
      await watchingThreads(async (threads) => {
        const pool = new Pool({ workers: 1, device: 'cpu' })
        await pool.run('job', async (worker) => (await worker.open(loop, 'opened')).device)
        threads[0]?.postMessage(message)
        await pool.close()
      })
    })
  }

  it('ends a study with exit code 1 and one message that names the runs, and nothing is written', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'crash-'))
    // Loaded before the program: each worker thread dies of an uncaught exception once it has opened its graph and run it.
    const killer = join(folder, 'killer.mjs')
    const second = '(n) => n === 2 && thread.postMessage(null)'
    const count = `let n = 0; thread.on('message', () => (${second})(++n))`
    writeFileSync(killer, `process.on('worker', (thread) => { ${count} })\n`)
    const args = ['--import', killer, ...program]
    const study = ['study', 'statlog', '--epochs', '50000', '--device', 'cpu', '--quiet']
    try {
      const child = spawn(process.execPath, [...args, ...study], { cwd: folder })
      let stdout = ''
      let stderr = ''
      child.stdout.on('data', (text) => (stdout += text))
      child.stderr.on('data', (text) => (stderr += text))
      const code = await new Promise((resolve) => child.on('close', resolve))
      assert.equal(code, 1, stderr)
      assert.equal(stdout, '')
      assert.match(
        stderr,
        /^error: training Deep S(VDD|AD), runs [\d, ]+: (pre)?training: its worker thread died: .*\n$/,
      )
      assert.deepEqual(readdirSync(folder), ['killer.mjs'])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
